"""The provider's webhook: who may call it, and what stands in the tables when it was answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from db.mail_preference_store import MailPreferenceStore
from schemas.mail import Wanted
from settings import SettingsError
from tests.fakes.event_signer import EventSigner, body_of, event
from tests.offices import Offices
from tests.outbox_rows import queued_row, recorded_case, states
from tests.publications import Publisher
from tests.subscribers import queued, row_of, subscribed
from tests.web.conftest import NewSite, Site

PATH = "/hooks/sendgrid"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SIGNER = EventSigner()


@pytest.fixture
def hooked(new_site: NewSite) -> Site:
    """A production site that knows the provider's key."""
    return new_site(now=lambda: NOW, TUNTAS_DEMO="0", SENDGRID_WEBHOOK_KEY=SIGNER.public_key)


def offices_of(site: Site) -> Offices:
    return site.factory.offices


def unknown_row(site: Site) -> int:
    offices = offices_of(site)
    return queued_row(offices, recorded_case(offices), state="unknown", attempts=1)


def post(site: Site, body: bytes, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
    signed = SIGNER.headers(body, NOW) if headers is None else headers
    options = {"content_type": "application/json"} | options
    return site.browser().post(PATH, data=body, headers=signed, **options)


def test_a_signed_event_is_committed_when_it_is_answered(hooked: Site) -> None:
    row = unknown_row(hooked)
    answer = post(hooked, body_of([event(str(row), "delivered")]))
    assert (answer.status_code, answer.data) == (200, b"")
    assert states(offices_of(hooked), [row]) == ["sent"]


def test_the_same_call_again_is_answered_and_changes_nothing(hooked: Site) -> None:
    row = unknown_row(hooked)
    body = body_of([event(str(row), "delivered"), event(str(row), "bounce")])
    assert {post(hooked, body).status_code for _ in range(3)} == {200}
    assert states(offices_of(hooked), [row]) == ["failed"]


def test_address_and_reason_are_kept_nowhere(hooked: Site) -> None:
    row = unknown_row(hooked)
    post(hooked, body_of([event(str(row), "bounce")]))
    with hooked.services.database.read() as session:
        kept = session.execute(text("select * from outbox where id = :row"), {"row": row}).one()
    assert "canary" not in str(kept)


def test_what_the_provider_did_not_sign_is_refused_and_not_read(hooked: Site) -> None:
    row = unknown_row(hooked)
    body = body_of([event(str(row), "bounce")])
    for headers in (
        {},
        EventSigner().headers(body, NOW),
        SIGNER.headers(body + b" ", NOW),
        SIGNER.headers(body, NOW - timedelta(minutes=11)),
        SIGNER.headers(body, NOW + timedelta(minutes=11)),
    ):
        assert post(hooked, body, headers).status_code == 403
    assert states(offices_of(hooked), [row]) == ["unknown"]


def test_bodies_that_are_too_long_or_of_another_type_or_no_list_are_refused(hooked: Site) -> None:
    assert post(hooked, b" " * (2 * 1024 * 1024 + 1)).status_code == 413
    assert post(hooked, b"[]", content_type="text/plain").status_code == 415
    assert post(hooked, b"{}").status_code == 400


@pytest.mark.parametrize("demo", ["0", "1"])
def test_without_a_key_there_is_no_webhook(new_site: NewSite, demo: str) -> None:
    site = new_site(now=lambda: NOW, TUNTAS_DEMO=demo)
    row = unknown_row(site)
    assert post(site, body_of([event(str(row), "bounce")])).status_code == 404
    assert states(offices_of(site), [row]) == ["unknown"]


def test_a_key_that_is_none_stops_the_start(new_site: NewSite) -> None:
    with pytest.raises(SettingsError, match="SENDGRID_WEBHOOK_KEY"):
        new_site(SENDGRID_WEBHOOK_KEY="bm8ga2V5")


@pytest.mark.parametrize("name", ["spamreport", "unsubscribe", "group_unsubscribe"])
def test_a_reader_who_refuses_our_mails_gets_no_more_and_the_mail_was_still_sent(
    hooked: Site, name: str
) -> None:
    offices = offices_of(hooked)
    case_id = recorded_case(offices)
    row = queued_row(offices, case_id, state="sent", attempts=1)
    assert post(hooked, body_of([event(str(row), name)])).status_code == 200
    assert MailPreferenceStore(hooked.services.database).of(case_id).wanted is Wanted.NONE
    assert states(offices, [row]) == ["sent"]


def test_a_subscriber_who_calls_a_mail_spam_follows_no_more(hooked: Site) -> None:
    offices = offices_of(hooked)
    made = Publisher(hooked.factory).publish()
    found = subscribed(offices, made)
    hooked.factory.follow_up(made.case)
    news = str(queued(offices)[0].id)
    assert post(hooked, body_of([event(news, "spamreport")])).status_code == 200
    assert row_of(offices, found).ended_at is not None
    assert MailPreferenceStore(hooked.services.database).of(made.case.id).wanted is Wanted.ALL
