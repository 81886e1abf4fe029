"""CLOCKS, Units: calendar days."""

from datetime import date, datetime

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.derivation import Derivation
from domain.duration import Amount, Pause, Unit

JAKARTA = WorkCalendar(
    "nasional",
    1,
    "Asia/Jakarta",
    parse_weekly("mon-fri 08:00-16:00"),
    (Holiday(date(2026, 11, 30), "Libur"),),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def pause(begin: str, end: str) -> Pause:
    return Pause(at(begin), at(end))


def derived(days: int, *pauses: Pause, start: str = "2026-11-23T10:00", roll: bool = False) -> Derivation:
    return derive(JAKARTA, at(start), Amount(days, Unit.CALENDAR_DAYS, roll_forward=roll), pauses)


def test_the_end_of_a_civil_day_is_written_00_00_of_the_next_and_people_see_the_last_day() -> None:
    three = derived(3)
    assert three.due_at == at("2026-11-27T00:00")
    assert three.last_day == date(2026, 11, 26)


def test_the_hour_of_the_start_does_not_matter() -> None:
    assert derived(3, start="2026-11-23T00:00").due_at == derived(3, start="2026-11-23T23:59").due_at


def test_free_days_count() -> None:
    assert derived(30).due_at == at("2026-12-24T00:00")


def test_a_civil_day_at_whose_end_the_clock_is_paused_does_not_count() -> None:
    assert derived(3, pause("2026-11-24T23:59", "2026-11-25T00:01")).last_day == date(2026, 11, 27)


def test_a_pause_within_a_civil_day_costs_nothing() -> None:
    assert derived(3, pause("2026-11-24T00:00", "2026-11-24T23:59")).due_at == derived(3).due_at


def test_a_pause_that_ends_at_24_00_costs_that_day_and_one_that_begins_then_costs_nothing() -> None:
    assert derived(3, pause("2026-11-24T12:00", "2026-11-25T00:00")).last_day == date(2026, 11, 27)
    assert derived(3, pause("2026-11-25T00:00", "2026-11-25T12:00")).last_day == date(2026, 11, 26)
    assert derived(3, pause("2026-11-27T00:00", "2026-11-29T12:00")).last_day == date(2026, 11, 26)


def test_roll_forward_moves_an_end_on_a_free_day_to_the_end_of_the_next_working_day() -> None:
    saturday = derived(5, roll=True)
    assert derived(5).last_day == date(2026, 11, 28)
    assert saturday.last_day == date(2026, 12, 1)
    assert saturday.due_at == at("2026-12-02T00:00")


def test_roll_forward_leaves_an_end_on_a_working_day() -> None:
    assert derived(4, roll=True).due_at == derived(4).due_at


def test_roll_forward_passes_over_a_day_at_whose_end_the_clock_is_paused() -> None:
    rolled = derived(5, pause("2026-12-01T20:00", "2026-12-02T09:00"), roll=True)
    assert rolled.last_day == date(2026, 12, 2)


def test_civil_days_are_those_of_the_zone_when_its_clock_changes() -> None:
    cairo = WorkCalendar("kairo", 1, "Africa/Cairo", parse_weekly("sun-thu 08:00-16:00"))
    due_at = derive(
        cairo, datetime.fromisoformat("2026-04-22T10:00+02:00"), Amount(1, Unit.CALENDAR_DAYS)
    ).due_at
    assert due_at is not None
    assert due_at.isoformat() == "2026-04-24T01:00:00+03:00"
