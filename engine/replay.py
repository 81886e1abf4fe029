"""Whether the code of today would have decided a case as its history says: bounded, and one at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from engine.digest import type_of
from engine.history import EngineAwayError
from engine.history_file import LongHistoryError, UnreadableHistoryError
from engine.ids import case_workflow_id
from engine.inspection import InspectionClient, history_of
from engine.payload import case_data_converter
from schemas.inspection import ReplayResult, Unchecked, Verdict
from schemas.upkeep import FetchedHistory

BOUND_SECONDS = 20.0
Runs = Iterator[tuple[str, WorkflowHistory]]
"""Ids and histories of runs, newest first."""


class ReplayCheck:
    """Replays the histories of cases with the given workflows; nothing in the engine changes."""

    def __init__(self, histories: InspectionClient, workflows: Sequence[type]) -> None:
        self._histories = histories
        self._workflows = workflows
        self._lock = threading.Lock()

    def check(self, code: str, exported: FetchedHistory | None = None) -> ReplayResult:
        """What came of it. The engine is asked first, unless an exported history is given."""
        if not self._lock.acquire(blocking=False):
            return ReplayResult(verdict=Verdict.UNCHECKED, why=Unchecked.BUSY)
        try:
            return self._check(code, exported)
        finally:
            self._lock.release()

    def _check(self, code: str, exported: FetchedHistory | None) -> ReplayResult:
        checking = _Checking(case_workflow_id(code), self._workflows, exported is not None)
        try:
            for run_id, history in self._from_engine(code) if exported is None else _from_file(exported):
                if (found := checking.replay(run_id, history)) is not None:
                    return found
        except EngineAwayError:
            return checking.result(Verdict.UNCHECKED, why=Unchecked.AWAY)
        except LongHistoryError:
            return checking.result(Verdict.UNCHECKED, why=Unchecked.TOO_LONG)
        except UnreadableHistoryError:
            return checking.result(Verdict.UNCHECKED, why=Unchecked.UNREADABLE)
        except TimeoutError:
            return checking.result(Verdict.UNCHECKED, why=Unchecked.TIME)
        if checking.runs == 0:
            return checking.result(Verdict.UNCHECKED, why=Unchecked.NONE)
        return checking.result(Verdict.EQUAL)

    def _from_engine(self, code: str) -> Runs:
        run = self._histories.fetch(code)
        while run is not None:
            yield run.live.run_id, run.history
            run = self._histories.fetch(code, run.older_run_id) if run.older_run_id else None


def _from_file(exported: FetchedHistory) -> Runs:
    for run in reversed(exported.runs):
        yield run.run_id, history_of(exported.workflow_id, run)


class _Checking:
    """One check under way: what has been replayed, and how long that took."""

    def __init__(self, workflow_id: str, workflows: Sequence[type], exported: bool) -> None:
        self._workflow_id = workflow_id
        self._replayer = Replayer(
            workflows=workflows,
            data_converter=case_data_converter,
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        self._exported = exported
        self._ends_at = time.monotonic() + BOUND_SECONDS
        self._events = 0
        self.runs = 0

    def replay(self, run_id: str, history: WorkflowHistory) -> ReplayResult | None:
        """The difference, if there is one. Raises: TimeoutError."""
        failure = self._failure(history)
        if failure is None:
            self.runs, self._events = self.runs + 1, self._events + len(history.events)
            return None
        event = history.events[self._first_wrong(history) - 1]
        decided = isinstance(failure, NondeterminismError)
        return self.result(
            Verdict.DIFFERS,
            run_id=run_id,
            number=event.event_id,
            type=type_of(event),
            failure="" if decided else type(failure).__name__,
        )

    def result(self, verdict: Verdict, **more: Any) -> ReplayResult:
        """The outcome, with what was replayed until then."""
        return ReplayResult(
            verdict=verdict, runs=self.runs, events=self._events, exported=self._exported, **more
        )

    def _failure(self, history: WorkflowHistory) -> Exception | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return asyncio.run(asyncio.wait_for(self._replayed(history), left))

    async def _replayed(self, history: WorkflowHistory) -> Exception | None:
        return (await self._replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure

    def _first_wrong(self, history: WorkflowHistory) -> int:
        """How many events a beginning must have to fail: its last one is where the code decides otherwise."""
        events, low, high = list(history.events), 0, len(history.events)
        while high - low > 1:
            middle = (low + high) // 2
            beginning = WorkflowHistory(self._workflow_id, events[:middle])
            low, high = (low, middle) if self._failure(beginning) is not None else (middle, high)
        return high
