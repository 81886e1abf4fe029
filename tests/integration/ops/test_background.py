"""The threads beside the workflows fail and start again alone."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from db.operation_store import OperationStore
from settings import Settings
from tests.eventually import eventually_here
from tests.offices import Offices
from worker import Background, after_heartbeat, keep_running, works

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


def test_a_sweeper_of_another_process_begins_once_cases_are_run(sqlite_offices: Offices) -> None:
    operation = OperationStore(sqlite_offices.database)
    stopping, swept = threading.Event(), threading.Event()
    work = after_heartbeat(operation, lambda stop: swept.set())
    thread = threading.Thread(target=work, args=(stopping,))
    thread.start()
    assert not swept.wait(1.2)  # longer than two looks
    operation.beat(timedelta(minutes=1))
    assert swept.wait(10)
    thread.join(timeout=10)


def test_a_worker_without_the_cases_does_not_say_that_they_are_run(
    sqlite_offices: Offices, tmp_path: Path
) -> None:
    variables = {
        "TUNTAS_HOME": str(tmp_path),
        "TUNTAS_DEMO": "1",
        "TUNTAS_WORKER_ROLES": "sweeper,mail",
        "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    }
    names = set(works(Settings.from_env(variables), sqlite_offices.database))
    assert names == {"sweeper", "upkeep", "files", "search", "relay"}


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
