"""A store that speaks as much of S3 as Tuntas uses, and keeps a ledger of what was asked."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY = re.compile("<Key>(.*?)</Key>")
PAGE = 3
"""So few names are listed at once that paging is always tried."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """Bytes, and when they came."""

    content: bytes
    changed_at: datetime


@dataclass
class FakeS3:
    """A bucket on a port of its own; `objects` by key. `failing`: how every request is answered, if set."""

    objects: dict[str, StoredObject] = field(default_factory=dict)
    ledger: list[tuple[str, str]] = field(default_factory=list)
    failing: int = 0

    def __enter__(self) -> FakeS3:
        outer = self

        class Handler(_Handler):
            fake = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def env(self) -> dict[str, str]:
        """The variables under which a process uses this bucket."""
        return {
            "TUNTAS_FILES_URL": "s3://contoh/tuntas",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": "contoh",
            "AWS_SECRET_ACCESS_KEY": "rahasia",
            "AWS_REGION": "ap-southeast-3",
        }

    def put(self, key: str, content: bytes) -> None:
        """Bytes as of now."""
        self.objects[key] = StoredObject(content=content, changed_at=datetime.now(UTC))


class _Handler(BaseHTTPRequestHandler):
    fake: FakeS3
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        content = self._body()
        source = self.headers.get("x-amz-copy-source")
        if self._refused():
            return
        if source:
            found = self.fake.objects.get(_key(source))
            if found is None:
                return self._answer(404)
            content = found.content
        self.fake.put(self._key(), content)
        tag = hashlib.sha256(content).hexdigest()
        body = f"<CopyObjectResult><ETag>{tag}</ETag></CopyObjectResult>" if source else ""
        return self._answer(200, body.encode(), ETag=f'"{tag}"')

    def do_GET(self) -> None:
        if self._refused():
            return
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked:
            return self._list(asked)
        found = self.fake.objects.get(self._key())
        if found is None:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self._answer(200, found.content, **_facts(found))

    def do_POST(self) -> None:
        """Deletes the named keys; those that are not there count as deleted."""
        named = KEY.findall(self._body().decode())
        if self._refused():
            return
        for key in named:
            self.fake.objects.pop(unescape(key), None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in named)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def _list(self, asked: dict[str, list[str]]) -> None:
        prefix, after = asked.get("prefix", [""])[0], asked.get("continuation-token", [""])[0]
        keys = sorted(key for key in self.fake.objects if key.startswith(prefix) and key > after)
        page = keys[:PAGE]
        lines = [_contents(key, self.fake.objects[key]) for key in page]
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if page else ""
        truncated = str(len(keys) > PAGE).lower()
        body = (
            f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>"
            f"{more if truncated == 'true' else ''}{''.join(lines)}</ListBucketResult>"
        )
        self._answer(200, body.encode())

    def _refused(self) -> bool:
        """Unsigned requests are; so is everything while the store fails."""
        self.fake.ledger.append((self.command, unquote(urlsplit(self.path).path)))
        signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=contoh/")
        if signed and not self.fake.failing:
            return False
        self._answer(self.fake.failing or 403)
        return True

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _key(self) -> str:
        return _key(urlsplit(self.path).path)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """The ledger says it."""


def _key(path: str) -> str:
    """Without the bucket."""
    return unquote(path).lstrip("/").partition("/")[2]


def _facts(found: StoredObject) -> dict[str, str]:
    tag = hashlib.sha256(found.content).hexdigest()
    return {"ETag": f'"{tag}"', "Last_Modified": format_datetime(found.changed_at, usegmt=True)}


def _contents(key: str, found: StoredObject) -> str:
    changed, tag = found.changed_at.isoformat(), hashlib.sha256(found.content).hexdigest()
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>{changed}</LastModified>"
        f"<ETag>{tag}</ETag><Size>{len(found.content)}</Size></Contents>"
    )
