"""Openings: when messages may go out, and when a warning is due."""

from datetime import datetime, timedelta

from domain.calendar import NoWorkingDayError, WorkCalendar
from domain.instant import civil_day, last_day_before, to_utc

__all__ = ["NoWorkingDayError", "WarningDistanceError", "open_moment", "opening_after", "warning_at"]


class WarningDistanceError(ValueError):
    """A warning needs a whole number of working days before the due day, at least 1."""


def opening_after(calendar: WorkCalendar, at: datetime) -> datetime:
    """The next opening at or after an instant, in the calendar's zone; the end of lunch is an opening too.

    Raises: NaiveInstantError, NoWorkingDayError.
    """
    at = to_utc(at)
    for on in calendar.working_days_after(civil_day(at, calendar.tz) - timedelta(days=1)):
        for opens, _ in calendar.spans_on(on):
            if opens >= at:
                return opens.astimezone(calendar.tz)
    raise NoWorkingDayError(f"calendar {calendar.id} has no opening after {at}")


def open_moment(calendar: WorkCalendar, at: datetime) -> datetime:
    """The instant itself while the office is open, else the next opening: when a message may go out.

    In the calendar's zone. Raises: NaiveInstantError, NoWorkingDayError.
    Source: CLOCKS, Warnings, expiry, escalation.
    """
    utc = to_utc(at)
    spans = calendar.spans_on(civil_day(utc, calendar.tz))
    if any(opens <= utc < closes for opens, closes in spans):
        return utc.astimezone(calendar.tz)
    return opening_after(calendar, utc)


def warning_at(
    calendar: WorkCalendar,
    due_at: datetime | None,
    start_at: datetime,
    working_days_before: int,
    *,
    now: datetime | None = None,
) -> datetime | None:
    """The opening of the Nth working day before the due day, in the calendar's zone.

    None when that is at or before the start, or already past at `now`, or while due is unknown. The
    due day of a due at 00:00 is the day that ends then.
    Raises: WarningDistanceError, NaiveInstantError, NoWorkingDayError.
    Source: CLOCKS, Warnings, expiry, escalation.
    """
    if isinstance(working_days_before, bool) or working_days_before < 1:
        raise WarningDistanceError(f"{working_days_before} working days before the due day: use 1 or more")
    if due_at is None:
        return None
    due_on = last_day_before(due_at, calendar.tz)
    opens = calendar.opening_of(calendar.nth_working_day_after(due_on, -working_days_before))
    if to_utc(opens) <= to_utc(start_at) or (now is not None and to_utc(opens) < to_utc(now)):
        return None
    return opens
