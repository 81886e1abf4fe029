"""Writes into the tables what an engine remembers and a restored database does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db import directory_store
from db.case_dating import due_row, earlier_calendars
from db.case_record import SqlCaseRecorder
from db.case_table import DueRow, MessageRow, OutboxRow, ReportRow
from db.database import Database, now
from db.directory_table import PersonRow
from db.operation_store import WORKER
from db.operation_table import HeartbeatRow, OutageRow
from domain.clock import Clock, Due
from domain.dating import date_clock
from domain.state import CaseState
from schemas.case import RecordInput, RecordResult

GAP = 100_000
"""More mails than are sent between two backups."""
GAP_MARK = "gap"
NO_PASSWORD = "-"  # noqa: S105  no hash: nobody logs in with it


@dataclass(frozen=True, kw_only=True)
class KnownCase:
    """A case as the tables name it."""

    id: int
    code: str
    ended: bool


class ReconcileStore:
    """All of it is safe to repeat."""

    def __init__(self, database: Database, *, demo: bool) -> None:
        self._database = database
        self._recorder = SqlCaseRecorder(database, demo=demo)

    def record_again(self, record: RecordInput, result: RecordResult) -> None:
        """Writes events as `record` once did, with the due dates that it once answered.

        Raises: RecordConflictError if the log holds something else, LogGapError, IntegrityError if they name
        a unit that is not there.
        """
        people = _people(record)
        with self._database.write() as session:
            for clock in record.state.clocks:
                for due in result.dues:
                    if clock.waits_for_due and (clock.name, clock.seq) == (due.clock, due.seq):
                        _keep_due(session, record.state, clock, due)
            _stand_in(session, people)
        self._recorder.record(record)

    def lost_words(self, message_ids: Collection[int]) -> int:
        """How many of these messages are not there."""
        with self._database.read() as session:
            query = select(func.count()).where(MessageRow.id.in_(message_ids))
            return len(message_ids) - (session.scalar(query) or 0)

    def leave_gap(self) -> None:
        """The provider may still tell of mails that the tables have lost: new ones get other numbers."""
        with self._database.write() as session:
            case_id = session.scalar(select(func.min(ReportRow.id)))
            newest = session.scalar(select(func.max(OutboxRow.id))) or 0
            if case_id is None:
                return
            at = now(session)
            row = OutboxRow(id=newest + GAP, case_id=case_id, seq=0, template=GAP_MARK, state="skipped")
            row.recipient, row.not_before, row.created_at = f"{GAP_MARK}:{newest}", at, at
            session.add(row)
            session.flush()
            _count_on(session, OutboxRow.__tablename__)

    def mark_started(self, case_id: int) -> None:
        """Notes that the engine has a case."""
        with self._database.write() as session:
            row = session.get_one(ReportRow, case_id)
            row.started_at = row.started_at or now(session)

    def go_on_from(self, worked_at: datetime | None, outages: Collection[int]) -> None:
        """A worker was alive later than the tables know, and outages were told that they do not know."""
        with self._database.write() as session:
            beat = session.get(HeartbeatRow, WORKER)
            if worked_at is not None and (beat is None or beat.at < worked_at):
                session.merge(HeartbeatRow(name=WORKER, at=worked_at))
            newest = max(outages, default=0)
            known = session.scalar(select(func.max(OutageRow.id))) or 0
            if newest > known:
                at = worked_at or now(session)
                session.add(OutageRow(id=newest, from_at=at, to_at=at, done=True))
                session.flush()
                _count_on(session, OutageRow.__tablename__)


def _people(record: RecordInput) -> set[int]:
    facts = record.state.facts
    named = {facts.claimed_by, facts.accused_person_id}
    for event in record.events:
        named |= {event.actor.person_id, event.taken_from}
        if event.facts is not None:
            named |= {event.facts.claimed_by, event.facts.accused_person_id}
    return {each for each in named if each is not None}


def _stand_in(session: Session, people: Collection[int]) -> None:
    """A closed account under the number of one that is lost, so that nobody else ever gets that number."""
    known = set(session.scalars(select(PersonRow.id).where(PersonRow.id.in_(people))))
    for person_id in sorted(set(people) - known):
        name = f"akun-hilang-{person_id}"
        session.add(
            PersonRow(
                id=person_id,
                login=name,
                name=name,
                email=None,
                password_hash=NO_PASSWORD,
                active=False,
                created_at=now(session),
            )
        )
        session.flush()
        _count_on(session, PersonRow.__tablename__)


def _count_on(session: Session, table: str) -> None:
    """PostgreSQL counts ids apart from the rows; SQLite goes on from the highest row."""
    if session.get_bind().dialect.name == "postgresql":
        newest = f"(select max(id) from {table})"  # noqa: S608  a name of ours
        session.execute(text(f"select setval(pg_get_serial_sequence('{table}', 'id'), {newest})"))


def _keep_due(session: Session, state: CaseState, clock: Clock, due: Due) -> None:
    """The date as it was given; its derivation is made again, by the calendar that there is now."""
    if session.get(DueRow, (state.case_id, clock.name.value, clock.seq)) is None:
        calendar = directory_store.calendar_of(session, clock.unit_id)
        earlier = earlier_calendars(session, clock)
        derivation = date_clock(clock, calendar, state.policy.min_after_resume, earlier)
        session.add(due_row(state.case_id, due, derivation))
