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
    """Who holds a case, and how shut it is.

    Attributes:
        above: the unit and all units above it, itself first.
        level: the rung of the ladder that the case has reached.
        assisting: units that help the holder.
        accused_person_id: whom the report accuses; the case does not exist for that person.
    """

    unit: UnitRef
    above: tuple[int, ...]
    secret: bool
    level: int
    assisting: tuple[int, ...] = ()
    accused_person_id: int | None = None


_IN_HOLDER = {Role.LIAISON: Relation.LIAISON, Role.OPERATOR: Relation.OPERATOR}
_ASSISTING = frozenset({Role.LIAISON, Role.OPERATOR, Role.SUPERVISOR})
_WHOLE_SUBTREE = frozenset(
    {Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.INSPECTORATE, Role.OVERSEER}
)


def staff_actor(person_id: int, memberships: list[Membership], holding: Holding) -> Actor:
    """The actor that a person is for a case now; without relations if they may not even see it."""
    mine = [] if person_id == holding.accused_person_id else memberships
    found = [(relations, member) for member in mine if (relations := _relations(member, holding))]
    first = found[0][1] if found else None
    return Actor(
        person_id=person_id,
        role=first.role if first else None,
        unit_id=first.unit_id if first else None,
        channel=Channel.WEB,
        relations=frozenset(relation for relations, _ in found for relation in relations),
        holder_id=holding.unit.id,
    )


def may_see(memberships: list[Membership], holding: Holding) -> bool:
    """Whether the case exists for somebody with these roles, unless they are the accused.

    A secret one does only for those who must handle it, and for the rungs that it has reached.
    """
    return any(_sees(member, holding) for member in memberships)


def rung_of(role: Role, unit_id: int, holding: Holding) -> int | None:
    """The rung of the ladder on which that role stands to the case; None for one that stands on none.

    Source: DOMAIN, "Escalation ladder".
    """
    if unit_id not in holding.above:
        return None
    agency = unit_id == holding.unit.agency_id
    if role is Role.SUPERVISOR:
        return _rung_of_supervisor(unit_id, holding)
    if role is Role.AGENCY_ADMIN and agency:
        return 2
    if role is Role.INSPECTORATE:
        return 3
    return 4 if role is Role.NATIONAL_ADMIN else None


def _rung_of_supervisor(unit_id: int, holding: Holding) -> int:
    """The holder's own is the first; the head of the agency the third, the head of all the fourth."""
    if unit_id == holding.unit.id:
        return 1
    if unit_id == holding.unit.agency_id:
        return 3
    return 4 if unit_id == holding.above[-1] else 1


def _sees(member: Membership, holding: Holding) -> bool:
    if member.unit_id == holding.unit.id:
        return member.role is not Role.OVERSEER or not holding.secret
    if member.unit_id in holding.assisting and member.role in _ASSISTING:
        return True
    if member.unit_id not in holding.above or member.role not in _WHOLE_SUBTREE:
        return False
    rung = rung_of(member.role, member.unit_id, holding)
    return not holding.secret or (rung is not None and rung <= holding.level)


def _relations(member: Membership, holding: Holding) -> frozenset[Relation]:
    if not _sees(member, holding):
        return frozenset()
    found = {_at_holder(member, holding), _above_holder(member, holding)}
    if member.unit_id in holding.assisting and member.unit_id != holding.unit.id:
        found.add(Relation.ASSISTANT)
    if _arbitrates(member, holding):
        found.add(Relation.ARBITER)
    return frozenset(relation for relation in found if relation is not None)


def _at_holder(member: Membership, holding: Holding) -> Relation | None:
    if member.unit_id == holding.unit.id and holding.unit.level is UnitLevel.DEPARTMENT:
        return _IN_HOLDER.get(member.role)
    return None


def _above_holder(member: Membership, holding: Holding) -> Relation | None:
    """Agency admins verify for the whole agency, national admins only while no agency holds the case."""
    if member.role is Role.AGENCY_ADMIN and member.unit_id == holding.unit.agency_id:
        return Relation.VERIFIER
    if member.role is Role.NATIONAL_ADMIN and holding.unit.level is UnitLevel.NATIONAL:
        return Relation.VERIFIER
    in_line = member.unit_id in holding.above
    return Relation.SUPERVISOR if member.role is Role.SUPERVISOR and in_line else None


def _arbitrates(member: Membership, holding: Holding) -> bool:
    """Inside one agency its admin, between agencies the national one. Source: CASE, "Who"."""
    if member.unit_id not in holding.above:
        return False
    inside = member.role is Role.AGENCY_ADMIN and member.unit_id == holding.unit.agency_id
    return inside or member.role is Role.NATIONAL_ADMIN
