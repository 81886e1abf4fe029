"""Starts, tells and asks case workflows, and turns every way of failing into an honest outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import uuid4

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.agenda import Outage
from domain.case import SIGNALLED, Action
from domain.command import Command
from domain.state import CaseState
from engine.bridge import Bridge, EngineTimeoutError
from engine.ids import (
    CASE_QUERY,
    CASE_WORKFLOW,
    CASES_QUEUE,
    MAIL_FAILED_SIGNAL,
    OUTAGE_SIGNAL,
    case_workflow_id,
)
from schemas.case import REFUSED, CaseInput, CommandResult, MailFailure
from schemas.case import Refused as RefusedDetail
from schemas.command import Applied, NoWorkflow, Outcome, Refused, Sent, Unknown

log = logging.getLogger(__name__)

ATTEMPT = timedelta(seconds=3)
BOUND_SECONDS = 5.0
TOLD_AT_ONCE = 20
TELL_FOR_SECONDS = 10.0
"""So long new cases are told of an outage in one call; a sweeper's lease outlasts it."""
TURNED_AWAY_AT_MOST = 5
OFFER_AGAIN_SECONDS = 0.1
AWAY = (RPCError, RuntimeError, EngineTimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError)
"""What the SDK raises when the engine or the worker does not answer; RuntimeError: a lazy first connect."""

ABOUT_THIS_ONE = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.OUT_OF_RANGE,
        RPCStatusCode.ALREADY_EXISTS,
        RPCStatusCode.DATA_LOSS,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
"""Answers that speak of what was sent. All others (away, overloaded, not let in) would meet anything sent."""


class Reach(Enum):
    """Whether the engine has what it was sent. True only for `TAKEN`."""

    TAKEN = "taken"
    """It has it, now or from before, or needs it no more."""
    AWAY = "away"
    """It gives no answer, and would give none to anything else."""
    REFUSED = "refused"
    """It answers, and will not have this one."""

    def __bool__(self) -> bool:
        return self is Reach.TAKEN


class CaseClient:
    """The cases of one engine, for web pages, sweepers and commands."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def start(self, start: CaseInput) -> Reach:
        """Starts a case's workflow. Safe to repeat."""
        code = start.state.code

        async def ask(client: Client) -> None:
            await client.start_workflow(
                CASE_WORKFLOW,
                start,
                id=case_workflow_id(code),
                task_queue=CASES_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"case {code}",
                static_details=_details(start.state),
                rpc_timeout=ATTEMPT,
            )

        return self._reach(ask, "start", start.state.case_id)

    def send(self, code: str, command: Command) -> Outcome:
        """Brings a command to its case. Safe to repeat: its id is applied once."""
        try:
            if command.action in SIGNALLED:
                return self._signal(code, command)
            return Applied(seq=self._update(code, command).seq)
        except WorkflowUpdateFailedError as failed:
            return _refused(command.id, failed)
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                return NoWorkflow()
            if problem.status in ABOUT_THIS_ONE:
                log.critical("the engine refuses command %s: %s", command.id, problem.status.name)
            return Unknown(problem=problem.status.name)
        except AWAY as problem:
            return Unknown(problem=type(problem).__name__)

    def tell_outage(self, cases: Sequence[tuple[int, str]], outage: Outage) -> list[Reach]:
        """Tells cases (id, code) of a time in which nothing ran, some at once; what became of each, in order.

        A case that is over need not know. The first that gets no answer stops what has not begun yet, and so
        does the time allowed. Safe to repeat.
        """

        async def ask(client: Client) -> list[Reach]:
            return await _tell_all(client, cases, outage)

        try:
            return self._bridge.call(ask, TELL_FOR_SECONDS + BOUND_SECONDS)
        except AWAY:
            return [Reach.AWAY for _ in cases]

    def tell_mail_failed(self, case_id: int, code: str, failure: MailFailure) -> Reach:
        """Tells a case that a mail to its reporter did not arrive. A case that is over need not know.

        Safe to repeat: the case takes each failure once.
        """

        async def ask(client: Client) -> Reach:
            return await _tell(client, (case_id, code), MAIL_FAILED_SIGNAL, failure)

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except AWAY:
            return Reach.AWAY

    def get_case(self, code: str) -> CaseState | None:
        """The state inside the workflow; None while it cannot be asked."""

        async def ask(client: Client) -> CaseState:
            state: CaseState = await _handle(client, code).query(
                CASE_QUERY, result_type=CaseState, rpc_timeout=ATTEMPT
            )
            return state

        try:
            return self._bridge.call(ask, BOUND_SECONDS)
        except AWAY:
            return None

    def is_up(self) -> bool:
        """Whether the engine answers."""

        async def ask(client: Client) -> bool:
            return await client.service_client.check_health(timeout=timedelta(seconds=1))

        try:
            return self._bridge.call(ask, 1.5)
        except AWAY:
            return False

    def _reach(self, ask: Callable[[Client], Awaitable[None]], what: str, case_id: int) -> Reach:
        try:
            self._bridge.call(ask, BOUND_SECONDS)
        except WorkflowAlreadyStartedError:
            return Reach.TAKEN
        except RPCError as problem:
            return _judged(problem, what, case_id)
        except AWAY:
            return Reach.AWAY
        return Reach.TAKEN

    def _update(self, code: str, command: Command) -> CommandResult:
        async def ask(client: Client) -> CommandResult:
            return await execute(_handle(client, code), command)

        return self._bridge.call(ask, BOUND_SECONDS)

    def _signal(self, code: str, command: Command) -> Sent:
        async def ask(client: Client) -> None:
            await _handle(client, code).signal(command.action.value, command, rpc_timeout=ATTEMPT)

        self._bridge.call(ask, BOUND_SECONDS)
        return Sent()


