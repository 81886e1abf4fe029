"""Which cases a member of staff may see, as SQL: the same rule as `domain.access.may_see`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from db.case_table import CaseAssistantRow, CaseViewRow
from db.directory_table import UnitAncestorRow, UnitRow
from domain.access import Membership
from domain.case import Role, Stage, UnitLevel

WIDE_ROLES = frozenset(
    {Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.INSPECTORATE, Role.OVERSEER}
)
"""Roles that reach the units below their own."""
HELPING_ROLES = frozenset({Role.LIAISON, Role.OPERATOR, Role.SUPERVISOR})
"""Roles that see the cases with which their unit helps."""

IN_HAND = (Stage.DISPOSED.value, Stage.IN_PROGRESS.value)
ACTING = {
    Role.NATIONAL_ADMIN: (UnitLevel.NATIONAL, (Stage.VERIFICATION.value,)),
    Role.LIAISON: (UnitLevel.DEPARTMENT, IN_HAND),
    Role.OPERATOR: (UnitLevel.DEPARTMENT, IN_HAND),
}
"""Whose turn it is: the role, the rank of its unit and the stages in which that unit must act."""
_TURN_STAGES = sorted(
    {Stage.VERIFICATION.value, *(stage for _, stages in ACTING.values() for stage in stages)}
)


_BELOW, _ABOVE = aliased(UnitRow), aliased(UnitRow)
"""Made once: SQLAlchemy remembers what it has worked out of an alias."""


@dataclass(frozen=True, kw_only=True)
class Onlooker:
    """Who looks: their roles, and who they are, as a case does not exist for the person whom it accuses."""

    memberships: tuple[Membership, ...]
    person_id: int | None = None

    def units(self, roles: Iterable[Role]) -> list[int]:
        """The units in which they have one of the roles."""
        wanted = frozenset(roles)
        return [member.unit_id for member in self.memberships if member.role in wanted]


@dataclass(frozen=True, kw_only=True)
class Held:
    """The columns, or expressions, that say how a case is held."""

    case_id: SQLColumnExpression[int]
    holder_id: SQLColumnExpression[int]
    secret: SQLColumnExpression[bool]
    level: SQLColumnExpression[int]
    accused_person_id: SQLColumnExpression[int | None]


def held_in_view() -> Held:
    """How the cases of the lists are held. The holder is compared, and never looked up in an index."""
    holder_id: SQLColumnExpression[int] = CaseViewRow.holder_id
    return Held(
        case_id=CaseViewRow.case_id,
        holder_id=func.coalesce(holder_id, 0),
        secret=CaseViewRow.secret,
        level=CaseViewRow.level,
        accused_person_id=CaseViewRow.accused_person_id,
    )


def visible(who: Onlooker, held: Held) -> ColumnElement[bool]:
    """Cases that exist for somebody with these roles; nothing for somebody without any."""
    own, wide = who.units(frozenset(Role) - {Role.OVERSEER}), who.units(WIDE_ROLES)
    seen: list[ColumnElement[bool]] = [held.holder_id.in_(own)] if own else []
    if wide:
        seen.append(and_(~held.secret, held.holder_id.in_(subtree(wide))))
    helping = who.units(HELPING_ROLES)
    if helping:
        helped = select(CaseAssistantRow.case_id).where(CaseAssistantRow.unit_id.in_(helping))
        seen.append(held.case_id.in_(helped))
    unbiased = or_(held.accused_person_id.is_(None), held.accused_person_id != (who.person_id or 0))
    return and_(or_(false(), *seen, *_rungs(who, held)), unbiased)


def _rungs(who: Onlooker, held: Held) -> list[ColumnElement[bool]]:
    """One condition for each rung on which they stand; none for roles that they do not have.

    Source: `domain.access.rung_of`.
    """
    supervised, admin = who.units({Role.SUPERVISOR}), who.units({Role.AGENCY_ADMIN})
    inspectorate, national = who.units({Role.INSPECTORATE}), who.units({Role.NATIONAL_ADMIN})
    rungs: tuple[tuple[int, list[int], Callable[[list[int]], list[int] | Select[int]]], ...] = (
        (1, supervised, list),
        (1, supervised, _between),
        (2, admin, _of_agencies),
        (3, supervised, _of_agencies),
        (3, inspectorate, subtree),
        (4, supervised, _under_root),
        (4, national, subtree),
    )
    return [
        and_(held.level >= rung, held.holder_id.in_(below(units))) for rung, units, below in rungs if units
    ]


def to_me(who: Onlooker) -> ColumnElement[bool]:
    """Cases in which a unit of this person must act, and in which they act for it.

    While the reporter is asked, or has the answer, it is nobody's turn here. Agency admins verify for the
    whole agency.
    """
    verifies = and_(
        CaseViewRow.holder_id.in_(_of_agencies(who.units({Role.AGENCY_ADMIN}))),
        CaseViewRow.stage == Stage.VERIFICATION.value,
    )
    turns = [
        and_(CaseViewRow.holder_id.in_(_of_level(who.units({role}), level)), CaseViewRow.stage.in_(stages))
        for role, (level, stages) in ACTING.items()
    ]
    return and_(
        CaseViewRow.holder_id.in_(_turn_units(who)),
        CaseViewRow.stage.in_(_TURN_STAGES),
        or_(verifies, *turns),
    )


def _turn_units(who: Onlooker) -> Select[int]:
    """The units for which they act at all: what an index can look up before the finer conditions."""
    mine = UnitRow.id.in_(who.units(ACTING))
    return select(UnitRow.id).where(or_(mine, UnitRow.agency_id.in_(who.units({Role.AGENCY_ADMIN}))))


def escalated(who: Onlooker) -> ColumnElement[bool]:
    """Cases that have climbed to a rung on which this person stands, but for those late by their own hand.

    Source: CASE, after the table: a rung held by the person who is late is skipped.
    """
    held = held_in_view()
    acting = {Role.AGENCY_ADMIN: UnitLevel.AGENCY, **{role: level for role, (level, _) in ACTING.items()}}
    late = [
        held.holder_id.in_(_of_level(units, level))
        for role, level in acting.items()
        if (units := who.units({role}))
    ]
    return and_(CaseViewRow.level > 0, or_(false(), *_rungs(who, held)), not_(or_(false(), *late)))


def units_in_reach(who: Onlooker) -> ColumnElement[bool]:
    """The person's own units, and those below them where the role reaches there."""
    own = UnitRow.id.in_([member.unit_id for member in who.memberships])
    return or_(own, UnitRow.id.in_(subtree(who.units(WIDE_ROLES))))


