"""The line on which sendgrid's client talks: one hop, no redirects, and word of whether it ever connected."""

from __future__ import annotations

import ipaddress
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import python_http_client


class NotConnectedError(OSError):
    """No connection came about (name, route, refusal, certificate, time-out): nothing has left."""


class LineClient(python_http_client.Client):  # type: ignore[misc]  # the library has no types
    """The library's client without its redirects, which would carry the key to wherever an answer says.

    At level DEBUG the library logs the key, the address and the text; its logger is silenced here.
    """

    def __init__(self, host: str, **options: Any) -> None:
        super().__init__(host=host, **options)
        logging.getLogger("python_http_client").setLevel(logging.WARNING)

    def _build_client(self, name: str | None = None) -> LineClient:
        return LineClient(
            self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            timeout=self.timeout,
        )

    def _make_request(self, opener: OpenerDirector, request: Request, timeout: float | None = None) -> Any:
        return super()._make_request(_one_hop_opener(self.host), request, timeout=timeout)


def _one_hop_opener(url: str) -> OpenerDirector:
    """Only http and https; proxies of the environment serve all but this machine itself."""
    opener = OpenerDirector()
    opener.add_handler(ProxyHandler({}) if _is_own_machine(url) else ProxyHandler())
    for handler in (_HttpHandler, _HttpsHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor):
        opener.add_handler(handler())
    return opener


def _is_own_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise NotConnectedError(type(problem).__name__) from problem


class _HttpConnection(HTTPConnection):
    def connect(self) -> None:
        with _connecting():
            super().connect()


class _HttpsConnection(HTTPSConnection):
    def connect(self) -> None:
        with _connecting():
            super().connect()


class _HttpHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HttpConnection, req)


class _HttpsHandler(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HttpsConnection, req, context=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """Whom any connection of the library trusts; reading all certificates takes longer than a mail."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
