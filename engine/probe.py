"""Looks at case workflows from outside: do they live, what do they know; and starts lost ones again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio.api.errordetails.v1 import NotFoundFailure
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.state import CaseState
from engine.bridge import Bridge
from engine.case_client import AWAY
from engine.ids import CASE_QUERY, CASE_WORKFLOW, CASES_QUEUE, case_workflow_id
from schemas.case import CaseInput
from schemas.upkeep import Life, Look

ATTEMPT = timedelta(seconds=4)
BOUND_SECONDS = 9.0
"""One look is two questions."""
NO_ANSWER = (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError, ValueError)
"""What a query raises without a worker, from one that fails, or about a state of another version."""
LIVES = {
    WorkflowExecutionStatus.RUNNING: Life.RUNNING,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: Life.RUNNING,
    WorkflowExecutionStatus.COMPLETED: Life.COMPLETED,
}


class CaseProbe:
    """Asks one engine about its cases without changing them, but for `restart`."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def look(self, codes: Sequence[str], *, states: bool = True) -> list[Look]:
        """What there is of each case's workflow, in order; all are asked at once, so give it a few.

        `states`: whether to ask those that live for their state.
        """

        async def ask(client: Client) -> list[Look]:
            return await asyncio.gather(*(_look(client, code, states=states) for code in codes))

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except AWAY:
            return [Look(life=Life.SILENT) for _ in codes]

    def restart(self, start: CaseInput) -> bool:
        """Starts a case whose workflow is lost; one that runs is left alone, so there are never two.

        False if the engine did not take it. Safe to repeat.
        """

        async def ask(client: Client) -> None:
            await client.start_workflow(
                CASE_WORKFLOW,
                start,
                id=case_workflow_id(start.state.code),
                task_queue=CASES_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=f"case {start.state.code}",
                rpc_timeout=ATTEMPT,
            )

        try:
            self._bridge.call(ask, BOUND_SECONDS)
        except AWAY:
            return False
        return True


async def describe(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """The newest run of a workflow; None if the engine knows none. Raises: RPCError."""
    try:
        return await client.get_workflow_handle(workflow_id).describe(rpc_timeout=ATTEMPT)
    except RPCError as problem:
        if is_unknown_workflow(problem):
            return None
        raise


def is_unknown_workflow(problem: RPCError) -> bool:
    """Whether the engine has no such workflow; a namespace that is not there says nothing about one."""
    details = problem.grpc_status.details
    return problem.status is RPCStatusCode.NOT_FOUND and any(
        each.Is(NotFoundFailure.DESCRIPTOR) for each in details
    )


async def _look(client: Client, code: str, *, states: bool) -> Look:
    workflow_id = case_workflow_id(code)
    try:
        found = await describe(client, workflow_id)
    except RPCError:
        return Look(life=Life.SILENT)
    if found is None:
        return Look(life=Life.NONE)
    life = Life.BROKEN_OFF if found.status is None else LIVES.get(found.status, Life.BROKEN_OFF)
    asks = states and not life.is_lost
    return Look(life=life, state=await _state(client, workflow_id) if asks else None)


async def _state(client: Client, workflow_id: str) -> CaseState | None:
    handle = client.get_workflow_handle(workflow_id)
    try:
        state: CaseState = await handle.query(CASE_QUERY, result_type=CaseState, rpc_timeout=ATTEMPT)
    except NO_ANSWER:
        return None
    return state
