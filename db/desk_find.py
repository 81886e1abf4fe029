"""Counts and finds the cases of a list, and looks at no more of them than it must."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Label, Select, Subquery, and_, bindparam, func, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ScalarSelect

from db.case_table import HAS_CLIMBED, CaseViewRow
from db.database import Database, Instant
from db.desk_filter import (
    Claimed,
    DeskFilter,
    DeskMoment,
    DeskView,
    in_region,
    is_plain,
    matching,
    walking,
)
from db.desk_order import DeskSort, Place, beyond, ordered
from db.desk_path import CLAIMED, gather, walk
from db.desk_reach import Part, parts, parts_below, parts_to_act
from db.desk_scope import Onlooker

COUNTED_TO = 1_000
"""Counts are exact up to here; one more means "and more"."""
GATHERED_TO = 1_000
"""A list of more cases than this is walked in its order, and not gathered and sorted."""
KNOWN_VIEWS = 512
"""For so many people the query of their counts is kept."""
_TELLING: dict[str, tuple[str, Callable[..., ColumnElement[bool]]]] = {
    "category_id": ("ix_case_view_category", lambda asked: CaseViewRow.category_id == asked),
    "region_code": ("ix_case_view_region", in_region),
    "kind": ("ix_case_view_kind", lambda asked: CaseViewRow.kind == asked),
    "claimed": (CLAIMED, lambda _: CaseViewRow.claimed_by.is_not(None)),
    "level": ("ix_case_view_level", lambda asked: and_(HAS_CLIMBED, CaseViewRow.level >= asked)),
}
"""Filters that may leave few cases of the country, each with its index."""


class Finder:
    """Finds for one request: what was looked up once is known for the rest of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._parts: dict[tuple[Onlooker, int | None, bool], tuple[Part, ...]] = {}
        self._telling: dict[tuple[object, ...], str | None] = {}
        self._counted: dict[tuple[Onlooker, DeskFilter], int] = {}

    def count(self, who: Onlooker, wanted: DeskFilter) -> int:
        """How many cases match, counted up to one more than `COUNTED_TO`, and only once."""
        return self.counts_of(who, [wanted])[0]

    def counts_of(self, who: Onlooker, wanted: Sequence[DeskFilter]) -> list[int]:
        """The same for several, in one query."""
        asked = [one for one in wanted if (who, one) not in self._counted]
        if asked:
            with self._database.read() as session:
                columns = [self._counting(session, who, one) for one in asked]
                found = session.execute(select(*columns)).one()
            for one, count in zip(asked, found, strict=True):
                self._note(who, one, count)
        return [self._counted[who, one] for one in wanted]

    def counts(self, who: Onlooker, moment: DeskMoment) -> dict[DeskView, int]:
        """How many cases each view holds, in one query."""
        views = {view: DeskFilter(moment=moment, view=view) for view in DeskView}
        with self._database.read() as session:
            parts_of = tuple((view, self._parts_of(session, who, wanted)) for view, wanted in views.items())
            given = {"at": moment.at, "day_ends_at": moment.day_ends_at, "week_ends_at": moment.week_ends_at}
            found = session.execute(_all_views(who, parts_of, COUNTED_TO), given).one()
        return {
            view: self._note(who, wanted, count)
            for count, (view, wanted) in zip(found, views.items(), strict=True)
        }

    def first(
        self, who: Onlooker, wanted: DeskFilter, sort: DeskSort, place: Place | None, size: int
    ) -> Subquery:
        """The first so many cases after (or before) a place, by `case_id`."""
        backwards = place is not None and place.backwards
        many = is_plain(wanted) or self.count(who, wanted) > GATHERED_TO
        conditions = walking(who, wanted, by_due=sort is DeskSort.DUE) if many else matching(who, wanted)
        with self._database.read() as session:
            looked_through, telling = self._parts_of(session, who, wanted), self._index(session, wanted)
        each = []
        for part in looked_through:
            hint = walk(part.held, wanted, sort) if many else gather(part.held, wanted, telling)
            query = indexed([part.condition, *conditions, beyond(sort, place)], hint)
            if many:
                query = query.order_by(*ordered(sort, CaseViewRow, backwards=backwards)).limit(size)
            each.append(query.subquery())
        found = union_all(*(select(one) for one in each)).subquery()
        in_order = ordered(sort, found.c, backwards=backwards)
        return select(found.c.case_id).order_by(*in_order).limit(size).subquery()

    def _counting(self, session: Session, who: Onlooker, wanted: DeskFilter) -> Label[int]:
        looked_through, telling = self._parts_of(session, who, wanted), self._index(session, wanted)
        number = _number(looked_through, matching(who, wanted), wanted, telling, COUNTED_TO)
        return number.label(None)

    def _note(self, who: Onlooker, wanted: DeskFilter, found: int) -> int:
        return self._counted.setdefault((who, wanted), min(found, COUNTED_TO + 1))

    def _parts_of(self, session: Session, who: Onlooker, wanted: DeskFilter) -> tuple[Part, ...]:
        key = (who, wanted.unit_id, wanted.view is DeskView.TO_ME)
        if key not in self._parts:
            self._parts[key] = tuple(_looked_up(session, who, wanted))
        return self._parts[key]

    def _index(self, session: Session, wanted: DeskFilter) -> str | None:
        key = tuple(getattr(wanted, name) for name in _TELLING)
        if key not in self._telling:
            self._telling[key] = telling(session, wanted)
        return self._telling[key]


