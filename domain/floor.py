"""What may hold the end of a clock back: a minimum after a resume, and an instant."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import WorkCalendar
from domain.counting import Count, Course, end_of
from domain.derivation import Day
from domain.duration import Amount, Unit
from domain.instant import civil_day, day_begins, day_ends, last_day_before

AFTER_RESUME = "min_after_resume"
NOT_BEFORE = "not_before"


@dataclass(frozen=True)
class Floor:
    """The working days that remain at least after a resume (0: none), and a UTC instant."""

    min_after_resume: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True)
class Held:
    """A count after its floor: when it is due (UTC), when it was complete without the floor, and its days."""

    days: tuple[Day, ...]
    due_at: datetime | None
    complete_at: datetime | None


def hold(course: Course, amount: Amount, floor: Floor, counted: Count) -> Held:
    """The count, its end moved by the floor where that is later. Raises: NoWorkingDayError."""
    if counted.complete_at is None:
        return Held(counted.days, None, None)
    due_at, reason = _held_until(course, amount, floor, counted.complete_at)
    if due_at is None or due_at == counted.complete_at:
        return Held(counted.days, due_at, counted.complete_at)
    return Held(_held_days(course, amount, counted, (due_at, reason)), due_at, counted.complete_at)


def _held_until(
    course: Course, amount: Amount, floor: Floor, complete_at: datetime
) -> tuple[datetime | None, str]:
    """The due instant and the minimum that decided; None when an open pause begins before it."""
    due_at, reason = complete_at, AFTER_RESUME
    if floor.not_before is not None and floor.not_before > due_at:
        due_at, reason = floor.not_before, NOT_BEFORE
    for pause in course.pauses.each:
        if pause.start_at >= due_at:
            break
        if pause.end_at is None:
            return None, reason
        passed_while_paused = due_at <= pause.end_at
        least = max(floor.min_after_resume, int(passed_while_paused))
        if least and (earliest := _after_resume(course.calendar, amount, pause.end_at, least)) > due_at:
            due_at, reason = earliest, AFTER_RESUME
    return due_at, reason


def _after_resume(calendar: WorkCalendar, amount: Amount, resume_at: datetime, working_days: int) -> datetime:
    """The closing of the nth working day after the civil day of a resume, in UTC."""
    on = calendar.nth_working_day_after(civil_day(resume_at, calendar.tz), working_days)
    if amount.unit is Unit.WORKING_DAYS:
        return end_of(on, calendar, amount)
    return calendar.spans_on(on)[-1][1]


def _held_days(
    course: Course, amount: Amount, counted: Count, until: tuple[datetime, str]
) -> tuple[Day, ...]:
    """The days up to the later end; the last count moves to the last day: the sum stays the amount."""
    due_at, reason = until
    last_on = last_day_before(due_at, course.calendar.tz)
    end_on = counted.days[-1].on
    if last_on <= end_on:
        return counted.days
    if not amount.unit.counts_days:
        added = (_held_day(on, course, reason, timedelta()) for on in _days(end_on, last_on, first=1))
        return (*counted.days, *added)
    moved = (_held_day(on, course, reason) for on in _days(end_on, last_on)[:-1])
    return (*counted.days[:-1], *moved, Day(last_on, counts=True))


def _held_day(on: date, course: Course, reason: str, counted_for: timedelta | None = None) -> Day:
    zone = course.calendar.tz
    paused = course.pauses.touch(day_begins(on, zone), day_ends(on, zone))
    why = course.calendar.why_free(on) or ("paused" if paused else reason)
    return Day(on, counts=False, reason=why, counted_for=counted_for)


def _days(begin: date, end: date, *, first: int = 0) -> list[date]:
    """The days from `begin` to `end`, both included, without the first few."""
    return [begin + timedelta(days=number) for number in range(first, (end - begin).days + 1)]
