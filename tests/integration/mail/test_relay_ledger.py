"""Relay and provider together; the provider's ledger is the judge (N1, N2, N3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mail.link import MailLinks
from mail.relay import MailRelay
from mail.sendgrid_client import SendGridMailer
from schemas.mail import MailTemplate
from tests.fakes.memory_outbox import NOON, MemoryOutbox, RowState, outgoing_mail
from tests.fakes.sendgrid_server import (
    ACCEPT_THEN_DROP,
    RESET_BEFORE_BODY,
    SERVER_ERROR,
    SLOW,
    TOO_LARGE,
    UNAUTHORIZED,
    Behaviour,
    FakeSendGrid,
    rate_limited,
)

FAULTS = {
    "limit": rate_limited((NOON + timedelta(minutes=5)).timestamp()),
    "error": SERVER_ERROR,
    "key": UNAUTHORIZED,
    "large": TOO_LARGE,
    "slow": SLOW,
    "reset": RESET_BEFORE_BODY,
    "drop": ACCEPT_THEN_DROP,
}


def run_for_an_hour(outbox: MemoryOutbox, url: str, timeout_seconds: float = 30) -> None:
    """Passes every five seconds of a clock that is moved by hand."""
    now = NOON
    mailer = SendGridMailer("SG.k", url, "tuntas@example.org", timeout_seconds)

    def clock() -> datetime:
        return now

    relay = MailRelay(outbox, mailer, MailLinks(b"s" * 32, "https://lapor.example.org"), clock)
    while now < NOON + timedelta(hours=1):
        relay.run_once()
        now += timedelta(seconds=5)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_fault_of_the_provider_makes_it_take_a_mail_twice(
    provider: FakeSendGrid, fault: Behaviour
) -> None:
    outbox = MemoryOutbox(*(outgoing_mail(outbox_id=number) for number in range(5)))
    provider.script(Behaviour(), fault)
    run_for_an_hour(outbox, provider.url, timeout_seconds=5 if fault is SLOW else 30)
    taken = [
        entry.body["personalizations"][0]["custom_args"]["outbox_id"]
        for entry in provider.accepted()
        if entry.body
    ]
    assert len(taken) == len(set(taken))
    sent = {str(key) for key, row in outbox.rows.items() if row.state is RowState.SENT}
    assert sent <= set(taken)
    assert len(sent) >= 4
    assert RowState.PENDING not in outbox.states()


def test_a_mail_that_was_certainly_not_taken_goes_out_later(provider: FakeSendGrid) -> None:
    outbox = MemoryOutbox(outgoing_mail())
    provider.script(SERVER_ERROR, FAULTS["limit"], UNAUTHORIZED)
    run_for_an_hour(outbox, provider.url)
    assert outbox.states() == [RowState.SENT]
    assert len(provider.accepted()) == 1


def test_every_template_reaches_the_provider_without_a_trace_of_the_reporter(provider: FakeSendGrid) -> None:
    mails = [outgoing_mail(outbox_id=number, template=name) for number, name in enumerate(MailTemplate)]
    run_for_an_hour(MemoryOutbox(*mails), provider.url)
    entries = provider.accepted()
    assert len(entries) == len(MailTemplate)
    for entry in entries:
        assert entry.body is not None
        assert entry.recipients == [{"email": "warga@example.org"}]
        assert "warga@" not in str(entry.body["content"]) + entry.body["subject"]
