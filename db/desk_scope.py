"""Which cases a member of staff may see, as SQL: the same rule as `domain.access.may_see`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, false, or_, select
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
    """How the cases of the lists are held."""
    return Held(
        case_id=CaseViewRow.case_id,
        holder_id=CaseViewRow.holder_id,
        secret=CaseViewRow.secret,
        level=CaseViewRow.level,
        accused_person_id=CaseViewRow.accused_person_id,
    )


def visible(who: Onlooker, held: Held) -> ColumnElement[bool]:
    """Cases that exist for somebody with these roles; nothing for somebody without any."""
    helped = exists().where(
        CaseAssistantRow.case_id == held.case_id, CaseAssistantRow.unit_id.in_(who.units(HELPING_ROLES))
    )
    seen = or_(
        false(),
        held.holder_id.in_(who.units(frozenset(Role) - {Role.OVERSEER})),
        and_(~held.secret, held.holder_id.in_(subtree(who.units(WIDE_ROLES)))),
        helped,
        climbed_to(who, held),
    )
    unbiased = or_(held.accused_person_id.is_(None), held.accused_person_id != (who.person_id or 0))
    return and_(seen, unbiased)


def climbed_to(who: Onlooker, held: Held) -> ColumnElement[bool]:
    """Cases that have reached a rung of the ladder on which this person stands.

    Source: `domain.access.rung_of`.
    """
    supervised = who.units({Role.SUPERVISOR})
    rungs = (
        (1, supervised),
        (1, _between(supervised)),
        (2, _of_agencies(who.units({Role.AGENCY_ADMIN}))),
        (3, _of_agencies(supervised)),
        (3, subtree(who.units({Role.INSPECTORATE}))),
        (4, _under_root(supervised)),
        (4, subtree(who.units({Role.NATIONAL_ADMIN}))),
    )
    return or_(false(), *(and_(held.level >= rung, held.holder_id.in_(units)) for rung, units in rungs))


def to_me(who: Onlooker) -> ColumnElement[bool]:
    """Cases in which a unit of this person must act, and in which they act for it. Needs the holder's row.

    While the reporter is asked, or has the answer, it is nobody's turn here. Agency admins verify for the
    whole agency.
    """
    verifies = and_(
        UnitRow.agency_id.in_(who.units({Role.AGENCY_ADMIN})), CaseViewRow.stage == Stage.VERIFICATION.value
    )
    turns = [
        and_(
            CaseViewRow.holder_id.in_(who.units({role})),
            UnitRow.level == level.value,
            CaseViewRow.stage.in_(stages),
        )
        for role, (level, stages) in ACTING.items()
    ]
    return or_(verifies, *turns)


def escalated(who: Onlooker) -> ColumnElement[bool]:
    """Cases that have climbed to a rung on which this person stands."""
    return and_(CaseViewRow.level > 0, climbed_to(who, held_in_view()))


def units_in_reach(who: Onlooker) -> ColumnElement[bool]:
    """The person's own units, and those below them where the role reaches there."""
    own = UnitRow.id.in_([member.unit_id for member in who.memberships])
    return or_(own, UnitRow.id.in_(subtree(who.units(WIDE_ROLES))))


def subtree(unit_ids: Iterable[int]) -> Select[int]:
    """The units and all below them."""
    return select(UnitAncestorRow.unit_id).where(UnitAncestorRow.ancestor_id.in_(list(unit_ids)))


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
    held, above = aliased(UnitRow), aliased(UnitRow)
    at_root = above.parent_id.is_(None)
    return (
        select(UnitAncestorRow.unit_id)
        .join(held, held.id == UnitAncestorRow.unit_id)
        .join(above, above.id == UnitAncestorRow.ancestor_id)
        .where(above.id.in_(unit_ids), held.agency_id != above.id, at_root if root else ~at_root)
    )
