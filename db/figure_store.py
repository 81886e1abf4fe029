"""Figures that everybody may see."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from db.case_table import CaseViewRow, ReportRow
from db.database import Database, now
from domain.case import EndReason, Stage

KEPT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class PublicFigures:
    """Counts over all reports at an instant of the database's clock."""

    as_of: datetime
    received: int
    closed: int
    resolved: int
    """Those of the closed ones whose reporter said so."""


class FigureStore:
    """Counts at most once a minute, so that visits cost nothing however many reports there are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: PublicFigures | None = None
        self._counted_at = 0.0

    def public(self) -> PublicFigures:
        """The figures of the front door, at most `KEPT_SECONDS` old; `as_of` tells their instant."""
        if self._known is None or time.monotonic() - self._counted_at > KEPT_SECONDS:
            self._known, self._counted_at = _counted(self._database), time.monotonic()
        return self._known


def _counted(database: Database) -> PublicFigures:
    closed = CaseViewRow.stage == Stage.CLOSED.value
    resolved = CaseViewRow.end_reason == EndReason.RESOLVED.value
    with database.read() as session:
        return PublicFigures(
            as_of=now(session),
            received=session.scalar(select(func.count(ReportRow.id))) or 0,
            closed=session.scalar(select(func.count(CaseViewRow.case_id)).where(closed)) or 0,
            resolved=session.scalar(select(func.count(CaseViewRow.case_id)).where(closed, resolved)) or 0,
        )
