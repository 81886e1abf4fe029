"""CLOCKS, Units: working hours, hours and minutes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.duration import Amount, Pause, Unit

OFFICE = parse_weekly("mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30")
JAKARTA = WorkCalendar(
    "kota", 1, "Asia/Jakarta", OFFICE, (Holiday(date(2026, 12, 24), "Cuti bersama Natal"),)
)
BERLIN = WorkCalendar("berlin", 1, "Europe/Berlin", parse_weekly("mon-fri 08:00-16:00; sun 00:00-04:00"))


def at(text: str, offset: str = "+07:00") -> datetime:
    return datetime.fromisoformat(text + offset)


def pause(begin: str, end: str) -> Pause:
    return Pause(at(begin), at(end))


def working(hours: str, *pauses: Pause, start: str = "2026-11-23T10:00") -> datetime | None:
    return derive(JAKARTA, at(start), Amount(Decimal(hours), Unit.WORKING_HOURS), pauses).due_at


def berlin(start: datetime, amount: int, unit: Unit) -> str:
    due_at = derive(BERLIN, start, Amount(amount, unit)).due_at
    assert due_at is not None
    return due_at.isoformat(timespec="minutes")


def test_working_hours_count_inside_the_windows() -> None:
    assert working("1") == at("2026-11-23T11:00")
    assert working("4.5") == at("2026-11-23T15:30")


def test_a_start_outside_the_windows_counts_from_the_next_opening() -> None:
    assert working("1", start="2026-11-21T10:00") == at("2026-11-23T09:00")
    assert working("1", start="2026-11-23T12:30") == at("2026-11-23T14:00")
    assert working("1", start="2026-11-23T05:00") == at("2026-11-23T09:00")


def test_a_start_at_closing_counts_from_the_next_opening() -> None:
    assert working("1", start="2026-11-23T16:00") == at("2026-11-24T09:00")


def test_lunch_and_free_days_cost_nothing() -> None:
    assert working("6", start="2026-12-23T14:00") == at("2026-12-28T08:30")


def test_the_end_is_at_closing_never_at_the_next_opening() -> None:
    assert working("5") == at("2026-11-23T16:00")
    assert working("2") == at("2026-11-23T12:00")
    assert working("3.5", start="2026-11-27T08:00") == at("2026-11-27T11:30")


def test_a_pause_inside_the_windows_costs_its_working_time() -> None:
    assert working("2", pause("2026-11-23T11:00", "2026-11-23T14:00")) == at("2026-11-23T15:00")


def test_a_pause_in_lunch_at_night_or_on_a_free_day_costs_nothing() -> None:
    quiet = (
        pause("2026-11-23T12:00", "2026-11-23T13:00"),
        pause("2026-11-23T16:00", "2026-11-24T08:00"),
        pause("2026-11-27T11:30", "2026-11-30T08:00"),
    )
    assert working("40", *quiet) == working("40")


def test_a_pause_that_begins_at_the_end_does_not_move_it() -> None:
    assert working("2", pause("2026-11-23T12:00", "2026-12-01T09:00")) == at("2026-11-23T12:00")


def test_a_start_in_a_pause_counts_from_the_resume() -> None:
    assert working("1", pause("2026-11-23T09:00", "2026-11-23T13:30")) == at("2026-11-23T14:30")


def test_working_time_over_a_change_of_the_clock_is_elapsed_time() -> None:
    spring = datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN.tz)
    assert berlin(spring, 3, Unit.WORKING_HOURS) == "2026-03-29T04:00+02:00"
    fall = datetime(2026, 10, 25, 0, 0, tzinfo=BERLIN.tz)
    assert berlin(fall, 5, Unit.WORKING_HOURS) == "2026-10-25T04:00+01:00"


def test_windows_around_a_repeated_hour_never_count_twice() -> None:
    twice = WorkCalendar("x", 1, "Europe/Berlin", parse_weekly("sun 02:00-02:20,02:40-02:50,04:00-10:00"))
    derived = derive(twice, datetime(2026, 10, 24, 23, tzinfo=UTC), Amount(Decimal(2), Unit.WORKING_HOURS))
    assert derived.due_at is not None
    assert derived.due_at.astimezone(UTC) == at("2026-10-25T03:10", "+00:00")


def test_24_hours_over_a_spring_gap_end_an_hour_later_by_the_local_clock() -> None:
    assert berlin(datetime(2026, 3, 28, 12, tzinfo=BERLIN.tz), 24, Unit.HOURS) == "2026-03-29T13:00+02:00"
    assert berlin(datetime(2026, 10, 24, 12, tzinfo=BERLIN.tz), 24, Unit.HOURS) == "2026-10-25T11:00+01:00"


def test_minutes_are_elapsed_time_day_and_night() -> None:
    derived = derive(JAKARTA, at("2026-11-21T23:30"), Amount(90, Unit.MINUTES))
    assert derived.due_at == at("2026-11-22T01:00")


def test_hours_are_elapsed_time_less_pauses() -> None:
    pauses = [pause("2026-11-21T12:00", "2026-11-22T12:00"), pause("2026-11-22T11:00", "2026-11-22T12:30")]
    derived = derive(JAKARTA, at("2026-11-21T10:00"), Amount(Decimal("2.5"), Unit.HOURS), pauses)
    assert derived.due_at == at("2026-11-22T13:00")


def test_the_ambiguous_hour_of_a_start_is_the_one_of_its_offset() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN.tz)
    second = first.replace(fold=1)
    due_first = derive(BERLIN, first, Amount(1, Unit.HOURS)).due_at
    due_second = derive(BERLIN, second, Amount(1, Unit.HOURS)).due_at
    assert due_first is not None and due_second is not None
    assert due_first.astimezone(UTC) == second.astimezone(UTC)
    assert due_second.astimezone(UTC) - due_first.astimezone(UTC) == timedelta(hours=1)
