"""The server itself, over a socket: what its headers condemn is answered before its body comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.web.conftest import NewSite
from web.security import MAX_BODY_BYTES
from web.server import make_server


@contextmanager
def serving(new_site: NewSite, **variables: str) -> Iterator[int]:
    """The port of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    site = new_site(**variables | {"TUNTAS_PORT": str(free)})
    server = make_server(site.app, site.services.settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield free
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(timeout=5)


@pytest.fixture
def port(new_site: NewSite) -> Iterator[int]:
    """The port of a server of the usual site."""
    with serving(new_site) as found:
        yield found


def ask(port: int, *lines: str, body: bytes = b"") -> str:
    """All that the server answers to these header lines, until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        head = "\r\n".join([*lines, "Host: 127.0.0.1", "", ""])
        connection.sendall(head.encode() + body)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((f"Content-Length: {MAX_BODY_BYTES + 1}", "Content-Type: multipart/form-data; boundary=x"), 413),
        (("Content-Length: 100", "Content-Type: application/json"), 415),
        (("Content-Length: 100",), 415),
        (("Transfer-Encoding: chunked", "Content-Type: text/plain"), 415),
        (("Content-Length: 100", "Content-Type: text/plain", "Expect: 100-continue"), 415),
    ],
)
def test_a_condemned_request_gets_its_page_although_its_body_never_comes(
    port: int, headers: tuple[str, ...], status: int
) -> None:
    answer = ask(port, "POST /reports HTTP/1.1", *headers)
    assert answer.startswith(f"HTTP/1.1 {status} ") and "Ke halaman depan" in answer


def test_the_body_of_a_condemned_request_is_never_read_as_another_request(port: int) -> None:
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    head = ("POST /reports HTTP/1.1", f"Content-Length: {len(inner)}", "Content-Type: application/json")
    answer = ask(port, *head, body=inner)
    assert answer.count("HTTP/1.1 ") == 1 and "worker_age_seconds" not in answer


def test_a_body_without_a_length_is_bounded(port: int) -> None:
    size = 1024 * 1024
    chunk = f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        lines = ("POST /reports HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
        head = "\r\n".join([*lines, "Content-Type: multipart/form-data; boundary=x", "", ""])
        connection.sendall(head.encode())
        sent = 0
        with pytest.raises(OSError):
            for _ in range(80):
                connection.sendall(chunk)
                sent += size
    assert sent < 3 * MAX_BODY_BYTES


def test_an_ordinary_page_is_served_and_the_server_does_not_name_itself(port: int) -> None:
    answer = ask(port, "GET / HTTP/1.1", "Connection: close")
    assert answer.startswith("HTTP/1.1 200 ") and "waitress" not in answer


def test_behind_https_the_proxy_on_this_machine_says_who_asks(new_site: NewSite) -> None:
    kept = "/dev/sendgrid/v3/mail/send"
    lines = (
        f"POST {kept} HTTP/1.1",
        "Content-Type: application/json",
        "Content-Length: 2",
        "Connection: close",
    )
    for url, status in (("https://lapor.contoh.example", 404), ("http://127.0.0.1", 401)):
        with serving(new_site, TUNTAS_PUBLIC_URL=url) as port:
            answer = ask(port, *lines, "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https", body=b"{}")
            assert answer.startswith(f"HTTP/1.1 {status} ")
