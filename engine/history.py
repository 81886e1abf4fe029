"""Reads the whole history of a case's workflow: every run, along the links that the runs themselves hold."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from engine.bridge import Bridge
from engine.case_client import AWAY
from engine.ids import case_workflow_id
from engine.probe import describe
from schemas.upkeep import FetchedHistory, FetchedRun

ATTEMPT = timedelta(seconds=10)
BOUND_SECONDS = 20.0
"""Less than a sweeper's lease lasts."""


class EngineAwayError(Exception):
    """The engine gave no usable answer; a later try may have one."""


class StillRunningError(Exception):
    """The workflow has not come to its end, so its history may still grow."""


class HistoryClient:
    """The histories of one engine."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch(self, code: str) -> FetchedHistory | None:
        """All runs of a case's ended workflow; None if the engine has none of them any more.

        Raises: EngineAwayError, StillRunningError.
        """
        workflow_id = case_workflow_id(code)

        async def ask(client: Client) -> FetchedHistory | None:
            return await _fetch(client, workflow_id)

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except AWAY as problem:
            raise EngineAwayError from problem


async def _fetch(client: Client, workflow_id: str) -> FetchedHistory | None:
    newest = await describe(client, workflow_id)
    if newest is None:
        return None
    if newest.status is WorkflowExecutionStatus.RUNNING:
        raise StillRunningError
    chain, whole = await _chain_to(client, workflow_id, newest.run_id)
    others = await _other_chains(client, workflow_id, {run.run_id for run in chain})
    return FetchedHistory(workflow_id=workflow_id, runs=(*others, *chain), whole=whole)


async def _chain_to(client: Client, workflow_id: str, newest: str) -> tuple[list[FetchedRun], bool]:
    """The runs that continued into the newest, oldest first, and whether the very first is among them."""
    chain: list[FetchedRun] = []
    run_id = newest
    while run_id:
        history = await _history(client, workflow_id, run_id)
        if history is None:
            return chain, False
        chain.insert(0, _fetched(run_id, history))
        started = history.events[0].workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id
    return chain, True


async def _other_chains(client: Client, workflow_id: str, known: set[str]) -> list[FetchedRun]:
    """Runs of before a rebuild, oldest first: nothing links to them, so only the engine's list names them.

    The list may lag by moments; what it lacks then has ended long before.
    """
    listed = client.list_workflows(f"WorkflowId = '{workflow_id}'", rpc_timeout=ATTEMPT)
    found = [execution async for execution in listed if execution.run_id not in known]
    fetched = []
    for execution in sorted(found, key=lambda each: each.start_time):
        history = await _history(client, workflow_id, execution.run_id)
        if history is not None:
            fetched.append(_fetched(execution.run_id, history))
    return fetched


async def _history(client: Client, workflow_id: str, run_id: str) -> WorkflowHistory | None:
    """The history of one run; None if the engine does not have it any more."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        events = [event async for event in handle.fetch_history_events(rpc_timeout=ATTEMPT)]
    except RPCError as problem:
        if problem.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return WorkflowHistory(workflow_id, events) if events else None


def _fetched(run_id: str, history: WorkflowHistory) -> FetchedRun:
    return FetchedRun(run_id=run_id, event_count=len(history.events), history=history.to_json_dict())
