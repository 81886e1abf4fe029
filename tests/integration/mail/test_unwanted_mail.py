"""What reporters have chosen, from the outbox to the provider, whose ledger is the judge."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from db.mail_preference_store import MailPreferenceStore
from mail.link import MailLinks, MailPurpose
from mail.relay import MailRelay
from mail.sendgrid_client import SendGridMailer
from schemas.mail import Wanted
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.offices import Offices
from tests.outbox_rows import NOON, digested_row, outbox_of, queued_row, recorded_case, states

LINKS = MailLinks(b"s" * 32, "https://lapor.example.org")
STOP = re.compile(r"<https://lapor\.example\.org/surel/([^/?]+)/berhenti(?:\?lang=en)?>")


def relayed(offices: Offices, provider: FakeSendGrid) -> list[dict[str, Any]]:
    """What the provider has taken after a pass over all that is due."""
    mailer = SendGridMailer("SG.k", provider.url, "tuntas@example.org", timeout_seconds=30)
    MailRelay(outbox_of(offices), mailer, LINKS, lambda: NOON).run_once()
    return [entry.body for entry in provider.accepted() if entry.body]


def test_an_unwanted_mail_never_leaves_and_others_do(offices: Offices, provider: FakeSendGrid) -> None:
    quiet, loud = recorded_case(offices), recorded_case(offices)
    rows = [queued_row(offices, quiet), queued_row(offices, loud)]
    MailPreferenceStore(offices.database).stop(quiet)
    (body,) = relayed(offices, provider)
    assert body["personalizations"][0]["custom_args"] == {"outbox_id": str(rows[1])}
    assert states(offices, rows) == ["skipped", "sent"]


def test_only_what_waits_for_the_reporter_leaves_in_the_language_that_was_chosen(
    offices: Offices, provider: FakeSendGrid
) -> None:
    case_id = recorded_case(offices)
    rows = [queued_row(offices, case_id, template=name) for name in ("followed_up", "question", "closed")]
    MailPreferenceStore(offices.database).choose(case_id, Wanted.NEEDED, "en")
    (body,) = relayed(offices, provider)
    assert body["subject"].endswith(": we need more from you")
    assert states(offices, rows) == ["skipped", "sent", "skipped"]


def test_a_mail_to_a_reporter_offers_one_click_for_their_own_case(
    offices: Offices, provider: FakeSendGrid
) -> None:
    elder, younger = recorded_case(offices), recorded_case(offices)
    queued_row(offices, elder, recipient=f"follower:{younger}")
    (body,) = relayed(offices, provider)
    found = STOP.fullmatch(body["headers"]["List-Unsubscribe"])
    assert found is not None
    assert body["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert LINKS.read(found[1], datetime.now(UTC), MailPurpose.PREFERENCE).case_id == younger
    texts = {part["type"]: part["value"] for part in body["content"]}
    addresses = set(re.findall(r"https?://[^\s\"<]+", texts["text/plain"]))
    assert addresses == set(re.findall(r'href="([^"]+)"', texts["text/html"]))
    assert all(address.startswith("https://lapor.example.org/") for address in addresses)


@pytest.mark.parametrize("digested", [False, True])
def test_staff_are_offered_no_way_out_of_their_duties(
    sqlite_offices: Offices, provider: FakeSendGrid, digested: bool
) -> None:
    case_id = recorded_case(sqlite_offices)
    for _ in range(2 if digested else 1):
        digested_row(sqlite_offices, case_id)
    (body,) = relayed(sqlite_offices, provider)
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
