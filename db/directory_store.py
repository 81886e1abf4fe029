"""Units, calendars, policies and the roles of staff, read for decisions and pages."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import ColumnElement, Text, and_, cast, or_, select, true
from sqlalchemy.orm import Session

from db.database import remembered
from db.directory_table import CalendarRow, MembershipRow, PersonRow, PolicyRow, UnitAncestorRow, UnitRow
from db.wire import POLICY
from domain.access import Holding, Membership
from domain.actor import UnitRef
from domain.calendar import WorkCalendar
from domain.case import Role, UnitLevel
from domain.notice import acting_roles
from domain.policy import Policy
from domain.state import CaseState

CALENDARS_KEPT = 256


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as pages and rules see it."""

    id: int
    name: str
    level: UnitLevel
    parent_id: int | None
    agency_id: int
    active: bool

    @property
    def ref(self) -> UnitRef:
        """What the rules need of it."""
        return UnitRef(id=self.id, level=self.level, agency_id=self.agency_id)


def unit(session: Session, unit_id: int) -> Unit | None:
    """The unit of that id."""
    row = session.get(UnitRow, unit_id)
    return None if row is None else _unit(row)


def national_unit(session: Session) -> Unit:
    """The root of the tree; `tuntas seed` makes it."""
    row = session.scalars(select(UnitRow).where(UnitRow.level == UnitLevel.NATIONAL.value)).one()
    return _unit(row)


def agencies(session: Session) -> list[Unit]:
    """The agencies that a reporter may choose from, by name."""
    query = (
        select(UnitRow).where(UnitRow.level == UnitLevel.AGENCY.value, UnitRow.active).order_by(UnitRow.name)
    )
    return [_unit(row) for row in session.scalars(query)]


def units_below(session: Session, unit_id: int) -> list[Unit]:
    """The active units under a unit, itself left out, nearest first and then by name."""
    query = (
        select(UnitRow)
        .join(UnitAncestorRow, UnitAncestorRow.unit_id == UnitRow.id)
        .where(UnitAncestorRow.ancestor_id == unit_id, UnitAncestorRow.depth > 0, UnitRow.active)
        .order_by(UnitAncestorRow.depth, UnitRow.name)
    )
    below = ("units below", unit_id)
    return list(remembered(session, below, lambda: [_unit(row) for row in session.scalars(query)]))


def units_right_below(session: Session, unit_id: int) -> set[int]:
    """The active units whose superior is this one."""
    return set(session.scalars(select(UnitRow.id).where(UnitRow.parent_id == unit_id, UnitRow.active)))


def unit_names(session: Session, unit_ids: set[int]) -> dict[int, str]:
    """Names by id."""
    rows = session.execute(select(UnitRow.id, UnitRow.name).where(UnitRow.id.in_(unit_ids)))
    return {row.id: row.name for row in rows}


def ancestor_ids(session: Session, unit_id: int) -> list[int]:
    """The unit and all above it, nearest first."""
    query = (
        select(UnitAncestorRow.ancestor_id)
        .where(UnitAncestorRow.unit_id == unit_id)
        .order_by(UnitAncestorRow.depth)
    )
    return list(remembered(session, ("ancestors", unit_id), lambda: session.scalars(query).all()))


def memberships(session: Session, person_id: int) -> list[Membership]:
    """The roles of a person."""
    query = select(MembershipRow.unit_id, MembershipRow.role).where(MembershipRow.person_id == person_id)
    return [Membership(unit_id=row.unit_id, role=Role(row.role)) for row in session.execute(query)]


def memberships_of(session: Session, person_ids: Collection[int]) -> dict[int, list[Membership]]:
    """The roles of several people, by person; nobody without one."""
    return _by_person(session, MembershipRow.person_id.in_(person_ids))


def all_memberships(session: Session) -> dict[int, list[Membership]]:
    """The roles of all people, by person; nobody without one."""
    return _by_person(session, true())


def _by_person(session: Session, whose: ColumnElement[bool]) -> dict[int, list[Membership]]:
    query = select(MembershipRow.person_id, MembershipRow.unit_id, MembershipRow.role).where(whose)
    found: dict[int, list[Membership]] = {}
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append(Membership(unit_id=row.unit_id, role=Role(row.role)))
    return found


def holding(session: Session, holder_id: int, *, secret: bool, level: int) -> Holding:
    """How a unit would hold a case, for working out who would stand where to it."""
    row = session.get_one(UnitRow, holder_id)
    above = tuple(ancestor_ids(session, holder_id))
    return Holding(unit=_unit(row).ref, above=above, secret=secret, level=level)


