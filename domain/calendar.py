"""The working calendar: which days are working days, when they open and when they close."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from domain.holiday import Holiday, HolidayKind
from domain.instant import wall_instant
from domain.window import (
    CalendarError,
    NoWindowsError,
    Week,
    Window,
    format_weekly,
    join_windows,
    parse_weekly,
)

__all__ = [
    "CalendarError",
    "Holiday",
    "HolidayKind",
    "NoWorkingDayError",
    "NotWorkingDayError",
    "Span",
    "UnknownZoneError",
    "Window",
    "WorkCalendar",
    "parse_weekly",
]

MAX_FREE_DAYS = 400
_SATURDAY = 5

Span = tuple[datetime, datetime]
"""A half-open stretch of time, both ends in UTC."""


class UnknownZoneError(CalendarError):
    """The calendar names a zone that is not in the zone database."""


class NotWorkingDayError(ValueError):
    """The opening or closing of a free day was asked for."""


class NoWorkingDayError(ValueError):
    """The calendar has no working day within 400 days. Source: CLOCKS, General 6."""


@dataclass(frozen=True)
class WorkCalendar:
    """One version of the working calendar of a unit.

    `weekly` holds seven tuples of windows, Monday first (see `parse_weekly`); `years_decreed` the
    years for which the holiday decree is loaded. Raises: CalendarError and its kinds.
    """

    id: str
    version: int
    zone: str
    weekly: Week
    holidays: tuple[Holiday, ...] = ()
    extra_working_days: frozenset[date] = frozenset()
    years_decreed: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if len(self.weekly) != 7 or not any(self.weekly):
            raise NoWindowsError("a calendar needs seven weekdays, and a window on at least one of them")
        object.__setattr__(self, "weekly", tuple(join_windows(windows) for windows in self.weekly))
        object.__setattr__(self, "holidays", tuple(self.holidays))
        object.__setattr__(self, "extra_working_days", frozenset(self.extra_working_days))
        object.__setattr__(self, "years_decreed", frozenset(self.years_decreed))
        _ = self.tz

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone itself. Raises: UnknownZoneError."""
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise UnknownZoneError(f"'{self.zone}' is not a zone such as Asia/Jakarta") from error

    @cached_property
    def _holidays_by_day(self) -> dict[date, list[Holiday]]:
        by_day: dict[date, list[Holiday]] = {}
        for holiday in self.holidays:
            by_day.setdefault(holiday.on, []).append(holiday)
        return by_day

    def holiday_name(self, on: date, language: str = "id") -> str | None:
        """The name of the day's holiday, several joined by "; ", or None."""
        holidays = self._holidays_by_day.get(on)
        if not holidays:
            return None
        return "; ".join(dict.fromkeys(holiday.name(language) for holiday in holidays))

    def windows_on(self, on: date) -> tuple[Window, ...]:
        """The windows of a civil day as written in the calendar; empty on a free day."""
        usual = self.weekly[on.weekday()]
        if on in self.extra_working_days:
            return usual or next(windows for windows in self.weekly if windows)
        return () if on in self._holidays_by_day else usual

    def spans_on(self, on: date) -> tuple[Span, ...]:
        """The open stretches of a civil day in UTC; a window that the zone skips altogether is left out."""
        spans = (
            (wall_instant(on, window.opens, self.tz), wall_instant(on, window.closes, self.tz, closing=True))
            for window in self.windows_on(on)
        )
        return tuple(span for span in spans if span[0] < span[1])

    def is_working(self, on: date) -> bool:
        """Whether the office opens at all on that day."""
        return bool(self.spans_on(on))

    def opening_of(self, on: date) -> datetime:
        """The first opening of a working day, in the calendar's zone. Raises: NotWorkingDayError."""
        return self._spans_of_working_day(on)[0][0].astimezone(self.tz)

    def closing_of(self, on: date) -> datetime:
        """The end of the last window of a working day, in the calendar's zone. Raises: NotWorkingDayError."""
        return self._spans_of_working_day(on)[-1][1].astimezone(self.tz)

    def _spans_of_working_day(self, on: date) -> tuple[Span, ...]:
        spans = self.spans_on(on)
        if not spans:
            raise NotWorkingDayError(f"{on.isoformat()} is not a working day of calendar {self.id}")
        return spans

    def why_free(self, on: date) -> str | None:
        """None for a working day, else `weekend`, `holiday:<Indonesian name>` or `no_window`."""
        if self.is_working(on):
            return None
        if on.weekday() >= _SATURDAY and not self.weekly[on.weekday()]:
            return "weekend"
        name = self.holiday_name(on)
        return "no_window" if name is None else f"holiday:{name}"

    def working_days_after(self, on: date, *, step: int = 1) -> Iterator[date]:
        """The working days after `on`, nearest first; with `step=-1` those before it.

        Raises: NoWorkingDayError when 400 days in a row are free.
        """
        found = on
        while True:
            on += timedelta(days=step)
            if self.is_working(on):
                found = on
                yield on
            elif abs((on - found).days) >= MAX_FREE_DAYS:
                raise NoWorkingDayError(f"calendar {self.id} has no working day within 400 days of {found}")

    def nth_working_day_after(self, on: date, n: int) -> date:
        """The nth working day after `on`; a negative n counts backwards. Raises: NoWorkingDayError."""
        days = self.working_days_after(on, step=1 if n > 0 else -1)
        for _ in range(abs(n) - 1):
            next(days)
        return next(days)

    def to_json(self) -> dict[str, Any]:
        """A dict of plain values; the windows as the text that `parse_weekly` reads."""
        return {
            "id": self.id,
            "version": self.version,
            "zone": self.zone,
            "weekly": format_weekly(self.weekly),
            "holidays": [holiday.to_json() for holiday in self.holidays],
            "extra_working_days": sorted(day.isoformat() for day in self.extra_working_days),
            "years_decreed": sorted(self.years_decreed),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "WorkCalendar":
        """The calendar that `to_json` wrote. Raises: CalendarError and its kinds."""
        return cls(
            id=data["id"],
            version=data["version"],
            zone=data["zone"],
            weekly=parse_weekly(data["weekly"]),
            holidays=tuple(Holiday.from_json(holiday) for holiday in data.get("holidays", ())),
            extra_working_days=frozenset(map(date.fromisoformat, data.get("extra_working_days", ()))),
            years_decreed=frozenset(data.get("years_decreed", ())),
        )
