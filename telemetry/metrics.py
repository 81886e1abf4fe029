"""The figures of a process for Prometheus, on a port of their own that no proxy leads to."""

from __future__ import annotations

import logging
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
PATH = "/metrics"
Source = Callable[[], bytes]
"""Gives figures in Prometheus's text format."""


def serve_metrics(host: str, port: int, sources: Sequence[Source]) -> ThreadingHTTPServer:
    """Serves `GET /metrics` from a thread until the process ends or the server is shut down.

    Raises: OSError if the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """All figures, or 404 for any other path."""
            if self.path != PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = b"".join(source() for source in sources)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Whoever asks is no news."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def figures_of(registry: CollectorRegistry) -> Source:
    """What a registry holds."""
    return lambda: generate_latest(registry)


def figures_at(address: str) -> Source:
    """What another exporter of this process tells at `host:port`; nothing while it does not answer."""

    def ask() -> bytes:
        try:
            with urllib.request.urlopen(f"http://{address}{PATH}", timeout=2) as answer:
                return bytes(answer.read())
        except (OSError, urllib.error.URLError):
            log.warning("the figures of the engine's library cannot be read")
            return b""

    return ask


def free_loopback_address() -> str:
    """`host:port` on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return f"{LOOPBACK}:{probe.getsockname()[1]}"
