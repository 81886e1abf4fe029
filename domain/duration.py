"""How long a clock runs: an amount in a unit."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from domain.pause import Pause, ReversedPauseError

__all__ = ["Amount", "AmountError", "Ends", "Pause", "ReversedPauseError", "Unit"]

MAX_DAYS = 36_525
"""A century: no policy of a public service waits longer, and every count ends."""


class Unit(StrEnum):
    """What a clock counts."""

    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MINUTES = "minutes"

    @property
    def counts_days(self) -> bool:
        """Whether the unit counts days; else it counts time."""
        return self in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)


class Ends(StrEnum):
    """Where in its last working day a clock ends: `midnight` (24:00) for clocks that bind the reporter."""

    CLOSING = "closing"
    MIDNIGHT = "midnight"


class AmountError(ValueError):
    """An amount that its unit does not allow."""


_FRACTIONAL = (Unit.HOURS, Unit.WORKING_HOURS)
_MICROSECONDS = {Unit.WORKING_HOURS: 3_600_000_000, Unit.HOURS: 3_600_000_000, Unit.MINUTES: 60_000_000}


@dataclass(frozen=True)
class Amount:
    """A positive amount of a unit; whole in days and minutes, with decimals in hours.

    `roll_forward` (calendar days only; no effect on working units) moves an end on a free day to the
    end of the next working day. `ends` matters to working days only.
    Raises: AmountError. Source: CLOCKS, General 3 and Units.
    """

    value: Decimal | int
    unit: Unit
    roll_forward: bool = False
    ends: Ends = Ends.CLOSING

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "ends", Ends(self.ends))
        object.__setattr__(self, "value", _checked(self.value, self.unit))
        if self.roll_forward and self.unit in (Unit.HOURS, Unit.MINUTES):
            raise AmountError(f"roll_forward is for calendar_days, not for {self.unit}")
        if self.ends is Ends.MIDNIGHT and not self.unit.counts_days:
            raise AmountError(f"only days end at midnight, not {self.unit}")

    @property
    def days(self) -> int:
        """The number of days. Raises: AmountError for a unit of time."""
        if not self.unit.counts_days:
            raise AmountError(f"{self.unit} are not days")
        return int(self.value)

    @property
    def time_for(self) -> timedelta:
        """The length of time, exactly. Raises: AmountError for a unit of days."""
        if self.unit.counts_days:
            raise AmountError(f"{self.unit} are not a length of time")
        return timedelta(microseconds=int(Fraction(self.value) * _MICROSECONDS[self.unit]))

    def to_json(self) -> dict[str, Any]:
        """A dict of plain values; a value with decimals is a string, so that nothing is rounded."""
        value = self.value if isinstance(self.value, int) else str(self.value)
        flags = {"roll_forward": self.roll_forward, "ends": self.ends.value}
        return {"unit": self.unit.value, "value": value} | flags

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Amount":
        """The amount that `to_json` wrote. Raises: AmountError."""
        value = data["value"] if isinstance(data["value"], int) else Decimal(data["value"])
        ends = Ends(data.get("ends", Ends.CLOSING))
        return cls(value, Unit(data["unit"]), data.get("roll_forward", False), ends)


def in_unit(time_for: timedelta, unit: Unit) -> Decimal | int:
    """A length of time as a figure in `unit` (hours or minutes); whole figures are ints."""
    return _plain(Decimal(time_for // timedelta(microseconds=1)) / _MICROSECONDS[unit])


def _checked(value: Decimal | int, unit: Unit) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise AmountError(f"{value!r} is not a whole number or a decimal")
    if not (Decimal(value).is_finite() and value > 0):
        raise AmountError(f"{value} {unit}: the amount must be positive")
    if unit not in _FRACTIONAL and value != int(value):
        raise AmountError(f"{value} {unit}: the amount must be whole")
    _check_size(value, unit)
    return _plain(Decimal(value))


def _check_size(value: Decimal | int, unit: Unit) -> None:
    limit = MAX_DAYS if unit.counts_days else MAX_DAYS * 24 * 3_600_000_000 // _MICROSECONDS[unit]
    if value > limit:
        raise AmountError(f"{value} {unit}: the amount must be at most {limit}")
    if unit in _FRACTIONAL and (Fraction(value) * _MICROSECONDS[unit]).denominator > 1:
        raise AmountError(f"{value} {unit}: finer than a microsecond, and nothing is rounded")


def _plain(value: Decimal) -> Decimal | int:
    return int(value) if value == int(value) else value.normalize()
