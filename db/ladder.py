"""Who stands on which rung of the escalation ladder above a unit."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import directory_store
from db.directory_table import MembershipRow, PersonRow
from domain.access import Holding, rung_of
from domain.case import Role
from domain.clock import FIRST_LEVEL, RAISED_BY, STAFF_CLOCKS, TOP_LEVEL, Clock
from domain.notice import acting_roles
from domain.state import CaseState

RUNG_ROLES = (Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.INSPECTORATE, Role.NATIONAL_ADMIN)


def occupied_rung(session: Session, state: CaseState, clock: Clock, raiser: int | None = None) -> int | None:
    """The rung really reached, of a clock of the ladder, or one that begins on a rung or is lifted to one.

    None for any other. A vacant rung is skipped upward, and so is one held by those who are late; the last
    rung is nobody's: only lateness leads there. Source: CASE, after the table.

    `raiser`: who lifts it by hand. A rung on which nobody else stands is skipped too, and where nobody stands
    above, the clock stays on the rung to which it was lifted. Source: docs/adr/017.
    """
    if clock.name in STAFF_CLOCKS and clock.expired_at is None and clock.level > 0:
        return next_occupied(session, state, clock.level, but=raiser)
    late = state.clock(RAISED_BY[clock.name]) if clock.name in RAISED_BY else None
    if late is None:
        return None
    found = next_occupied(session, state, max(late.level, FIRST_LEVEL), but=raiser)
    return found or (TOP_LEVEL if raiser is None else None)


def next_occupied(session: Session, state: CaseState, level: int, *, but: int | None = None) -> int | None:
    """The first rung from that one upward on which somebody (else) stands; None if nobody does."""
    people = ladder_people(session, state)
    return next((rung for rung in range(level, TOP_LEVEL) if set(people.get(rung, ())) - {but}), None)


def people_on_rung(session: Session, state: CaseState) -> list[int]:
    """Who is to hear of a case on its rung: those of the next occupied one, and on the last those below it.

    Where nobody stands above at all, the national admins: a late case must reach somebody.
    """
    people = ladder_people(session, state)
    level = min(max(state.level, FIRST_LEVEL), TOP_LEVEL - 1)
    upward = (people[rung] for rung in range(level, TOP_LEVEL) if people.get(rung))
    found = next(upward, None) or people.get(max(people, default=0))
    accused = state.facts.accused_person_id
    return found or directory_store.supervisors_of(session, state.holder.id, but=accused)


def ladder_people(session: Session, state: CaseState) -> dict[int, list[int]]:
    """The active people of each rung, without those who are late and without the accused."""
    held = directory_store.holding_of(session, state)
    late = directory_store.people_with_roles(session, held.unit.id, acting_roles(held.unit.level))
    left_out = {*late, state.facts.accused_person_id}
    found: dict[int, list[int]] = {}
    for person_id, role, unit_id in _above(session, held):
        rung = rung_of(role, unit_id, held)
        if rung is not None and person_id not in left_out:
            found.setdefault(rung, []).append(person_id)
    return {rung: list(dict.fromkeys(people)) for rung, people in found.items()}


def _above(session: Session, held: Holding) -> list[tuple[int, Role, int]]:
    query = (
        select(MembershipRow.person_id, MembershipRow.role, MembershipRow.unit_id)
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(
            MembershipRow.unit_id.in_(held.above),
            MembershipRow.role.in_([role.value for role in RUNG_ROLES]),
            PersonRow.active,
        )
        .order_by(MembershipRow.person_id)
    )
    return [(row.person_id, Role(row.role), row.unit_id) for row in session.execute(query)]
