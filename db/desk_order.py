"""The orders of a list, and where a page of it begins: by the place of a row, never by a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from db.case_table import CaseViewRow


class DeskSort(StrEnum):
    """By what a list is ordered; cases that are equal in it follow by their number."""

    DUE = "due"
    """The earliest due first, cases without a due last."""
    NEWEST = "newest"
    """What was recorded last first, whenever it was received."""
    OLDEST = "oldest"
    """What was recorded first first, whenever it was received."""
    LAST_EVENT = "last_event"
    """Where something happened last first."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins after, or ends before: a row by its place in the order.

    Attributes:
        at: the row's due instant or last event, as the order goes; None if it has no due, and for
            the orders by entry.
    """

    at: datetime | None
    case_id: int
    backwards: bool = False


def ordered(sort: DeskSort, columns: Any, *, backwards: bool) -> tuple[UnaryExpression[Any], ...]:
    """What the list is ordered by; from its end if backwards. `columns`: of `case_view` or a part of it."""
    case_id = columns.case_id
    if sort is DeskSort.DUE:
        due_at = columns.due_at
        if backwards:
            return due_at.desc().nulls_first(), case_id.desc()
        return due_at.asc().nulls_last(), case_id.asc()
    if sort is DeskSort.OLDEST:
        return (case_id.desc() if backwards else case_id.asc(),)
    by = (case_id,) if sort is DeskSort.NEWEST else (columns.last_at, case_id)
    return tuple(column.asc() if backwards else column.desc() for column in by)


def beyond(sort: DeskSort, place: Place | None) -> ColumnElement[bool]:
    """Rows after the place, or before it if it looks backwards."""
    if place is None:
        return true()
    if sort is DeskSort.DUE:
        return _beyond_due(place)
    case_id = CaseViewRow.case_id
    later = place.backwards is not (sort is DeskSort.OLDEST)
    tie = case_id > place.case_id if later else case_id < place.case_id
    if sort in {DeskSort.OLDEST, DeskSort.NEWEST} or place.at is None:
        return tie
    return _further(CaseViewRow.last_at, place.at, tie, later=place.backwards)


def _beyond_due(place: Place) -> ColumnElement[bool]:
    due_at, case_id = CaseViewRow.due_at, CaseViewRow.case_id
    if place.backwards:
        tie = case_id < place.case_id
        if place.at is None:
            return or_(due_at.is_not(None), tie)
        return _further(due_at, place.at, tie, later=False)
    tie = case_id > place.case_id
    if place.at is None:
        return and_(due_at.is_(None), tie)
    return or_(_further(due_at, place.at, tie, later=True), due_at.is_(None))


def _further(
    column: InstrumentedAttribute[Any], at: datetime, tie: ColumnElement[bool], *, later: bool
) -> ColumnElement[bool]:
    return or_(column > at if later else column < at, and_(column == at, tie))
