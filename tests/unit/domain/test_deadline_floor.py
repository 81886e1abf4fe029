"""CLOCKS: the minimum after a resume, dates before which a clock may not end, promised dates."""

from datetime import date, datetime

import pytest

from domain.calendar import WorkCalendar, parse_weekly
from domain.deadline import MinimumError, derive, first_closing_after, promise_fires_at
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit

JAKARTA = WorkCalendar("nasional", 1, "Asia/Jakarta", parse_weekly("mon-fri 08:00-16:00"))
TWO_DAYS = Amount(2, Unit.WORKING_DAYS)
UNTIL_LAST_DAY = ("2026-11-24T09:00", "2026-11-26T09:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def pause(begin: str, end: str | None = None) -> Pause:
    return Pause(at(begin), None if end is None else at(end))


def derived(amount: Amount, *pauses: Pause, least: int = 1, not_before: datetime | None = None) -> Derivation:
    return derive(
        JAKARTA, at("2026-11-23T10:00"), amount, pauses, min_after_resume=least, not_before=not_before
    )


def counts(derivation: Derivation) -> list[tuple[int, str | None]]:
    return [(day.on.day, day.reason) for day in derivation.days]


def test_after_a_pause_a_clock_ends_no_sooner_than_the_closing_of_the_nth_working_day_after_the_resume() -> (
    None
):
    one_day = Amount(1, Unit.WORKING_DAYS)
    assert derived(one_day, pause(*UNTIL_LAST_DAY), least=0).due_at == at("2026-11-26T16:00")
    assert derived(one_day, pause(*UNTIL_LAST_DAY), least=1).due_at == at("2026-11-27T16:00")
    assert derived(one_day, pause(*UNTIL_LAST_DAY), least=3).due_at == at("2026-12-01T16:00")


def test_a_minimum_that_is_reached_anyway_changes_nothing() -> None:
    long = Amount(9, Unit.WORKING_DAYS)
    with_minimum = derived(long, pause(*UNTIL_LAST_DAY), least=1)
    assert with_minimum.days == derived(long, pause(*UNTIL_LAST_DAY), least=0).days
    assert with_minimum.due_at == with_minimum.counted_due_at


def test_without_a_pause_there_is_no_minimum() -> None:
    assert derived(TWO_DAYS, least=5).due_at == at("2026-11-25T16:00")
    assert derived(TWO_DAYS, pause("2026-11-25T16:00", "2026-11-30T09:00"), least=5).due_at == at(
        "2026-11-25T16:00"
    )


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Amount(60, Unit.MINUTES), "2026-11-25T16:00"),
        (Amount(2, Unit.WORKING_HOURS), "2026-11-25T16:00"),
        (Amount(1, Unit.CALENDAR_DAYS), "2026-11-25T16:00"),
        (Amount(1, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT), "2026-11-26T00:00"),
    ],
)
def test_the_minimum_holds_in_every_unit(amount: Amount, expected: str) -> None:
    assert derived(amount, pause("2026-11-23T10:30", "2026-11-24T09:00")).due_at == at(expected)


def test_a_pause_within_the_minimum_moves_the_end_again() -> None:
    hour = Amount(1, Unit.HOURS)
    first, second = (
        pause("2026-11-23T10:30", "2026-11-24T09:00"),
        pause("2026-11-25T10:00", "2026-11-25T11:00"),
    )
    assert derived(hour, first, second).due_at == at("2026-11-26T16:00")
    assert derived(hour, first, pause("2026-11-25T10:00")).due_at is None


def test_the_days_of_a_held_clock_still_sum_to_the_amount() -> None:
    held = derived(Amount(1, Unit.WORKING_DAYS), pause(*UNTIL_LAST_DAY), least=2)
    assert counts(held) == [
        (23, "before_start"), (24, "paused"), (25, "paused"), (26, "paused"), (27, "min_after_resume"),
        (28, "weekend"), (29, "weekend"), (30, None),
    ]  # fmt: skip
    assert held.counted_due_at == at("2026-11-26T16:00")


def test_the_days_of_a_held_count_of_time_keep_their_minutes() -> None:
    held = derived(Amount(1, Unit.WORKING_HOURS), pause("2026-11-23T10:30", "2026-11-24T09:00"))
    assert [(day.counts, day.minutes) for day in held.days] == [(True, 30), (True, 30), (False, 0)]


@pytest.mark.parametrize("least", [-1, True, 1.5])
def test_a_minimum_is_a_whole_number_of_days(least: int) -> None:
    with pytest.raises(MinimumError):
        derived(TWO_DAYS, least=least)


def test_a_clock_is_not_due_before_an_instant_that_it_waits_for() -> None:
    offer = derived(Amount(1, Unit.CALENDAR_DAYS), not_before=at("2026-11-27T16:00"))
    assert offer.due_at == at("2026-11-27T16:00")
    assert offer.counted_due_at == at("2026-11-25T00:00")
    assert counts(offer) == [
        (23, "before_start"),
        (24, "not_before"),
        (25, "not_before"),
        (26, "not_before"),
        (27, None),
    ]
    assert derived(TWO_DAYS, not_before=at("2026-11-24T16:00")).due_at == at("2026-11-25T16:00")


def test_a_change_that_would_make_due_past_gives_until_the_first_closing_after_it() -> None:
    friday = at("2026-11-27T17:00")
    changed = derived(TWO_DAYS, not_before=first_closing_after(JAKARTA, friday))
    assert changed.due_at == at("2026-11-30T16:00")
    assert changed.counted_due_at == at("2026-11-25T16:00")


def test_a_held_end_that_passes_while_paused_waits_for_the_first_closing_after_the_resume() -> None:
    paused = pause("2026-11-27T10:00", "2026-12-01T09:00")
    assert derived(TWO_DAYS, paused, least=0, not_before=at("2026-11-30T16:00")).due_at == at(
        "2026-12-02T16:00"
    )


def test_a_promised_date_never_moves_silently() -> None:
    promised = at("2026-11-27T16:00")
    assert promise_fires_at(JAKARTA, promised) == promised
    assert promise_fires_at(JAKARTA, promised, [pause(*UNTIL_LAST_DAY)]) == promised
    assert promise_fires_at(JAKARTA, promised, [pause("2026-11-27T16:00")]) == promised


def test_a_promised_date_that_passes_while_paused_fires_at_the_first_closing_after_the_resume() -> None:
    promised = at("2026-11-27T16:00")
    assert promise_fires_at(JAKARTA, promised, [pause("2026-11-26T09:00")]) is None
    until_saturday = [pause("2026-11-26T09:00", "2026-11-28T09:00")]
    assert promise_fires_at(JAKARTA, promised, until_saturday) == at("2026-11-30T16:00")
    again = [*until_saturday, pause("2026-11-30T15:00", "2026-11-30T17:00")]
    assert promise_fires_at(JAKARTA, promised, again) == at("2026-12-01T16:00")


def test_the_closing_after_a_change_is_that_of_a_later_civil_day() -> None:
    closing = first_closing_after(JAKARTA, at("2026-11-23T07:00"))
    assert closing == at("2026-11-24T16:00")
    assert closing.date() == date(2026, 11, 24)
