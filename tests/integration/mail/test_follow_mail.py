"""Mails to those who follow published reports, from the outbox to the provider, whose ledger is the judge."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mail.link import MailLinks, MailPurpose
from mail.relay import MailRelay
from mail.sendgrid_client import SendGridMailer
from tests.factories import CaseFactory
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.offices import Offices
from tests.outbox_rows import outbox_of
from tests.publications import Publisher
from tests.subscribers import ADDRESS, asked, queued, subscribed, subscriptions

LINKS = MailLinks(b"s" * 32, "https://lapor.example.org")
STOP = re.compile(r"<https://lapor\.example\.org/ikuti/([^/?]+)/berhenti\?lang=en>")


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def relayed(offices: Offices, provider: FakeSendGrid) -> dict[str, list[dict[str, Any]]]:
    """What the provider has taken for subscribers after two passes, by their address."""
    mailer = SendGridMailer("SG.k", provider.url, "tuntas@example.org", timeout_seconds=30)
    relay = MailRelay(outbox_of(offices), mailer, LINKS, lambda: datetime.now(UTC) + timedelta(days=1))
    relay.run_once()
    relay.run_once()
    taken: dict[str, list[dict[str, Any]]] = {}
    for entry in provider.accepted():
        address = entry.body["personalizations"][0]["to"][0]["email"]
        if entry.body and address.endswith(ADDRESS):
            taken.setdefault(address, []).append(entry.body)
    return taken


def all_of(body: dict[str, Any]) -> str:
    return body["subject"] + "".join(part["value"] for part in body["content"])


def test_each_subscriber_gets_one_mail_for_each_news(
    offices: Offices, provider: FakeSendGrid, publisher: Publisher
) -> None:
    made = publisher.publish("Lampu jalan padam")
    for name in ("", "b.", "c."):
        subscribed(offices, made, f"{name}{ADDRESS}")
    subscriptions(offices).stop(3)
    publisher.factory.follow_up(made.case, words="Tim berangkat.")
    first = relayed(offices, provider)
    assert {address: len(bodies) for address, bodies in first.items()} == {ADDRESS: 1, f"b.{ADDRESS}": 1}
    publisher.factory.answer(made.case, words="Sudah menyala.")
    second = relayed(offices, provider)
    assert {address: len(bodies) for address, bodies in second.items()} == {ADDRESS: 2, f"b.{ADDRESS}": 2}
    assert "Ditindaklanjuti" in all_of(second[ADDRESS][0])
    assert "Menunggu konfirmasi pelapor" in all_of(second[ADDRESS][1])


def test_a_mail_leads_to_the_public_page_and_to_its_own_end_and_tells_nothing_else(
    sqlite_offices: Offices, provider: FakeSendGrid
) -> None:
    made = Publisher(CaseFactory(sqlite_offices)).publish("Lampu jalan padam", "Teks yang disamarkan.")
    found = subscribed(sqlite_offices, made, locale="en")
    CaseFactory(sqlite_offices).follow_up(made.case, words="Tim berangkat.")
    (body,) = relayed(sqlite_offices, provider)[ADDRESS]
    assert body["subject"] == "News about a report: Lampu jalan padam"
    assert f"https://lapor.example.org{made.url}?lang=en" in all_of(body)
    hidden = (made.case.code[:4], made.case.key, "Canary", "Tim berangkat", "Teks yang", "pelapor@")
    assert [word for word in hidden if word in all_of(body)] == []
    token = STOP.fullmatch(body["headers"]["List-Unsubscribe"])
    assert token is not None
    assert body["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert LINKS.read(token[1], datetime.now(UTC), MailPurpose.SUBSCRIPTION).case_id == found


def test_a_question_has_one_link_and_nothing_to_end_yet(
    sqlite_offices: Offices, provider: FakeSendGrid
) -> None:
    made = Publisher(CaseFactory(sqlite_offices)).publish()
    found = asked(sqlite_offices, made)
    (body,) = relayed(sqlite_offices, provider)[ADDRESS]
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    (address,) = re.findall(r"https?://[^\s\"<]+", body["content"][0]["value"])
    token = address.removeprefix("https://lapor.example.org/ikuti/")
    assert LINKS.read(token, datetime.now(UTC), MailPurpose.SUBSCRIPTION).case_id == found


@pytest.mark.parametrize("hidden", ["taken back", "secret"])
def test_what_became_hidden_before_the_mail_left_is_told_to_nobody(
    offices: Offices, provider: FakeSendGrid, publisher: Publisher, hidden: str
) -> None:
    made = publisher.publish()
    subscribed(offices, made)
    publisher.factory.follow_up(made.case)
    if hidden == "secret":
        publisher.change_view(made.case, secret=True)
    else:
        publisher.take_back(made.case)
    assert relayed(offices, provider) == {}
    assert [row.state for row in queued(offices)] == ["skipped"]
