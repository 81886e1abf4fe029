"""The cases behind a figure, so that every number leads to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from db.desk_scope import Onlooker, subtree
from db.measure_table import CaseMeasureRow
from domain.case import Role
from domain.measure import Measure, Outcome, month_of


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Rows of the figures.

    Attributes:
        outcomes: all of them if it is empty.
        first_month, last_month: as 202611.
        unit_id: means the unit with all below it, as they stood when it was counted.
        rated: only answers with a rating.
    """

    measure: Measure
    outcomes: tuple[Outcome, ...]
    first_month: int
    last_month: int
    unit_id: int
    rated: bool = False


def counted_cases(who: Onlooker, counted: Counted, at: datetime) -> Select[int]:
    """The cases of these rows; which of them somebody may see is for the list to say."""
    row = CaseMeasureRow
    wanted = [outcome.value for outcome in counted.outcomes]
    return select(row.case_id).where(
        row.measure == counted.measure.value,
        row.month.between(counted.first_month, counted.last_month),
        row.unit_id.in_(subtree([counted.unit_id])),
        countable(who, at),
        row.outcome.in_(wanted) if wanted else true(),
        row.rating.is_not(None) if counted.rated else true(),
    )


def countable(who: Onlooker, at: datetime) -> ColumnElement[bool]:
    """Rows that count for somebody at an instant: those whose due has passed, and which may be counted.

    A secret case counts in the figures of its own unit alone; for whom it accuses it counts nowhere.
    """
    row = CaseMeasureRow
    own = who.units(frozenset(Role) - {Role.OVERSEER})
    unbiased = func.coalesce(row.accused_person_id, 0) != (who.person_id or -1)
    due = or_(row.month < month_of(at), row.counted_at <= at)
    return and_(or_(~row.secret, row.unit_id.in_(own)), unbiased, due, row.outcome != Outcome.VOID.value)
