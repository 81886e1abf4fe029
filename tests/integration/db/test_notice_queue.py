"""Who is queued for what, and from when on it may go; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db import directory_store
from db.case_record import SqlCaseRecorder
from db.case_table import OutboxRow
from db.directory_table import CalendarRow, MembershipRow, UnitRow
from db.notice_queue import RECIPIENTS, queue_notices, withdraw_notices
from db.staff_calendar import calendars_of
from domain.case import Action, ClockName, Role, Stage
from domain.command import Command
from domain.decide import begin, decide
from domain.delivery import send_at
from domain.event import Event, EventKind
from domain.notice import Audience, notices
from domain.state import evolve
from schemas.case import RecordInput
from tests.factories import CaseFactory
from tests.hearers import close_accounts
from tests.offices import Offices
from tests.outbox_rows import NOON


def queued(offices: Offices, *, demo: bool = False) -> tuple[list[Event], list[OutboxRow]]:
    """The events of a case that was received and sent to an office, and the messages about them."""
    intake = offices.report()
    recorder = SqlCaseRecorder(offices.database, demo=demo)
    received = begin(intake.start.state, intake.start.clocks, intake.start.state.received_at)
    state = evolve(intake.start.state, received)
    recorder.record(RecordInput(events=(received,), state=state))
    command: Command = offices.dispose(intake)
    disposed = decide(state, command)
    assert isinstance(disposed, Event)
    recorder.record(RecordInput(events=(disposed,), state=evolve(state, disposed)))
    with offices.database.read() as session:
        rows = list(session.scalars(select(OutboxRow).where(OutboxRow.case_id == intake.case_id)))
        session.expunge_all()
    return [received, disposed], rows


def test_every_audience_of_the_rules_can_be_found() -> None:
    assert set(RECIPIENTS) == set(Audience)


def test_reporters_are_told_at_once_whatever_the_hour(offices: Offices) -> None:
    _, rows = queued(offices)
    mine = [row for row in rows if row.recipient == "reporter"]
    assert {row.template for row in mine} == {"received", "disposed"}
    assert all((row.not_before, row.digest_key) == (row.created_at, None) for row in mine)


def test_staff_are_told_when_their_own_calendar_allows_it(offices: Offices) -> None:
    events, rows = queued(offices)
    urgent = {(event.seq, each.template): each.at_once for event in events for each in notices(event)}
    staff = [row for row in rows if row.recipient != "reporter"]
    with offices.database.read() as session:
        calendar = directory_store.calendar_of(session, offices.units["pu"])
    assert {row.recipient for row in staff} >= {
        f"person:{offices.people[name]}" for name in ("kota.admin", "pu.penghubung", "pu.operator")
    }
    for row in staff:
        digested = not urgent[(row.seq, row.template)]
        assert row.digest_key == (row.recipient if digested else None)
        assert row.not_before == send_at(calendar, row.created_at, digested=digested)


def test_a_demo_lets_nobody_wait_longer_than_a_minute(offices: Offices) -> None:
    _, rows = queued(offices, demo=True)
    assert all(timedelta() <= row.not_before - row.created_at <= timedelta(minutes=1) for row in rows)


def test_who_holds_two_roles_is_told_once(offices: Offices) -> None:
    twice = offices.people["pu.penghubung"]
    with offices.database.write() as session:
        session.add(MembershipRow(person_id=twice, unit_id=offices.units["pu"], role=Role.SUPERVISOR.value))
    _, rows = queued(offices)
    told = [(row.seq, row.recipient) for row in rows]
    assert len(told) == len(set(told))
    assert f"person:{twice}" in {recipient for _, recipient in told}


def test_somebody_of_two_units_works_by_the_calendar_of_the_nearer_one(offices: Offices) -> None:
    person, east = offices.people["pu.penghubung"], offices.units["hulu"]
    with offices.database.write() as session:
        content = directory_store.calendar_of(session, east).to_json() | {"zone": "Asia/Jayapura"}
        session.add(CalendarRow(name="timur", version=1, content=content, valid_from=NOON))
        session.get_one(UnitRow, east).calendar_name = "timur"
        session.add(MembershipRow(person_id=person, unit_id=east, role=Role.AGENCY_ADMIN.value))
    with offices.database.read() as session:
        near = directory_store.ancestor_ids(session, offices.units["didik"])
        zones = {place: calendars_of(session, [person], place)[person].zone for place in ((), tuple(near))}
        assert calendars_of(session, [999_999]) == {}
    assert zones == {(): "Asia/Jakarta", tuple(near): "Asia/Jayapura"}


def next_event(offices: Offices, **changes: Any) -> list[OutboxRow]:
    """The messages about a second event of a case, in which nothing else has changed."""
    intake = offices.report()
    received = begin(intake.start.state, intake.start.clocks, intake.start.state.received_at)
    state = evolve(intake.start.state, received)
    SqlCaseRecorder(offices.database).record(RecordInput(events=(received,), state=state))
    with offices.database.write() as session:
        event = replace(received, seq=2, **changes)
        queue_notices(session, state, event)
        withdraw_notices(session, state.case_id, (3,))
        session.flush()
        mine = (OutboxRow.case_id == intake.case_id, OutboxRow.seq == 2)
        rows = list(session.scalars(select(OutboxRow).where(*mine)))
        assert {row.state for row in rows} == {"pending"}
        withdraw_notices(session, state.case_id, (2,))
        session.expire_all()
        assert {row.state for row in rows} == {"withdrawn"}
        session.expunge_all()
    return rows


def test_an_answer_is_told_when_it_can_no_longer_be_taken_back(offices: Offices) -> None:
    (row,) = next_event(offices, kind=EventKind.ANSWERED, stage=Stage.AWAITING_CONFIRMATION)
    assert (row.template, row.not_before - row.created_at) == ("answered", timedelta(seconds=60))


def test_from_level_four_on_nobody_waits_for_a_digest(offices: Offices) -> None:
    start = offices.report().start.clocks[0]
    for level, digested in ((3, True), (4, False)):
        clocks = (replace(start, level=level),)
        rows = next_event(offices, kind=EventKind.CLOCK_EXPIRED, clock=ClockName.VERIFICATION, clocks=clocks)
        assert {row.digest_key is not None for row in rows} == {digested}


def test_a_rung_that_is_reached_because_those_below_are_vacant_counts_as_reached(offices: Offices) -> None:
    factory = CaseFactory(offices)
    case = factory.report()
    factory.dispose(case)
    close_accounts(factory, "kota.admin", "kota.atasan")
    factory.act(case, "pu.atasan", Action.RAISE_CASE, words="Tiga kali ditagih.")
    assert factory.view(case).level == 4
    with offices.database.read() as session:
        found = select(OutboxRow).where(OutboxRow.case_id == case.id, OutboxRow.template == "staff_raised")
        (row,) = session.scalars(found)
        assert (row.recipient, row.digest_key) == (f"person:{offices.people['nasional.admin']}", None)
