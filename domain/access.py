"""How a member of staff stands to a case, and whether they may see it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor import Actor, UnitRef
from domain.case import Channel, Relation, Role, UnitLevel


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A role in a unit."""

    unit_id: int
    role: Role


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Who holds a case: the unit, all units above it (itself first), and how shut the case is."""

    unit: UnitRef
    above: tuple[int, ...]
    secret: bool
    level: int


_IN_HOLDER = {Role.LIAISON: Relation.LIAISON, Role.OPERATOR: Relation.OPERATOR}
_WHOLE_SUBTREE = frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.OVERSEER})


def staff_actor(person_id: int, memberships: list[Membership], holding: Holding) -> Actor:
    """The actor that a person is for a case now; without relations if they may not even see it."""
    found = [(relation, member) for member in memberships if (relation := _relation(member, holding))]
    first = found[0][1] if found else None
    return Actor(
        person_id=person_id,
        role=first.role if first else None,
        unit_id=first.unit_id if first else None,
        channel=Channel.WEB,
        relations=frozenset(relation for relation, _ in found),
        holder_id=holding.unit.id,
    )


def may_see(memberships: list[Membership], holding: Holding) -> bool:
    """Whether the case exists for this person. A secret one does only for those who must handle it."""
    return any(_sees(member, holding) for member in memberships)


def _sees(member: Membership, holding: Holding) -> bool:
    if member.unit_id == holding.unit.id:
        return member.role is not Role.OVERSEER or not holding.secret
    if member.unit_id not in holding.above or member.role not in _WHOLE_SUBTREE:
        return False
    escalated = member.role is Role.SUPERVISOR and holding.level > 0
    return escalated or not holding.secret


def _relation(member: Membership, holding: Holding) -> Relation | None:
    if not _sees(member, holding):
        return None
    here = member.unit_id == holding.unit.id
    if here and holding.unit.level is UnitLevel.DEPARTMENT and member.role in _IN_HOLDER:
        return _IN_HOLDER[member.role]
    if here and _verifies(member.role, holding.unit.level):
        return Relation.VERIFIER
    if member.role is Role.SUPERVISOR and member.unit_id in holding.above:
        return Relation.SUPERVISOR
    return None


def _verifies(role: Role, level: UnitLevel) -> bool:
    if level is UnitLevel.NATIONAL:
        return role is Role.NATIONAL_ADMIN
    return level is UnitLevel.AGENCY and role is Role.AGENCY_ADMIN
