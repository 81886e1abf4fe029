"""Measures cases of before there were figures, from their logs, a few at a time."""

from __future__ import annotations

import logging

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow, ReportRow
from db.database import Database
from db.measure_store import save_measures
from db.measure_table import CaseMeasureRow
from db.rebuild_store import UnreadableLogError, UnreadableReportError, steps
from db.upkeep_finding import FindingStore
from domain.measure import Rows, measure, settle
from domain.state import CaseState

log = logging.getLogger(__name__)

PLACE = "measure"


class MeasureFill:
    """Walks over all cases once; what is recorded meanwhile is measured as it happens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._places = FindingStore(database)
        self._done = False

    def fill(self, limit: int) -> int:
        """Measures so many of the next cases, and says how many. Safe to repeat; free once it is through."""
        if self._done:
            return 0
        case_ids = self._next(limit)
        for case_id in case_ids:
            try:
                self._fill(case_id)
            except (UnreadableLogError, UnreadableReportError) as problem:
                log.critical("case %s cannot be measured: %s", case_id, type(problem).__name__)
        if case_ids:
            self._places.keep_place(PLACE, case_ids[-1])
        self._done = not case_ids
        return len(case_ids)

    def _next(self, limit: int) -> list[int]:
        after = self._places.place(PLACE)
        query = select(CaseViewRow.case_id).where(CaseViewRow.case_id > after).order_by(CaseViewRow.case_id)
        with self._database.read() as session:
            return list(session.scalars(query.limit(limit)))

    def _fill(self, case_id: int) -> None:
        with self._database.write() as session:
            session.execute(select(ReportRow.id).where(ReportRow.id == case_id).with_for_update())
            rows, state = _measured(session, case_id)
            session.execute(delete(CaseMeasureRow).where(CaseMeasureRow.case_id == case_id))
            save_measures(session, state, rows)


def _measured(session: Session, case_id: int) -> tuple[Rows, CaseState]:
    rows: Rows = ()
    state, past = None, steps(session, case_id)
    for one in past:
        state = one.state
        if one.event is not None:
            rows = settle(measure(rows, one.event), state, (one.event,))
    assert state is not None  # noqa: S101  the state before the first event comes first
    return rows, state
