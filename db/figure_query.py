"""Figures for those who oversee: one grouped query over the rows of the months that are shown."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow
from db.database import Database
from db.desk_filter import BINDS_STAFF
from db.desk_scope import Onlooker, held_in_view, subtree, visible
from db.directory_table import UnitAncestorRow, UnitRow
from db.measure_filter import countable
from db.measure_table import CaseMeasureRow, FigureTargetRow
from domain.figure import Cell, Target
from domain.measure import Measure, Outcome

KEPT_SECONDS = 60.0
MOST_KEPT = 200
"""Scopes whose figures are remembered at once."""


@dataclass(frozen=True, kw_only=True)
class FigureScope:
    """Whose figures somebody asks for: a unit with all below it.

    Attributes:
        whole: the unit is the root of all, so that nobody need look which units are below it.
        months: the months, oldest first; of the units below from `unit_month` on.
    """

    who: Onlooker
    unit_id: int
    whole: bool = False
    months: tuple[int, ...]
    unit_month: int


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What was counted at an instant.

    Attributes:
        by_unit: the same for each unit right below, and for the unit itself without those.
        late_now: open cases past their due, by the same units.
        targets: what is to be reached, by measure.
    """

    as_of: datetime
    cells: tuple[Cell, ...]
    by_unit: dict[int, tuple[Cell, ...]]
    late_now: dict[int, int]
    targets: dict[Measure, Target]


class FigureQuery:
    """Counts a scope at most once a minute for one person, however often they look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[FigureScope, tuple[float, Snapshot]] = {}
        self._lock = threading.Lock()

    def snapshot(self, scope: FigureScope, at: datetime) -> Snapshot:
        """The counts at `at`, or those of less than `KEPT_SECONDS` before; `as_of` tells. Four queries."""
        with self._lock:
            known = self._known.get(scope)
        if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
            return known[1]
        counted_at, counted = time.monotonic(), self._count(scope, at)
        with self._lock:
            self._known.pop(scope, None)
            self._known[scope] = counted_at, counted
            while len(self._known) > MOST_KEPT:
                del self._known[next(iter(self._known))]
        return counted

    def _count(self, scope: FigureScope, at: datetime) -> Snapshot:
        with self._database.read() as session:
            return Snapshot(
                as_of=at,
                cells=_cells(session, scope, at),
                by_unit=_cells_by_unit(session, scope, at),
                late_now=_late_by_unit(session, scope, at),
                targets=_targets(session, at),
            )


def _within(scope: FigureScope, first_month: int, at: datetime) -> ColumnElement[bool]:
    row = CaseMeasureRow
    below = true() if scope.whole else row.unit_id.in_(subtree([scope.unit_id]))
    return and_(row.month.between(first_month, scope.months[-1]), below, countable(scope.who, at))


def _cells(session: Session, scope: FigureScope, at: datetime) -> tuple[Cell, ...]:
    row = CaseMeasureRow
    alike = (row.month, row.measure, row.outcome, row.first, row.days, row.rating)
    query = select(*alike, func.count()).where(_within(scope, scope.months[0], at)).group_by(*alike)
    return tuple(_cell(found) for found in session.execute(query).tuples())


def _cells_by_unit(session: Session, scope: FigureScope, at: datetime) -> dict[int, tuple[Cell, ...]]:
    row = CaseMeasureRow
    alike = (row.unit_id, row.month, row.measure, row.outcome)
    each = select(*alike, func.count().label("count")).where(_within(scope, scope.unit_month, at))
    counted = each.group_by(*alike).subquery()
    shown = (UnitAncestorRow.ancestor_id, counted.c.month, counted.c.measure, counted.c.outcome)
    query = (
        select(*shown, cast(func.sum(counted.c.count), Integer))
        .join_from(counted, UnitAncestorRow, UnitAncestorRow.unit_id == counted.c.unit_id)
        .where(_right_below(scope.unit_id))
        .group_by(*shown)
    )
    found: dict[int, list[Cell]] = {}
    for unit_id, month, measure, outcome, count in session.execute(query).tuples():
        cell = _cell((month, measure, outcome, True, None, None, count))
        found.setdefault(unit_id, []).append(cell)
    return {unit_id: tuple(cells) for unit_id, cells in found.items()}


def _late_by_unit(session: Session, scope: FigureScope, at: datetime) -> dict[int, int]:
    query = (
        select(UnitAncestorRow.ancestor_id, func.count())
        .select_from(CaseViewRow)
        .join(UnitAncestorRow, UnitAncestorRow.unit_id == CaseViewRow.holder_id)
        .where(
            _right_below(scope.unit_id),
            BINDS_STAFF,
            CaseViewRow.due_at < at,
            visible(scope.who, held_in_view()),
        )
        .group_by(UnitAncestorRow.ancestor_id)
    )
    return dict(session.execute(query).tuples().all())


def _right_below(unit_id: int) -> ColumnElement[bool]:
    """Each unit right below as a whole, and the unit itself with nothing but its own."""
    below = select(UnitRow.id).where(UnitRow.parent_id == unit_id)
    itself = and_(UnitAncestorRow.unit_id == unit_id, UnitAncestorRow.ancestor_id == unit_id)
    return or_(UnitAncestorRow.ancestor_id.in_(below), itself)


def _targets(session: Session, at: datetime) -> dict[Measure, Target]:
    query = (
        select(FigureTargetRow)
        .where(FigureTargetRow.valid_from <= at)
        .order_by(FigureTargetRow.valid_from, FigureTargetRow.id)
    )
    return {
        Measure(row.measure): Target(percent=row.percent, near_percent=row.near_percent, source=row.source)
        for row in session.scalars(query)
    }


def _cell(found: tuple[int | None, str, str, bool, int | None, int | None, int]) -> Cell:
    month, measure, outcome, first, days, rating, count = found
    return Cell(
        measure=Measure(measure),
        month=month or 0,
        outcome=Outcome(outcome),
        first=first,
        days=days,
        rating=rating,
        count=count,
    )
