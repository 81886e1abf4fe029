"""What an engine remembers comes into a restored database as it was, and lost numbers are given to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from db.case_dating import read_due
from db.case_record import SqlCaseRecorder
from db.case_table import CaseLogRow, CaseViewRow, DueRow, OutboxRow
from db.database import Database
from db.directory_table import PersonRow
from db.operation_store import OperationStore
from db.operation_table import HeartbeatRow, OutageRow
from db.rebuild_store import RebuildStore
from db.reconcile_store import GAP, ReconcileStore
from db.wire import STATE
from domain.actor import SYSTEM_ACTOR
from domain.decide import begin
from domain.errors import RecordConflictError
from domain.state import evolve
from schemas.case import RecordInput, RecordResult
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.outbox_rows import queued_row, recorded_case


def store_of(database: Database) -> ReconcileStore:
    return ReconcileStore(database, demo=False)


def recorded(offices: Offices) -> tuple[RecordInput, RecordResult]:
    """The first event of a case as it was recorded, and the answer to it."""
    intake = offices.report()
    given = intake.start.state
    clocks = tuple(replace(clock, due_at=None) for clock in intake.start.clocks)
    event = begin(given, clocks, given.received_at)
    record = RecordInput(events=(event,), state=evolve(given, event))
    return record, SqlCaseRecorder(offices.database).record(record)


def log_of(database: Database, case_id: int) -> list[tuple[int, str]]:
    with database.read() as session:
        rows = session.scalars(select(CaseLogRow).where(CaseLogRow.case_id == case_id))
        return [(row.seq, row.hash) for row in rows]


def forget(database: Database, case_id: int) -> None:
    """The tables of before the event."""
    with database.write() as session:
        for row in (OutboxRow, DueRow, CaseViewRow, CaseLogRow):
            session.execute(delete(row).where(row.case_id == case_id))


def test_events_come_back_with_their_hashes_and_the_dates_that_were_given(offices: Offices) -> None:
    record, result = recorded(offices)
    case_id, database = record.state.case_id, offices.database
    assert result.dues
    before = log_of(database, case_id)
    later = tuple(
        replace(due, due_at=None if due.due_at is None else due.due_at + timedelta(days=3))
        for due in result.dues
    )
    forget(database, case_id)
    for _ in range(2):
        store_of(database).record_again(record, RecordResult(dues=later))
        assert log_of(database, case_id) == before
    with database.read() as session:
        kept = session.scalars(select(DueRow).where(DueRow.case_id == case_id)).all()
        assert {read_due(row) for row in kept} == set(later)
        shown = STATE.validate_python(session.get_one(CaseViewRow, case_id).state, strict=False)
    assert {clock.due_at for clock in shown.clocks} >= {due.due_at for due in later if due.due_at}


def test_another_event_under_the_same_number_is_no_news_but_a_conflict(offices: Offices) -> None:
    record, result = recorded(offices)
    other = replace(record.events[0], at=record.events[0].at + timedelta(seconds=1))
    with pytest.raises(RecordConflictError):
        store_of(offices.database).record_again(RecordInput(events=(other,), state=record.state), result)


def test_an_account_that_is_lost_comes_back_closed_and_new_ones_get_other_numbers(offices: Offices) -> None:
    record, result = recorded(offices)
    lost = max(offices.people.values()) + 5
    forget(offices.database, record.state.case_id)
    event = replace(record.events[0], actor=replace(SYSTEM_ACTOR, person_id=lost))
    store_of(offices.database).record_again(RecordInput(events=(event,), state=record.state), result)
    with offices.database.write() as session:
        assert not session.get_one(PersonRow, lost).active
        at = datetime.now(UTC)
        fresh = PersonRow(login="baru", name="Baru", email=None, password_hash="-", created_at=at)
        session.add(fresh)
        session.flush()
        assert fresh.id > lost


def test_mails_of_after_a_restore_get_numbers_that_no_lost_mail_had(offices: Offices) -> None:
    case_id = recorded_case(offices)
    before = queued_row(offices, case_id)
    store_of(offices.database).leave_gap()
    assert queued_row(offices, case_id) > before + GAP
    store_of(offices.database).leave_gap()


def test_outages_count_on_and_a_worker_was_alive_until_the_engine_last_saw_one(database: Database) -> None:
    operation, store = OperationStore(database), store_of(database)
    operation.beat(timedelta(minutes=1))
    now = datetime.now(UTC)
    with database.write() as session:
        session.get_one(HeartbeatRow, "worker").at = now - timedelta(days=1)
    store.go_on_from(now - timedelta(hours=1), {3, 7})
    store.go_on_from(now - timedelta(hours=2), set())
    assert operation.worker_seen_at() == now - timedelta(hours=1)
    assert operation.outage_to_tell(1) is None
    assert operation.beat(timedelta(minutes=1))
    found = operation.outage_to_tell(1)
    assert found is not None and found[0].id == 8 and found[0].from_at == now - timedelta(hours=1)
    with database.read() as session:
        assert session.get_one(OutageRow, 7).done


def test_open_cases_are_those_whose_life_is_not_over(offices: Offices) -> None:
    factory = CaseFactory(offices)
    waiting, running, over = factory.report(started=False), factory.report(), factory.report()
    with offices.database.write() as session:
        session.get_one(CaseViewRow, over.id).ended = True
    store = RebuildStore(offices.database)
    assert store.open_cases(0, 10) == [(waiting.id, waiting.code), (running.id, running.code)]
    assert store.open_cases(waiting.id, 1) == [(running.id, running.code)]
