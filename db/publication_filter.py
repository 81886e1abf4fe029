"""Which cases a reader of public reports asks for: few of them lead to their reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow
from db.desk_filter import DeskFilter, DeskMoment, is_open, narrowed
from db.desk_find import indexed, telling
from db.desk_path import gather
from db.desk_reach import Held, Part
from db.desk_scope import Onlooker
from db.publication_table import PublicationRow
from domain.case import EndReason, Kind, Stage
from domain.publication import HIDING_ENDS

FEW = 500
"""So few cases lead to their reports; of more the newest reports are tried in turn, and no index is asked."""
_SHOWN_END = CaseViewRow.end_reason.in_(sorted(set(EndReason) - HIDING_ENDS))
"""What has ended ended for one of these, if it may be shown: said so that an index can look it up."""
_NOBODY = Onlooker(memberships=())
_NEVER = datetime.min.replace(tzinfo=UTC)
_NO_MOMENT = DeskMoment(at=_NEVER, day_ends_at=_NEVER, week_ends_at=_NEVER)


@dataclass(frozen=True, kw_only=True)
class WantedCases:
    """What is asked of the cases; `region_code` means the region with all that lies in it."""

    kind: Kind | None
    stage: Stage | None
    agency_id: int | None
    category_id: int | None
    region_code: str | None


@dataclass(frozen=True, kw_only=True)
class FoundCases:
    """Conditions on publications and their cases.

    Attributes:
        are_few: the cases lead to their reports, which no order of a list does better.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    are_few: bool = False


def wanted_cases(session: Session, wanted: WantedCases, fit: ColumnElement[bool]) -> FoundCases:
    """How the cases that are asked for are found. `fit`: what makes a case fit to be shown."""
    asked = DeskFilter(
        moment=_NO_MOMENT,
        kind=wanted.kind,
        stage=wanted.stage,
        category_id=wanted.category_id,
        region_code=wanted.region_code,
    )
    agency = () if wanted.agency_id is None else (wanted.agency_id,)
    part = Part(held=Held.AGENCY if agency else Held.ALL, ids=agency)
    narrowing = narrowed(_NOBODY, asked)
    if not agency and not narrowing:
        return FoundCases()
    still_open = [CaseViewRow.end_reason.is_(None)] if is_open(asked) else []
    conditions = (part.condition, *narrowing, *still_open)
    hidden_mostly = [fit, _SHOWN_END] if wanted.stage is Stage.ARCHIVED else []
    found = indexed([*conditions, *hidden_mostly], gather(part.held, asked, telling(session, asked)))
    some = found.with_only_columns(CaseViewRow.case_id).limit(FEW + 1).subquery()
    if session.execute(select(func.count()).select_from(some)).scalar_one() > FEW:
        return FoundCases(conditions=(func.coalesce(and_(*conditions), false()),))
    return FoundCases(conditions=(PublicationRow.case_id.in_(select(some.c.case_id)),), are_few=True)
