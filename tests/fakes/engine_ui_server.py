"""What answers as the engine's own pages do, and keeps a ledger of what was asked."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pages</title><style>html { color: #141414 }</style></head>
<body><div><script>{ start = { base: "/mesin" }; }</script></div></body></html>
"""
SETTINGS = {"Version": "0", "DisableWriteActions": False, "DisableNewsFetch": False}
THEIRS = {"Set-Cookie": "_csrf=theirs; Path=/", "X-Theirs": "1", "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; its `length` may differ from that of the body."""

    body: bytes = b"{}"
    status: int = 200
    media_type: str = "application/json"
    length: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]


class EngineUiServer:
    """Pages on a port of their own.

    Attributes:
        replies: by path without query; everything else is the document, as it is with the real ones.
        open: while it is not set, no answer comes.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: dict[str, Reply] = {"/mesin/api/v1/settings": Reply(body=json.dumps(SETTINGS).encode())}
        self.open = threading.Event()
        self.open.set()

    def __enter__(self) -> EngineUiServer:
        outer = self

        class Handler(_Handler):
            fake = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where they answer."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def reply_to(self, path: str) -> Reply:
        """What comes to a path."""
        document = Reply(body=SHELL.encode(), media_type="text/html")
        return self.replies.get(path.split("?")[0], document)


class _Handler(BaseHTTPRequestHandler):
    fake: EngineUiServer

    def do_GET(self) -> None:
        fake = self.fake
        fake.asked.append(Asked(method=self.command, path=self.path, headers=dict(self.headers.items())))
        fake.open.wait(30)
        reply = fake.reply_to(self.path)
        body = reply.body
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        if packed:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
        for name, value in (THEIRS | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def log_message(self, *_words: object) -> None:
        """Nothing."""
