"""When a clock is due, derived from a calendar, a start, an amount and pauses."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.calendar import NoWorkingDayError, WorkCalendar
from domain.counting import Course, count
from domain.derivation import Day, Derivation
from domain.duration import Amount
from domain.floor import Floor, Held, hold
from domain.instant import NaiveInstantError, civil_day, to_utc
from domain.moving import Earlier, count_along, holdings_of, moves_of
from domain.pause import Pause, ReversedPauseError, merge_pauses

__all__ = [
    "Calendars",
    "Day",
    "Derivation",
    "Earlier",
    "InstantOutOfRangeError",
    "MinimumError",
    "NaiveInstantError",
    "NoWorkingDayError",
    "Pause",
    "ReversedPauseError",
    "derive",
    "derive_along",
    "first_closing_after",
    "promise_fires_at",
]


_EVER = datetime.min.replace(tzinfo=UTC)


class InstantOutOfRangeError(ValueError):
    """The count leaves the years 1 to 9999."""


class MinimumError(ValueError):
    """`min_after_resume` is not a whole number of working days, zero or more."""


@dataclass(frozen=True)
class Calendars:
    """The calendar under which a clock runs now, and those under which it ran before, oldest first."""

    newest: WorkCalendar
    earlier: tuple[Earlier, ...] = ()


def derive(
    calendar: WorkCalendar,
    start_at: datetime,
    amount: Amount,
    pauses: Iterable[Pause] = (),
    *,
    min_after_resume: int = 0,
    not_before: datetime | None = None,
) -> Derivation:
    """The due date of a clock, with every day that counted or did not.

    `min_after_resume`: after a pause the clock ends no sooner than the closing of that many working
    days after the civil day of the resume; 0 is the plain rule. `not_before`: never due before it.
    Raises: NaiveInstantError, NoWorkingDayError, InstantOutOfRangeError, MinimumError.
    Source: CLOCKS, General, Units and "Which clock does what".
    """
    return derive_along(
        Calendars(calendar),
        start_at,
        amount,
        pauses,
        min_after_resume=min_after_resume,
        not_before=not_before,
    )


def derive_along(
    calendars: Calendars,
    start_at: datetime,
    amount: Amount,
    pauses: Iterable[Pause] = (),
    *,
    min_after_resume: int = 0,
    not_before: datetime | None = None,
) -> Derivation:
    """The same for a case that moved: each date counts under the calendar that held it, and once.

    Minimums go by the newest calendar. If all calendars are one and the same, so is the derivation.
    Raises: as `derive`. Source: CLOCKS, "Which clock does what".
    """
    if isinstance(min_after_resume, bool) or not isinstance(min_after_resume, int) or min_after_resume < 0:
        raise MinimumError(f"{min_after_resume!r} working days after a resume: use 0, 1, 2 and so on")
    floor = Floor(min_after_resume, None if not_before is None else to_utc(not_before))
    try:
        start_utc = to_utc(start_at)
        course = Course(calendars.newest, start_utc, merge_pauses(pauses, start_utc))
        holdings = holdings_of(course, calendars.earlier, amount)
        counted = count_along(holdings, amount) if len(holdings) > 1 else count(course, amount)
        held = hold(course, amount, floor, counted)
        return replace(_recorded(course, amount, floor, held), moves=moves_of(holdings))
    except OverflowError as error:
        raise InstantOutOfRangeError(f"the count from {start_at} leaves the years 1 to 9999") from error


def _recorded(course: Course, amount: Amount, floor: Floor, held: Held) -> Derivation:
    calendar, zone = course.calendar, course.calendar.tz
    return Derivation(
        amount=amount,
        calendar_id=calendar.id,
        calendar_version=calendar.version,
        zone=calendar.zone,
        start_at=course.start_at.astimezone(zone),
        pauses=tuple(pause.within(zone) for pause in course.pauses.begun_before(held.due_at).each),
        due_at=held.due_at and held.due_at.astimezone(zone),
        counted_due_at=held.complete_at and held.complete_at.astimezone(zone),
        provisional=held.due_at is not None and held.days[-1].on.year not in calendar.years_decreed,
        days=held.days,
        min_after_resume=floor.min_after_resume,
        not_before=floor.not_before and floor.not_before.astimezone(zone),
    )


def first_closing_after(calendar: WorkCalendar, at: datetime) -> datetime:
    """The closing of the first working day after the civil day of `at`, in the calendar's zone.

    A change that would make a clock due in the past is derived with this as `not_before`.
    Raises: NaiveInstantError, NoWorkingDayError. Source: CLOCKS, Changes under a live case.
    """
    return calendar.closing_of(calendar.nth_working_day_after(civil_day(to_utc(at), calendar.tz), 1))


def promise_fires_at(
    calendar: WorkCalendar, promised_at: datetime, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """When a date that a person set fires: at that date, unless it passes while paused.

    Then at the closing of the first working day after the resume; None while that pause is open. A
    pause that begins at the date does not move it. In the calendar's zone.
    Raises: NaiveInstantError, NoWorkingDayError. Source: CLOCKS, Changes under a live case.
    """
    fires_at = to_utc(promised_at)
    for pause in merge_pauses(pauses, _EVER).each:
        if pause.start_at < fires_at and pause.end_at is None:
            return None
        if pause.end_at is not None and pause.start_at < fires_at <= pause.end_at:
            fires_at = to_utc(first_closing_after(calendar, pause.end_at))
    return fires_at.astimezone(calendar.tz)
