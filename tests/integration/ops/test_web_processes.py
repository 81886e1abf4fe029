"""The web in several processes: one count of all, one log without visitors, and no orphans."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cluster import READY_WITHIN, Cluster
from tests.eventually import eventually_here

pytestmark = pytest.mark.timeout(400)

CANARY, VISITOR = "kenariproses", "203.0.113.77"
VISITS = 12


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Cluster]:
    """A production of which only the web runs, behind a proxy that says https."""
    cluster = Cluster(
        tmp_path, TEMPORAL_ADDRESS="127.0.0.1:9", TUNTAS_PUBLIC_URL="https://lapor.contoh.example"
    )
    cluster.command("migrate")
    cluster.start("web")
    try:
        eventually_here(
            lambda: listens(cluster.port) and listens(cluster.metrics["web"]), "the web", READY_WITHIN, 0.2
        )
        yield cluster
    finally:
        cluster.stop()


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def test_what_all_processes_counted_is_told_together_and_the_log_knows_no_visitor(web: Cluster) -> None:
    claimed = {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https"}
    for _ in range(VISITS):
        assert requests.get(f"{web.url}/lacak/{CANARY}", headers=claimed, timeout=30).status_code < 500
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
        connection.sendall(f"{CANARY}\r\n\r\n".encode())
        assert b"400" in connection.recv(1024)
    assert web.figures("web")["tuntas_request_seconds_count"] >= VISITS
    assert web.stop() == {"web": 0}
    log = web.log("web").read_text()
    assert "an invalid request was turned away" in log
    assert not [word for word in (CANARY, VISITOR, "/lacak/") if word in log]


def test_a_master_that_is_killed_leaves_nobody_behind(web: Cluster) -> None:
    os.kill(web.processes["web"].pid, signal.SIGKILL)
    ports = (web.port, web.metrics["web"])
    eventually_here(lambda: not any(map(listens, ports)), "both ports are free", 60.0, 0.2)


def test_a_web_that_may_not_start_says_so_in_a_line_for_each_reason(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, TUNTAS_PUBLIC_URL="http://lapor.contoh.example", SENDGRID_API_KEY="SG.x")
    cluster.start("web")
    assert cluster.processes["web"].wait(timeout=READY_WITHIN) == 2
    assert [line.split()[0] for line in cluster.log("web").read_text().splitlines()] == [
        "TUNTAS_PUBLIC_URL",
        "TUNTAS_MAIL_FROM",
        "SENDGRID_WEBHOOK_KEY",
    ]
