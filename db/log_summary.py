"""Where all logs end, in one line: what tells two copies of a database apart."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from db.case_table import CaseLogRow
from db.database import Database
from db.upkeep_table import LogHeadRow
from schemas.backup import LogSummary

AT_ONCE = 1_000


def summarize_logs(database: Database) -> LogSummary:
    """All logs as they stand; reads the end of each once."""
    ends = select(CaseLogRow.case_id, func.max(CaseLogRow.seq).label("seq")).group_by(CaseLogRow.case_id)
    last = ends.subquery()
    at_end = (CaseLogRow.case_id == last.c.case_id) & (CaseLogRow.seq == last.c.seq)
    query = select(last.c.case_id, last.c.seq, CaseLogRow.hash).join(CaseLogRow, at_end)
    digest, cases = hashlib.sha256(), 0
    with database.read() as session:
        found = session.execute(query.order_by(last.c.case_id), execution_options={"yield_per": AT_ONCE})
        for row in found:
            digest.update(f"{row.case_id} {row.seq} {row.hash}\n".encode())
            cases += 1
        rows, newest_at = session.execute(
            select(func.count(), func.max(CaseLogRow.recorded_at)).select_from(CaseLogRow)
        ).one()
        head = session.scalars(select(LogHeadRow).order_by(LogHeadRow.day.desc()).limit(1)).first()
        return LogSummary(
            cases=cases,
            rows=rows,
            newest_at=newest_at,
            head=digest.hexdigest(),
            day=None if head is None else head.day.isoformat(),
            day_head=None if head is None else head.hash,
        )
