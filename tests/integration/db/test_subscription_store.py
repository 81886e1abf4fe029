"""Following a published report: asked, confirmed, told, ended; the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.mail_failure_store import MailFailureStore
from db.publication_store import Edition
from db.subscription_store import MOST_UNANSWERED, sweep_subscriptions
from domain.case import Action
from schemas.mail import News, ProviderEvent
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.outbox_rows import outbox_of, queued_row, states
from tests.publications import Publisher
from tests.subscribers import ADDRESS, age, asked, queued, row_of, rows, subscribed, subscriptions

DAY = timedelta(days=1, minutes=1)
WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def later() -> datetime:
    """When everything that waits is due."""
    return datetime.now(UTC) + timedelta(hours=1)


def test_an_address_is_asked_once_a_day_and_not_at_all_while_it_follows(
    offices: Offices, publisher: Publisher
) -> None:
    made = publisher.publish()
    first = asked(offices, made)
    asked(offices, made, ADDRESS.upper())
    assert len(rows(offices)) == len(queued(offices, "follow_confirm")) == 1
    age(offices, DAY)
    assert asked(offices, made) == first
    assert [row.seq for row in queued(offices, "follow_confirm")] == [-1, -2]
    subscriptions(offices).confirm(first)
    age(offices, DAY)
    asked(offices, made)
    assert len(queued(offices, "follow_confirm")) == 2 and row_of(offices, first).confirmed_at is not None


def test_nobody_is_pestered_by_way_of_many_reports(offices: Offices, publisher: Publisher) -> None:
    for number in range(MOST_UNANSWERED + 1):
        subscriptions(offices).ask(publisher.publish(f"Laporan {number}").publication.id, ADDRESS, "id")
    assert len(queued(offices, "follow_confirm")) == MOST_UNANSWERED
    assert len(rows(offices)) == MOST_UNANSWERED


def test_an_address_lies_sealed_and_is_gone_when_its_subscription_ends(
    offices: Offices, publisher: Publisher
) -> None:
    found = subscribed(offices, publisher.publish())
    row = row_of(offices, found)
    assert row.sealed and ADDRESS.encode() not in row.sealed and ADDRESS not in row.address_hash
    for _ in range(2):
        subscriptions(offices).stop(found)
    assert row_of(offices, found).sealed == b"" and row_of(offices, found).ended_at is not None


def test_whoever_stopped_can_be_asked_again_and_nothing_is_confirmed_by_that(
    offices: Offices, publisher: Publisher
) -> None:
    made = publisher.publish()
    found = subscribed(offices, made)
    subscriptions(offices).stop(found)
    subscriptions(offices).confirm(found)
    assert row_of(offices, found).ended_at is not None
    age(offices, DAY)
    asked(offices, made)
    known = subscriptions(offices).find(found)
    assert known is not None and known.open and not known.follows


def test_a_week_without_an_answer_ends_the_question(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish()
    unanswered, confirmed = asked(offices, made), subscribed(offices, made, "lain@contoh.example")
    assert sweep_subscriptions(offices.database, datetime.now(UTC)) == 0
    age(offices, WEEK)
    subscriptions(offices).confirm(unanswered)
    assert row_of(offices, unanswered).confirmed_at is None
    assert [sweep_subscriptions(offices.database, datetime.now(UTC)) for _ in range(2)] == [1, 0]
    assert row_of(offices, unanswered).sealed == b""
    assert row_of(offices, confirmed).ended_at is None


def test_each_new_stage_is_one_mail_for_each_who_confirmed(offices: Offices, publisher: Publisher) -> None:
    made, other = publisher.publish(), publisher.publish("Yang lain")
    one, two = subscribed(offices, made), subscribed(offices, made, "b@contoh.example", "en")
    asked(offices, made, "c@contoh.example")
    subscribed(offices, other, "d@contoh.example")
    publisher.factory.follow_up(made.case)
    assert [row.recipient for row in queued(offices)] == [f"subscriber:{one}", f"subscriber:{two}"]
    publisher.factory.follow_up(made.case, words="Masih dikerjakan.")
    publisher.factory.act(made.case, "pu.penghubung", Action.NOTE, words="Catatan.")
    assert len(queued(offices)) == 2


def test_an_answer_that_is_taken_back_is_news_to_nobody(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish()
    publisher.factory.follow_up(made.case)
    subscribed(offices, made)
    publisher.factory.answer(made.case)
    (row,) = queued(offices)
    assert row.not_before > row.created_at
    publisher.factory.act(made.case, "pu.penghubung", Action.TAKE_BACK, words="Keliru.")
    assert [row.state for row in queued(offices)] == ["withdrawn"]


def test_a_reply_that_becomes_public_is_news_and_other_words_are_not(
    offices: Offices, publisher: Publisher
) -> None:
    case = publisher.allowed()
    publisher.factory.follow_up(case, words="Tim berangkat.")
    reply = publisher.factory.reader.messages(case.id, for_reporter=True)[-1].id
    edition = Edition(title="Lampu", text="Padam.")
    publisher.edit(case, edition)
    subscribed(offices, publisher.of(case))
    publisher.edit(case, replace(edition, text="Padam semua."))
    assert queued(offices) == []
    with_reply = replace(edition, replies={reply: "Tim berangkat."})
    publisher.edit(case, with_reply)
    publisher.edit(case, replace(with_reply, title="Lampu padam"))
    assert [row.seq for row in queued(offices)] == [-3]


@pytest.mark.parametrize("hidden", ["taken_back", "secret", "merged", "spam"])
def test_what_nobody_may_see_is_told_to_nobody(offices: Offices, publisher: Publisher, hidden: str) -> None:
    made = publisher.publish()
    subscribed(offices, made)
    publisher.factory.follow_up(made.case)
    (row,) = queued(offices)
    if hidden == "taken_back":
        publisher.take_back(made.case)
    else:
        columns = {"secret": {"secret": True}, "merged": {"merged_into": made.case.id}}
        publisher.change_view(made.case, **columns.get(hidden, {"end_reason": "spam"}))
    assert outbox_of(offices).claim_next([row.id], later())[0] is None
    assert states(offices, [row.id]) == ["skipped"]


def test_a_report_that_was_taken_back_has_no_news_any_more(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish()
    subscribed(offices, made)
    publisher.take_back(made.case)
    publisher.factory.follow_up(made.case)
    assert queued(offices) == []


def test_a_mail_says_only_what_is_public(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish("Judul yang disamarkan")
    subscribed(offices, made, locale="en")
    publisher.factory.follow_up(made.case)
    mail = outbox_of(offices).claim_next([queued(offices)[0].id], later())[0]
    assert mail is not None and mail.to_address == ADDRESS and not mail.to_reporter
    assert (mail.code, mail.title, mail.stage) == ("", "Judul yang disamarkan", "in_progress")
    assert (mail.slug, mail.locale, mail.due_at) == (made.publication.slug, "en", None)


def test_what_is_no_longer_wanted_is_not_sent(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish()
    found = subscribed(offices, made)
    publisher.factory.follow_up(made.case)
    subscriptions(offices).stop(found)
    ids = [row.id for row in (*queued(offices), *queued(offices, "follow_confirm"))]
    for recipient in ("subscriber:x", "subscriber:99"):
        values = {"template": "follow_news", "not_before": datetime.now(UTC)}
        ids.append(queued_row(offices, made.case.id, recipient=recipient, **values))
    assert [outbox_of(offices).claim_next([each], later())[0] for each in ids] == [None] * 4
    assert states(offices, ids) == ["skipped"] * 4


def test_a_spam_report_ends_what_that_address_follows_alone(offices: Offices, publisher: Publisher) -> None:
    made = publisher.publish()
    one, two = subscribed(offices, made), subscribed(offices, made, "b@contoh.example")
    publisher.factory.follow_up(made.case)
    first = queued(offices)[0].id
    subscriptions(offices).hear([ProviderEvent(outbox_id=first, news=News.TAKEN)])
    assert row_of(offices, one).ended_at is None
    for _ in range(2):
        subscriptions(offices).hear([ProviderEvent(outbox_id=first, news=News.UNWANTED)])
    assert row_of(offices, one).ended_at is not None and row_of(offices, two).ended_at is None


def test_a_mail_that_a_subscriber_did_not_get_is_no_failure_of_the_case(
    offices: Offices, publisher: Publisher
) -> None:
    made = publisher.publish()
    common = {"state": "failed", "problem": "bounced"}
    queued_row(offices, made.case.id, recipient="subscriber:1", template="follow_news", **common)
    assert MailFailureStore(offices.database).untold(10) == []
    queued_row(offices, made.case.id, **common)
    assert len(MailFailureStore(offices.database).untold(10)) == 1
