"""Counting from a start to the end of an amount, day by day, in one calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import MAX_FREE_DAYS, NoWorkingDayError, Span, WorkCalendar
from domain.derivation import Day
from domain.duration import Amount, Ends, Unit
from domain.instant import civil_day, day_begins, day_ends
from domain.pause import Pauses

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """The days of a count, and the UTC instant at which it was complete (None: an open pause came first)."""

    days: tuple[Day, ...]
    complete_at: datetime | None


@dataclass(frozen=True)
class Course:
    """What a count needs: the calendar, the start in UTC, and the pauses from the start on."""

    calendar: WorkCalendar
    start_at: datetime
    pauses: Pauses

    @property
    def start_on(self) -> date:
        """The civil day of the start: it alone decides for units of days."""
        return civil_day(self.start_at, self.calendar.tz)

    def days(self) -> Iterator[date]:
        """The civil days from the start's own, up to and with the one in which an open pause begins."""
        on, open_at = self.start_on, self.pauses.open_at
        while open_at is None or day_begins(on, self.calendar.tz) <= open_at:
            yield on
            on += _ONE_DAY


def count(course: Course, amount: Amount) -> Count:
    """The count of the amount along the course, without any minimum.

    Raises: NoWorkingDayError when 400 days in a row are free.
    """
    return _count_days(course, amount) if amount.unit.counts_days else _count_time(course, amount)


def end_of(on: date, calendar: WorkCalendar, amount: Amount) -> datetime:
    """The UTC instant at which day `on` counts: closing; or 24:00 for calendar days and reporters' clocks."""
    if amount.unit is not Unit.CALENDAR_DAYS and amount.ends is Ends.CLOSING:
        spans = calendar.spans_on(on)
        if spans:
            return spans[-1][1]
    return day_ends(on, calendar.tz)


def _count_days(course: Course, amount: Amount) -> Count:
    days: list[Day] = []
    left = amount.days
    idle = 0
    for on in course.days():
        reason = "before_start" if on == course.start_on else why_not(on, course, amount, last=left == 1)
        days.append(Day(on, counts=reason is None, reason=reason))
        left -= reason is None
        if left == 0:
            return Count(tuple(days), end_of(on, course.calendar, amount))
        idle = idle_for(idle, days[-1], course.calendar)
    return Count(tuple(days), None)


def why_not(on: date, course: Course, amount: Amount, *, last: bool) -> str | None:
    """None for a day that counts. A calendar day may be free, unless it is the last and rolls forward."""
    if amount.unit is Unit.WORKING_DAYS or (last and amount.roll_forward):
        reason = course.calendar.why_free(on)
        if reason is not None:
            return reason
    return "paused" if course.pauses.stand_still_before(end_of(on, course.calendar, amount)) else None


def idle_for(idle: int, day: Day, calendar: WorkCalendar) -> int:
    """The number of free days in a row, `day` included. Raises: NoWorkingDayError at 400."""
    if day.reason in (None, "before_start", "paused"):
        return 0
    if idle + 1 >= MAX_FREE_DAYS:
        raise NoWorkingDayError(f"calendar {calendar.id} has no working day within 400 days before {day.on}")
    return idle + 1


def _count_time(course: Course, amount: Amount) -> Count:
    days: list[Day] = []
    left, cursor = amount.time_for, course.start_at
    idle = 0
    for on in course.days():
        spans = _spans(on, course.calendar, amount.unit)
        counted_for, cursor = take(spans, course.pauses, cursor, left)
        days.append(_time_day(on, course, amount.unit, counted_for))
        left -= counted_for
        if not left:
            return Count(tuple(days), cursor)
        idle = idle_for(idle, days[-1], course.calendar)
    return Count(tuple(days), None)


def take(
    spans: tuple[Span, ...], pauses: Pauses, cursor: datetime, left: timedelta
) -> tuple[timedelta, datetime]:
    """The time taken from the spans after the cursor, at most `left`, and the cursor after it."""
    taken = timedelta()
    for opens, closes in spans:
        for begin, end in pauses.running(max(opens, cursor), closes):
            cursor = min(end, begin + (left - taken))
            taken += cursor - begin
            if taken == left:
                return taken, cursor
    return taken, cursor


def _spans(on: date, calendar: WorkCalendar, unit: Unit) -> tuple[Span, ...]:
    if unit is Unit.WORKING_HOURS:
        return calendar.spans_on(on)
    return ((day_begins(on, calendar.tz), day_ends(on, calendar.tz)),)


def _time_day(on: date, course: Course, unit: Unit, counted_for: timedelta) -> Day:
    if counted_for:
        return Day(on, counts=True, counted_for=counted_for)
    if on == course.start_on:
        return Day(on, counts=False, reason="before_start", counted_for=counted_for)
    free = course.calendar.why_free(on) if unit is Unit.WORKING_HOURS else None
    return Day(on, counts=False, reason=free or "paused", counted_for=counted_for)


def time_counted(course: Course, amount: Amount, until: datetime) -> timedelta:
    """The time that the course has counted up to a UTC instant, for units of time."""
    counted_for, cursor, most = timedelta(), course.start_at, until - course.start_at
    for on in course.days():
        if day_begins(on, course.calendar.tz) >= until:
            break
        spans = _spans(on, course.calendar, amount.unit)
        spans = tuple((opens, min(closes, until)) for opens, closes in spans)
        taken, cursor = take(spans, course.pauses, cursor, most)
        counted_for += taken
    return counted_for
