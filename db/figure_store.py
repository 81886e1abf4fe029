"""Figures that everybody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from db.case_table import CaseViewRow, ReportRow
from db.database import Database, now
from domain.case import EndReason, Stage


@dataclass(frozen=True, kw_only=True)
class PublicFigures:
    """Counts over all reports at an instant of the database's clock."""

    as_of: datetime
    received: int
    closed: int
    resolved: int
    """Those of the closed ones whose reporter said so."""


def public_figures(database: Database) -> PublicFigures:
    """The figures of the front door."""
    closed = CaseViewRow.stage == Stage.CLOSED.value
    resolved = CaseViewRow.end_reason == EndReason.RESOLVED.value
    with database.read() as session:
        return PublicFigures(
            as_of=now(session),
            received=session.scalar(select(func.count(ReportRow.id))) or 0,
            closed=session.scalar(select(func.count(CaseViewRow.case_id)).where(closed)) or 0,
            resolved=session.scalar(select(func.count(CaseViewRow.case_id)).where(closed, resolved)) or 0,
        )
