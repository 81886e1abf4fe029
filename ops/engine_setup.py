"""What a Temporal service of one's own, or Temporal Cloud, needs before the first case."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from ops.engine_process import SEARCH_ATTRIBUTES, connect, register_search_attributes, searchable
from ops.refusal import Refusal
from settings import Settings

ANSWER_WITHIN = timedelta(seconds=30)
KNOWN_WITHIN = timedelta(seconds=90)
"""A service learns of a new namespace or attribute by and by."""
POLL_SECONDS = 0.5
FEWEST_DAYS = 7
"""A retention that leaves time to export the history of an ended case while the worker is away."""
KIND_PREFIX = "INDEXED_VALUE_TYPE_"


def prepare(settings: Settings, retention_days: int) -> list[str]:
    """Makes the namespace and the search attributes where they are missing, and says what there is now.

    Safe to repeat; changes nothing that is there. Raises: Refusal, EngineAccessError.
    """
    if settings.embedded_engine:
        raise Refusal("TEMPORAL_ADDRESS is not set: `tuntas up` prepares the embedded engine by itself.")
    return asyncio.run(_prepare(settings, timedelta(days=retention_days)))


async def _prepare(settings: Settings, retention: timedelta) -> list[str]:
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            client = await connect(settings)
    except TimeoutError as late:
        raise Refusal(
            f"No engine answers at {settings.temporal_address}: look at address, TLS and key."
        ) from late
    try:
        async with asyncio.timeout(KNOWN_WITHIN.total_seconds()):
            return [await _namespace(client, retention), await _attributes(client)]
    except TimeoutError as late:
        raise Refusal("The engine did not finish within 90 seconds: run the command again.") from late


async def _namespace(client: Client, retention: timedelta) -> str:
    kept = await _retention(client)
    if kept is None:
        await _register(client, retention)
        while (kept := await _retention(client)) is None:
            await asyncio.sleep(POLL_SECONDS)
    told = f"namespace {client.namespace}: ended histories are kept for {kept.days} days"
    short = f"; raise that to {FEWEST_DAYS} at least, or some are lost before they are exported"
    return told + (short if kept < timedelta(days=FEWEST_DAYS) else "")


async def _retention(client: Client) -> timedelta | None:
    """How long the namespace keeps ended histories; None if it is not there."""
    try:
        answer = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as problem:
        if problem.status is RPCStatusCode.NOT_FOUND:
            return None
        raise _refusal(problem, "tell about its namespace") from problem
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def _register(client: Client, retention: timedelta) -> None:
    keep = Duration()
    keep.FromTimedelta(retention)
    request = RegisterNamespaceRequest(
        namespace=client.namespace, workflow_execution_retention_period=keep, description="Tuntas"
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as problem:
        if problem.status is not RPCStatusCode.ALREADY_EXISTS:
            raise _refusal(problem, f"make the namespace {client.namespace}: make it by hand") from problem


async def _attributes(client: Client) -> str:
    """Where all can be searched nothing else is asked: that may not be permitted."""
    if not await searchable(client):
        await _insist(lambda: register_search_attributes(client))
    return f"search attributes: {', '.join(SEARCH_ATTRIBUTES)}"


async def _insist(register: Callable[[], Awaitable[None]]) -> None:
    """A namespace that was just made is unknown to parts of the service for some seconds."""
    while True:
        try:
            return await register()
        except RPCError as problem:
            if problem.status is not RPCStatusCode.NOT_FOUND:
                listed = ", ".join(f"{name} ({_kind(kind)})" for name, kind in SEARCH_ATTRIBUTES.items())
                raise _refusal(problem, f"add search attributes: add them by hand: {listed}") from problem
        await asyncio.sleep(POLL_SECONDS)


def _kind(kind: IndexedValueType.ValueType) -> str:
    return IndexedValueType.Name(kind).removeprefix(KIND_PREFIX).capitalize()


def _refusal(problem: RPCError, what: str) -> Refusal:
    return Refusal(f"The engine does not let us {what} ({problem.status.name}).")
