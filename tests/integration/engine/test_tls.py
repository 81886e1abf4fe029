"""An engine behind TLS, reached with certificates of our own, and by nobody without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from engine.bridge import Bridge
from engine.case_client import CaseClient
from tests.engines import local_engine
from tests.eventually import eventually_here
from tests.tls import Authority, Certificate, tls_door

pytestmark = pytest.mark.server


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[tuple[str, Authority]]:
    """The address of an engine that demands certificates, and who signs those that it takes."""
    authority = Authority(tmp_path, "ours")
    async with (
        local_engine() as engine,
        tls_door(address_of(engine.client), authority.issue("engine"), authority.file) as address,
    ):
        yield address, authority


def address_of(client: Client) -> str:
    return client.service_client.config.target_host


def variables(authority: Authority, own: Certificate) -> dict[str, str]:
    return {
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(authority.file),
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(own.cert),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(own.key),
    }


async def is_up(address: str, access: dict[str, str]) -> bool:
    return await asyncio.to_thread(CaseClient(Bridge(address, "default", access)).is_up)


async def test_an_engine_answers_over_tls_to_a_certificate_that_it_knows(
    door: tuple[str, Authority],
) -> None:
    address, authority = door
    access = variables(authority, authority.issue("worker"))
    answers = CaseClient(Bridge(address, "default", access)).is_up
    assert await asyncio.to_thread(eventually_here, answers, "an answer over TLS")


async def test_nobody_else_gets_an_answer(door: tuple[str, Authority], tmp_path: Path) -> None:
    address, authority = door
    stranger = Authority(tmp_path, "stranger")
    without = {"TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(authority.file)}
    tries = ({}, without, variables(authority, stranger.issue("burglar")))
    assert [await is_up(address, access) for access in tries] == [False, False, False]


async def test_an_engine_with_a_strangers_certificate_is_not_believed(
    door: tuple[str, Authority], tmp_path: Path
) -> None:
    address, authority = door
    access = variables(authority, authority.issue("worker"))
    other = Authority(tmp_path, "stranger").file
    assert not await is_up(address, access | {"TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(other)})
