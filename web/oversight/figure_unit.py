"""The units right below as a table: where promises break, and where it has become worse."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import url_for

from db import directory_store
from db.figure_query import Snapshot
from domain.figure import Promises, Target, figures
from domain.measure import Measure
from web.desk.list_figure import figure_url
from web.oversight.figure_asked import FigureAsked
from web.oversight.figure_card import standing_chip
from web.oversight.figure_trend import change_text
from web.presenter.chip import Chip
from web.presenter.number import percent, whole
from web.services import services
from web.text import gettext

SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share with what it is made of; `text` is "" where nothing was due."""

    text: str
    base: str
    chip: Chip | None
    missed_url: str


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    """A unit. `url` leads to its own figures; "" for the unit that is shown already."""

    name: str
    url: str
    late: str
    late_url: str
    follow_up: Share
    resolution: Share
    change: str
    falls: bool
    rank: tuple[int, Fraction, str]


def unit_lines(asked: FigureAsked, found: Snapshot) -> tuple[list[UnitLine], list[UnitLine]]:
    """The units, those with most late cases first: what is shown at once, and what is folded away.

    A unit of which nothing is due is there too: that it is quiet is worth knowing.
    """
    with services().database.read() as session:
        below = directory_store.units_right_below(session, asked.unit.id)
        ids = {*found.by_unit, *found.late_now, *below}
        if not ids - {asked.unit.id}:
            return [], []
        names = directory_store.unit_names(session, ids)
    lines = [_line(asked, found, unit_id, names.get(unit_id, "")) for unit_id in ids]
    ordered = sorted(lines, key=lambda line: line.rank)
    return ordered[:SHOWN], ordered[SHOWN:]


def _line(asked: FigureAsked, found: Snapshot, unit_id: int, name: str) -> UnitLine:
    itself = unit_id == asked.unit.id
    cells = found.by_unit.get(unit_id, ())
    now, before = figures(cells, asked.months), figures(cells, asked.before)
    late = found.late_now.get(unit_id, 0)
    on_time, was = now.resolution.on_time, before.resolution.on_time
    values: dict[str, Any] = {"view": "late", "unit": unit_id}
    return UnitLine(
        name=gettext("Langsung di %(unit)s", unit=name) if itself else name,
        url="" if itself else asked.url(unit_id=unit_id),
        late=whole(late),
        late_url=url_for("desk.cases", **values) if late and not itself else "",
        follow_up=_share(asked, "follow_up", now.follow_up, found.targets.get(Measure.FOLLOW_UP), unit_id),
        resolution=_share(
            asked, "resolution", now.resolution, found.targets.get(Measure.RESOLUTION), unit_id
        ),
        change=change_text(on_time, was, as_share=True),
        falls=on_time is not None and was is not None and on_time <= was - Fraction(1, 100),
        rank=(-late, Fraction(2) if on_time is None else on_time, name),
    )


def _share(asked: FigureAsked, key: str, found: Promises, target: Target | None, unit_id: int) -> Share:
    reached = found.on_time
    if reached is None:
        return Share(text="", base="", chip=None, missed_url="")
    return Share(
        text=percent(reached),
        base=gettext("%(part)s dari %(total)s", part=whole(found.kept), total=whole(found.total)),
        chip=None if target is None else standing_chip(reached, target),
        missed_url=figure_url(f"{key}.missed", asked.months, unit_id) if found.missed else "",
    )
