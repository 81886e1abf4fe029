"""The check that supervisors run: equal, different and where, or not checked and why."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.bridge import Bridge
from engine.inspection import InspectionClient
from engine.replay import ReplayCheck
from schemas.inspection import ReplayResult, Unchecked, Verdict
from schemas.upkeep import FetchedHistory, FetchedRun
from tests.histories import BAD, CORPUS, fetched, history
from workflows.case import CaseWorkflow

SMALL = sorted(CORPUS, key=lambda file: file.stat().st_size)[:2]


def check() -> ReplayCheck:
    return ReplayCheck(InspectionClient(Bridge("127.0.0.1:9", "default")), [CaseWorkflow])


def checked(*files: Path) -> ReplayResult:
    return check().check("X", fetched(*files))


def test_histories_that_today_decides_alike_are_equal_all_runs_of_them() -> None:
    result = checked(*SMALL)
    events = sum(len(history(file).events) for file in SMALL)
    assert (result.verdict, result.runs, result.events) == (Verdict.EQUAL, 2, events)
    assert result.exported and result.why is None


def test_a_difference_is_told_with_its_event_and_without_a_trace() -> None:
    result = checked(BAD, SMALL[0])
    assert (result.verdict, result.runs) == (Verdict.DIFFERS, 1)
    assert (result.run_id, result.number, result.type) == ("run-1", 6, "ACTIVITY_TASK_SCHEDULED")
    assert result.failure == ""


def test_a_history_that_cannot_be_read_is_not_called_different() -> None:
    broken = FetchedHistory(
        workflow_id="case-X", runs=(FetchedRun(run_id="r", event_count=0, history={}),), whole=True
    )
    result = check().check("X", broken)
    assert (result.verdict, result.why) == (Verdict.UNCHECKED, Unchecked.UNREADABLE)


def test_an_engine_that_is_away_leaves_the_history_unchecked() -> None:
    result = check().check("X")
    assert (result.verdict, result.why, result.runs) == (Verdict.UNCHECKED, Unchecked.AWAY, 0)


def test_when_its_time_is_up_the_check_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.replay.BOUND_SECONDS", 0.0)
    result = checked(*SMALL)
    assert (result.verdict, result.why, result.runs) == (Verdict.UNCHECKED, Unchecked.TIME, 0)


def test_of_two_checks_at_once_one_is_told_to_wait() -> None:
    one, results = check(), []
    threads = [
        threading.Thread(target=lambda: results.append(one.check("X", fetched(*SMALL)).why)) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Unchecked.BUSY in results and None in results
    assert one.check("X", fetched(SMALL[0])).verdict is Verdict.EQUAL
