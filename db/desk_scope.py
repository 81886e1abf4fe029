"""Which cases a member of staff may see, as SQL: the same rule as `domain.access.may_see`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, or_, select

from db.case_table import CaseViewRow
from db.directory_table import UnitAncestorRow, UnitRow
from domain.access import Membership
from domain.case import Role, Stage, UnitLevel

WIDE_ROLES = frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.OVERSEER})
"""Roles that reach the units below their own."""

IN_HAND = (Stage.DISPOSED.value, Stage.IN_PROGRESS.value)
ACTING = {
    Role.NATIONAL_ADMIN: (UnitLevel.NATIONAL, (Stage.VERIFICATION.value,)),
    Role.AGENCY_ADMIN: (UnitLevel.AGENCY, (Stage.VERIFICATION.value,)),
    Role.LIAISON: (UnitLevel.DEPARTMENT, IN_HAND),
    Role.OPERATOR: (UnitLevel.DEPARTMENT, IN_HAND),
}
"""Whose turn it is: the role, the rank of its unit and the stages in which that unit must act."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """The columns, or expressions, that say how a case is held."""

    holder_id: SQLColumnExpression[int]
    secret: SQLColumnExpression[bool]
    level: SQLColumnExpression[int]


def visible(memberships: Sequence[Membership], held: Held) -> ColumnElement[bool]:
    """Cases that exist for somebody with these roles; nothing for somebody without any."""
    return or_(
        false(),
        held.holder_id.in_(_units(memberships, frozenset(Role) - {Role.OVERSEER})),
        and_(~held.secret, held.holder_id.in_(_below(memberships, WIDE_ROLES))),
        and_(~held.secret, held.holder_id.in_(_units(memberships, {Role.OVERSEER}))),
        and_(held.level > 0, held.holder_id.in_(_below(memberships, {Role.SUPERVISOR}))),
    )


def to_me(memberships: Sequence[Membership]) -> ColumnElement[bool]:
    """Cases in which a unit of this person must act, and in which they act for it. Needs the holder's row."""
    turns = [
        and_(
            CaseViewRow.holder_id.in_(_units(memberships, {role})),
            UnitRow.level == level.value,
            CaseViewRow.stage.in_(stages),
        )
        for role, (level, stages) in ACTING.items()
    ]
    return or_(false(), *turns)


def escalated(memberships: Sequence[Membership]) -> ColumnElement[bool]:
    """Cases that have climbed, at or below a unit that this person supervises."""
    below = CaseViewRow.holder_id.in_(_below(memberships, {Role.SUPERVISOR}))
    return and_(CaseViewRow.level > 0, below)


def units_in_reach(memberships: Sequence[Membership]) -> ColumnElement[bool]:
    """The person's own units, and those below them where the role reaches there."""
    own = UnitRow.id.in_([member.unit_id for member in memberships])
    return or_(own, UnitRow.id.in_(_below(memberships, WIDE_ROLES)))


def subtree(unit_ids: Iterable[int]) -> Select[int]:
    """The units and all below them."""
    return select(UnitAncestorRow.unit_id).where(UnitAncestorRow.ancestor_id.in_(list(unit_ids)))


def _units(memberships: Sequence[Membership], roles: Iterable[Role]) -> list[int]:
    wanted = frozenset(roles)
    return [member.unit_id for member in memberships if member.role in wanted]


def _below(memberships: Sequence[Membership], roles: Iterable[Role]) -> Select[int]:
    return subtree(_units(memberships, roles))
