"""A mail to a reporter that fails becomes known to its case, once, whatever dies in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from db.case_table import OutboxRow
from db.mail_failure_store import MailFailureStore
from db.operation_store import OperationStore
from domain.case import MailProblem
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from ops.sweeper import Sweeper, SweptStores
from schemas.mail import Sent, Undeliverable
from tests.attempts import counted_attempts
from tests.factories import MadeCase
from tests.offices import Offices
from tests.outbox_rows import NOON, outbox_of, queued_row, recorded_case, stored
from tests.ward import Ward, open_ward

NOTHING_LISTENS = "127.0.0.1:9"


@pytest_asyncio.fixture
async def ward(sqlite_offices: Offices) -> AsyncIterator[Ward]:
    async with open_ward(sqlite_offices) as made:
        yield made


def sweep(offices: Offices, address: str) -> None:
    """One round of a sweeper that has just been started."""
    cases = CaseClient(Bridge(address, "default"))
    stores = SweptStores(
        database=offices.database,
        intakes=offices.intakes,
        commands=offices.commands,
        operation=OperationStore(offices.database),
        failures=MailFailureStore(offices.database),
    )
    delivery = CommandDelivery(cases, offices.commands)
    Sweeper(stores, cases, delivery, lambda: datetime.now(UTC)).run_once()


async def swept(ward: Ward) -> None:
    await asyncio.to_thread(sweep, ward.offices, ward.address)


def refused_mail(offices: Offices, case_id: int, **changes: object) -> int:
    """A mail that the provider would not take."""
    row = queued_row(offices, case_id, **changes)
    outbox = outbox_of(offices)
    assert outbox.claim_next([row], NOON)[0] is not None
    outbox.settle(Sent(outbox_id=row, delivery=Undeliverable(problem="refused"), at=NOON))
    return row


def kinds(ward: Ward, case: MadeCase) -> list[str]:
    return [entry.event.kind.value for entry in ward.factory.reader.log(case.id)]


def told_of(ward: Ward, case: MadeCase, template: str) -> dict[str, str | None]:
    """Who is to get that mail about a case, and in which digest."""
    query = select(OutboxRow.recipient, OutboxRow.digest_key).where(
        OutboxRow.case_id == case.id, OutboxRow.template == template
    )
    with ward.database.read() as session:
        return {row.recipient: row.digest_key for row in session.execute(query)}


@pytest.mark.server
async def test_the_case_and_its_holders_hear_once_of_a_mail_that_failed(ward: Ward) -> None:
    case = await ward.report()
    row = refused_mail(ward.offices, case.id)
    before = await ward.inside(case)
    await swept(ward)
    await ward.reaches(case, 2)
    await swept(ward)
    after = await ward.inside(case)
    assert kinds(ward, case) == ["received", "mail_failed"]
    assert ward.factory.reader.log(case.id)[-1].event.mail_problem is MailProblem.REFUSED
    assert (after.facts.failed_mails, after.clocks) == ((row,), before.clocks)
    person = f"person:{ward.offices.people['kota.admin']}"
    assert told_of(ward, case, "staff_mail_failed") == {person: person}


@pytest.mark.server
async def test_a_sweeper_killed_before_it_noted_that_it_told_tells_again_and_nothing_doubles(
    ward: Ward,
) -> None:
    case = await ward.report()
    row = refused_mail(ward.offices, case.id)
    await swept(ward)
    await ward.reaches(case, 2)
    with ward.database.write() as session:
        session.execute(text("update outbox set told_at = null where id = :id"), {"id": row})
    await swept(ward)
    assert stored(ward.offices, row).told_at is not None
    assert (await ward.inside(case)).seq == 2
    assert kinds(ward, case) == ["received", "mail_failed"]


@pytest.mark.server
async def test_a_follower_s_failed_mail_is_told_to_their_own_case_and_not_to_the_elder(ward: Ward) -> None:
    elder, younger = await ward.report(), await ward.report()
    refused_mail(ward.offices, elder.id, recipient=f"follower:{younger.id}")
    await swept(ward)
    await ward.reaches(younger, 2)
    assert (await ward.inside(elder)).seq == 1
    assert kinds(ward, younger) == ["received", "mail_failed"]


@pytest.mark.server
async def test_a_case_that_is_over_and_a_row_without_a_case_hold_nobody_up(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    over = await ward.report()
    await ward.dispose(over)
    await ward.end(over)
    live = await ward.report()
    rows = [
        refused_mail(ward.offices, over.id),
        queued_row(ward.offices, over.id, recipient="follower:999999", state="failed"),
        refused_mail(ward.offices, live.id),
    ]
    await swept(ward)
    await ward.reaches(live, 2)
    assert all(stored(ward.offices, row).told_at is not None for row in rows)
    assert kinds(ward, over)[-1] == "life_ended"
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert told == [f"outbox row {rows[1]} names no case to tell of its failure"]


def test_while_the_engine_is_away_failures_wait_and_cost_one_try(
    sqlite_offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [refused_mail(sqlite_offices, recorded_case(sqlite_offices)) for _ in range(3)]
    with sqlite_offices.database.write() as session:
        session.execute(text("update report set started_at = created_at"))
    attempts = counted_attempts(monkeypatch)
    sweep(sqlite_offices, NOTHING_LISTENS)
    assert len(attempts) == 1
    assert [stored(sqlite_offices, row).told_at for row in rows] == [None, None, None]
