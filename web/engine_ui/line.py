"""The line to the engine's own pages: one request, in our own words, within bounds of time and size.

Nothing that a browser sends goes over it but an address and whether the answer may be packed; no redirect is
followed. So no cookie of ours gets there, and none of theirs comes here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from itertools import chain
from urllib.parse import urlsplit

SILENCE_SECONDS = 5.0
"""The longest silence, while connecting and while reading."""
WHOLE_SECONDS = 60.0
WAIT_SECONDS = 0.2
"""For one of the lines, if all are in use: who waits keeps a thread from those who report."""
LINES = 8
"""At once, half of a process's threads: engine pages that hang must not take the others away."""
PIECE_BYTES = 64 * 1024
SMALL_BYTES = 1024 * 1024
MAX_BYTES = 64 * 1024 * 1024
"""A history at its longest has fifty million bytes."""

_free = threading.BoundedSemaphore(LINES)


class EngineUiError(Exception):
    """The engine's own pages do not answer, or not with what can be shown."""


class Answer:
    """What came back. It holds a line until it is closed.

    Attributes:
        status, media_type, encoding: as its headers say; the last two may be "".
        length: of the body in bytes; None if it is not known before.
    """

    def __init__(self, connection: HTTPConnection, response: HTTPResponse, until: float) -> None:
        self._connection, self._response, self._until = connection, response, until
        self._open = True
        self.status = response.status
        self.media_type = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
        self.encoding = response.getheader("Content-Encoding") or ""
        self.length = response.length

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes; then the answer is closed.

        Raises: EngineUiError, so that a browser sees that something is missing.
        """
        read = 0
        try:
            while piece := self._response.read1(PIECE_BYTES):
                read += len(piece)
                if read > MAX_BYTES or time.monotonic() > self._until:
                    raise EngineUiError("too much")
                yield piece
            if self._response.length:
                raise EngineUiError("cut short")
        except (OSError, HTTPException) as problem:
            raise EngineUiError(type(problem).__name__) from problem
        finally:
            self.close()

    def body(self) -> bytes | Iterator[bytes]:
        """A small one whole, so that no slow browser keeps our line; else pieces. Raises: EngineUiError."""
        pieces, begun = self.pieces(), bytearray()
        for piece in pieces:
            begun += piece
            if len(begun) > SMALL_BYTES:
                return chain([bytes(begun)], pieces)
        return bytes(begun)

    def small(self) -> bytes:
        """A body that can only be small. Raises: EngineUiError."""
        found = self.body()
        if isinstance(found, bytes):
            return found
        self.close()
        raise EngineUiError("too much")

    def close(self) -> None:
        """Gives the line back. May be repeated."""
        self._response.close()
        self._connection.close()
        if self._open:
            self._open = False
            _free.release()


def ask(url: str, path: str, *, packed: bool = False) -> Answer:
    """Asks for a path, which begins with `/` and may have a query. Raises: EngineUiError."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SILENCE_SECONDS)
    if not _free.acquire(timeout=WAIT_SECONDS):
        raise EngineUiError("all lines are in use")
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip" if packed else "identity"})
        response = connection.getresponse()
    except (OSError, HTTPException) as problem:
        connection.close()
        _free.release()
        raise EngineUiError(type(problem).__name__) from problem
    return _within_bounds(Answer(connection, response, time.monotonic() + WHOLE_SECONDS))


def _within_bounds(answer: Answer) -> Answer:
    if 300 <= answer.status < 400 or (answer.length or 0) > MAX_BYTES:
        answer.close()
        raise EngineUiError(f"an answer {answer.status} of {answer.length} bytes")
    return answer