def subtree(unit_ids: Iterable[int]) -> Select[int]:
    """The units and all below them."""
    return select(UnitAncestorRow.unit_id).where(UnitAncestorRow.ancestor_id.in_(list(unit_ids)))


def _of_level(unit_ids: list[int], level: UnitLevel) -> Select[int]:
    """Those of the units that have that rank."""
    return select(UnitRow.id).where(UnitRow.id.in_(unit_ids), UnitRow.level == level.value)


def _of_agencies(unit_ids: list[int]) -> Select[int]:
    """The units whose agency is one of these."""
    return select(UnitRow.id).where(UnitRow.agency_id.in_(unit_ids))


def _between(unit_ids: list[int]) -> Select[int]:
    """The units below one of these that is neither their agency nor the root."""
    return _below_others(unit_ids, root=False)


def _under_root(unit_ids: list[int]) -> Select[int]:
    """All units, if the root is one of these, but for those whose agency it is."""
    return _below_others(unit_ids, root=True)


def _below_others(unit_ids: list[int], *, root: bool) -> Select[int]:
    at_root = _ABOVE.parent_id.is_(None)
    return (
        select(UnitAncestorRow.unit_id)
        .join(_BELOW, _BELOW.id == UnitAncestorRow.unit_id)
        .join(_ABOVE, _ABOVE.id == UnitAncestorRow.ancestor_id)
        .where(_ABOVE.id.in_(unit_ids), _BELOW.agency_id != _ABOVE.id, at_root if root else ~at_root)
    )
