"""Waitress as we run it: a request that its headers condemn is answered before its body is read."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.utilities import RequestEntityTooLarge

from settings import Settings
from web.security import MAX_BODY_BYTES, accepted_type

THREADS = 16
HOST = "127.0.0.1"
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class EarlyParser(HTTPRequestParser):  # type: ignore[misc]
    """Hands a request over without its body where the application refuses it by its headers anyway."""

    def received(self, data: bytes) -> int:
        """The number of bytes taken; a condemned request takes all that came and ends its connection."""
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.headers["CONTENT_LENGTH"] = str(MAX_BODY_BYTES + 1)
            return self._condemn(data)
        waits_for_body = self.headers_finished and not self.completed and self.body_bytes_received == 0
        if waits_for_body and not self._fits():
            return self._condemn(data)
        return consumed

    def _fits(self) -> bool:
        media_type = self.headers.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
        return self.command not in WITH_BODY or accepted_type(self.path, media_type)

    def _condemn(self, data: bytes) -> int:
        self.error = None
        self.completed = True
        self.expect_continue = False
        self.headers["CONNECTION"] = "close"
        return len(data)


class EarlyChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that reads requests so."""

    parser_class = EarlyParser


class WithoutPath(logging.Filter):
    """Takes the address of the page out of waitress's messages: it may hold a key."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is changed."""
        if "while serving" in str(record.msg):
            record.msg, record.args = str(record.msg).replace("%s", "a page"), ()
        return True


def make_server(app: Flask, settings: Settings) -> Any:
    """A bound server; `run()` serves until SystemExit. Raises: OSError if the port is taken.

    Behind https there is a proxy on this machine, whose word on the visitor's address is taken.
    """
    logging.getLogger("waitress").addFilter(WithoutPath())
    proxy: dict[str, Any] = {}
    if settings.secure:
        proxy = {
            "trusted_proxy": HOST,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }
    server = create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        max_request_body_size=MAX_BODY_BYTES + 1,
        **proxy,
    )
    server.channel_class = EarlyChannel
    return server