def holding_of(session: Session, state: CaseState, *, secret: bool | None = None) -> Holding:
    """How a case is held, for working out who stands where to it.

    `secret`: what the report says; states of 0.1.0 do not know it.
    """
    shut = bool(state.secret) if secret is None else secret
    held = holding(session, state.holder.id, secret=shut, level=state.level)
    facts = state.facts
    return replace(held, assisting=facts.assisting, accused_person_id=facts.accused_person_id)


def people_with_roles(session: Session, unit_id: int, roles: tuple[Role, ...]) -> list[int]:
    """Active people who hold one of the roles in exactly that unit."""
    query = (
        select(PersonRow.id)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(
            MembershipRow.unit_id == unit_id,
            MembershipRow.role.in_([role.value for role in roles]),
            PersonRow.active,
        )
        .distinct()
        .order_by(PersonRow.id)
    )
    return list(session.scalars(query))


def supervisors_of(session: Session, unit_id: int, but: int | None = None) -> list[int]:
    """The supervisors of the unit; where the rung is vacant, those of the nearest unit above.

    Where no unit above has any, the national admins are told: a late case must reach somebody.
    `but`: a person who is not there for the case, as the accused.
    """
    above = ancestor_ids(session, unit_id)
    for rung in above:
        found = _without(but, people_with_roles(session, rung, (Role.SUPERVISOR,)))
        if found:
            return found
    return _without(but, people_with_roles(session, above[-1], (Role.NATIONAL_ADMIN,))) if above else []


def acting_people(session: Session, unit_id: int, but: int | None = None) -> list[int]:
    """Who acts for a holder; where nobody does, those of the nearest unit above.

    `but`: a person who is not there for the case, as the accused.
    """
    for rung in ancestor_ids(session, unit_id):
        level = UnitLevel(session.get_one(UnitRow, rung).level)
        found = _without(but, people_with_roles(session, rung, acting_roles(level)))
        if found:
            return found
    return []


def _without(but: int | None, people: list[int]) -> list[int]:
    return [person_id for person_id in people if person_id != but]


def units_without_staff(session: Session, unit_ids: set[int], but: int | None = None) -> set[int]:
    """Those of the units in which nobody active acts; their to-dos go to the unit above.

    `but`: a person who is not there for the case, as the accused.
    """
    staffed = (
        select(MembershipRow.unit_id)
        .join(UnitRow, UnitRow.id == MembershipRow.unit_id)
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(MembershipRow.unit_id.in_(unit_ids), PersonRow.active, or_(*map(_acts_at, UnitLevel)))
    )
    if but is not None:
        staffed = staffed.where(PersonRow.id != but)
    return unit_ids - set(session.scalars(staffed))


def _acts_at(level: UnitLevel) -> ColumnElement[bool]:
    roles = [role.value for role in acting_roles(level)]
    return and_(UnitRow.level == level.value, MembershipRow.role.in_(roles))


def active_memberships(session: Session, person_id: int) -> list[Membership]:
    """The roles of a person whose account is open; none for a closed one."""
    person = session.get(PersonRow, person_id)
    return memberships(session, person_id) if person is not None and person.active else []


def calendar_of(session: Session, unit_id: int) -> WorkCalendar:
    """The newest calendar of a unit."""
    query = (
        select(cast(CalendarRow.content, Text))
        .join(UnitRow, UnitRow.calendar_name == CalendarRow.name)
        .where(UnitRow.id == unit_id)
        .order_by(CalendarRow.version.desc())
        .limit(1)
    )
    return _read_calendar(session.scalars(query).one())


@lru_cache(maxsize=CALENDARS_KEPT)
def _read_calendar(content: str) -> WorkCalendar:
    """A calendar by all that it says: reading a hundred holidays takes longer than asking for them."""
    return WorkCalendar.from_json(json.loads(content))


def policy(session: Session, name: str) -> Policy:
    """The newest version of a policy."""
    query = (
        select(PolicyRow.content).where(PolicyRow.name == name).order_by(PolicyRow.version.desc()).limit(1)
    )
    return POLICY.validate_python(session.scalars(query).one(), strict=False)


def _unit(row: UnitRow) -> Unit:
    return Unit(
        id=row.id,
        name=row.name,
        level=UnitLevel(row.level),
        parent_id=row.parent_id,
        agency_id=row.agency_id,
        active=row.active,
    )
