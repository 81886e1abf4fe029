"""Where the cases of somebody are to be looked for: parts to which an index leads, in the order of a list.

Parts only say where to look. What somebody may see there is for `desk_scope.visible` alone to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from db.case_table import CaseAssistantRow, CaseViewRow
from db.desk_scope import ACTING, HELPING_ROLES, WIDE_ROLES, Onlooker
from db.directory_table import UnitAncestorRow, UnitRow
from domain.case import Role

MOST_PARTS = 8
"""Who looks in more parts than this has them looked through at once."""
TURN_ROLES = frozenset({*ACTING, Role.AGENCY_ADMIN})
_BELOW, _ABOVE = aliased(UnitRow), aliased(UnitRow)
_TREE = (
    select(UnitAncestorRow.ancestor_id, _BELOW.id, _BELOW.agency_id, _ABOVE.parent_id)
    .join(_BELOW, _BELOW.id == UnitAncestorRow.unit_id)
    .join(_ABOVE, _ABOVE.id == UnitAncestorRow.ancestor_id)
)
_IN_AGENCY = and_(_ABOVE.parent_id.is_not(None), _ABOVE.agency_id != _ABOVE.id)
"""What lies below an agency, or below all, need not be named one by one."""


class Held(StrEnum):
    """By what a part is found."""

    ALL = "all"
    AGENCY = "agency"
    HOLDER = "holder"
    HELPED = "helped"
    MIXED = "mixed"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Cases that are found in one way.

    Attributes:
        ids: of the agency, the holder or the helping units; empty for all cases.
        others: the parts in which a helped case may be as well, or those that are mixed.
    """

    held: Held
    ids: tuple[int, ...] = ()
    others: tuple[Part, ...] = ()

    @property
    def condition(self) -> ColumnElement[bool]:
        """On `case_view`."""
        if self.held is Held.ALL:
            return true()
        if self.held is Held.AGENCY:
            return CaseViewRow.agency_id == self.ids[0]
        if self.held is Held.HOLDER:
            return CaseViewRow.holder_id == self.ids[0]
        if self.held is Held.MIXED:
            return or_(false(), *(part.condition for part in self.others))
        helped = select(CaseAssistantRow.case_id).where(CaseAssistantRow.unit_id.in_(self.ids))
        elsewhere = (func.coalesce(part.condition, false()) for part in self.others)
        return and_(CaseViewRow.case_id.in_(helped), not_(or_(false(), *elsewhere)))


def parts(session: Session, who: Onlooker) -> list[Part]:
    """No case is in two of them, and each case in sight is in one. One query."""
    every, wide = {member.unit_id for member in who.memberships}, set(who.units(WIDE_ROLES))
    return _parts(session, every, wide, who.units(HELPING_ROLES))


def parts_below(session: Session, unit_id: int) -> list[Part]:
    """Where the cases are that a unit or one below it holds. One query."""
    return _parts(session, {unit_id}, {unit_id}, ())


def parts_to_act(session: Session, who: Onlooker) -> list[Part]:
    """Where the cases are in which it may be somebody's own turn. One query."""
    return _parts(session, set(who.units(TURN_ROLES)), set(who.units({Role.AGENCY_ADMIN})), ())


def _parts(session: Session, every: set[int], wide: set[int], helping: Sequence[int]) -> list[Part]:
    of_tree = and_(UnitAncestorRow.ancestor_id.in_(sorted(wide)), _IN_AGENCY)
    of_own = and_(UnitAncestorRow.ancestor_id.in_(sorted(every)), UnitAncestorRow.depth == 0)
    found = session.execute(_TREE.where(or_(of_own, of_tree))).tuples().all()
    if any(above in wide and parent is None for above, _, _, parent in found):
        return [Part(held=Held.ALL)]
    agencies = sorted({unit for above, unit, agency, _ in found if unit == above == agency and above in wide})
    units = sorted({unit for _, unit, agency, _ in found if agency not in agencies})
    made = [Part(held=Held.AGENCY, ids=(agency,)) for agency in agencies]
    made += [Part(held=Held.HOLDER, ids=(unit,)) for unit in units]
    if helping:
        made.append(Part(held=Held.HELPED, ids=tuple(sorted(helping)), others=tuple(made)))
    return made if 0 < len(made) <= MOST_PARTS else [Part(held=Held.MIXED, others=tuple(made))]
