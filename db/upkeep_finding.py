"""The doctor's findings and how far it has walked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.case_table import ReportRow
from db.database import Database, now, settle_race
from db.upkeep_table import FindingRow, UpkeepPlaceRow
from schemas.upkeep import FindingKind

DAY = "day "


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding that is open; `code` is None where it is about a day."""

    kind: FindingKind
    subject: str
    code: str | None
    first_seen_at: datetime


class FindingStore:
    """One row a finding and subject: opened, seen again, and resolved when it holds no more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(
        self, case_id: int, seen: Collection[FindingKind], unsure: Collection[FindingKind] = ()
    ) -> list[FindingKind]:
        """Keeps what was seen of a case, and resolves what was not; the kinds that are new.

        `unsure`: kinds that could not be judged and stay as they are. Safe to repeat.
        """
        return settle_race(lambda: self._settle(f"case {case_id}", case_id, seen, unsure))

    def settle_day(self, day: date, differs: bool) -> bool:
        """Keeps whether the head of a day differs; True if that is new."""
        seen = [FindingKind.HEAD_DIFFERS] if differs else []
        return bool(settle_race(lambda: self._settle(f"{DAY}{day.isoformat()}", None, seen, ())))

    def _settle(
        self,
        subject: str,
        case_id: int | None,
        seen: Collection[FindingKind],
        unsure: Collection[FindingKind],
    ) -> list[FindingKind]:
        with self._database.write() as session:
            at = now(session)
            known = {FindingKind(row.kind): row for row in session.scalars(_of(subject))}
            for kind, row in known.items():
                if row.resolved_at is None and kind not in seen and kind not in unsure:
                    row.resolved_at = at
            return [kind for kind in seen if _is_new(session, known.get(kind), (kind, subject, case_id), at)]

    def open_kinds(self, case_ids: Collection[int]) -> dict[int, set[FindingKind]]:
        """What is open about these cases; a case without a finding is not in it."""
        query = select(FindingRow.case_id, FindingRow.kind).where(
            FindingRow.case_id.in_(case_ids), FindingRow.resolved_at.is_(None)
        )
        found: dict[int, set[FindingKind]] = {}
        with self._database.read() as session:
            for case_id, kind in session.execute(query):
                if case_id is not None:
                    found.setdefault(case_id, set()).add(FindingKind(kind))
        return found

    def to_see_again(self, unseen_for: timedelta, limit: int) -> list[int]:
        """Cases with an open finding that was last looked at so long ago, the longest ago first."""
        with self._database.read() as session:
            query = (
                select(FindingRow.case_id)
                .where(FindingRow.resolved_at.is_(None), FindingRow.case_id.is_not(None))
                .where(FindingRow.last_seen_at <= now(session) - unseen_for)
                .order_by(FindingRow.last_seen_at)
                .limit(limit)
            )
            return list(dict.fromkeys(each for each in session.scalars(query) if each is not None))

    def open_findings(self) -> list[Finding]:
        """All that is open, the oldest first."""
        query = (
            select(FindingRow, ReportRow.code)
            .outerjoin(ReportRow, ReportRow.id == FindingRow.case_id)
            .where(FindingRow.resolved_at.is_(None))
            .order_by(FindingRow.first_seen_at, FindingRow.kind, FindingRow.subject)
        )
        with self._database.read() as session:
            return [
                Finding(
                    kind=FindingKind(row.kind),
                    subject=row.subject,
                    code=code,
                    first_seen_at=row.first_seen_at,
                )
                for row, code in session.execute(query)
            ]

    def place(self, name: str) -> int:
        """The case up to which a walk has come."""
        with self._database.read() as session:
            row = session.get(UpkeepPlaceRow, name)
            return 0 if row is None else row.case_id

    def keep_place(self, name: str, case_id: int) -> None:
        """Notes how far a walk has come. Safe to repeat."""
        settle_race(lambda: self._keep_place(name, case_id))

    def _keep_place(self, name: str, case_id: int) -> None:
        with self._database.write() as session:
            row = session.get(UpkeepPlaceRow, name)
            if row is None:
                session.add(UpkeepPlaceRow(name=name, case_id=case_id))
            else:
                row.case_id = case_id


def _of(subject: str) -> Select[FindingRow]:
    """By the primary key, which begins with the kind."""
    return select(FindingRow).where(FindingRow.kind.in_(list(FindingKind)), FindingRow.subject == subject)


def _is_new(
    session: Session, row: FindingRow | None, about: tuple[FindingKind, str, int | None], at: datetime
) -> bool:
    """Notes that it was seen; one that had been resolved opens again."""
    if row is None:
        kind, subject, case_id = about
        made = FindingRow(kind=kind.value, subject=subject, first_seen_at=at, last_seen_at=at)
        made.case_id = case_id
        session.add(made)
        return True
    row.last_seen_at = at
    if row.resolved_at is None:
        return False
    row.first_seen_at, row.resolved_at = at, None
    return True
