"""A disposal to an agency with another calendar: the kept dates are those of both. Source: CLOCKS."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from db.case_dating import earlier_calendars
from db.case_record import SqlCaseRecorder
from db.case_table import DueRow
from db.directory_table import CalendarRow, UnitRow
from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.case import Action, ClockName
from domain.clock import Move
from domain.decide import begin, decide
from domain.derivation import Derivation
from domain.event import Event
from domain.state import CaseState, evolve, with_dues
from schemas.case import RecordInput
from tests.offices import Offices

EAST = WorkCalendar(
    id="timur",
    version=1,
    zone="Asia/Jayapura",
    weekly=parse_weekly("mon-fri 08:00-16:00"),
    holidays=(Holiday(date(2025, 11, 4), "Libur lama"), Holiday(date(2025, 11, 6), "Libur daerah")),
    years_decreed=frozenset({2025}),
)
MONDAY = datetime(2025, 11, 3, 2, 0, tzinfo=UTC)
AFTER_CLOSING_IN_THE_EAST = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)


def move_east(offices: Offices, unit: str) -> None:
    """The unit works by a calendar of its own."""
    content, name = EAST.to_json(), EAST.id
    with offices.database.write() as session:
        session.add(CalendarRow(name=name, version=1, content=content, valid_from=MONDAY))
        session.get_one(UnitRow, offices.units[unit]).calendar_name = name


def disposed(offices: Offices) -> CaseState:
    """A report to the national level, sent to the city two days later, with its dates."""
    intake = offices.report(at=MONDAY, agency_id=None)
    received = begin(intake.start.state, intake.start.clocks, MONDAY)
    state = evolve(intake.start.state, received)
    recorder = SqlCaseRecorder(offices.database)
    recorder.record(RecordInput(events=(received,), state=state))
    actor = offices.actor("nasional.admin", "nasional")
    unit, at = offices.unit("kota"), AFTER_CLOSING_IN_THE_EAST
    event = decide(state, offices.command(intake, Action.DISPOSE, actor, version=1, unit=unit, at=at))
    assert isinstance(event, Event)
    state = evolve(state, event)
    return with_dues(state, recorder.record(RecordInput(events=(event,), state=state)).dues)


def test_days_count_under_the_calendar_that_held_the_case_at_its_closing(offices: Offices) -> None:
    move_east(offices, "kota")
    state = disposed(offices)
    dues = {clock.name: clock.due_at for clock in state.clocks}
    assert dues[ClockName.VERIFICATION] == datetime(2025, 11, 10, 7, 0, tzinfo=UTC)
    assert dues[ClockName.RESOLUTION] == datetime(2025, 11, 25, 7, 0, tzinfo=UTC)


def test_a_derivation_keeps_the_days_of_both_and_the_move_between(offices: Offices) -> None:
    move_east(offices, "kota")
    state = disposed(offices)
    with offices.database.read() as session:
        row = session.get_one(DueRow, (state.case_id, ClockName.VERIFICATION.value, state.seq))
        kept, derivation = row.derivation, Derivation.from_json(row.derivation)
    assert [(day.on.day, day.reason) for day in derivation.days] == [
        (3, "before_start"),
        (4, None),
        (5, "moved"),
        (6, "holiday:Libur daerah"),
        (7, None),
        (8, "weekend"),
        (9, "weekend"),
        (10, None),
    ]
    assert kept["calendar"] == {"id": "timur", "version": 1}
    assert [move["calendar"]["id"] for move in kept["moves"]] == ["nasional"]


def test_only_the_clocks_of_the_holder_move_and_the_same_calendar_leaves_no_trace(offices: Offices) -> None:
    state = disposed(offices)
    national, city = offices.units["nasional"], offices.units["kota"]
    moved = {clock.name: clock for clock in state.clocks}
    assert moved[ClockName.OMBUDSMAN].moves == ()
    assert moved[ClockName.OMBUDSMAN].unit_id == national
    resolution = moved[ClockName.RESOLUTION]
    assert (resolution.unit_id, resolution.moves) == (
        city,
        (Move(unit_id=national, until_at=AFTER_CLOSING_IN_THE_EAST),),
    )
    with offices.database.read() as session:
        assert [one.id for one in earlier_calendars(session, resolution)] == ["nasional"]
        query = select(DueRow.clock, DueRow.derivation).where(DueRow.seq == state.seq)
        kept = {row.clock: row.derivation for row in session.execute(query)}
    assert kept.keys() == {"verification", "resolution"}
    assert not [clock for clock, derivation in kept.items() if "moves" in derivation]
