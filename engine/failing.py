"""Asks the engine which cases have workflow tasks that fail again and again."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.bridge import Bridge
from engine.case_client import AWAY
from engine.history import EngineAwayError
from engine.ids import CASE_WORKFLOW, code_of

ATTEMPT = timedelta(seconds=2)
BOUND_SECONDS = 3.0
QUERY = (
    f'WorkflowType = "{CASE_WORKFLOW}" AND ExecutionStatus = "Running" AND TemporalReportedProblems IN '
    '("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'
)
"""The engine notes a problem after some failures in a row, and takes that back with the next success."""


class FailingCases:
    """One bounded question to one engine's list of workflows."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def codes(self, limit: int) -> list[str] | None:
        """The codes of so many of them; None from an engine that keeps no such note.

        Raises: EngineAwayError.
        """

        async def ask(client: Client) -> list[str]:
            found = client.list_workflows(QUERY, limit=limit, page_size=limit, rpc_timeout=ATTEMPT)
            return [code_of(one.id) async for one in found]

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except RPCError as problem:
            if problem.status is RPCStatusCode.INVALID_ARGUMENT:
                return None
            raise EngineAwayError from problem
        except AWAY as problem:
            raise EngineAwayError from problem
