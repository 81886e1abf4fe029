"""Instants and civil days: from a wall clock in a zone to UTC, and back to the civil day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 24 * 60
_ONE_SECOND = timedelta(seconds=1)
_ONE_MICROSECOND = timedelta(microseconds=1)


class NaiveInstantError(ValueError):
    """An instant came without an offset, so nobody can say when it was."""


class FutureStartError(ValueError):
    """A clock was said to start later than the moment at which it was recorded."""


def to_utc(at: datetime) -> datetime:
    """The same instant in UTC, where differences are elapsed time.

    Raises: NaiveInstantError when `at` carries no offset.
    """
    if at.utcoffset() is None:
        raise NaiveInstantError(f"{at.isoformat()} carries no offset; write it with one, such as +07:00")
    return at.astimezone(UTC)


def ensure_started(start_at: datetime, recorded_at: datetime) -> None:
    """Nothing, when a clock that starts at `start_at` may be recorded at `recorded_at`.

    Raises: FutureStartError, NaiveInstantError.
    Source: CLOCKS, General 5.
    """
    if to_utc(start_at) > to_utc(recorded_at):
        raise FutureStartError(f"start {start_at.isoformat()} is later than {recorded_at.isoformat()}")


@lru_cache(maxsize=8192)
def wall_instant(on: date, minute: int, zone: ZoneInfo, *, closing: bool = False) -> datetime:
    """The UTC instant at which the clocks of `zone` show `minute` (0 to 1440, since midnight) of day `on`.

    A time that the zone skips is the moment of the change. A time that occurs twice is its first
    occurrence, or with `closing` its second.
    """
    wall = datetime.combine(on, time(), tzinfo=zone) + timedelta(minutes=minute)
    first = wall.replace(fold=0).astimezone(UTC)
    second = wall.replace(fold=1).astimezone(UTC)
    if first > second:
        return _moment_of_change(second, first, zone)
    return second if closing else first


def _moment_of_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second in (before, after] that has the later offset."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _ONE_SECOND:
        middle = before + timedelta(seconds=(after - before) // _ONE_SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after


def day_begins(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which civil day `on` begins in `zone`."""
    return wall_instant(on, 0, zone)


def day_ends(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant of 24:00 of civil day `on` in `zone`: the beginning of the next day."""
    return wall_instant(on, MINUTES_PER_DAY, zone)


def civil_day(at: datetime, zone: ZoneInfo) -> date:
    """The civil day in `zone` to which the instant belongs."""
    return at.astimezone(zone).date()


def last_day_before(at: datetime, zone: ZoneInfo) -> date:
    """The civil day that people see as the last one before `at`: 00:00 is 24:00 of the day before."""
    return civil_day(to_utc(at) - _ONE_MICROSECOND, zone)
