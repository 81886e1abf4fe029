"""Holidays with their names in both languages."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

_ESTIMATES = ("(perkiraan)", "(estimated)")


class HolidayKind(StrEnum):
    """Where a holiday comes from."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    LOCAL = "local"
    ADDITIONAL = "additional"


@dataclass(frozen=True)
class Holiday:
    """A free day and its names; given only by date it is called "tambahan".

    Names are kept without the "(perkiraan)" of a calendar that was computed before the decree.
    Source: CLOCKS, General 7 and Units.
    """

    on: date
    name_id: str = ""
    name_en: str = ""
    kind: HolidayKind = HolidayKind.ADDITIONAL

    def __post_init__(self) -> None:
        name_id = _without_estimate(self.name_id) or "tambahan"
        fallback = "additional" if name_id == "tambahan" else name_id
        object.__setattr__(self, "name_id", name_id)
        object.__setattr__(self, "name_en", _without_estimate(self.name_en) or fallback)
        object.__setattr__(self, "kind", HolidayKind(self.kind))

    def name(self, language: str) -> str:
        """The English name for "en", else the Indonesian one."""
        return self.name_en if language == "en" else self.name_id

    def to_json(self) -> dict[str, Any]:
        """A dict of strings; the date as YYYY-MM-DD."""
        names = {"name_id": self.name_id, "name_en": self.name_en}
        return {"on": self.on.isoformat(), "kind": self.kind.value} | names

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Holiday":
        """The holiday that `to_json` wrote; all but `on` may be absent."""
        kind = HolidayKind(data.get("kind", HolidayKind.ADDITIONAL))
        return cls(date.fromisoformat(data["on"]), data.get("name_id", ""), data.get("name_en", ""), kind)


def _without_estimate(name: str) -> str:
    for mark in _ESTIMATES:
        name = name.replace(mark, "")
    return " ".join(name.split())
