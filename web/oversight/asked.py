"""What the address of an inspector's page asks for: words to find, kinds to show, and where it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from web.form import clean
from web.oversight.item import Place, Source, place_of
from web.oversight.line import OF_MACHINES, Group, Line
from web.text import LazyText, lazy_gettext

LONGEST_QUERY = 120
GROUPS: Mapping[Group, LazyText] = {
    Group.PEOPLE: lazy_gettext("Keputusan orang"),
    Group.MESSAGE: lazy_gettext("Pesan dan catatan"),
    Group.TIME: lazy_gettext("Tenggat dan eskalasi"),
    Group.TIMER: lazy_gettext("Pewaktu"),
    Group.DELIVERY: lazy_gettext("Kiriman"),
    Group.COMMAND: lazy_gettext("Ditolak atau menunggu"),
    Group.FAULT: lazy_gettext("Gangguan"),
    Group.MACHINE: lazy_gettext("Peristiwa mesin"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is wanted.

    Attributes:
        typed: as it was typed.
        log_only: the log although the engine might answer.
        machine: also what the engine does all day and what is none of a reader's business without need.
    """

    code: str
    typed: str = ""
    groups: frozenset[Group] = frozenset()
    place: Place | None = None
    log_only: bool = False
    machine: bool = False

    @property
    def kinds(self) -> tuple[Group, ...]:
        """The kinds that can be chosen."""
        return tuple(one for one in Group if self.machine or one in self.groups or one not in OF_MACHINES)

    @property
    def narrowed(self) -> bool:
        """Whether lines are left out; machine events then stand unfolded, if they are wanted."""
        return bool(self.typed or self.groups)

    def takes(self, line: Line) -> bool:
        """Whether a line is wanted: in one of the kinds, and holding every word."""
        if self.groups and not self.groups & line.groups:
            return False
        if line.of_machine and not self.machine and not self.groups & OF_MACHINES:
            return False
        return all(word in line.searched for word in self.typed.casefold().split())

    def url(self, **changes: Any) -> str:
        """The address of this page with changes: `before` (a place), `log`; without them its first page."""
        values: dict[str, Any] = {
            "q": self.typed or None,
            "jenis": [one.value for one in Group if one in self.groups],
            "mesin": "1" if self.machine else None,
        }
        log = changes.get("log", self.log_only)
        before: Place | None = changes.get("before")
        values |= {"sumber": "log" if log else None, "sebelum": before.spelled() if before else None}
        return url_for("oversight.case", code=self.code, **values)


def asked_of(code: str, arguments: MultiDict[str, str]) -> Asked:
    """What an address asks for; what is none of ours is passed over."""
    known = {group.value: group for group in Group}
    place = place_of(arguments.get("sebelum", ""))
    return Asked(
        code=code,
        typed=" ".join(clean(arguments.get("q", ""))[:LONGEST_QUERY].split()),
        groups=frozenset(known[one] for one in arguments.getlist("jenis") if one in known),
        place=place,
        machine=arguments.get("mesin") == "1",
        log_only=arguments.get("sumber") == "log" or (place is not None and place.source is Source.LOG),
    )
