"""The newest runs of a case's workflow as their histories tell them, and how one is stopped from outside.

No worker is needed: what a case has recorded, and what it was told since, stands in the history.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from domain.case import SIGNALLED
from engine.bridge import Bridge
from engine.case_client import AWAY
from engine.history import EngineAwayError
from engine.ids import CASE_WORKFLOW, case_workflow_id, code_of
from engine.payload import case_data_converter
from engine.probe import LIVES, describe
from schemas.case import CaseInput, RecordInput, RecordResult
from schemas.upkeep import Life

ATTEMPT = timedelta(seconds=10)
BOUND_SECONDS = 30.0
LIST_SECONDS = 300.0
OF_CASES = f"WorkflowType = '{CASE_WORKFLOW}'"
RUNNING = f"{OF_CASES} AND ExecutionStatus = 'Running'"
RECORD = "record"
SENT_AGAIN = frozenset(action.value for action in SIGNALLED)
"""Signals that are commands, which the sweeper sends until their event is recorded."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One call of `record` with its answer; None if the engine has not heard of it."""

    record: RecordInput
    result: RecordResult | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A signal as it lies in a history."""

    signal: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    Attributes:
        history: without the end that somebody gave it from outside.
        start: what it was started with.
        unheard: signals that no worker has seen yet, but for commands.
        worked_at: when a worker last did something for it; None if never.
    """

    life: Life
    run_id: str
    history: WorkflowHistory
    start: CaseInput
    recordings: tuple[Recording, ...]
    unheard: tuple[Told, ...]
    worked_at: datetime | None
    continued_from: str

    @property
    def recorded_seq(self) -> int:
        """The newest event that the history knows to be decided: recorded, being recorded, or handed on."""
        decided = [self.start.state.seq]
        decided += [event.seq for each in self.recordings for event in each.record.events]
        return max(decided)


class RunReader:
    """The runs of one engine. Every method raises EngineAwayError if it gives no answer."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def newest(self, code: str) -> Run | None:
        """The newest run of a case; None if the engine knows none."""
        return self._ask(lambda client: _newest(client, code))

    def before(self, code: str, run: Run) -> Run | None:
        """The run that continued into this one; None if there was none, or if the engine has dropped it."""
        if not run.continued_from:
            return None
        return self._ask(lambda client: _run(client, code, run.continued_from, Life.COMPLETED))

    def running(self) -> list[str]:
        """The codes of all cases that run; the list may lag by moments."""

        async def ask(client: Client) -> list[str]:
            return [code_of(found.id) async for found in client.list_workflows(RUNNING)]

        return self._ask(ask, LIST_SECONDS)

    def known(self) -> list[str]:
        """The codes of all cases that the engine has, running or not; the list may lag by moments."""

        async def ask(client: Client) -> list[str]:
            return [code_of(found.id) async for found in client.list_workflows(OF_CASES)]

        return list(dict.fromkeys(self._ask(ask, LIST_SECONDS)))

    def stop(self, code: str, reason: str) -> None:
        """Ends a case's workflow without asking it. Safe to repeat."""

        async def ask(client: Client) -> None:
            try:
                await client.get_workflow_handle(case_workflow_id(code)).terminate(
                    reason=reason, rpc_timeout=ATTEMPT
                )
            except RPCError as problem:
                if problem.status is not RPCStatusCode.NOT_FOUND:
                    raise

        self._ask(ask)

    def tell(self, code: str, told: Sequence[Told]) -> None:
        """Sends signals, in order."""

        async def ask(client: Client) -> None:
            handle = client.get_workflow_handle(case_workflow_id(code))
            for each in told:
                await handle.signal(each.signal, args=list(each.arguments), rpc_timeout=ATTEMPT)

        self._ask(ask)

    def _ask(self, ask: Callable[[Client], Awaitable[T]], seconds: float = BOUND_SECONDS) -> T:
        try:
            return self._bridge.call(ask, seconds)
        except AWAY as problem:
            raise EngineAwayError from problem


async def _newest(client: Client, code: str) -> Run | None:
    found = await describe(client, case_workflow_id(code))
    if found is None:
        return None
    life = Life.BROKEN_OFF if found.status is None else LIVES.get(found.status, Life.BROKEN_OFF)
    return await _run(client, code, found.run_id, life)


async def _run(client: Client, code: str, run_id: str, life: Life) -> Run | None:
    workflow_id = case_workflow_id(code)
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        events = [event async for event in handle.fetch_history_events(rpc_timeout=ATTEMPT)]
    except RPCError as problem:
        if problem.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    if life is Life.BROKEN_OFF:
        events = [
            event
            for event in events
            if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
        ]
    started = events[0].workflow_execution_started_event_attributes
    return Run(
        life=life,
        run_id=run_id,
        history=WorkflowHistory(workflow_id, events),
        start=await _decoded(started.input.payloads, CaseInput),
        recordings=await _recordings(events),
        unheard=await _unheard(events),
        worked_at=_worked_at(events),
        continued_from=started.continued_execution_run_id,
    )


async def _recordings(events: Sequence[HistoryEvent]) -> tuple[Recording, ...]:
    results = {
        each.activity_task_completed_event_attributes.scheduled_event_id: each
        for each in events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    }
    found = []
    for event in events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == RECORD:
            done = results.get(event.event_id)
            answer = None if done is None else done.activity_task_completed_event_attributes.result.payloads
            found.append(
                Recording(
                    record=await _decoded(scheduled.input.payloads, RecordInput),
                    result=None if answer is None else await _decoded(answer, RecordResult),
                )
            )
    return tuple(found)


async def _unheard(events: Sequence[HistoryEvent]) -> tuple[Told, ...]:
    seen = max(
        (each.workflow_task_completed_event_attributes.started_event_id for each in _worked(events)),
        default=0,
    )
    found = []
    for event in events:
        told = event.workflow_execution_signaled_event_attributes
        if event.event_id > seen and told.signal_name and told.signal_name not in SENT_AGAIN:
            arguments = tuple(await case_data_converter.decode(told.input.payloads))
            found.append(Told(signal=told.signal_name, arguments=arguments))
    return tuple(found)


def _worked(events: Sequence[HistoryEvent]) -> list[HistoryEvent]:
    return [each for each in events if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]


def _worked_at(events: Sequence[HistoryEvent]) -> datetime | None:
    worked = _worked(events)
    return worked[-1].event_time.ToDatetime(UTC) if worked else None


async def _decoded(payloads: Sequence[Any], kind: type[T]) -> T:
    (value,) = await case_data_converter.decode(payloads, [kind])
    decoded: T = value
    return decoded
