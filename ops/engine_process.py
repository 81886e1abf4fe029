"""The embedded engine: how it is started, and what must be set in it before anyone works."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from engine.access import access
from ops.child import ChildSpec
from ops.home import ENGINE_FILE
from ops.ports import LOOPBACK
from ops.refusal import Refusal
from settings import ENGINE_UI_PATH, Settings

RETENTION = timedelta(hours=87600)
START_LIMIT = timedelta(minutes=3)
POLL_SECONDS = 0.05

SEARCH_ATTRIBUTES: Mapping[str, IndexedValueType.ValueType] = {
    "CaseStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseUnit": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseKind": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseDueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "CaseLevel": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}
CACHED_WORKFLOWS = 1_000
"""Of these the engine keeps the state at hand; those of others it reads from its file when it must."""
THRIFTY = {"GOGC": "50"}
"""Its rubbish is collected twice as often as by default: less memory, for time that cannot be measured."""
PROBE = (
    "CaseStage = '-' AND CaseUnit = '-' AND CaseKind = '-' "
    "AND CaseDueAt < '1970-01-01T00:00:00Z' AND CaseLevel = 0"
)


def engine_child(settings: Settings, ui_port: int | None = None) -> ChildSpec:
    """The engine on its file in the home, with pages of its own if they are given a port.

    Its inner ports are free ones of its own choice.

    Raises: Refusal if its program is not installed.
    """
    program = Path(sys.executable).with_name("temporal")
    if not program.exists():
        raise Refusal("The engine is not installed: run make setup.")
    return ChildSpec(
        name="engine",
        command=(
            *(str(program), "server", "start-dev"),
            *_pages(ui_port),
            *("--ip", LOOPBACK, "--port", str(settings.engine_port)),
            *("--db-filename", str(settings.home / ENGINE_FILE), "--sqlite-pragma", "journal_mode=WAL"),
            *("--namespace", settings.temporal_namespace),
            *("--dynamic-config-value", f"history.hostLevelCacheMaxSize={CACHED_WORKFLOWS}"),
        ),
        folder=settings.home,
        environment=THRIFTY | os.environ,
    )


def _pages(port: int | None) -> tuple[str, ...]:
    """On this machine alone: our web asks for them, and only it asks who wants to see them."""
    if port is None:
        return ("--headless",)
    return (
        *("--ui-ip", LOOPBACK, "--ui-port", str(port)),
        *("--ui-public-path", ENGINE_UI_PATH, "--ui-disable-news-fetch"),
    )


async def make_ready(settings: Settings) -> None:
    """Waits for the engine, then sets what it forgets: the retention and the search attributes.

    Safe to repeat. Raises: Refusal if the engine is not ready in time or knows an attribute by another type.
    """
    try:
        async with asyncio.timeout(START_LIMIT.total_seconds()):
            client = await connect(settings)
            await raise_retention(client)
            await register_search_attributes(client)
    except TimeoutError as late:
        raise Refusal(
            f"The engine was not ready within {START_LIMIT.seconds} seconds: read its lines above."
        ) from late


async def connect(settings: Settings) -> Client:
    """A client of an engine that answers, however long that takes."""
    while True:
        try:
            client = await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                **access(settings.temporal_access),
            )
            if await client.service_client.check_health():
                return client
        except (RuntimeError, RPCError):  # what the client raises while nobody listens, or not yet
            pass
        await asyncio.sleep(POLL_SECONDS)


async def raise_retention(client: Client) -> None:
    """Lets ended workflows stay for ten years: the engine alone would drop them after a day."""
    keep = Duration()
    keep.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=keep)
        )
    )


async def register_search_attributes(client: Client) -> None:
    """Adds the attributes that are missing and waits until all can be searched.

    Raises: Refusal if one exists with another type.
    """
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    known = dict(answer.custom_attributes)
    wrong = [name for name, kind in SEARCH_ATTRIBUTES.items() if known.get(name, kind) != kind]
    if wrong:
        raise Refusal(f"The engine knows {', '.join(wrong)} with another type: use a new TUNTAS_HOME.")
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    while not await searchable(client):
        await asyncio.sleep(POLL_SECONDS)


async def searchable(client: Client) -> bool:
    """Whether all attributes are there, with their types."""
    try:
        await client.count_workflows(PROBE)
    except RPCError:
        return False
    return True
