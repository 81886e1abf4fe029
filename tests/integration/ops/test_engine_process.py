from __future__ import annotations

import io
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from ops import engine_file, engine_process
from ops.child import Child
from ops.console import Console
from ops.refusal import Refusal
from ops.supervisor import Supervisor
from settings import Settings
from tests.eventually import eventually

pytestmark = pytest.mark.server
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
TEN_YEARS_SECONDS = 87_600 * 3_600


def settings_for(home: Path, **more: str) -> Settings:
    home.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_ENGINE_PORT": str(port), **more})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[Child, Client]]:
    """The engine as `tuntas up` starts it, before anything was set in it."""
    async with Supervisor(Console(io.StringIO())) as supervisor:
        child = supervisor.start(engine_process.engine_child(settings))
        yield child, await engine_process.connect(settings)


async def retention_seconds(client: Client) -> int:
    answer = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    return answer.config.workflow_execution_retention_ttl.seconds


async def attributes(client: Client) -> dict[str, IndexedValueType.ValueType]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


async def test_an_engine_is_made_ready_and_stays_so_after_a_restart(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings) as (_, client):
        assert await retention_seconds(client) == 86_400
        assert await attributes(client) == {}
        await engine_process.make_ready(settings)
        assert await retention_seconds(client) == TEN_YEARS_SECONDS
        assert await attributes(client) == dict(engine_process.SEARCH_ATTRIBUTES)
        assert (await client.count_workflows("CaseLevel >= 4 AND CaseStage = 'open'")).count == 0
    engine_file.require_usable(tmp_path)
    async with running(settings) as (_, client):
        assert await retention_seconds(client) == TEN_YEARS_SECONDS
        await engine_process.make_ready(settings)
        assert await attributes(client) == dict(engine_process.SEARCH_ATTRIBUTES)


async def test_the_pinned_fingerprint_is_that_of_a_fresh_file(tmp_path: Path) -> None:
    async with running(settings_for(tmp_path)):
        assert engine_file.fingerprint(tmp_path / "engine.db") == engine_file.PINNED_FINGERPRINT


async def test_a_namespace_of_ones_own_is_made(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, TEMPORAL_NAMESPACE="province")
    async with running(settings) as (_, client):
        await engine_process.make_ready(settings)
        assert client.namespace == "province"
        assert await retention_seconds(client) == TEN_YEARS_SECONDS


async def test_an_attribute_of_another_type_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings) as (_, client):
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace="default", search_attributes={"CaseLevel": KEYWORD})
        )
        with pytest.raises(Refusal, match="CaseLevel with another type"):
            await engine_process.make_ready(settings)


async def test_a_killed_engine_comes_back_with_what_was_set(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings) as (child, client):
        await engine_process.make_ready(settings)
        first = child.pid
        assert first is not None
        os.kill(first, 9)
        await eventually(lambda: child.pid not in (None, first), "another engine")
        client = await engine_process.connect(settings)
        assert await retention_seconds(client) == TEN_YEARS_SECONDS
        assert await attributes(client) == dict(engine_process.SEARCH_ATTRIBUTES)


async def test_two_engines_run_side_by_side(tmp_path: Path) -> None:
    one, two = settings_for(tmp_path / "one"), settings_for(tmp_path / "two")
    async with running(one) as (first, _), running(two) as (second, _):
        await engine_process.make_ready(one)
        await engine_process.make_ready(two)
        assert first.pid is not None
        assert second.pid is not None
        assert listening_ports(first.pid).isdisjoint(listening_ports(second.pid))


async def test_the_engine_listens_on_the_loopback_address_only(tmp_path: Path) -> None:
    async with running(settings_for(tmp_path)) as (child, _):
        assert child.pid is not None
        assert {address for address, _ in listening(child.pid)} == {"0100007F"}


def listening_ports(pid: int) -> set[int]:
    return {port for _, port in listening(pid)}


def listening(pid: int) -> set[tuple[str, int]]:
    """Address (hex, as the kernel prints it) and port of each socket that the process listens on."""
    descriptors = Path(f"/proc/{pid}/fd").iterdir()
    inodes = {link[8:-1] for link in map(os.readlink, descriptors) if link.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add((address, int(port, 16)))
    return found
