"""Which unit and which months an address of the figures means, for somebody who oversees some units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for

from db import directory_store
from db.account_store import Person
from db.desk_scope import WIDE_ROLES, Onlooker
from db.directory_store import Unit
from domain.measure import month_of, months_until
from web.auth.person import as_overseer
from web.desk.opened import onlooker
from web.services import services
from web.text import LazyText, lazy_gettext

PERIODS: Mapping[int, LazyText] = {
    1: lazy_gettext("Bulan ini"),
    3: lazy_gettext("3 bulan terakhir"),
    12: lazy_gettext("12 bulan terakhir"),
}
USUAL_PERIOD = 3
TREND_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class FigureAsked:
    """What is looked at.

    Attributes:
        who: the person in the roles in which they oversee.
        path: the units above that they oversee too, the highest first; without the unit itself.
        roots: the units that they oversee as such, as (id, name).
    """

    who: Onlooker
    unit: Unit
    path: tuple[Unit, ...]
    roots: tuple[tuple[int, str], ...]
    period: int
    month: int

    @property
    def months(self) -> list[int]:
        """The months of the period, oldest first."""
        return months_until(self.month, self.period)

    @property
    def before(self) -> list[int]:
        """As many months right before."""
        return months_until(self.month, 2 * self.period)[: self.period]

    @property
    def trend(self) -> list[int]:
        """The months of the charts."""
        return months_until(self.month, TREND_MONTHS)

    @property
    def counted(self) -> tuple[int, ...]:
        """All months that anything on the page needs."""
        return tuple(months_until(self.month, max(2 * self.period, TREND_MONTHS)))

    def url(self, *, unit_id: int | None = None, period: int | None = None) -> str:
        """The same page for another unit or period."""
        values: dict[str, Any] = {"unit": unit_id or self.unit.id, "bulan": period or self.period}
        return url_for("oversight.landing", **values)


def figure_asked(person: Person, arguments: Mapping[str, str]) -> FigureAsked:
    """Ends the request with 404 for a unit that is not theirs to oversee."""
    who = onlooker(as_overseer(person))
    roots = who.units(WIDE_ROLES)
    wanted = _number(arguments.get("unit", "")) or roots[0]
    with services().database.read() as session:
        above = directory_store.ancestor_ids(session, wanted)
        known = [directory_store.unit(session, unit_id) for unit_id in above]
        names = directory_store.unit_names(session, set(roots))
    if not set(above) & set(roots):
        abort(404)
    highest = max(place for place, unit_id in enumerate(above) if unit_id in roots)
    unit, *higher = [one for one in known[: highest + 1] if one is not None]
    period = _number(arguments.get("bulan", ""))
    return FigureAsked(
        who=who,
        unit=unit,
        path=tuple(reversed(higher)),
        roots=tuple(sorted(names.items(), key=lambda one: one[1])),
        period=period if period in PERIODS else USUAL_PERIOD,
        month=month_of(services().now()),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