def _update_id(command: Command) -> str:
    """The engine answers a known id by itself; whether a case may be joined, the case is to say each time."""
    return f"{command.id}:{uuid4()}" if command.action is Action.ADOPT else command.id


def _details(state: CaseState) -> str:
    """What is known of a case when it starts, for the engine's own page of it."""
    policy = f"{state.policy.name} {state.policy.version}"
    received = f"{state.received_at:%Y-%m-%dT%H:%MZ}"
    return f"- case {state.case_id}, {state.kind.value}\n- policy {policy}\n- received {received}"


async def execute(handle: WorkflowHandle[Any, Any], command: Command) -> CommandResult:
    """Sends a command as an update under its own id. Safe to repeat.

    A history that is just being cut turns an update away (`FAILED_PRECONDITION`); it is offered again.
    Raises: as `execute_update`.
    """
    for turned_away in range(TURNED_AWAY_AT_MOST + 1):
        try:
            result: CommandResult = await handle.execute_update(
                command.action.value,
                command,
                id=_update_id(command),
                rpc_timeout=ATTEMPT,
                result_type=CommandResult,
            )
            return result
        except RPCError as problem:
            last = turned_away == TURNED_AWAY_AT_MOST
            if last or problem.status is not RPCStatusCode.FAILED_PRECONDITION:
                raise
            await asyncio.sleep(OFFER_AGAIN_SECONDS)
    raise AssertionError("the loop always returns or raises")


async def _tell_all(client: Client, cases: Sequence[tuple[int, str]], outage: Outage) -> list[Reach]:
    loop, slots = asyncio.get_running_loop(), asyncio.Semaphore(TOLD_AT_ONCE)
    end, away = loop.time() + TELL_FOR_SECONDS, asyncio.Event()

    async def tell(case_id: int, code: str) -> Reach:
        async with slots:
            if away.is_set() or loop.time() > end:
                return Reach.AWAY
            reach = await _tell(client, (case_id, code), OUTAGE_SIGNAL, outage)
            if reach is Reach.AWAY:
                away.set()
            return reach

    return await asyncio.gather(*(tell(case_id, code) for case_id, code in cases))


async def _tell(client: Client, case: tuple[int, str], signal: str, told: Outage | MailFailure) -> Reach:
    """A case (id, code) that is over need not be told."""
    case_id, code = case
    try:
        await _handle(client, code).signal(signal, told, rpc_timeout=ATTEMPT)
    except RPCError as problem:
        over = problem.status is RPCStatusCode.NOT_FOUND
        return Reach.TAKEN if over else _judged(problem, signal, case_id)
    except AWAY:
        return Reach.AWAY
    return Reach.TAKEN


def _judged(problem: RPCError, what: str, case_id: int) -> Reach:
    """Whether an answer that is no yes speaks of what was sent, which is then an alarm, or of the engine."""
    if problem.status not in ABOUT_THIS_ONE:
        return Reach.AWAY
    log.critical("the engine refuses the %s of case %d: %s", what, case_id, problem.status.name)
    return Reach.REFUSED


def _handle(client: Client, code: str) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(case_workflow_id(code))


def _refused(command_id: str, failed: WorkflowUpdateFailedError) -> Outcome:
    """A refusal carries its reason; any other failure of an update is a fault of ours and stays open."""
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type == REFUSED and cause.details:
        return Refused(refusal=RefusedDetail.model_validate(cause.details[0]).refusal)
    kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
    log.warning("the update of command %s failed: %s", command_id, kind)
    return Unknown(problem="update_failed")
