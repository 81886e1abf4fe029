"""What the provider tells later, what is given up, and what an operator looks through; on both databases."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from db.outbox_store import GIVE_UP_AFTER
from schemas.mail import Deferred, Delivered, News, ProviderEvent, Sent, UnknownOutcome
from tests.offices import Offices
from tests.outbox_rows import NOON, outbox_of, queued_row, recorded_case, states, stored

TAKEN, BOUNCED, DROPPED = News.TAKEN, News.BOUNCED, News.DROPPED
HOUR = timedelta(hours=1)


def told(outbox_id: int, *news: News) -> list[ProviderEvent]:
    return [ProviderEvent(outbox_id=outbox_id, news=each) for each in news]


@pytest.mark.parametrize(
    ("before", "news", "after", "problem"),
    [
        ("unknown", TAKEN, "sent", None),
        ("unknown", BOUNCED, "failed", "bounced"),
        ("unknown", DROPPED, "failed", "dropped"),
        ("sent", TAKEN, "sent", None),
        ("sent", BOUNCED, "failed", "bounced"),
        ("sent", DROPPED, "failed", "dropped"),
        ("sending", TAKEN, "sent", None),
        ("sending", BOUNCED, "failed", "bounced"),
        ("failed", TAKEN, "failed", "refused"),
        ("withdrawn", TAKEN, "withdrawn", None),
        ("skipped", BOUNCED, "skipped", None),
    ],
)
def test_the_providers_word_settles_a_row(
    offices: Offices, before: str, news: News, after: str, problem: str | None
) -> None:
    own = "refused" if before == "failed" else None
    row = queued_row(offices, recorded_case(offices), state=before, attempts=1, problem=own)
    outbox_of(offices).hear(told(row, news), NOON)
    assert (stored(offices, row).state, stored(offices, row).problem) == (after, problem)


def test_events_doubled_and_in_any_order_have_one_effect(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    rows = [queued_row(offices, case_id, state="unknown", attempts=1) for _ in range(3)]
    events = told(rows[0], *[TAKEN] * 46) + told(rows[1], TAKEN, BOUNCED, TAKEN) + told(rows[2], DROPPED)
    for seed in range(5):
        random.Random(seed).shuffle(events)
        for start in range(0, len(events), 7):
            store.hear(events[start : start + 7], NOON + seed * HOUR)
    assert states(offices, rows) == ["sent", "failed", "failed"]
    assert stored(offices, rows[0]).sent_at == NOON


def test_events_of_mails_that_are_not_ours_change_nothing(offices: Offices) -> None:
    row = queued_row(offices, recorded_case(offices))
    outbox_of(offices).hear(told(row + 1, TAKEN) + told(2**63 - 1, BOUNCED) + told(row, BOUNCED), NOON)
    assert states(offices, [row]) == ["pending"]


def test_an_event_that_comes_before_the_send_is_recorded_is_not_overwritten(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    slow, bounced = queued_row(offices, case_id), queued_row(offices, case_id)
    for row, news in ((slow, TAKEN), (bounced, BOUNCED)):
        assert store.claim_next([row], NOON)[0] is not None
        store.hear(told(row, news), NOON)
    store.settle(Sent(outbox_id=slow, delivery=UnknownOutcome(problem="timed_out"), at=NOON))
    store.settle(Sent(outbox_id=bounced, delivery=Delivered(provider_id="x"), at=NOON))
    assert states(offices, [slow, bounced]) == ["sent", "failed"]


def test_a_mail_that_the_provider_took_and_denied_is_not_sent_again(offices: Offices) -> None:
    row, store = queued_row(offices, recorded_case(offices)), outbox_of(offices)
    store.claim_next([row], NOON)[0]
    store.settle(Sent(outbox_id=row, delivery=Deferred(problem="provider_error", not_before=NOON), at=NOON))
    store.hear(told(row, TAKEN), NOON)
    assert store.claim_next([row], NOON)[0] is None
    assert states(offices, [row]) == ["sent"]


def test_a_sender_that_was_thought_dead_still_knows_best(offices: Offices) -> None:
    row, store = queued_row(offices, recorded_case(offices)), outbox_of(offices)
    store.claim_next([row], NOON)[0]
    assert store.release_expired(NOON + HOUR) == 1
    store.settle(Sent(outbox_id=row, delivery=Delivered(provider_id="x"), at=NOON + HOUR))
    assert (stored(offices, row).state, stored(offices, row).problem) == ("sent", None)


def test_a_row_is_given_up_three_days_after_it_first_could_not_go(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    tried, waited = queued_row(offices, case_id), queued_row(offices, case_id)
    later = queued_row(offices, case_id, not_before=NOON + HOUR)
    store.claim_next([tried], NOON)[0]
    store.settle(
        Sent(outbox_id=tried, delivery=Deferred(problem="unreachable", not_before=NOON + HOUR), at=NOON)
    )
    store.put_off(NOON)
    store.put_off(NOON + HOUR * 2)
    assert store.give_up(NOON + GIVE_UP_AFTER - timedelta(seconds=1)) == 0
    assert store.give_up(NOON + GIVE_UP_AFTER) == 2
    assert states(offices, [tried, waited, later]) == ["failed", "failed", "pending"]
    assert {stored(offices, row).problem for row in (tried, waited)} == {"gave_up"}
    assert store.give_up(NOON + GIVE_UP_AFTER + HOUR * 2) == 1


def test_a_row_that_waited_long_before_it_was_due_has_its_three_days(offices: Offices) -> None:
    opening = NOON + timedelta(days=10)
    row, store = queued_row(offices, recorded_case(offices), not_before=opening), outbox_of(offices)
    store.put_off(NOON)
    store.put_off(opening)
    assert store.give_up(opening + HOUR) == 0
    assert store.give_up(opening + GIVE_UP_AFTER) == 1
    assert states(offices, [row]) == ["failed"]


def test_what_did_not_arrive_is_listed_newest_first_and_page_by_page(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    kinds = ["failed", "sent", "unknown", "pending", "failed", "unknown", "skipped", "failed"]
    rows = [queued_row(offices, case_id, state=state, problem="refused") for state in kinds]
    lost = [row for row, state in zip(rows, kinds, strict=True) if state in {"failed", "unknown"}][::-1]
    first = store.undelivered(limit=2)
    second = store.undelivered(before=first[-1].id, limit=2)
    third = store.undelivered(before=second[-1].id, limit=2)
    assert [each.id for each in (*first, *second, *third)] == lost
    assert store.undelivered(before=third[-1].id) == []
    assert (first[0].state, first[0].problem, first[0].recipient) == ("failed", "refused", "reporter")