def telling(session: Session, wanted: DeskFilter) -> str | None:
    """The index of that part of a filter which leaves the fewest cases, if it leaves few."""
    asked = {
        name: value for name in _TELLING if (value := getattr(wanted, name)) not in {None, Claimed.NOBODY}
    }
    if not asked:
        return None
    columns = [_bounded(indexed([_TELLING[name][1](value)], ""), COUNTED_TO) for name, value in asked.items()]
    few, name = min(zip(session.execute(select(*columns)).one(), asked, strict=True))
    return _TELLING[name][0] if few <= COUNTED_TO else None


def _looked_up(session: Session, who: Onlooker, wanted: DeskFilter) -> list[Part]:
    if wanted.unit_id is not None:
        return parts_below(session, wanted.unit_id)
    return parts_to_act(session, who) if wanted.view is DeskView.TO_ME else parts(session, who)


@functools.lru_cache(maxsize=KNOWN_VIEWS)
def _all_views(
    who: Onlooker, parts_of: tuple[tuple[DeskView, tuple[Part, ...]], ...], most: int
) -> Select[*tuple[Any, ...]]:
    """The query of all counts. It is long, and the same for a person until their units change."""
    names = ("at", "day_ends_at", "week_ends_at")
    moment = DeskMoment(**{name: cast(datetime, bindparam(name, type_=Instant)) for name in names})
    wanted = {view: DeskFilter(moment=moment, view=view) for view in DeskView}
    columns = [
        _number(looked_through, matching(who, wanted[view]), wanted[view], None, most).label(view.value)
        for view, looked_through in parts_of
    ]
    return select(*columns)


def _number(
    looked_through: Sequence[Part],
    conditions: Sequence[ColumnElement[bool]],
    wanted: DeskFilter,
    telling: str | None,
    most: int,
) -> ColumnElement[int]:
    each = (
        _bounded(indexed([part.condition, *conditions], gather(part.held, wanted, telling)), most)
        for part in looked_through
    )
    return functools.reduce(operator.add, each)


def indexed(conditions: Sequence[ColumnElement[bool]], hint: str) -> Select[*tuple[Any, ...]]:
    """Cases, with what lists are ordered by."""
    query = select(CaseViewRow.case_id, CaseViewRow.due_at, CaseViewRow.last_at).where(*conditions)
    return query.with_hint(CaseViewRow, hint, "sqlite") if hint else query


def _bounded(query: Select[*tuple[Any, ...]], most: int) -> ScalarSelect[int]:
    """Counts no further than to one more than is ever said."""
    limited = query.with_only_columns(CaseViewRow.case_id).limit(most + 1).subquery()
    return select(func.count()).select_from(limited).scalar_subquery()
