"""By which calendar a member of staff works: it decides when messages reach them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import directory_store
from db.directory_table import MembershipRow
from domain.calendar import WorkCalendar


def calendars_of(
    session: Session, person_ids: Collection[int], nearest: Sequence[int] = ()
) -> dict[int, WorkCalendar]:
    """The calendar of each person's unit; nobody without one.

    Of several units the first that stands in `nearest` counts, else the one made first.
    """
    units = _units_of(session, person_ids, nearest)
    calendars = {unit_id: directory_store.calendar_of(session, unit_id) for unit_id in set(units.values())}
    return {person_id: calendars[unit_id] for person_id, unit_id in units.items()}


def _units_of(session: Session, person_ids: Collection[int], nearest: Sequence[int]) -> dict[int, int]:
    rank = {unit_id: place for place, unit_id in enumerate(nearest)}
    query = select(MembershipRow.person_id, MembershipRow.unit_id).where(
        MembershipRow.person_id.in_(person_ids)
    )
    found: dict[int, list[int]] = {}
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append(row.unit_id)
    return {
        person_id: min(units, key=lambda unit_id: (rank.get(unit_id, len(rank)), unit_id))
        for person_id, units in found.items()
    }
