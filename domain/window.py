"""Opening windows of a week, and the short text in which people write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.instant import MINUTES_PER_DAY

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_GROUP = re.compile(r"([^\d]+)(\d.*)", re.DOTALL)


class CalendarError(ValueError):
    """A working calendar that cannot be used; the message says what is wrong with it."""


class WindowSyntaxError(CalendarError):
    """The text of the weekly windows cannot be read."""


class EmptyWindowError(CalendarError):
    """A window closes at the minute at which it opens."""


class ReversedWindowError(CalendarError):
    """A window closes before it opens, or would cross midnight."""


class OverlappingWindowsError(CalendarError):
    """Two windows of one weekday share time."""


class WeekdayTwiceError(CalendarError):
    """A weekday is named twice."""


class NoWindowsError(CalendarError):
    """No weekday has a window, or a weekday is named without one."""


@dataclass(frozen=True, order=True)
class Window:
    """The minutes since midnight between which an office is open, half-open: `[opens, closes)`.

    `closes` may be 1440 (24:00). Raises: EmptyWindowError, ReversedWindowError, WindowSyntaxError.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < MINUTES_PER_DAY and 0 <= self.closes <= MINUTES_PER_DAY):
            raise WindowSyntaxError(f"window {self} is outside 00:00-24:00")
        if self.opens == self.closes:
            raise EmptyWindowError(f"window {self} is empty")
        if self.closes < self.opens:
            raise ReversedWindowError(f"window {self} closes before it opens; windows do not cross midnight")

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    @classmethod
    def parse(cls, text: str) -> "Window":
        """The window written as `08:00-16:00`; `24:00` is allowed as its end."""
        match = _TIMES.fullmatch(text.strip())
        if match is None:
            raise WindowSyntaxError(f"'{text.strip()}' is not a window such as 08:00-16:00")
        return cls(_minute(match[1], match[2]), _minute(match[3], match[4]))


Week = tuple[tuple[Window, ...], ...]


def join_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows in order, touching ones joined. Raises: OverlappingWindowsError."""
    joined: list[Window] = []
    for window in sorted(windows):
        if joined and window.opens < joined[-1].closes:
            raise OverlappingWindowsError(f"windows {joined[-1]} and {window} overlap")
        if joined and window.opens == joined[-1].closes:
            window = Window(joined.pop().opens, window.closes)
        joined.append(window)
    return tuple(joined)


def parse_weekly(text: str) -> Week:
    """Seven tuples of windows, Monday first, from `mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30`.

    Groups are separated by `;`. A group names weekdays (`mon`, `mon,wed`, `mon-fri`, wrapping
    `sun-thu`), then its windows, separated by commas or blanks.
    Raises: CalendarError and its kinds.
    """
    week: dict[int, tuple[Window, ...]] = {}
    for group in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        match = _GROUP.fullmatch(group)
        if match is None:
            raise NoWindowsError(f"'{group}' names no window; write it such as mon-fri 08:00-16:00")
        windows = _parse_windows(match[2])
        for weekday in _parse_weekdays(match[1]):
            if weekday in week:
                raise WeekdayTwiceError(f"{WEEKDAYS[weekday]} is named twice")
            week[weekday] = windows
    if not week:
        raise NoWindowsError("the list of windows is empty")
    return tuple(week.get(weekday, ()) for weekday in range(7))


def format_weekly(week: Week) -> str:
    """The text that `parse_weekly` reads back as `week`; equal neighbours are written as a range."""
    groups: list[tuple[int, int]] = []
    for weekday, windows in enumerate(week):
        if not windows:
            continue
        if groups and groups[-1][1] == weekday - 1 and week[weekday - 1] == windows:
            groups[-1] = (groups[-1][0], weekday)
        else:
            groups.append((weekday, weekday))
    return "; ".join(f"{_days(first, last)} {','.join(map(str, week[first]))}" for first, last in groups)


def _days(first: int, last: int) -> str:
    return WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"


def _parse_windows(text: str) -> tuple[Window, ...]:
    pieces = re.split(r"\s*,\s*|\s+", re.sub(r"\s*-\s*", "-", text.strip()))
    return join_windows(Window.parse(piece) for piece in pieces)


def _parse_weekdays(text: str) -> list[int]:
    weekdays: list[int] = []
    for piece in text.lower().strip().split(","):
        first, dash, last = (part.strip() for part in piece.partition("-"))
        begin, end = _weekday(first), _weekday(last if dash else first)
        weekdays += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return weekdays


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise WindowSyntaxError(f"'{name}' is not a weekday; use {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(name)


def _minute(hours: str, minutes: str) -> int:
    if int(minutes) > 59 or int(hours) > 24 or (int(hours) == 24 and int(minutes)):
        raise WindowSyntaxError(f"{hours}:{minutes} is not a time of day")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
