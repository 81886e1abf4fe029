"""The threads beside the workflows fail and start again alone."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from db.operation_store import OperationStore
from settings import Settings
from tests.eventually import eventually_here
from tests.offices import Offices
from worker import Background, keep_running

WORDS = "Canary Nama"
"""What somebody wrote, as it stands in messages of errors."""


def test_work_that_fails_is_started_again_until_it_is_told_to_stop(caplog: pytest.LogCaptureFixture) -> None:
    stopping = threading.Event()
    runs: list[int] = []

    def work(stop: threading.Event) -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise ValueError(WORDS)
        stop.set()

    thread = threading.Thread(target=keep_running, args=(work, stopping, 0.0), name="sweeper")
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert runs == [0, 1, 2]
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2 and all("sweeper" in line and "ValueError" in line for line in told)
    assert WORDS not in caplog.text


def test_a_worker_is_seen_alive_while_its_engine_is_away(sqlite_offices: Offices, tmp_path: Path) -> None:
    variables = {
        "TUNTAS_HOME": str(tmp_path),
        "TUNTAS_DEMO": "1",
        "TEMPORAL_ADDRESS": "127.0.0.1:9",
        "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    }
    operation = OperationStore(sqlite_offices.database)
    background = Background(Settings.from_env(variables), sqlite_offices.database)
    background.start()
    try:
        assert eventually_here(operation.worker_seen_at, "a heartbeat")
    finally:
        background.stop()


def test_a_pause_between_two_starts_ends_at_once_when_told_to_stop() -> None:
    stopping, failed = threading.Event(), threading.Event()

    def work(stop: threading.Event) -> None:
        failed.set()
        raise ValueError

    thread = threading.Thread(target=keep_running, args=(work, stopping, 600.0))
    thread.start()
    assert failed.wait(10)
    stopping.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
