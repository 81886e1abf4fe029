"""The recorded derivation of a due date: enough to show, to check and to explain it later."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.duration import Amount
from domain.pause import Pause

_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_PER_MINUTE = 60_000_000


@dataclass(frozen=True)
class Day:
    """A civil day of a derivation: whether it counts, else why not; for units of time also how long.

    `reason` is None or the first that fits of `before_start`, `weekend`, `holiday:<Indonesian name>`,
    `no_window`, `paused`; a day that only a minimum holds back has `min_after_resume` or `not_before`, and
    one at whose end the case had just moved away from the calendar that would judge it has `moved`.
    Source: CLOCKS, `days` in the JSON of a derivation.
    """

    on: date
    counts: bool
    reason: str | None = None
    counted_for: timedelta | None = None

    @property
    def minutes(self) -> int | float | None:
        """The minutes that the day counts, for units of time; None for units of days."""
        if self.counted_for is None:
            return None
        microseconds = self.counted_for // _MICROSECOND
        whole, rest = divmod(microseconds, _MICROSECONDS_PER_MINUTE)
        return microseconds / _MICROSECONDS_PER_MINUTE if rest else whole

    def held_back(self, reason: str) -> "Day":
        """The same day, no longer counting."""
        return replace(self, counts=False, reason=reason)

    def to_json(self) -> dict[str, Any]:
        """`date`, `counts`, `reason`, and for units of time `minutes`."""
        data: dict[str, Any] = {"date": self.on.isoformat(), "counts": self.counts, "reason": self.reason}
        return data if self.counted_for is None else data | {"minutes": self.minutes}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Day":
        """The day that `to_json` wrote."""
        minutes = data.get("minutes")
        counted_for = None if minutes is None else round(minutes * _MICROSECONDS_PER_MINUTE) * _MICROSECOND
        return cls(date.fromisoformat(data["date"]), data["counts"], data["reason"], counted_for)


@dataclass(frozen=True)
class MovedFrom:
    """A calendar under which the clock ran earlier, and the instant at which the case left it."""

    calendar_id: str
    calendar_version: int
    until_at: datetime

    def to_json(self) -> dict[str, Any]:
        """`calendar` as in a derivation, and `until_at` in ISO format with offset."""
        calendar = {"id": self.calendar_id, "version": self.calendar_version}
        return {"calendar": calendar, "until_at": self.until_at.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any], zone: ZoneInfo) -> "MovedFrom":
        """What `to_json` wrote, its instant in a zone."""
        until_at = datetime.fromisoformat(data["until_at"]).astimezone(zone)
        return cls(data["calendar"]["id"], data["calendar"]["version"], until_at)


@dataclass(frozen=True)
class Derivation:
    """How a due date came about. All instants are in the calendar's zone.

    `due_at` is None while a pause is open. `counted_due_at` is what the count alone gave: it differs
    from `due_at` when `min_after_resume` or `not_before` moved the end. `provisional`: the last day
    lies in a year whose holiday decree is not in the calendar. `pauses` are merged, without the parts
    before the start and without those after due. The calendar is the newest one; `moves` are those under
    which the clock ran before, oldest first.
    """

    amount: Amount
    calendar_id: str
    calendar_version: int
    zone: str
    start_at: datetime
    pauses: tuple[Pause, ...]
    due_at: datetime | None
    counted_due_at: datetime | None
    provisional: bool
    days: tuple[Day, ...]
    min_after_resume: int = 0
    not_before: datetime | None = None
    moves: tuple[MovedFrom, ...] = ()

    @property
    def last_day(self) -> date | None:
        """The last civil day as people see it (00:00 is 24:00 of the day before); None while unknown."""
        return None if self.due_at is None else self.days[-1].on

    def to_json(self) -> dict[str, Any]:
        """A dict of plain values: instants in ISO format with offset, days as `Day.to_json` says.

        `moves` is there only if there are any.
        """
        moves = {"moves": [move.to_json() for move in self.moves]} if self.moves else {}
        return {
            "rule": self.amount.to_json(),
            "calendar": {"id": self.calendar_id, "version": self.calendar_version},
            "zone": self.zone,
            "start_at": self.start_at.isoformat(),
            "pauses": [pause.to_json() for pause in self.pauses],
            "due_at": _written(self.due_at),
            "counted_due_at": _written(self.counted_due_at),
            "provisional": self.provisional,
            "min_after_resume": self.min_after_resume,
            "not_before": _written(self.not_before),
            "days": [day.to_json() for day in self.days],
            **moves,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Derivation":
        """The derivation that `to_json` wrote."""
        zone = ZoneInfo(data["zone"])
        return cls(
            amount=Amount.from_json(data["rule"]),
            calendar_id=data["calendar"]["id"],
            calendar_version=data["calendar"]["version"],
            zone=data["zone"],
            start_at=datetime.fromisoformat(data["start_at"]).astimezone(zone),
            pauses=tuple(Pause.from_json(pause).within(zone) for pause in data["pauses"]),
            due_at=_read(data["due_at"], zone),
            counted_due_at=_read(data["counted_due_at"], zone),
            provisional=data["provisional"],
            days=tuple(Day.from_json(day) for day in data["days"]),
            min_after_resume=data["min_after_resume"],
            not_before=_read(data["not_before"], zone),
            moves=tuple(MovedFrom.from_json(move, zone) for move in data.get("moves", ())),
        )


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(text: str | None, zone: ZoneInfo) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(zone)
