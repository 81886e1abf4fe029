"""CLOCKS, Units: what remains, and how long a clock is overdue."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from domain.calendar import WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit
from domain.remaining import Remaining, overdue, remaining

JAKARTA = WorkCalendar(
    "kota", 1, "Asia/Jakarta", parse_weekly("mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30")
)
THREE_DAYS = Amount(3, Unit.WORKING_DAYS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def clock(amount: Amount, *pauses: Pause, least: int = 0) -> Derivation:
    return derive(JAKARTA, at("2026-11-23T10:00"), amount, pauses, min_after_resume=least)


def left(derivation: Derivation, moment: str) -> Decimal | int:
    return remaining(derivation, JAKARTA, at(moment)).value


def late(derivation: Derivation, moment: str) -> Decimal | int | None:
    figure = overdue(derivation, JAKARTA, at(moment))
    return None if figure is None else figure.value


@pytest.mark.parametrize(
    ("moment", "value"),
    [
        ("2026-11-22T10:00", 3),
        ("2026-11-23T10:00", 3),
        ("2026-11-23T23:00", 3),
        ("2026-11-24T15:59", 3),
        ("2026-11-24T16:00", 2),
        ("2026-11-25T23:59", 1),
        ("2026-11-26T15:59", 1),
        ("2026-11-26T16:00", 0),
        ("2026-12-26T16:00", 0),
    ],
)
def test_working_days_remaining_are_the_closings_still_to_come_one_on_the_last_day(
    moment: str, value: int
) -> None:
    assert left(clock(THREE_DAYS), moment) == value


def test_a_day_that_a_pause_cost_is_not_among_the_closings_to_come() -> None:
    paused = clock(THREE_DAYS, Pause(at("2026-11-24T09:00"), at("2026-11-25T09:00")))
    assert [left(paused, f"2026-11-{day}T17:00") for day in (23, 24, 25, 26, 27)] == [3, 3, 2, 1, 0]


def test_while_paused_the_figure_says_so() -> None:
    open_pause = clock(THREE_DAYS, Pause(at("2026-11-25T09:00")))
    assert remaining(open_pause, JAKARTA, at("2027-01-04T09:00")) == Remaining(
        2, Unit.WORKING_DAYS, paused=True
    )
    assert remaining(open_pause, JAKARTA, at("2026-11-24T09:00")) == Remaining(
        3, Unit.WORKING_DAYS, paused=False
    )


def test_calendar_days_remaining_end_at_24_00() -> None:
    days = clock(Amount(2, Unit.CALENDAR_DAYS))
    moments = ("2026-11-24T23:59", "2026-11-25T00:00", "2026-11-25T23:59", "2026-11-26T00:00")
    assert [left(days, moment) for moment in moments] == [2, 1, 1, 0]


def test_a_clock_of_the_reporter_has_its_last_day_until_midnight() -> None:
    days = clock(Amount(1, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT))
    assert [left(days, moment) for moment in ("2026-11-24T20:00", "2026-11-25T00:00")] == [1, 0]


def test_working_time_left_runs_only_inside_the_windows() -> None:
    hours = clock(Amount(8, Unit.WORKING_HOURS))
    moments = (
        "2026-11-23T10:30",
        "2026-11-23T12:30",
        "2026-11-23T20:00",
        "2026-11-24T10:45",
        "2026-11-24T11:00",
    )
    assert [left(hours, moment) for moment in moments] == [Decimal("7.5"), 6, 3, Decimal("0.25"), 0]


def test_elapsed_time_left_is_frozen_in_a_pause() -> None:
    minutes = clock(Amount(90, Unit.MINUTES), Pause(at("2026-11-23T10:30"), at("2026-11-23T12:00")))
    moments = ("2026-11-23T10:30", "2026-11-23T11:59", "2026-11-23T12:30", "2026-11-23T13:00")
    assert [left(minutes, moment) for moment in moments] == [60, 60, 30, 0]


def test_one_day_is_left_until_a_held_end() -> None:
    held = clock(Amount(1, Unit.WORKING_DAYS), Pause(at("2026-11-24T09:00"), at("2026-11-25T09:00")), least=1)
    assert [
        left(held, moment) for moment in ("2026-11-25T17:00", "2026-11-26T15:59", "2026-11-26T16:00")
    ] == [1, 1, 0]


def test_a_held_count_of_time_shows_the_time_until_it_is_due() -> None:
    held = clock(Amount(1, Unit.HOURS), Pause(at("2026-11-23T10:30"), at("2026-11-23T11:00")), least=1)
    assert left(held, "2026-11-24T14:30") == Decimal("1.5")


def test_nothing_is_overdue_up_to_and_at_due() -> None:
    assert late(clock(THREE_DAYS), "2026-11-26T16:00") is None
    assert late(clock(THREE_DAYS), "2026-11-23T16:00") is None


@pytest.mark.parametrize(
    ("moment", "value"),
    [
        ("2026-11-26T16:01", 1),
        ("2026-11-27T11:30", 1),
        ("2026-11-27T11:31", 2),
        ("2026-11-29T10:00", 2),
        ("2026-12-01T09:00", 3),
    ],
)
def test_overdue_is_a_positive_count_of_working_days(moment: str, value: int) -> None:
    assert late(clock(THREE_DAYS), moment) == value


def test_overdue_in_other_units() -> None:
    assert late(clock(Amount(1, Unit.CALENDAR_DAYS)), "2026-11-26T09:00") == 2
    assert late(clock(Amount(2, Unit.HOURS)), "2026-11-23T13:30") == Decimal("1.5")
    assert late(clock(Amount(1, Unit.WORKING_HOURS)), "2026-11-24T09:00") == 5


def test_the_elapsed_time_of_being_overdue_is_always_positive() -> None:
    figure = overdue(clock(Amount(5, Unit.WORKING_HOURS)), JAKARTA, at("2026-11-23T20:00"))
    assert figure is not None
    assert (figure.value, figure.elapsed_for) == (0, timedelta(hours=4))
