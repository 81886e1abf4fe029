"""Reads the history of a case run by run, newest first, and how the newest stands. Needs no worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.protobuf.json_format import ParseError
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
)
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError

from engine.bridge import Bridge
from engine.case_client import AWAY
from engine.digest import digest, failure_type, instant
from engine.history import EngineAwayError
from engine.history_file import UnreadableHistoryError
from engine.ids import case_workflow_id
from engine.probe import is_unknown_workflow
from schemas.inspection import LiveRun, PendingActivity, PendingTask, RunDigest, RunReading, RunStatus
from schemas.upkeep import FetchedRun

ATTEMPT = timedelta(seconds=3)
BOUND_SECONDS = 5.0
MOST_EVENTS = 12_000
MOST_BYTES = 16_000_000
"""A longer run is not read for a page; the log says what happened in it."""
STATUSES = {
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING: RunStatus.RUNNING,
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED: RunStatus.COMPLETED,
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: RunStatus.CONTINUED,
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED: RunStatus.PAUSED,
}


class LongHistoryError(Exception):
    """A run holds more than a page can be made of."""


@dataclass(frozen=True, kw_only=True)
class EngineRun:
    """A run as the engine gave it. `older_run_id`: where the history goes on backwards, or ""."""

    live: LiveRun
    history: WorkflowHistory
    older_run_id: str


class InspectionClient:
    """The histories of one engine, for somebody who looks into one case."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch(self, code: str, run_id: str = "") -> EngineRun | None:
        """A run of a case, the newest unless one is named; None if the engine has none such any more.

        Raises: EngineAwayError, LongHistoryError.
        """

        async def ask(client: Client) -> EngineRun | None:
            return await _fetch(client, case_workflow_id(code), run_id)

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except AWAY as problem:
            raise EngineAwayError from problem

    def read(self, code: str, run_id: str = "") -> RunReading | None:
        """The same, read. Raises: EngineAwayError, LongHistoryError."""
        found = self.fetch(code, run_id)
        if found is None:
            return None
        read = digest(found.live.run_id, found.history.events)
        return RunReading(digest=read, live=found.live, older_run_id=found.older_run_id)

    def raw(self, code: str, run_id: str) -> FetchedRun | None:
        """A run as the engine's own tools write it. Raises: EngineAwayError, LongHistoryError."""
        found = self.fetch(code, run_id)
        if found is None:
            return None
        count, history = len(found.history.events), found.history.to_json_dict()
        return FetchedRun(run_id=found.live.run_id, event_count=count, history=history)


def read_exported(workflow_id: str, run: FetchedRun) -> RunDigest:
    """A run of an exported history. Raises: UnreadableHistoryError."""
    return digest(run.run_id, history_of(workflow_id, run).events)


def history_of(workflow_id: str, run: FetchedRun) -> WorkflowHistory:
    """A run in the shape that the SDK replays. Raises: UnreadableHistoryError."""
    try:
        history = WorkflowHistory.from_json(workflow_id, run.history)
    except (ParseError, ValueError, KeyError, TypeError) as problem:
        raise UnreadableHistoryError from problem
    if not history.events:
        raise UnreadableHistoryError
    return history


async def _fetch(client: Client, workflow_id: str, run_id: str) -> EngineRun | None:
    live = await _live(client, workflow_id, run_id)
    events = None if live is None else await _events(client, workflow_id, live.run_id)
    if live is None or not events:
        return None
    older = await _older(client, workflow_id, events[0])
    return EngineRun(live=live, history=WorkflowHistory(workflow_id, events), older_run_id=older)


async def _events(client: Client, workflow_id: str, run_id: str) -> list[HistoryEvent]:
    """All events of a run; none if the engine has forgotten it meanwhile."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        return [event async for event in handle.fetch_history_events(rpc_timeout=ATTEMPT)]
    except RPCError as problem:
        if is_unknown_workflow(problem):
            return []
        raise


async def _older(client: Client, workflow_id: str, first: HistoryEvent) -> str:
    """The run that continued into this one, else one of before a rebuild, to which nothing links."""
    previous = first.workflow_execution_started_event_attributes.continued_execution_run_id
    if previous:
        return previous
    before = instant(first.event_time).isoformat().replace("+00:00", "Z")
    query = f"WorkflowId = '{workflow_id}' AND StartTime < '{before}'"
    older = [each async for each in client.list_workflows(query, limit=50, rpc_timeout=ATTEMPT)]
    newest = max(older, key=lambda each: each.start_time, default=None)
    return "" if newest is None else newest.run_id


async def _live(client: Client, workflow_id: str, run_id: str) -> LiveRun | None:
    """How a run stands; None if there is none. Raises: LongHistoryError, RPCError."""
    execution = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=execution)
    try:
        answer = await client.workflow_service.describe_workflow_execution(request, timeout=ATTEMPT)
    except RPCError as problem:
        if is_unknown_workflow(problem):
            return None
        raise
    live = _described(answer)
    if live.event_count > MOST_EVENTS or live.size > MOST_BYTES:
        raise LongHistoryError
    return live


def _described(answer: DescribeWorkflowExecutionResponse) -> LiveRun:
    info = answer.workflow_execution_info
    return LiveRun(
        run_id=info.execution.run_id,
        status=STATUSES.get(info.status, RunStatus.BROKEN_OFF),
        event_count=info.history_length,
        size=info.history_size_bytes,
        task=_task(answer),
        activities=tuple(_activity(one) for one in answer.pending_activities),
    )


def _task(answer: DescribeWorkflowExecutionResponse) -> PendingTask | None:
    if not answer.HasField("pending_workflow_task"):
        return None
    task = answer.pending_workflow_task
    first = task.original_scheduled_time if task.HasField("original_scheduled_time") else task.scheduled_time
    return PendingTask(
        scheduled_at=instant(first),
        started_at=instant(task.started_time) if task.HasField("started_time") else None,
        attempt=max(task.attempt, 1),
    )


def _activity(given: PendingActivityInfo) -> PendingActivity:
    def at(name: str) -> Any:
        stamp: Timestamp = getattr(given, name)
        return instant(stamp) if given.HasField(name) else None  # type: ignore[arg-type]

    return PendingActivity(
        activity_id=given.activity_id,
        name=given.activity_type.name,
        attempt=max(given.attempt, 1),
        started=given.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
        scheduled_at=at("scheduled_time"),
        last_started_at=at("last_started_time"),
        next_attempt_at=at("next_attempt_schedule_time"),
        failure=failure_type(given.last_failure) if given.HasField("last_failure") else "",
    )
