"""What is measured of a case: written with its events, each once, and for the unit that had to act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from db.case_record import SqlCaseRecorder
from db.case_table import CaseLogRow
from db.measure_fill import MeasureFill
from db.measure_table import CaseMeasureRow
from db.wire import EVENT
from domain.case import Action, EndReason, FollowUp, Role
from domain.measure import Measure, Outcome
from schemas.case import RecordInput
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
"""10.00 in Jakarta; a week without holidays."""
ACTED = {"follow_up": FollowUp.ACTION, "words": "Sudah kami tinjau."}


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def rows_of(factory: CaseFactory, case: MadeCase) -> dict[tuple[str, int], CaseMeasureRow]:
    query = select(CaseMeasureRow).where(CaseMeasureRow.case_id == case.id)
    with factory.offices.database.read() as session:
        found = {(row.measure, row.round): row for row in session.scalars(query)}
        session.expunge_all()
    return found


def outcomes(factory: CaseFactory, case: MadeCase) -> dict[tuple[str, int], str]:
    return {key: row.outcome for key, row in rows_of(factory, case).items()}


def day(number: int) -> datetime:
    """10.00 on a day of that November."""
    return MONDAY + timedelta(days=number - 2)


def act(factory: CaseFactory, case: MadeCase, login: str | None, action: Action, **fields: Any) -> None:
    factory._applied(factory.act(case, login, action, **fields))


def disposed(factory: CaseFactory, *, unit: str = "pu") -> MadeCase:
    case = factory.report(at=MONDAY)
    factory.dispose(case, unit=unit, at=day(3))
    return case


def test_a_promise_is_open_from_its_start_and_counts_in_the_month_of_its_due(factory: CaseFactory) -> None:
    case = disposed(factory)
    rows = rows_of(factory, case)
    follow_up, resolution = rows["follow_up", 1], rows["resolution", 1]
    assert (follow_up.outcome, follow_up.month, follow_up.days) == ("open", 202611, None)
    assert follow_up.counted_at == datetime(2026, 11, 10, 9, tzinfo=UTC)
    assert resolution.counted_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert follow_up.unit_id == resolution.unit_id == factory.offices.units["pu"]


def test_what_is_done_in_time_is_kept_and_says_after_how_many_working_days(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.FOLLOW_UP, at=day(5), **ACTED)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(9), words="Sudah.")
    act(factory, case, None, Action.CONFIRM, at=day(10), rating=4)
    rows = rows_of(factory, case)
    assert outcomes(factory, case) == {
        ("follow_up", 1): "kept",
        ("resolution", 1): "kept",
        ("verdict", 1): "confirmed",
    }
    assert (rows["follow_up", 1].days, rows["resolution", 1].days) == (3, 5)
    assert (rows["verdict", 1].rating, rows["verdict", 1].month) == (4, 202611)


def test_an_acknowledgement_keeps_no_promise(factory: CaseFactory) -> None:
    case = disposed(factory)
    thanks = {"follow_up": FollowUp.ACKNOWLEDGEMENT, "words": "Terima kasih."}
    act(factory, case, "pu.penghubung", Action.FOLLOW_UP, at=day(4), **thanks)
    assert outcomes(factory, case)["follow_up", 1] == "open"


def test_what_comes_after_the_due_is_late(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.FOLLOW_UP, at=day(11), **ACTED)
    assert outcomes(factory, case)["follow_up", 1] == "late"


def test_more_time_does_not_wipe_out_a_breach(factory: CaseFactory) -> None:
    factory.add_person("pu.kepala", [("pu", Role.SUPERVISOR)])
    case = disposed(factory)
    while outcomes_late(factory, case) is None:
        factory.expire_next(case)
    act(factory, case, "pu.kepala", Action.EXTEND, at=day(21), words="Bahan belum datang.")
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(23), words="Sudah.")
    row = rows_of(factory, case)["resolution", 1]
    assert (row.outcome, row.done_at < row.counted_at if row.done_at and row.counted_at else None) == (
        "late",
        True,
    )


def outcomes_late(factory: CaseFactory, case: MadeCase) -> int | None:
    """The event that found the resolution late, if any."""
    return rows_of(factory, case)["resolution", 1].seq


def test_each_unit_answers_for_its_own_time(factory: CaseFactory) -> None:
    case = disposed(factory)
    factory.expire_next(case)
    act(factory, case, "pu.penghubung", Action.RETURN_CASE, at=day(12), words="Bukan kewenangan kami.")
    factory.dispose(case, unit="hub", at=day(13))
    act(factory, case, "hub.penghubung", Action.FOLLOW_UP, at=day(16), **ACTED)
    rows, units = rows_of(factory, case), factory.offices.units
    assert (rows["follow_up", 1].outcome, rows["follow_up", 1].unit_id) == ("broken", units["pu"])
    assert (rows["follow_up", 2].outcome, rows["follow_up", 2].unit_id) == ("kept", units["hub"])
    assert (rows["follow_up", 1].days, rows["follow_up", 2].days) == (None, 10)
    assert rows["resolution", 1].unit_id == units["hub"]


def test_what_goes_back_in_time_is_nobodys_fault(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.RETURN_CASE, at=day(4), words="Bukan kewenangan kami.")
    assert outcomes(factory, case)["follow_up", 1] == "void"


def test_an_end_without_an_answer_counts_only_if_it_was_late(factory: CaseFactory) -> None:
    early, late = disposed(factory), disposed(factory)
    while outcomes_late(factory, late) is None:
        factory.expire_next(late)
    for case, at in ((early, day(5)), (late, day(24))):
        act(factory, case, None, Action.WITHDRAW, at=at)
    assert outcomes(factory, early)["resolution", 1] == "void"
    assert outcomes(factory, late)["resolution", 1] == "broken"


def test_a_disputed_answer_is_a_promise_again_and_days_with_the_reporter_do_not_count(
    factory: CaseFactory,
) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(5), words="Sudah.")
    act(factory, case, None, Action.DISPUTE, at=day(10), words="Belum.")
    assert outcomes(factory, case)["resolution", 1] == "open"
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(11), words="Sekarang sudah.")
    rows = rows_of(factory, case)
    assert (rows["verdict", 1].outcome, rows["resolution", 1].outcome) == ("disputed", "kept")
    assert rows["resolution", 1].days == 4, "3, 4, 10, 11"
    assert (rows["follow_up", 1].first, rows["follow_up", 2].first) == (True, False)
    assert rows["follow_up", 2].days is None


def test_an_answer_that_is_opened_again_has_that_verdict_and_keeps_its_rating(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(5), words="Sudah.")
    act(factory, case, None, Action.CONFIRM, at=day(6), rating=5)
    act(factory, case, None, Action.REOPEN, at=day(9), words="Rusak lagi.")
    row = rows_of(factory, case)["verdict", 1]
    assert (row.outcome, row.rating) == ("reopened", 5)


def test_silence_is_a_verdict_without_a_rating(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(5), words="Sudah.")
    factory.expire_next(case)
    row = rows_of(factory, case)["verdict", 1]
    assert (row.outcome, row.rating) == ("silence", None)


def test_the_same_event_recorded_again_changes_nothing(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(5), words="Sudah.")
    act(factory, case, None, Action.CONFIRM, at=day(6), rating=2)
    before = {key: vars(row) for key, row in rows_of(factory, case).items()}
    database, state = factory.offices.database, factory.cases.state(case.code)
    with database.read() as session:
        log = session.scalars(select(CaseLogRow.event).where(CaseLogRow.case_id == case.id)).all()
    events = tuple(EVENT.validate_python(one, strict=False) for one in log)
    SqlCaseRecorder(database).record(RecordInput(events=events, state=state))
    after = {key: vars(row) for key, row in rows_of(factory, case).items()}
    assert [strip(one) for one in after.values()] == [strip(one) for one in before.values()]


def strip(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def test_the_whole_log_folded_again_gives_the_same_rows(factory: CaseFactory) -> None:
    case = disposed(factory)
    factory.ask(case)
    act(factory, case, None, Action.COMPLETE, words="Di depan pasar.")
    act(factory, case, "pu.penghubung", Action.ANSWER, words="Sudah.")
    before = {key: strip(vars(row)) for key, row in rows_of(factory, case).items()}
    with factory.offices.database.write() as session:
        session.execute(delete(CaseMeasureRow))
    filler = MeasureFill(factory.offices.database)
    assert filler.fill(10) == 1
    assert filler.fill(10) == 0
    assert {key: strip(vars(row)) for key, row in rows_of(factory, case).items()} == before


def test_what_was_archived_and_revived_is_the_same_promise(factory: CaseFactory) -> None:
    case = factory.report(at=MONDAY)
    spam = {"end_reason": EndReason.SPAM, "words": "Isinya iklan."}
    act(factory, case, "kota.admin", Action.ARCHIVE, at=day(4), **spam)
    assert outcomes(factory, case) == {(Measure.RESOLUTION, 1): Outcome.VOID}
    act(factory, case, "kota.admin", Action.REVIVE, at=day(5), words="")
    assert outcomes(factory, case) == {(Measure.RESOLUTION, 1): Outcome.OPEN}
