"""The way into production, walked for real: PostgreSQL, gunicorn, workers by role, an engine elsewhere."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.journal import Journal
from tests.chaos.story import Story
from tests.cluster import READY_WITHIN, Cluster
from tests.databases import postgres_database
from tests.engines import local_engine
from tests.eventually import eventually_here
from tests.fakes.event_signer import EventSigner
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.figures import AFTER_A_FAILURE, used_figures

pytestmark = [pytest.mark.server, pytest.mark.postgres]

CANARY, ADDRESS = "kenarikluster", "kenarikluster@contoh.example"


@pytest.fixture
async def made(cluster: str, tmp_path: Path) -> AsyncIterator[tuple[Cluster, FakeSendGrid]]:
    """A prepared production in which nothing runs yet, and its mail provider."""
    with postgres_database(cluster) as url, FakeSendGrid(tmp_path / "ledger") as provider:
        async with local_engine() as engine:
            made = Cluster(
                tmp_path,
                TUNTAS_DATABASE_URL=url,
                TEMPORAL_ADDRESS=engine.client.service_client.config.target_host,
                TEMPORAL_NAMESPACE="tuntas",
                TUNTAS_SENDGRID_URL=provider.url,
                TUNTAS_MAIL_FROM="lapor@contoh.example",
                SENDGRID_API_KEY="SG.fake",
                SENDGRID_WEBHOOK_KEY=EventSigner().public_key,
            )
            try:
                yield made, provider
            finally:
                made.stop()


def prepare(cluster: Cluster) -> None:
    cluster.command("seed")
    assert "CaseStage" in cluster.command("engine", "prepare")
    cluster.people()


def walk(cluster: Cluster, folder: Path) -> Story:
    """A report with canaries from the form to the confirmation."""
    story = Story(cluster.url, Journal(folder / "journal"), 0)
    form, words = story.fill()
    told = {"title": CANARY, "text": CANARY, "name": CANARY, "email": ADDRESS, "phone": "+628115550001"}
    story.send_until_received(form, words | told)
    admin, liaison = story.staff("kota"), story.staff("pu")
    unit = story.option(admin, "unit", "Dinas Pekerjaan Umum")
    story.act(admin, "dispose", "follow_up", liaison, unit=unit, note=CANARY)
    story.straight(liaison)
    story.act(story.citizen, "konfirmasi", None, story.citizen, rating="5", words=CANARY)
    return story


def talk_nonsense(cluster: Cluster) -> None:
    """What no server takes, with words in it."""
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=10) as connection:
        connection.sendall(f"GET /{CANARY} {CANARY}\r\n\r\n".encode())
        connection.recv(1024)


def figures_with(cluster: Cluster, part: str, name: str) -> dict[str, float]:
    """The figures of a part as soon as that one is above zero."""

    def there() -> dict[str, float]:
        found = cluster.figures(part)
        return found if found.get(name) else {}

    return eventually_here(there, f"{name} of {part}", READY_WITHIN, 0.2)


def figures_once(cluster: Cluster) -> dict[str, float]:
    """The web's first figures; a worker that runs no case must not hide that none does."""

    def there() -> dict[str, float]:
        try:
            found = cluster.figures("web")
        except OSError:
            return {}
        return found if "tuntas_database_up" in found else {}

    return eventually_here(there, "the figures of the web", READY_WITHIN, 0.2)


async def test_a_report_is_carried_through_in_production(
    made: tuple[Cluster, FakeSendGrid], tmp_path: Path
) -> None:
    cluster, provider = made
    await asyncio.to_thread(prepare, cluster)
    for part in ("web", "sweeper", "mail"):
        cluster.start(part)
    assert "tuntas_worker_age_seconds" not in await asyncio.to_thread(figures_once, cluster)
    cluster.start("cases")
    await asyncio.to_thread(cluster.wait_until_whole)
    await asyncio.to_thread(walk, cluster, tmp_path)
    await asyncio.to_thread(talk_nonsense, cluster)
    await asyncio.to_thread(see_mails, provider)
    web = await asyncio.to_thread(figures_with, cluster, "web", "tuntas_engine_up")
    assert web["tuntas_request_seconds_count"] > 10
    assert web["tuntas_database_up"] == web["tuntas_engine_up"] == 1
    assert web["tuntas_reports_not_started"] == 0
    library = {name for name in used_figures() if name.startswith("temporal_")} - AFTER_A_FAILURE
    assert library and library <= set(await asyncio.to_thread(cluster.figures, "cases"))
    assert await asyncio.to_thread(figures_with, cluster, "mail", "tuntas_mails_total")
    assert "1 histories, 0 do not fit" in await asyncio.to_thread(cluster.command, "replay")
    assert await asyncio.to_thread(cluster.stop) == dict.fromkeys(cluster.metrics, 0)
    lines = [line for part in cluster.metrics for line in cluster.log(part).read_text().splitlines()]
    assert lines and all(json.loads(line)["level"] in {"INFO", "WARNING"} for line in lines), lines
    assert not [line for line in lines if CANARY in line or "127.0.0.1:" in line.replace(cluster.url, "")]


def see_mails(provider: FakeSendGrid) -> None:
    eventually_here(lambda: len(provider.accepted()) >= 1, "mails leave", READY_WITHIN, 0.2)
