"""An engine elsewhere is prepared once, again without harm, and says what it does not let us do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client

from ops.engine_process import connect, searchable
from ops.engine_setup import prepare
from ops.refusal import Refusal
from settings import Settings
from tests.engines import local_engine, skipping_engine

pytestmark = pytest.mark.server


def settings_for(home: Path, client: Client, namespace: str) -> Settings:
    address = client.service_client.config.target_host
    return Settings.from_env(
        {"TUNTAS_HOME": str(home), "TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace}
    )


async def test_namespace_and_attributes_are_made_and_stay_as_they_are(tmp_path: Path) -> None:
    async with local_engine() as engine:
        settings = settings_for(tmp_path, engine.client, "province")
        first = await asyncio.to_thread(prepare, settings, 30)
        assert first[0] == "namespace province: ended histories are kept for 30 days"
        assert await asyncio.to_thread(prepare, settings, 90) == first
        assert await searchable(await connect(settings))


async def test_a_retention_that_is_too_short_for_the_export_is_told(tmp_path: Path) -> None:
    async with local_engine() as engine:
        told = await asyncio.to_thread(prepare, settings_for(tmp_path, engine.client, "default"), 90)
        assert "raise that to 7" in told[0]


async def test_an_engine_that_does_not_let_us_is_a_refusal_that_says_what_to_do(tmp_path: Path) -> None:
    async with skipping_engine() as engine:
        settings = settings_for(tmp_path, engine.client, "province")
        with pytest.raises(Refusal, match="does not let us"):
            await asyncio.to_thread(prepare, settings, 90)


def test_the_embedded_engine_needs_none_of_it(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="TEMPORAL_ADDRESS"):
        prepare(Settings.from_env({"TUNTAS_HOME": str(tmp_path)}), 90)
