"""Counting along several calendars: a case that moves between units while its clock runs.

Each civil date is judged by the calendar of the unit that holds the case in the last moment before that
calendar's end of the date (its closing; 24:00 of a free or of a calendar day), and counts at most once. Like
a pause, a move at the closing itself costs nothing. A date at none of whose ends the case lay with the unit
that would judge it does not count: no office had it until the end of its day, so nobody is charged with it.
Time counts inside the windows of whoever holds the case at that moment.
Source: CLOCKS, "Which clock does what".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.calendar import Span, WorkCalendar
from domain.counting import Count, Course, end_of, idle_for, take, why_not
from domain.derivation import Day, MovedFrom
from domain.duration import Amount, Unit
from domain.instant import civil_day, day_begins, day_ends, to_utc

MOVED = "moved"
_ONE_DAY = timedelta(days=1)
_BY_CALENDAR = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WORKING_HOURS)


@dataclass(frozen=True)
class Earlier:
    """A calendar that counted before the newest one, and the instant at which it stopped."""

    calendar: WorkCalendar
    until_at: datetime


@dataclass(frozen=True)
class Holding:
    """A stretch of a clock under one calendar, `[from_at, until_at)` in UTC; the newest has no end."""

    course: Course
    from_at: datetime
    until_at: datetime | None

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar that counts in this stretch."""
        return self.course.calendar

    def ends_with(self, at: datetime) -> bool:
        """Whether the last moment before a UTC instant lies in this stretch."""
        return self.from_at < at and (self.until_at is None or at <= self.until_at)

    def touches(self, on: date) -> bool:
        """Whether any moment of a civil day lies in this stretch."""
        begin, end = day_begins(on, self.calendar.tz), day_ends(on, self.calendar.tz)
        return self.from_at < end and (self.until_at is None or begin < self.until_at)

    def days(self) -> Iterator[date]:
        """The civil days of this stretch in its own zone, up to the one in which an open pause begins."""
        on = civil_day(self.from_at, self.calendar.tz)
        stops = [at for at in (self.until_at, self.course.pauses.open_at) if at is not None]
        while all(day_begins(on, self.calendar.tz) <= at for at in stops):
            yield on
            on += _ONE_DAY

    def spans_on(self, on: date) -> tuple[Span, ...]:
        """The open stretches of a civil day that lie in this stretch."""
        clipped = (
            (max(opens, self.from_at), closes if self.until_at is None else min(closes, self.until_at))
            for opens, closes in self.calendar.spans_on(on)
        )
        return tuple(span for span in clipped if span[0] < span[1])


def holdings_of(course: Course, earlier: Iterable[Earlier], amount: Amount) -> tuple[Holding, ...]:
    """The stretches of a course, in order; one alone if every calendar is the newest one.

    Elapsed time (hours, minutes) is nobody's calendar's. Who held nothing since the start is left out.
    """
    each = [(one.calendar, to_utc(one.until_at)) for one in earlier if amount.unit in _BY_CALENDAR]
    found: list[Holding] = []
    from_at = course.start_at
    for calendar, until_at in [*each, (course.calendar, None)]:
        if until_at is not None and until_at <= from_at:
            continue
        if found and _same(found[-1].calendar, calendar):
            from_at = found.pop().from_at
        found.append(Holding(replace(course, calendar=calendar), from_at, until_at))
        from_at = until_at or from_at
    return tuple(found)


def _same(one: WorkCalendar, other: WorkCalendar) -> bool:
    return (one.id, one.version) == (other.id, other.version)


def moves_of(holdings: tuple[Holding, ...]) -> tuple[MovedFrom, ...]:
    """What a derivation records of the earlier calendars, in the newest one's zone."""
    zone = holdings[-1].calendar.tz
    return tuple(
        MovedFrom(one.calendar.id, one.calendar.version, one.until_at.astimezone(zone))
        for one in holdings
        if one.until_at is not None
    )


