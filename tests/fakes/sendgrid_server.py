"""A SendGrid that runs here: a real HTTP server that misbehaves on demand and keeps its own ledger.

The ledger is the judge: it says what the provider received and took, whatever the sender believes.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

SEND_PATH = "/v3/mail/send"
SLOW_AT_MOST_SECONDS = 60


class Fault(StrEnum):
    """What goes wrong beside the status."""

    SLOW = "slow"
    RESET_BEFORE_BODY = "reset_before_body"
    ACCEPT_THEN_DROP = "accept_then_drop"


@dataclass(frozen=True)
class Behaviour:
    """How one call is answered. A slow call takes the mail and answers when the server is released."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


ACCEPT = Behaviour()
SERVER_ERROR = Behaviour(500)
UNAUTHORIZED = Behaviour(401)
TOO_LARGE = Behaviour(413)
SLOW = Behaviour(fault=Fault.SLOW)
RESET_BEFORE_BODY = Behaviour(fault=Fault.RESET_BEFORE_BODY)
ACCEPT_THEN_DROP = Behaviour(fault=Fault.ACCEPT_THEN_DROP)


def rate_limited(reset_at: float) -> Behaviour:
    """A 429 that names the second, in unix time, from which on mails are taken again."""
    return Behaviour(429, {"X-RateLimit-Reset": str(int(reset_at))})


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: one call, what it carried and whether the mail was taken."""

    number: int
    path: str
    authorization: str
    body: dict[str, Any] | None
    accepted: bool
    message_id: str
    status: int | None
    """None when the line was reset before the body was read."""

    @property
    def recipients(self) -> list[dict[str, str]]:
        """Everybody whom the mail would have reached, with cc and bcc."""
        kinds = ("to", "cc", "bcc")
        people = self.body["personalizations"] if self.body else []
        return [person for group in people for kind in kinds for person in group.get(kind, [])]


class FakeSendGrid:
    """Serves on a free port of this machine while its context is open; accepts what no script covers."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._count = 0
        self._script: deque[Behaviour] = deque()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """What to set as SendGrid's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *behaviours: Behaviour) -> None:
        """Answers the next calls so, in this order."""
        with self._lock:
            self._script.extend(behaviours)

    def entries(self) -> list[Entry]:
        """Every call so far."""
        if not self._ledger.exists():
            return []
        return [Entry(**json.loads(line)) for line in self._ledger.read_text(encoding="utf-8").splitlines()]

    def accepted(self) -> list[Entry]:
        """The mails that the provider would now deliver."""
        return [entry for entry in self.entries() if entry.accepted]

    def next_behaviour(self) -> Behaviour:
        """Takes one step of the script."""
        with self._lock:
            return self._script.popleft() if self._script else ACCEPT

    def record(self, **facts: Any) -> str:
        """Writes a line that survives a crash, and gives the id of the message."""
        with self._lock:
            self._count += 1
            message_id = f"fake-{self._count}"
            line = json.dumps({"number": self._count, "message_id": message_id, **facts})
            with self._ledger.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
            return message_id

    def __enter__(self) -> FakeSendGrid:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    fake: FakeSendGrid
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        behaviour = self.server.fake.next_behaviour()
        if behaviour.fault is Fault.RESET_BEFORE_BODY:
            self._record(None, accepted=False, status=None)
            self._reset()
            return
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        message_id = self._record(body, accepted=behaviour.status == 202, status=behaviour.status)
        if behaviour.fault is Fault.SLOW:
            self.server.fake.released.wait(SLOW_AT_MOST_SECONDS)
        if behaviour.fault is not Fault.ACCEPT_THEN_DROP:
            self._answer(behaviour, message_id)
        self.close_connection = True

    def do_GET(self) -> None:
        """Nobody should come here; who follows a redirect does."""
        self._record(None, accepted=False, status=200)
        self._answer(Behaviour(200), "")

    def log_message(self, format: str, *args: Any) -> None:
        """The ledger says it all."""

    def _record(self, body: dict[str, Any] | None, *, accepted: bool, status: int | None) -> str:
        authorization = self.headers.get("Authorization", "")
        return self.server.fake.record(
            path=self.path, authorization=authorization, body=body, accepted=accepted, status=status
        )

    def _answer(self, behaviour: Behaviour, message_id: str) -> None:
        content = b"" if behaviour.status < 300 else b'{"errors":[{"message":"canary@leak.example"}]}'
        self.send_response(behaviour.status)
        headers = {"X-Message-Id": message_id} if behaviour.status == 202 else {}
        for name, value in {**headers, **behaviour.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        """Closes with RST, so that the caller cannot take it for a proper end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
