"""CLOCKS, Units: working days."""

from datetime import date, datetime

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.duration import Amount, Ends, Pause, Unit

CHRISTMAS = (Holiday(date(2026, 12, 24), "Cuti bersama Natal"), Holiday(date(2026, 12, 25), "Natal"))
JAKARTA = WorkCalendar(
    "nasional", 1, "Asia/Jakarta", parse_weekly("mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30"), CHRISTMAS
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def pause(begin: str, end: str) -> Pause:
    return Pause(at(begin), at(end))


def due(
    days: int, *pauses: Pause, start: str = "2026-11-23T10:00", ends: Ends = Ends.CLOSING
) -> datetime | None:
    return derive(JAKARTA, at(start), Amount(days, Unit.WORKING_DAYS, ends=ends), pauses).due_at


@pytest.mark.parametrize("hour", ["00:00", "07:59", "12:30", "16:00", "23:59:59.999999"])
def test_the_hour_of_the_start_never_matters(hour: str) -> None:
    assert due(1, start=f"2026-11-23T{hour}") == at("2026-11-24T16:00")


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-21", "2026-11-22"])
def test_a_filing_on_a_free_day_is_not_deemed_received_later(day: str) -> None:
    assert due(1, start=f"{day}T10:00") == at("2026-11-23T16:00")


def test_fourteen_working_days_go_around_weekends() -> None:
    assert due(14, start="2026-11-21T10:00") == at("2026-12-10T16:00")


def test_holidays_and_joint_leave_do_not_count() -> None:
    assert due(2, start="2026-12-22T10:00") == at("2026-12-28T16:00")


def test_each_working_day_counts_one_however_short() -> None:
    assert due(4) == at("2026-11-27T11:30")


def test_a_day_counts_when_the_clock_runs_in_the_last_moment_before_closing() -> None:
    assert due(2, pause("2026-11-24T00:00", "2026-11-24T15:59")) == due(2)


def test_a_pause_that_begins_at_closing_costs_nothing() -> None:
    assert due(2, pause("2026-11-24T16:00", "2026-11-25T08:00")) == due(2) == at("2026-11-25T16:00")


def test_a_pause_that_ends_at_closing_costs_that_day() -> None:
    assert due(2, pause("2026-11-24T15:59", "2026-11-24T16:00")) == at("2026-11-26T16:00")


def test_a_pause_over_a_weekend_costs_nothing() -> None:
    assert due(6, pause("2026-11-27T11:30", "2026-11-30T08:00")) == due(6)


def test_a_pause_over_lunch_costs_nothing() -> None:
    assert due(2, pause("2026-11-24T12:00", "2026-11-24T13:00")) == due(2)


def test_a_pause_on_the_day_of_the_start_costs_nothing() -> None:
    assert due(2, pause("2026-11-23T11:00", "2026-11-24T07:00")) == due(2)


def test_a_pause_of_three_closings_costs_three_days() -> None:
    assert due(2, pause("2026-11-24T09:00", "2026-11-27T09:00")) == at("2026-11-30T16:00")


def test_two_pauses_that_touch_at_closing_cost_that_day_once() -> None:
    touching = (pause("2026-11-24T15:00", "2026-11-24T16:00"), pause("2026-11-24T16:00", "2026-11-24T17:00"))
    assert due(2, *touching) == at("2026-11-26T16:00")


def test_a_clock_that_binds_the_reporter_ends_at_24_00_of_its_nth_working_day() -> None:
    assert due(4, ends=Ends.MIDNIGHT) == at("2026-11-28T00:00")
    derived = derive(JAKARTA, at("2026-11-23T10:00"), Amount(4, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT))
    assert derived.last_day == date(2026, 11, 27)


def test_a_clock_that_ends_at_midnight_counts_the_day_if_it_runs_then() -> None:
    assert due(1, pause("2026-11-24T15:00", "2026-11-24T20:00"), ends=Ends.MIDNIGHT) == at("2026-11-25T00:00")
    assert due(1, pause("2026-11-24T18:00", "2026-11-25T07:00"), ends=Ends.MIDNIGHT) == at("2026-11-26T00:00")


def test_due_is_the_closing_by_the_local_clock_on_both_sides_of_a_change() -> None:
    berlin = WorkCalendar("berlin", 1, "Europe/Berlin", parse_weekly("mon-fri 08:00-16:00"))
    derived = derive(berlin, at("2026-03-27T10:00"), Amount(1, Unit.WORKING_DAYS))
    assert derived.due_at is not None
    assert derived.due_at.isoformat() == "2026-03-30T16:00:00+02:00"
