"""Which mails reporters want, and what the outbox does about it, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from db.mail_failure_store import MailFailureStore
from db.mail_preference_store import ChangedBy, MailPreferenceStore
from schemas.mail import NEEDS_REPORTER, MailTemplate, News, ProviderEvent, Wanted, is_wanted
from schemas.report import Identity
from tests.offices import Offices
from tests.outbox_rows import NOON, digested_row, outbox_of, queued_row, recorded_case, stored

TO_REPORTERS = [name for name in MailTemplate if not name.startswith(("staff_", "follow_"))]


def store(offices: Offices) -> MailPreferenceStore:
    return MailPreferenceStore(offices.database)


def outcome(offices: Offices, outbox_id: int) -> tuple[str, str | None]:
    """Claims a row; how it stands then."""
    outbox_of(offices).claim_next([outbox_id], NOON)[0]
    row = stored(offices, outbox_id)
    return row.state, row.problem


def unwanted(*outbox_ids: int) -> list[ProviderEvent]:
    return [ProviderEvent(outbox_id=each, news=News.UNWANTED) for each in outbox_ids]


def test_as_long_as_nothing_is_chosen_all_mails_are_wanted(offices: Offices) -> None:
    found = store(offices).of(recorded_case(offices, locale="en"))
    assert (found.has_address, found.wanted, found.locale) == (True, Wanted.ALL, "en")
    assert (found.changed_by, found.changed_at) == (None, None)


def test_a_report_without_an_address_says_so(offices: Offices) -> None:
    assert not store(offices).of(recorded_case(offices, identity=Identity())).has_address


def test_the_last_choice_holds_and_says_where_it_was_made(offices: Offices) -> None:
    case_id = recorded_case(offices)
    store(offices).choose(case_id, Wanted.NEEDED, "en")
    store(offices).stop(case_id)
    found = store(offices).of(case_id)
    assert (found.wanted, found.locale, found.changed_by) == (Wanted.NONE, "en", ChangedBy.MAIL)
    assert found.changed_at is not None
    store(offices).choose(case_id, Wanted.ALL, "id")
    assert store(offices).of(case_id).changed_by is ChangedBy.PAGE


def test_clicks_at_once_meet_in_one_row(offices: Offices) -> None:
    case_id = recorded_case(offices)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store(offices).stop(case_id), range(8)))
    assert store(offices).of(case_id).wanted is Wanted.NONE


def test_a_mail_that_waits_is_not_sent_once_it_is_unwanted(offices: Offices) -> None:
    case_id = recorded_case(offices)
    row = queued_row(offices, case_id)
    store(offices).stop(case_id)
    assert outcome(offices, row) == ("skipped", "unwanted")
    assert outbox_of(offices).due(NOON, 10) == []


def test_an_unwanted_mail_is_no_failure_of_which_the_case_is_told(offices: Offices) -> None:
    case_id = recorded_case(offices)
    row = queued_row(offices, case_id)
    store(offices).stop(case_id)
    outcome(offices, row)
    assert MailFailureStore(offices.database).untold(10) == []
    assert outbox_of(offices).undelivered() == []


@pytest.mark.parametrize("template", TO_REPORTERS)
def test_who_wants_only_what_waits_for_them_gets_just_that(sqlite_offices: Offices, template: str) -> None:
    case_id = recorded_case(sqlite_offices)
    store(sqlite_offices).choose(case_id, Wanted.NEEDED, "id")
    expected = ("sending", None) if template in NEEDS_REPORTER else ("skipped", "unwanted")
    assert outcome(sqlite_offices, queued_row(sqlite_offices, case_id, template=template)) == expected


def test_questions_answers_reminders_and_offers_wait_for_the_reporter() -> None:
    waiting = {"question", "question_reminder", "answered", "confirmation_reminder", "ombudsman_offer"}
    assert waiting <= NEEDS_REPORTER <= set(TO_REPORTERS)
    assert not is_wanted(Wanted.NEEDED, "followed_up") and is_wanted(Wanted.ALL, "followed_up")
    assert not any(is_wanted(Wanted.NONE, template) for template in MailTemplate)


def test_a_follower_s_own_choice_counts_and_not_that_of_the_elder_case(offices: Offices) -> None:
    elder, younger = recorded_case(offices), recorded_case(offices)
    store(offices).stop(elder)
    row = queued_row(offices, elder, recipient=f"follower:{younger}")
    assert outcome(offices, row) == ("sending", None)
    store(offices).stop(younger)
    row = queued_row(offices, elder, recipient=f"follower:{younger}")
    assert outcome(offices, row) == ("skipped", "unwanted")


def test_mails_to_staff_go_on_whatever_the_reporter_chooses(offices: Offices) -> None:
    case_id = recorded_case(offices)
    store(offices).stop(case_id)
    assert outcome(offices, digested_row(offices, case_id)) == ("sending", None)


def test_the_chosen_language_is_that_of_the_next_mail(offices: Offices) -> None:
    case_id = recorded_case(offices)
    store(offices).choose(case_id, Wanted.ALL, "en")
    mail = outbox_of(offices).claim_next([queued_row(offices, case_id)], NOON)[0]
    assert mail is not None and mail.locale == "en"


def test_a_spam_report_ends_the_mails_of_that_case_alone(offices: Offices) -> None:
    case_id, other = recorded_case(offices), recorded_case(offices)
    row = queued_row(offices, case_id, state="sent")
    for _ in range(2):
        store(offices).hear(unwanted(row, 10**9))
        outbox_of(offices).hear(unwanted(row), NOON)
    found = store(offices).of(case_id)
    assert (found.wanted, found.changed_by) == (Wanted.NONE, ChangedBy.PROVIDER)
    assert store(offices).of(other).wanted is Wanted.ALL
    assert stored(offices, row).state == "sent"


def test_a_follower_s_spam_report_ends_the_mails_of_their_own_case(offices: Offices) -> None:
    elder, younger = recorded_case(offices), recorded_case(offices)
    store(offices).hear(unwanted(queued_row(offices, elder, recipient=f"follower:{younger}")))
    assert store(offices).of(younger).wanted is Wanted.NONE
    assert store(offices).of(elder).wanted is Wanted.ALL


def test_what_staff_or_nobody_we_know_calls_spam_ends_nothing(offices: Offices) -> None:
    case_id = recorded_case(offices)
    rows = [digested_row(offices, case_id), queued_row(offices, case_id, recipient="follower:999999")]
    store(offices).hear(unwanted(*rows))
    assert store(offices).of(case_id).wanted is Wanted.ALL


def test_a_bounce_ends_nothing(offices: Offices) -> None:
    case_id = recorded_case(offices)
    row = queued_row(offices, case_id, state="sent")
    store(offices).hear([ProviderEvent(outbox_id=row, news=News.BOUNCED)])
    assert store(offices).of(case_id).wanted is Wanted.ALL