def count_along(holdings: tuple[Holding, ...], amount: Amount) -> Count:
    """The count of an amount along the stretches; the first one's zone decides the start's civil day.

    Raises: NoWorkingDayError when 400 days in a row are free.
    """
    return _count_days(holdings, amount) if amount.unit.counts_days else _count_time(holdings, amount)


def _count_days(holdings: tuple[Holding, ...], amount: Amount) -> Count:
    listed = _Listed(holdings, amount)
    left, idle = amount.days, 0
    for holding, on in listed.steps():
        at = end_of(on, holding.calendar, amount)
        if not holding.ends_with(at) or listed.has_counted(on):
            continue
        reason = why_not(on, holding.course, amount, last=left == 1)
        listed.add(day := Day(on, counts=reason is None, reason=reason))
        left -= day.counts
        if left == 0:
            return Count(listed.days_that_counted(), at)
        idle = idle_for(idle, day, holding.calendar)
    return Count(listed.days(), None)


def _count_time(holdings: tuple[Holding, ...], amount: Amount) -> Count:
    listed = _Listed(holdings, amount)
    left, cursor, idle = amount.time_for, holdings[0].from_at, 0
    for holding, on in listed.steps():
        spans = holding.spans_on(on)
        taken, cursor = take(spans, holding.course.pauses, cursor, left)
        day = Day(on, counts=bool(taken), reason=None if taken else "paused", counted_for=taken)
        if spans:
            listed.add(day)
        left -= taken
        if not left:
            return Count(listed.days_that_counted(), cursor)
        idle = idle_for(idle, day if spans else day.held_back(MOVED), holding.calendar)
    return Count(listed.days(), None)


class _Listed:
    """The days of a count in the making: what was said of each date, the start's own first."""

    def __init__(self, holdings: tuple[Holding, ...], amount: Amount) -> None:
        self._holdings, self._unit = holdings, amount.unit
        self._nothing = None if amount.unit.counts_days else timedelta()
        self._start_on = self._last_on = holdings[0].course.start_on
        self._said: dict[date, Day] = {}

    def steps(self) -> Iterator[tuple[Holding, date]]:
        """The days of all stretches as time goes by; for units of days without the start's own.

        A zone further west may begin on the day before the start's: its time is the start's.
        """
        for holding in self._holdings:
            for on in holding.days():
                self._last_on = max(self._last_on, on)
                if on > self._start_on or self._unit is Unit.WORKING_HOURS:
                    yield holding, on

    def has_counted(self, on: date) -> bool:
        """Whether the date has counted already."""
        return on in self._said and self._said[on].counts

    def add(self, day: Day) -> None:
        """Takes a word on a date: that it counts outdoes that it does not; of others the first stays."""
        on = max(day.on, self._start_on)
        if on == self._start_on and not day.counts:
            return
        known = self._said.get(on)
        if known is None or (day.counts and not known.counts):
            self._said[on] = replace(day, on=on)
        elif known.counted_for and day.counted_for:
            self._said[on] = replace(known, counted_for=known.counted_for + day.counted_for)

    def days(self) -> tuple[Day, ...]:
        """Every date from the start's to the last one looked at, with what was said of it."""
        return self._until(self._last_on)

    def days_that_counted(self) -> tuple[Day, ...]:
        """The same to the last date that counted, for a count that is complete."""
        return self._until(max(on for on, day in self._said.items() if day.counts))

    def _until(self, last_on: date) -> tuple[Day, ...]:
        number = (last_on - self._start_on).days + 1
        each = (self._start_on + timedelta(days=n) for n in range(number))
        return tuple(self._said.get(on) or self._unsaid(on) for on in each)

    def _unsaid(self, on: date) -> Day:
        free = (
            one.calendar.why_free(on)
            for one in self._holdings
            if self._unit is not Unit.CALENDAR_DAYS and one.touches(on)
        )
        reason = "before_start" if on == self._start_on else next((why for why in free if why), MOVED)
        return Day(on, counts=False, reason=reason, counted_for=self._nothing)
