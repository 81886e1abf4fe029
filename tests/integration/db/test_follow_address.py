"""When an address may be asked whether it wants to follow something; the same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.follow_address import MOST_IGNORED
from db.subscription_store import MOST_UNANSWERED
from db.subscription_table import FollowAddressRow
from schemas.mail import News, ProviderEvent
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.publications import Published, Publisher
from tests.subscribers import ADDRESS, age, asked, queued, row_of, subscribed, subscriptions

DAY = timedelta(days=1, minutes=1)
MONTH = timedelta(days=30, minutes=1)


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def questions(offices: Offices) -> int:
    return len(queued(offices, "follow_confirm"))


def hear(offices: Offices, outbox_id: int, news: News, *, blocked: bool = False) -> None:
    subscriptions(offices).hear([ProviderEvent(outbox_id=outbox_id, news=news, blocked=blocked)])


def reports(publisher: Publisher, count: int) -> list[Published]:
    return [publisher.publish(f"Laporan {number}") for number in range(count)]


def test_who_turned_a_question_down_is_asked_of_no_other_report_for_a_month(
    offices: Offices, publisher: Publisher
) -> None:
    first, other = reports(publisher, 2)
    subscriptions(offices).stop(asked(offices, first))
    for made in (first, other):
        asked(offices, made)
        age(offices, DAY)
        asked(offices, made)
    assert questions(offices) == 1
    age(offices, MONTH)
    for made in (first, other):
        asked(offices, made)
    assert questions(offices) == 2


def test_who_ended_what_they_followed_may_begin_again_and_is_asked_once(
    offices: Offices, publisher: Publisher
) -> None:
    made, other, third = reports(publisher, 3)
    subscriptions(offices).stop(subscribed(offices, made))
    again = asked(offices, other)
    for report in (made, third):
        asked(offices, report)
    assert questions(offices) == 2
    subscriptions(offices).confirm(again)
    assert row_of(offices, again).confirmed_at is not None
    asked(offices, third)
    assert questions(offices) == 3


@pytest.mark.parametrize("news", [News.UNWANTED, News.BOUNCED])
def test_an_address_that_wants_or_gets_none_of_our_mails_is_never_asked_again(
    offices: Offices, publisher: Publisher, news: News
) -> None:
    made, other, third = reports(publisher, 3)
    kept, elsewhere = subscribed(offices, made, "lain@contoh.example"), subscribed(offices, made)
    subscribed(offices, other)
    open_question = asked(offices, third)
    mail = next(
        row for row in queued(offices, "follow_confirm") if row.recipient == f"subscriber:{elsewhere}"
    )
    for _ in range(2):
        hear(offices, mail.id, news)
    before = questions(offices)
    subscriptions(offices).confirm(open_question)
    assert row_of(offices, open_question).confirmed_at is None
    assert row_of(offices, elsewhere).ended_at is not None and row_of(offices, elsewhere).sealed == b""
    assert row_of(offices, kept).ended_at is None
    for _ in range(2):
        age(offices, MONTH)
        for report in (made, other, third):
            subscriptions(offices).ask(report.publication.id, ADDRESS.upper(), "id")
    assert questions(offices) == before


def test_a_mail_that_was_turned_away_for_now_refuses_nothing(offices: Offices, publisher: Publisher) -> None:
    made, other = reports(publisher, 2)
    found = subscribed(offices, made)
    mail = queued(offices, "follow_confirm")[0].id
    hear(offices, mail, News.BOUNCED, blocked=True)
    hear(offices, mail, News.DROPPED)
    asked(offices, other)
    assert row_of(offices, found).ended_at is None and questions(offices) == 2


def test_an_address_that_never_answers_is_asked_ever_more_seldom(
    offices: Offices, publisher: Publisher
) -> None:
    made = publisher.publish()
    for _ in range(MOST_IGNORED + 3):
        asked(offices, made)
        age(offices, DAY)
    assert questions(offices) == MOST_IGNORED
    age(offices, MONTH)
    asked(offices, made)
    assert questions(offices) == MOST_IGNORED + 1


def test_no_number_of_requests_at_once_asks_more_often(offices: Offices, publisher: Publisher) -> None:
    made = reports(publisher, MOST_UNANSWERED + 3)
    store = subscriptions(offices)
    with ThreadPoolExecutor(len(made)) as pool:
        list(pool.map(lambda report: store.ask(report.publication.id, ADDRESS, "id"), made))
    assert questions(offices) == MOST_UNANSWERED
    store.stop(asked(offices, made[0], "lain@contoh.example"))
    age(offices, MONTH)
    with ThreadPoolExecutor(len(made)) as pool:
        list(pool.map(lambda report: store.ask(report.publication.id, "lain@contoh.example", "id"), made))
    assert questions(offices) == MOST_UNANSWERED + 2


def test_of_an_address_that_refused_only_a_keyed_hash_is_known(
    offices: Offices, publisher: Publisher
) -> None:
    found = subscribed(offices, publisher.publish())
    subscriptions(offices).stop(found)
    with offices.database.read() as session:
        (row,) = session.scalars(select(FollowAddressRow)).all()
        assert row.refused == "ended" and row.address_hash == row_of(offices, found).address_hash
        assert ADDRESS not in repr(vars(row)) and len(row.address_hash) == 64
