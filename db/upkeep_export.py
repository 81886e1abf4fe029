"""Which ended cases still need their history exported, and what became of those that did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from db.case_table import CaseViewRow
from db.database import Database, now, settle_race
from db.upkeep_table import HistoryExportRow

WINDOW = 500
"""How many ended cases one look passes over; those exported before are among them."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A history as it was listed. `state`: exported, partial or missing."""

    state: str
    runs: int = 0
    events: int = 0
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Ended cases (id, code) without an export, and where the next look begins: 0 is the beginning."""

    cases: list[tuple[int, str]]
    next_after: int


class ExportStore:
    """The list of exported histories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, after: int, limit: int) -> Waiting:
        """The next ended cases behind that id which are not listed. Costs its window, never the table."""
        query = (
            select(CaseViewRow.case_id, CaseViewRow.code, HistoryExportRow.case_id.label("listed"))
            .outerjoin(HistoryExportRow, HistoryExportRow.case_id == CaseViewRow.case_id)
            .where(CaseViewRow.ended, CaseViewRow.case_id > after)
            .order_by(CaseViewRow.case_id)
            .limit(WINDOW)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
        cases = [(row.case_id, row.code) for row in rows if row.listed is None][:limit]
        if len(cases) == limit:
            return Waiting(cases=cases, next_after=cases[-1][0])
        return Waiting(cases=cases, next_after=rows[-1].case_id if len(rows) == WINDOW else 0)

    def add(self, case_id: int, exported: Exported) -> bool:
        """Lists a case's history; False if it was listed before, which stays. Safe to repeat."""
        return settle_race(lambda: self._add(case_id, exported))

    def _add(self, case_id: int, exported: Exported) -> bool:
        with self._database.write() as session:
            if session.get(HistoryExportRow, case_id) is not None:
                return False
            row = HistoryExportRow(
                case_id=case_id,
                state=exported.state,
                runs=exported.runs,
                events=exported.events,
                size=exported.size,
                sha256=exported.sha256,
                listed_at=now(session),
            )
            session.add(row)
            return True

    def of(self, case_id: int) -> Exported | None:
        """What became of a case's history; None while it is not listed."""
        with self._database.read() as session:
            row = session.get(HistoryExportRow, case_id)
            if row is None:
                return None
            return Exported(
                state=row.state, runs=row.runs, events=row.events, size=row.size, sha256=row.sha256
            )
