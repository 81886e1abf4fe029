"""When a message to staff may go out. Only messages wait; what happened to the case never does."""

from datetime import datetime, timedelta

from domain.calendar import WorkCalendar
from domain.instant import civil_day, to_utc, wall_instant
from domain.opening import open_moment

__all__ = ["DIGEST_MINUTES", "URGENT_LEVEL", "send_at"]

DIGEST_MINUTES = (8 * 60, 13 * 60)
"""08:00 and 13:00, in minutes since midnight."""
URGENT_LEVEL = 4
"""The rung of the ladder from which on no message waits for a digest."""
_MINUTE = timedelta(minutes=1)


def send_at(calendar: WorkCalendar, at: datetime, *, digested: bool, demo: bool = False) -> datetime:
    """The UTC instant from which on a message of `at` may go to somebody who works by that calendar.

    A digested one goes at the next 08:00 or 13:00 of a working day, any other while the office is open. In a
    demo digests go every minute and nothing waits for an opening.
    Raises: NaiveInstantError, NoWorkingDayError.
    Source: ARCHITECTURE, "Deliveries"; CLOCKS, "Warnings, expiry, escalation".
    """
    at = to_utc(at)
    if demo:
        return _full_minute(at) if digested else at
    return _digest_after(calendar, at) if digested else to_utc(open_moment(calendar, at))


def _digest_after(calendar: WorkCalendar, at: datetime) -> datetime:
    """The first digest at or after an instant."""
    days = calendar.working_days_after(civil_day(at, calendar.tz) - timedelta(days=1))
    slots = (wall_instant(on, minute, calendar.tz) for on in days for minute in DIGEST_MINUTES)
    return next(slot for slot in slots if slot >= at)


def _full_minute(at: datetime) -> datetime:
    """The next full minute; an instant that is one stays."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + _MINUTE
