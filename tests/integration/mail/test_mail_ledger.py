"""Outbox, relay and provider together, over a real line; the provider's own ledger is the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.case_table import OutboxRow
from db.outbox_store import LEASE
from mail.link import MailLinks
from mail.relay import MailRelay
from mail.render import RenderedMail
from mail.sendgrid_client import SendGridMailer
from schemas.mail import Delivery, News, OutgoingMail, ProviderEvent
from tests.fakes.sendgrid_server import (
    ACCEPT,
    ACCEPT_THEN_DROP,
    SERVER_ERROR,
    Behaviour,
    FakeSendGrid,
    rate_limited,
)
from tests.offices import Offices
from tests.outbox_rows import NOON, digested_row, outbox_of, queued_row, recorded_case, states

DAY = timedelta(days=1)
PEOPLE = ("pu.penghubung", "pu.operator", "pu.atasan")


class PowerCutError(BaseException):
    """Ends a relay where kill -9 would."""


@dataclass
class World:
    """A relay on a clock that is moved by hand."""

    offices: Offices
    mailer: SendGridMailer
    now: datetime = NOON

    def __post_init__(self) -> None:
        links = MailLinks(b"s" * 32, "https://lapor.example.org")
        self.relay = MailRelay(outbox_of(self.offices), self.mailer, links, lambda: self.now)

    def run(self, until: datetime, every: timedelta, then: Callable[[], object] = lambda: None) -> None:
        """Passes at even distances."""
        while self.now < until:
            self.relay.run_once()
            then()
            self.now += every

    def count(self, state: str) -> int:
        """How many rows stand in a state."""
        with self.offices.database.read() as session:
            query = select(func.count(OutboxRow.id)).where(OutboxRow.state == state)
            return session.scalar(query) or 0


@pytest.fixture
def world(offices: Offices, provider: FakeSendGrid) -> World:
    return World(offices, SendGridMailer("SG.k", provider.url, "tuntas@example.org", timeout_seconds=30))


def taken(provider: FakeSendGrid) -> list[int]:
    """The rows that carried the mails which the provider took."""
    bodies = [entry.body for entry in provider.accepted() if entry.body]
    return [int(body["personalizations"][0]["custom_args"]["outbox_id"]) for body in bodies]


def test_each_person_gets_one_mail_of_all_that_is_due(world: World, provider: FakeSendGrid) -> None:
    case_id = recorded_case(world.offices)
    rows = [digested_row(world.offices, case_id, person) for person in PEOPLE for _ in range(4)]
    world.run(NOON + timedelta(minutes=1), timedelta(seconds=5))
    assert sorted(taken(provider)) == rows[::4]
    assert states(world.offices, rows) == ["sent"] * 12
    subjects = {entry.body["subject"] for entry in provider.accepted() if entry.body}
    assert subjects == {"1 laporan perlu perhatian Anda"}


FAULTS = {
    "limit": rate_limited((NOON + timedelta(minutes=5)).timestamp()),
    "error": SERVER_ERROR,
    "drop": ACCEPT_THEN_DROP,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_fault_makes_the_provider_take_a_message_twice(
    world: World, provider: FakeSendGrid, fault: Behaviour
) -> None:
    case_id = recorded_case(world.offices)
    rows = [digested_row(world.offices, case_id) for _ in range(3)]
    rows += [queued_row(world.offices, case_id) for _ in range(3)]
    provider.script(fault, ACCEPT, fault)
    world.run(NOON + timedelta(minutes=30), timedelta(seconds=5))
    assert max(Counter(taken(provider)).values()) == 1
    assert len(taken(provider)) == 4
    assert set(states(world.offices, rows)) <= {"sent", "unknown"}
    told = [ProviderEvent(outbox_id=row, news=News.TAKEN) for row in taken(provider)]
    outbox_of(world.offices).hear(told, world.now)
    assert states(world.offices, rows) == ["sent"] * 6


@pytest.mark.parametrize("reached", [False, True], ids=["before the provider", "after the provider"])
def test_a_crash_in_a_digest_is_settled_by_what_the_provider_tells(
    world: World, provider: FakeSendGrid, reached: bool
) -> None:
    class CutMailer(SendGridMailer):
        def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
            if reached:
                super().deliver(mail, rendered, now)
            raise PowerCutError

    case_id = recorded_case(world.offices)
    rows = [digested_row(world.offices, case_id) for _ in range(3)]
    with pytest.raises(PowerCutError):
        World(world.offices, CutMailer("SG.k", provider.url, "tuntas@example.org")).relay.run_once()
    assert states(world.offices, rows) == ["sending"] * 3
    world.run(NOON + LEASE * 3, timedelta(seconds=30))
    assert states(world.offices, rows) == ["unknown"] * 3
    events = [ProviderEvent(outbox_id=row, news=News.TAKEN) for row in taken(provider)]
    outbox_of(world.offices).hear(events, world.now)
    world.run(NOON + DAY, timedelta(hours=1))
    assert states(world.offices, rows) == (["sent"] if reached else ["unknown"]) * 3
    assert taken(provider) == rows[:1] * reached


def test_sixty_days_without_a_provider_cost_little_and_end_by_themselves(
    sqlite_offices: Offices, provider: FakeSendGrid
) -> None:
    dead = SendGridMailer("SG.k", "http://127.0.0.1:9", "tuntas@example.org", timeout_seconds=30)
    world = World(sqlite_offices, dead)
    case_id = recorded_case(sqlite_offices)
    waiting: list[int] = []

    def next_day() -> None:
        if (world.now - NOON) % DAY == timedelta():
            digested_row(sqlite_offices, case_id, not_before=world.now)
            for _ in range(2):
                queued_row(sqlite_offices, case_id, not_before=world.now)
        waiting.append(world.count("pending") + world.count("sending"))

    world.run(NOON + 60 * DAY, timedelta(hours=4), next_day)
    assert max(waiting) <= 3 * 5
    assert world.count("unknown") == 0
    assert world.count("failed") >= 3 * 55
    lost = outbox_of(sqlite_offices).undelivered(limit=100)
    assert {each.problem for each in lost} == {"gave_up"}
    assert all(each.attempts <= 3 * 6 + 1 for each in lost)
    alive = World(sqlite_offices, SendGridMailer("SG.k", provider.url, "tuntas@example.org"), now=world.now)
    alive.run(world.now + timedelta(minutes=2), timedelta(seconds=5))
    assert (alive.count("pending"), alive.count("sending")) == (0, 0)
    assert 0 < len(taken(provider)) <= 3 * 5
    assert max(Counter(taken(provider)).values()) == 1
