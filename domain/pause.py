"""Stretches in which a clock stands still."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from domain.instant import to_utc


class ReversedPauseError(ValueError):
    """A pause ends before it begins."""


@dataclass(frozen=True)
class Pause:
    """A half-open pause `[start_at, end_at)`; without an end it is open. Equal ends are no pause.

    Raises: NaiveInstantError, ReversedPauseError. Source: CLOCKS, General 2.
    """

    start_at: datetime
    end_at: datetime | None = None

    def __post_init__(self) -> None:
        start_at = to_utc(self.start_at)
        if self.end_at is not None and to_utc(self.end_at) < start_at:
            raise ReversedPauseError(f"a pause ends at {self.end_at}, before it begins at {self.start_at}")

    def covers(self, at: datetime) -> bool:
        """Whether a clock stands still at the instant."""
        begun = to_utc(self.start_at) <= to_utc(at)
        return begun and (self.end_at is None or to_utc(at) < to_utc(self.end_at))

    def within(self, zone: tzinfo) -> "Pause":
        """The same pause, written in a zone."""
        return Pause(self.start_at.astimezone(zone), self.end_at and self.end_at.astimezone(zone))

    def to_json(self) -> dict[str, Any]:
        """ISO instants; an open end is None."""
        return {"start_at": self.start_at.isoformat(), "end_at": self.end_at and self.end_at.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Pause":
        """The pause that `to_json` wrote."""
        end_at = data.get("end_at")
        start_at = datetime.fromisoformat(data["start_at"])
        return cls(start_at, datetime.fromisoformat(end_at) if end_at else None)


@dataclass(frozen=True)
class Pauses:
    """Pauses in order, apart from each other, in UTC, from a clock's start on; see `merge_pauses`."""

    each: tuple[Pause, ...] = ()

    @property
    def open_at(self) -> datetime | None:
        """The instant from which the clock stands still without a known end, or None."""
        return self.each[-1].start_at if self.each and self.each[-1].end_at is None else None

    def stand_still_before(self, at: datetime) -> bool:
        """Whether the clock stands still in the last moment before a UTC instant."""
        return any(p.start_at < at and (p.end_at is None or at <= p.end_at) for p in self.each)

    def touch(self, begin: datetime, end: datetime) -> bool:
        """Whether any moment of `[begin, end)` (UTC) is paused."""
        return any(p.start_at < end and (p.end_at is None or begin < p.end_at) for p in self.each)

    def running(self, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The stretches of `[begin, end)` (UTC) in which the clock runs."""
        pieces = []
        for pause in self.each:
            if begin < min(pause.start_at, end):
                pieces.append((begin, min(pause.start_at, end)))
            if pause.end_at is None:
                return pieces
            begin = max(begin, pause.end_at)
        if begin < end:
            pieces.append((begin, end))
        return pieces

    def begun_before(self, at: datetime | None) -> "Pauses":
        """Only the pauses that begin before a UTC instant; all for None."""
        return self if at is None else Pauses(tuple(pause for pause in self.each if pause.start_at < at))


def merge_pauses(pauses: Iterable[Pause], start_at: datetime) -> Pauses:
    """The pauses in order, overlapping and touching ones joined, without parts before `start_at` (UTC)."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: to_utc(pause.start_at)):
        begin = max(to_utc(pause.start_at), start_at)
        end = None if pause.end_at is None else to_utc(pause.end_at)
        if end is not None and end <= begin:
            continue
        if merged and (merged[-1].end_at is None or begin <= merged[-1].end_at):
            last = merged.pop()
            begin = last.start_at
            end = None if last.end_at is None or end is None else max(last.end_at, end)
        merged.append(Pause(begin, end))
    return Pauses(tuple(merged))
