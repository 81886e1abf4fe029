"""Daily heads: one hash over the ends of all logs that grew on a day, chained from day to day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from db.case_record import FIRST_HASH
from db.case_table import CaseLogRow
from db.database import Database, now, settle_race
from db.upkeep_table import LogHeadRow

ONE_DAY = timedelta(days=1)
SETTLED_AFTER = timedelta(minutes=10)
"""After midnight: a row of the day before may still be on its way into the table."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of one UTC day: how many logs grew by how many rows, and the hash."""

    day: date
    cases: int
    rows: int
    hash: str


class HeadStore:
    """Makes heads and holds them against the logs. A day costs its own rows, never the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_next(self) -> Head | None:
        """Adds the head of the oldest complete day that has none; None if there is none. Safe to repeat."""
        with self._database.read() as session:
            newest = select(LogHeadRow.day, LogHeadRow.hash).order_by(LogHeadRow.day.desc()).limit(1)
            before = session.execute(newest).first()
            day = _first_day(session) if before is None else before.day + ONE_DAY
            if day is None or day >= (now(session) - SETTLED_AFTER).date():
                return None
            ends = _ends(session, day)
        head = _head(day, FIRST_HASH if before is None else before.hash, ends)
        settle_race(lambda: self._keep(head))
        return head

    def _keep(self, head: Head) -> None:
        with self._database.write() as session:
            if session.get(LogHeadRow, head.day) is None:
                session.add(LogHeadRow(day=head.day, cases=head.cases, rows=head.rows, hash=head.hash))

    def verified(self) -> Iterator[tuple[Head, Head]]:
        """Each kept head, oldest first, with the one that the logs of its day give today."""
        previous = FIRST_HASH
        with self._database.read() as session:
            kept = [
                Head(day=row.day, cases=row.cases, rows=row.rows, hash=row.hash)
                for row in session.scalars(select(LogHeadRow).order_by(LogHeadRow.day))
            ]
        for head in kept:
            with self._database.read() as session:
                ends = _ends(session, head.day)
            yield head, _head(head.day, previous, ends)
            previous = head.hash


def _first_day(session: Session) -> date | None:
    first = session.scalar(select(func.min(CaseLogRow.recorded_at)))
    return None if first is None else first.date()


def _ends(session: Session, day: date) -> list[Row[Any]]:
    """The last row of each log among those of the day, by case."""
    begin = datetime.combine(day, time(), UTC)
    last = (
        select(CaseLogRow.case_id, func.max(CaseLogRow.seq).label("seq"), func.count().label("rows"))
        .where(CaseLogRow.recorded_at >= begin, CaseLogRow.recorded_at < begin + ONE_DAY)
        .group_by(CaseLogRow.case_id)
        .subquery()
    )
    at_end = (CaseLogRow.case_id == last.c.case_id) & (CaseLogRow.seq == last.c.seq)
    query = select(last.c.case_id, last.c.seq, last.c.rows, CaseLogRow.hash).join(CaseLogRow, at_end)
    return list(session.execute(query.order_by(last.c.case_id)))


def _head(day: date, previous: str, ends: list[Row[Any]]) -> Head:
    digest = hashlib.sha256(f"{previous}\n{day.isoformat()}\n".encode())
    for end in ends:
        digest.update(f"{end.case_id} {end.seq} {end.hash}\n".encode())
    return Head(day=day, cases=len(ends), rows=sum(end.rows for end in ends), hash=digest.hexdigest())
