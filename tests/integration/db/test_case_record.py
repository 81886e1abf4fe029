"""The one transaction behind every decision, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db import directory_store
from db.case_record import FIRST_HASH, LogGapError, SqlCaseRecorder, chain_hash
from db.case_table import CaseLogRow, CaseViewRow, CommandRow, DueRow, MessageRow, OutboxRow
from db.directory_table import CalendarRow, PersonRow, UnitRow
from db.intake_store import Intake
from domain.agenda import agenda
from domain.case import Action, ClockName, Stage
from domain.command import Command
from domain.decide import begin, decide
from domain.errors import RecordConflictError
from domain.event import Event
from domain.fire import fire
from domain.state import CaseState, evolve, with_dues
from schemas.case import RecordInput
from tests.offices import Offices


def received(intake: Intake) -> tuple[Event, CaseState]:
    """The first event of a case, as its workflow makes it."""
    start = intake.start
    event = begin(start.state, start.clocks, start.state.received_at)
    return event, evolve(start.state, event)


def disposed(offices: Offices, intake: Intake) -> tuple[RecordInput, RecordInput]:
    """The two records of a case that was received and sent to an office."""
    first, state = received(intake)
    second = decide(state, offices.dispose(intake))
    assert isinstance(second, Event)
    return (
        RecordInput(events=(first,), state=state),
        RecordInput(events=(second,), state=evolve(state, second)),
    )


def rows(offices: Offices, table: type) -> int:
    with offices.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_record_writes_log_view_dues_outbox_and_outcome_together(offices: Offices) -> None:
    intake = offices.report()
    one, two = disposed(offices, intake)
    store = SqlCaseRecorder(offices.database)
    store.record(one)
    result = store.record(two)
    with offices.database.read() as session:
        view = session.get_one(CaseViewRow, intake.case_id)
        command = session.scalars(select(CommandRow)).one()
        note = session.scalars(select(MessageRow).where(MessageRow.kind == "disposal_note")).one()
        mails = {(row.template, row.recipient) for row in session.scalars(select(OutboxRow))}
        assert (view.seq, view.stage, view.holder_id) == (2, Stage.DISPOSED.value, offices.units["pu"])
        assert (command.outcome, command.seq) == ("applied", 2)
        assert note.published_seq == 2
    assert {due.clock for due in result.dues} == {ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION}
    assert ("disposed", "reporter") in mails
    assert ("staff_assigned", f"person:{offices.people['pu.penghubung']}") in mails


def test_what_is_sent_to_an_empty_office_reaches_the_one_above(offices: Offices) -> None:
    intake = offices.report()
    with offices.database.write() as session:
        for person in ("pu.penghubung", "pu.operator"):
            session.get_one(PersonRow, offices.people[person]).active = False
    store = SqlCaseRecorder(offices.database)
    for record in disposed(offices, intake):
        store.record(record)
    with offices.database.read() as session:
        assigned = OutboxRow.template == "staff_assigned"
        told = list(session.scalars(select(OutboxRow.recipient).where(assigned)))
        units = {offices.units[name] for name in ("pu", "hub", "kota")}
        empty = directory_store.units_without_staff(session, units)
    assert told == [f"person:{offices.people['kota.admin']}"]
    assert empty == {offices.units["pu"]}


def test_a_voided_expiry_withdraws_what_it_has_told_nobody_yet(offices: Offices) -> None:
    intake = offices.report(at=datetime.now(UTC) - timedelta(days=30))
    first, state = received(intake)
    late = fire(state, agenda(state)[0], datetime.now(UTC))
    expired = evolve(state, late)
    due_at = intake.start.clocks[0].due_at
    assert due_at is not None
    in_time = decide(expired, offices.dispose(intake, at=due_at - timedelta(hours=1)))
    assert isinstance(in_time, Event)
    store = SqlCaseRecorder(offices.database)
    store.record(RecordInput(events=(first,), state=state))
    store.record(RecordInput(events=(late,), state=expired))
    store.record(RecordInput(events=(in_time,), state=evolve(expired, in_time)))
    with offices.database.read() as session:
        told = select(OutboxRow.state).where(OutboxRow.template == "staff_late")
        assert list(session.scalars(told)) == ["withdrawn"]


def extended(offices: Offices, state: CaseState) -> Event:
    """What the supervisor of the office grants a late case."""
    actor = offices.actor("pu.atasan", "pu")
    command = Command(
        id="more-time",
        action=Action.EXTEND,
        actor=actor,
        recorded_at=datetime.now(UTC),
        version=state.version,
        message_id=1,
    )
    event = decide(state, command)
    assert isinstance(event, Event)
    return event


def test_those_who_were_told_of_a_lateness_are_told_when_an_extension_ends_it(offices: Offices) -> None:
    intake = offices.report(at=datetime.now(UTC) - timedelta(days=22))
    store = SqlCaseRecorder(offices.database)
    for record in disposed(offices, intake):
        state = with_dues(record.state, store.record(record).dues)
    item = next(
        item for item in agenda(state) if item.clock is ClockName.RESOLUTION and item.kind == "expire"
    )
    late = fire(state, item, datetime.now(UTC))
    after = evolve(state, late)
    state = with_dues(after, store.record(RecordInput(events=(late,), state=after)).dues)
    with offices.database.write() as session:
        session.execute(update(OutboxRow).where(OutboxRow.template == "staff_late").values(state="sent"))
        told = set(session.scalars(select(OutboxRow.recipient).where(OutboxRow.template == "staff_late")))
    event = extended(offices, state)
    store.record(RecordInput(events=(event,), state=evolve(state, event)))
    with offices.database.read() as session:
        relief = select(OutboxRow.recipient).where(OutboxRow.template == "staff_not_late")
        assert set(session.scalars(relief)) == told != set()


def test_the_same_event_in_another_spelling_is_no_conflict(offices: Offices) -> None:
    """A set has no order, and an older version knew fewer fields: a retry elsewhere raises no alarm."""
    intake = offices.report()
    store = SqlCaseRecorder(offices.database)
    one, two = disposed(offices, intake)
    store.record(one)
    store.record(two)
    with offices.database.write() as session:
        row = session.get_one(CaseLogRow, (intake.case_id, 2))
        spelled = {name: value for name, value in row.event.items() if name != "corrects"}
        relations = list(reversed(row.event["actor"]["relations"]))
        row.event = spelled | {"actor": row.event["actor"] | {"relations": relations}}
    store.record(two)
    assert rows(offices, CaseLogRow) == 2


def test_the_same_record_again_changes_nothing_and_answers_the_same(offices: Offices) -> None:
    intake = offices.report()
    store = SqlCaseRecorder(offices.database)
    for record in disposed(offices, intake):
        first = store.record(record)
        spelled = first.model_dump_json()
        tables = (CaseLogRow, DueRow, OutboxRow)
        before = [rows(offices, table) for table in tables]
        assert store.record(record).model_dump_json() == spelled
        assert [rows(offices, table) for table in tables] == before


def test_a_repeat_after_later_events_leaves_the_view_alone(offices: Offices) -> None:
    intake = offices.report()
    store = SqlCaseRecorder(offices.database)
    one, two = disposed(offices, intake)
    store.record(one)
    store.record(two)
    store.record(one)
    with offices.database.read() as session:
        assert session.get_one(CaseViewRow, intake.case_id).seq == 2


def test_other_content_under_a_recorded_number_is_an_alarm(offices: Offices) -> None:
    intake = offices.report()
    event, state = received(intake)
    store = SqlCaseRecorder(offices.database)
    store.record(RecordInput(events=(event,), state=state))
    other = replace(event, at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(RecordConflictError):
        store.record(RecordInput(events=(other,), state=state))


def test_an_event_never_comes_before_the_one_that_precedes_it(offices: Offices) -> None:
    intake = offices.report()
    _, two = disposed(offices, intake)
    with pytest.raises(LogGapError):
        SqlCaseRecorder(offices.database).record(two)
    assert rows(offices, CaseLogRow) == 0


def test_many_at_once_write_an_event_once(offices: Offices) -> None:
    intake = offices.report()
    event, state = received(intake)
    store = SqlCaseRecorder(offices.database)
    record = RecordInput(events=(event,), state=state)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: store.record(record), range(16)))
    assert len({answer.model_dump_json() for answer in answers}) == 1
    assert rows(offices, CaseLogRow) == 1


def test_the_log_is_a_chain_that_shows_a_changed_row(offices: Offices) -> None:
    intake = offices.report()
    store = SqlCaseRecorder(offices.database)
    for record in disposed(offices, intake):
        store.record(record)
    with offices.database.read() as session:
        log = session.scalars(select(CaseLogRow).order_by(CaseLogRow.seq)).all()
        previous = FIRST_HASH
        for row in log:
            assert row.hash == chain_hash(previous, row.event)
            previous = row.hash
        assert chain_hash(FIRST_HASH, log[0].event | {"seq": 9}) != log[0].hash


def test_the_view_holds_the_state_with_its_due_dates(offices: Offices) -> None:
    intake = offices.report()
    store = SqlCaseRecorder(offices.database)
    one, two = disposed(offices, intake)
    store.record(one)
    result = store.record(two)
    state = with_dues(two.state, result.dues)
    with offices.database.read() as session:
        view = session.get_one(CaseViewRow, intake.case_id)
        assert state.due is not None
        assert (view.due_clock, view.due_at) == (state.due.name.value, state.due.due_at)


def test_a_calendar_that_says_something_else_counts_at_once(offices: Offices) -> None:
    unit_id = offices.units["pu"]
    with offices.database.write() as session:
        before = directory_store.calendar_of(session, unit_id)
        assert directory_store.calendar_of(session, unit_id) == before
        row = session.scalars(
            select(CalendarRow).where(CalendarRow.name == session.get_one(UnitRow, unit_id).calendar_name)
        ).one()
        row.content = before.to_json() | {"zone": "Asia/Jayapura"}
    with offices.database.read() as session:
        assert directory_store.calendar_of(session, unit_id) == replace(before, zone="Asia/Jayapura")
