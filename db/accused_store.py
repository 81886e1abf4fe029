"""Whom a report may accuse: the staff of units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.directory_table import MembershipRow, PersonRow


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """An account by its name."""

    id: int
    name: str


def staff_by_unit(session: Session, unit_ids: Collection[int]) -> dict[int, list[Colleague]]:
    """The active accounts with a role in exactly these units, by unit and then by name."""
    query = (
        select(MembershipRow.unit_id, PersonRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(MembershipRow.unit_id.in_(unit_ids), PersonRow.active)
        .distinct()
        .order_by(MembershipRow.unit_id, PersonRow.name, PersonRow.id)
    )
    found: dict[int, list[Colleague]] = {}
    for unit_id, person_id, name in session.execute(query).tuples():
        found.setdefault(unit_id, []).append(Colleague(id=person_id, name=name))
    return found
