"""Leases for background work, heartbeats of processes, and the outages that their gaps reveal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.case_table import CaseViewRow, CommandRow, OutboxRow, ReportRow
from db.database import Database, now, settle_race
from db.mail_hold import held_since
from db.operation_table import HeartbeatRow, LeaseRow, OutageRow
from db.upkeep_table import FindingRow
from domain.agenda import Outage

WORKER = "worker"
COUNTED_AT_MOST = 1_000
LATELY = timedelta(days=3)
"""What is unknown of a mail by then stays so, and one that failed has been told to its case."""


class OperationStore:
    """What processes tell each other about themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_lease(
        self, name: str, owner: str, lease_for: timedelta, is_dead: Callable[[str], bool] = lambda _: False
    ) -> bool:
        """Whether `owner` alone may do the work called `name` for that long; its own lease is renewed.

        That of an owner who is known to be dead is taken over at once.
        """
        return settle_race(lambda: self._take_lease(name, owner, lease_for, is_dead))

    def _take_lease(
        self, name: str, owner: str, lease_for: timedelta, is_dead: Callable[[str], bool]
    ) -> bool:
        with self._database.write() as session:
            at = now(session)
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None:
                session.add(LeaseRow(name=name, owner=owner, until=at + lease_for))
                return True
            if row.owner != owner and row.until > at and not is_dead(row.owner):
                return False
            row.owner, row.until = owner, at + lease_for
            return True

    def lease_owners(self) -> list[str]:
        """Who may be doing background work now."""
        with self._database.read() as session:
            return list(session.scalars(select(LeaseRow.owner).where(LeaseRow.until > now(session))))

    def beat(self, gap: timedelta) -> bool:
        """Notes that a worker is alive; a silence longer than `gap` before it becomes an outage (True)."""
        return settle_race(lambda: self._beat(gap))

    def _beat(self, gap: timedelta) -> bool:
        with self._database.write() as session:
            at = now(session)
            row = session.get(HeartbeatRow, WORKER, with_for_update=True)
            if row is None:
                session.add(HeartbeatRow(name=WORKER, at=at))
                return False
            was_away = at - row.at > gap
            if was_away:
                session.add(OutageRow(from_at=row.at, to_at=at))
            row.at = at
            return was_away

    def worker_seen_at(self) -> datetime | None:
        """When a worker was last alive."""
        with self._database.read() as session:
            row = session.get(HeartbeatRow, WORKER)
            return None if row is None else row.at

    def is_worker_alive(self, within: timedelta) -> bool:
        """Whether a worker has run cases within that time, by the database's clock."""
        with self._database.read() as session:
            row = session.get(HeartbeatRow, WORKER)
            return row is not None and now(session) - row.at <= within

    def outage_to_tell(self, limit: int) -> tuple[Outage, list[tuple[int, str]]] | None:
        """The oldest outage not yet told to all, with the next open cases (id, code) to tell."""
        with self._database.read() as session:
            row = session.scalars(
                select(OutageRow).where(~OutageRow.done).order_by(OutageRow.id).limit(1)
            ).first()
            if row is None:
                return None
            cases = (
                select(ReportRow.id, ReportRow.code)
                .outerjoin(CaseViewRow, CaseViewRow.case_id == ReportRow.id)
                .where(
                    ReportRow.id > row.told_up_to,
                    ReportRow.started_at.is_not(None),
                    CaseViewRow.ended.is_not(True),
                )
                .order_by(ReportRow.id)
                .limit(limit)
            )
            outage = Outage(id=row.id, from_at=row.from_at, to_at=row.to_at)
            return outage, [(found.id, found.code) for found in session.execute(cases)]

    def mark_told(self, outage_id: int, up_to: int | None) -> None:
        """Notes how far an outage has been told; None: to the last case."""
        with self._database.write() as session:
            row = session.get_one(OutageRow, outage_id)
            if up_to is None:
                row.done = True
            else:
                row.told_up_to = up_to

    def backlog(self) -> dict[str, object]:
        """Counts and ages for the health page. Counts end at 1001, so that none grows dear with its table."""
        with self._database.read() as session:
            return {
                "waiting_commands": _count(session, CommandRow.outcome, CommandRow.outcome == "waiting"),
                "reports_not_started": _count(session, ReportRow.id, ReportRow.started_at.is_(None)),
                "outbox_pending": _count(session, OutboxRow.id, OutboxRow.state == "pending"),
                "outbox_unknown": _lately(session, "unknown"),
                "outbox_failed": _lately(session, "failed"),
                "mails_held": held_since(session) is not None,
                "findings_open": _count(session, FindingRow.kind, FindingRow.resolved_at.is_(None)),
                "oldest_outbox": _oldest_pending(session),
            }


def _count(session: Session, column: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> int:
    """How many rows there are, counted along an index and no further than one too many."""
    some = select(column).where(condition).limit(COUNTED_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _lately(session: Session, state: str) -> int:
    """How many of the newest mails in that state were made within `LATELY`."""
    newest = select(OutboxRow.created_at).where(OutboxRow.state == state).order_by(OutboxRow.id.desc())
    some, since = newest.limit(COUNTED_AT_MOST + 1).subquery(), now(session) - LATELY
    return session.scalar(select(func.count()).where(some.c.created_at >= since)) or 0


def _oldest_pending(session: Session) -> datetime | None:
    """When the oldest among the messages that are due next was made."""
    due = (
        select(OutboxRow.created_at)
        .where(OutboxRow.state == "pending")
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(COUNTED_AT_MOST)
        .subquery()
    )
    oldest: datetime | None = session.scalar(select(func.min(due.c.created_at)))
    return oldest
