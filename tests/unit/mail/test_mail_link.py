"""Links in mails: what they open, for how long, and what a forger achieves."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from mail.link import ExpiredMailTokenError, ForgedMailTokenError, MailLinks, MailPurpose, MailToken
from schemas.mail import MailTemplate
from tests.fakes.memory_outbox import outgoing_mail

MINTED_AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LINKS = MailLinks(b"s" * 32, "https://lapor.example.org/")


def token_minted(at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return LINKS.mint(case_id=3, outbox_id=7)


def test_a_token_says_which_case_and_which_row_it_came_from() -> None:
    read = LINKS.read(token_minted(MINTED_AT), MINTED_AT + timedelta(days=1))
    assert (read.case_id, read.outbox_id, read.minted_at) == (3, 7, MINTED_AT)


def test_a_token_lives_ninety_days_and_not_a_second_longer() -> None:
    token = token_minted(MINTED_AT)
    last = MINTED_AT + timedelta(days=90)
    assert isinstance(LINKS.read(token, last), MailToken)
    with pytest.raises(ExpiredMailTokenError):
        LINKS.read(token, last + timedelta(seconds=1))


def test_a_clock_that_runs_a_little_behind_does_not_refuse_a_fresh_token() -> None:
    assert LINKS.read(token_minted(MINTED_AT), MINTED_AT - timedelta(seconds=5)).case_id == 3


def test_a_token_of_another_installation_is_forged() -> None:
    foreign = MailLinks(b"t" * 32, "https://lapor.example.org").mint(3, 7)
    with pytest.raises(ForgedMailTokenError):
        LINKS.read(foreign, MINTED_AT)


def test_a_token_for_another_purpose_is_forged() -> None:
    signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    other = URLSafeTimedSerializer(b"s" * 32, salt="tuntas.mail.export", signer_kwargs=signer)
    with pytest.raises(ForgedMailTokenError):
        LINKS.read(str(other.dumps([3, 7])), MINTED_AT)


def test_no_single_changed_character_makes_another_valid_token() -> None:
    token = token_minted(MINTED_AT)
    for place, letter in enumerate(token[:-1]):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(ForgedMailTokenError):
            LINKS.read(changed, MINTED_AT)


@given(st.text())
def test_no_text_that_somebody_types_is_a_token(typed: str) -> None:
    with pytest.raises(ForgedMailTokenError):
        LINKS.read(typed, MINTED_AT)


def test_a_reporter_gets_a_signed_link_without_the_code_or_the_address() -> None:
    link = LINKS.link(outgoing_mail())
    start, token = link.rsplit("/", 1)
    assert start == "https://lapor.example.org/m"
    assert LINKS.read(token, datetime.now(UTC)).case_id == 3
    assert "7F3K9QW2TX" not in link


def test_two_mails_of_one_case_carry_different_tokens() -> None:
    first, second = outgoing_mail(outbox_id=7), outgoing_mail(outbox_id=8)
    assert LINKS.link(first) != LINKS.link(second)


def test_a_digest_leads_to_the_desk() -> None:
    assert LINKS.link(outgoing_mail(template="staff_digest")) == "https://lapor.example.org/desk"


def test_staff_get_a_plain_link_that_needs_a_log_in() -> None:
    assert LINKS.link(outgoing_mail(to_reporter=False)) == "https://lapor.example.org/desk/7F3K9QW2TX"


def test_a_reporter_s_choice_stands_behind_a_token_that_opens_no_case_and_never_gets_too_old() -> None:
    start, token = LINKS.preference_link(outgoing_mail()).rsplit("/", 1)
    assert start == "https://lapor.example.org/surel"
    later = datetime.now(UTC) + timedelta(days=1000)
    assert LINKS.read(token, later, MailPurpose.PREFERENCE).case_id == 3
    with pytest.raises(ForgedMailTokenError):
        LINKS.read(token, datetime.now(UTC))


def test_one_click_goes_to_an_address_of_its_own() -> None:
    page, last = LINKS.stop_link(outgoing_mail()).rsplit("/", 1)
    assert last == "berhenti"
    assert LINKS.read(page.rsplit("/", 1)[1], datetime.now(UTC), MailPurpose.PREFERENCE).outbox_id == 7


@pytest.mark.parametrize("template", ["staff_late", "staff_digest"])
def test_staff_have_no_link_to_stop_their_duties(template: str) -> None:
    mail = outgoing_mail(template=template, to_reporter=False)
    assert (LINKS.preference_link(mail), LINKS.stop_link(mail)) == ("", "")


def test_who_follows_a_published_report_gets_links_of_their_subscription_and_of_no_case() -> None:
    mail = outgoing_mail(template=MailTemplate.FOLLOW_NEWS)
    assert LINKS.link(mail) == "https://lapor.example.org/laporan/0a1b2c3d4e5f"
    for link in (LINKS.preference_link(mail), LINKS.stop_link(mail)):
        token = link.removeprefix("https://lapor.example.org/ikuti/").removesuffix("/berhenti")
        assert LINKS.read(token, datetime.now(UTC), MailPurpose.SUBSCRIPTION).case_id == 5
        for other in (MailPurpose.FOLLOW, MailPurpose.PREFERENCE):
            with pytest.raises(ForgedMailTokenError):
                LINKS.read(token, datetime.now(UTC), other)


def test_who_is_only_asked_whether_they_want_to_follow_has_nothing_to_end() -> None:
    mail = outgoing_mail(template=MailTemplate.FOLLOW_CONFIRM)
    assert LINKS.link(mail).startswith("https://lapor.example.org/ikuti/")
    assert (LINKS.preference_link(mail), LINKS.stop_link(mail)) == ("", "")


def test_the_links_of_an_english_mail_ask_for_english_pages() -> None:
    mail = outgoing_mail(locale="en-GB")
    assert LINKS.link(mail).endswith("?lang=en") and LINKS.preference_link(mail).endswith("?lang=en")
    assert LINKS.stop_link(mail).endswith("/berhenti?lang=en")
