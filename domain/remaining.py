"""What is left of a clock at an instant, and how long it is overdue."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.calendar import WorkCalendar
from domain.counting import Course, end_of, time_counted
from domain.derivation import Derivation
from domain.duration import Amount, Unit, in_unit
from domain.instant import civil_day, to_utc
from domain.pause import Pauses, merge_pauses


@dataclass(frozen=True)
class Remaining:
    """What is left, in the clock's unit: closings still to come, or time; frozen while `paused`."""

    value: Decimal | int
    unit: Unit
    paused: bool


@dataclass(frozen=True)
class Overdue:
    """How late it is, in the clock's unit, and as elapsed time (always positive)."""

    value: Decimal | int
    unit: Unit
    elapsed_for: timedelta


def remaining(derivation: Derivation, calendar: WorkCalendar, at: datetime) -> Remaining:
    """What is left at an instant: 1 on the last day, 0 from the due instant on.

    `calendar` is the one of the derivation. Raises: NaiveInstantError. Source: CLOCKS, Units.
    """
    at, unit = to_utc(at), derivation.amount.unit
    paused = any(pause.covers(at) for pause in derivation.pauses)
    if derivation.due_at is not None and at >= to_utc(derivation.due_at):
        return Remaining(0, unit, paused=False)
    if unit.counts_days:
        return Remaining(_days_left(derivation, calendar, at), unit, paused)
    return Remaining(in_unit(_time_left(derivation, calendar, at), unit), unit, paused)


def overdue(derivation: Derivation, calendar: WorkCalendar, at: datetime) -> Overdue | None:
    """How late it is at an instant, or None: in time up to and at due, and while due is unknown.

    Days: 1 until the end of the first day after due, then 2, and so on.
    Raises: NaiveInstantError, NoWorkingDayError. Source: CLOCKS, General 4 and Units.
    """
    if derivation.due_at is None or to_utc(at) <= to_utc(derivation.due_at):
        return None
    at, due_at, unit = to_utc(at), to_utc(derivation.due_at), derivation.amount.unit
    if unit.counts_days:
        value: Decimal | int = 1 + _ends_between(derivation, calendar, due_at, at)
    else:
        value = in_unit(time_counted(Course(calendar, due_at, Pauses()), derivation.amount, at), unit)
    return Overdue(value, unit, at - due_at)


def _days_left(derivation: Derivation, calendar: WorkCalendar, at: datetime) -> int:
    """The amount less the days whose end has come; the last day's end is due itself."""
    today = civil_day(at, calendar.tz)
    days = derivation.days if derivation.due_at is None else derivation.days[:-1]
    gone = sum(1 for day in days if day.counts and _has_ended(day.on, today, derivation, calendar, at))
    return derivation.amount.days - gone


def _has_ended(on: date, today: date, derivation: Derivation, calendar: WorkCalendar, at: datetime) -> bool:
    if on != today:
        return on < today
    return end_of(on, calendar, derivation.amount) <= at


def _time_left(derivation: Derivation, calendar: WorkCalendar, at: datetime) -> timedelta:
    """The time still to be counted; when only a minimum holds the end back, the time until due."""
    start_at = to_utc(derivation.start_at)
    course = Course(calendar, start_at, merge_pauses(derivation.pauses, start_at))
    if derivation.moves:
        return _time_left_after_moves(derivation, course, at)
    counted_for = time_counted(course, derivation.amount, at)
    left = derivation.amount.time_for - counted_for
    if left > timedelta() or derivation.due_at is None:
        return max(left, timedelta())
    return time_counted(course, derivation.amount, to_utc(derivation.due_at)) - counted_for


def _time_left_after_moves(derivation: Derivation, course: Course, at: datetime) -> timedelta:
    """What nobody has counted up to due or the open pause, and what the newest calendar counts until then."""
    counted_for = sum((day.counted_for or timedelta() for day in derivation.days), timedelta())
    until = course.pauses.open_at if derivation.due_at is None else to_utc(derivation.due_at)
    amount = derivation.amount
    to_come = timedelta() if until is None else _between(course, amount, at, until)
    return amount.time_for - counted_for + to_come


def _between(course: Course, amount: Amount, at: datetime, until: datetime) -> timedelta:
    """The time that a course counts from one UTC instant to another."""
    return max(time_counted(course, amount, until) - time_counted(course, amount, at), timedelta())


def _ends_between(derivation: Derivation, calendar: WorkCalendar, due_at: datetime, at: datetime) -> int:
    """The ends of days strictly between two UTC instants; for calendar days those of free days too."""
    working = derivation.amount.unit is Unit.WORKING_DAYS
    on, today = civil_day(due_at, calendar.tz), civil_day(at, calendar.tz)
    ends = 0
    while on <= today:
        if not working or calendar.is_working(on):
            ends += due_at < end_of(on, calendar, derivation.amount) < at
        on += timedelta(days=1)
    return ends
