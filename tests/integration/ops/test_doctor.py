"""The doctor finds what is wrong with a case, says so once, and sees when it is well again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text

from db.case_table import CaseViewRow
from db.operation_store import OperationStore
from db.upkeep_table import FindingRow
from engine.bridge import Bridge
from engine.ids import case_workflow_id
from engine.probe import CaseProbe
from ops.doctor import AT_ONCE, LOOK_AGAIN_AFTER, REST_FOR, WALK, Doctor
from ops.rebuild import Rebuilder
from ops.upkeep import doctor_stores
from schemas.upkeep import FindingKind, Life
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices
from tests.ward import Ward, open_ward

AWAY = CaseProbe(Bridge("127.0.0.1:9", "default"))
DAYS_AGO = datetime.now(UTC) - timedelta(days=9)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


class Rounds:
    """A doctor who looks at a case as often as a test wants."""

    def __init__(self, offices: Offices, probe: CaseProbe) -> None:
        self.stores = doctor_stores(offices.database)
        self.clock = Clock()
        self.doctor = Doctor(self.stores, probe, self.clock)
        self.database = offices.database

    def look(self, case: MadeCase, *, ask: bool = True) -> None:
        """One look, some time after the one before."""
        self.clock.at += LOOK_AGAIN_AFTER
        self.doctor.visit([case.id], ask=ask)

    async def looks(self, case: MadeCase) -> None:
        """Two looks, as a finding takes."""
        for _ in range(2):
            await asyncio.to_thread(self.look, case)

    def found(self, case: MadeCase) -> set[FindingKind]:
        """What is open about a case."""
        return self.stores.findings.open_kinds([case.id]).get(case.id, set())

    def open_count(self) -> object:
        """As the health page tells it."""
        return OperationStore(self.database).backlog()["findings_open"]


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest_asyncio.fixture
async def ward(sqlite_offices: Offices) -> AsyncIterator[Ward]:
    async with open_ward(sqlite_offices) as opened:
        yield opened


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "ops.doctor"]


def spoil(factory: CaseFactory, change: str, case: MadeCase) -> None:
    with factory.offices.database.write() as session:
        session.execute(text(change), {"id": case.id, "at": DAYS_AGO.isoformat(sep=" ")})


HOLDS = {
    FindingKind.LOG_GAP: (
        "update case_log set seq = -1 where case_id = :id and seq = 1",
        "update case_log set seq = 1 where case_id = :id and seq = -1",
    ),
    FindingKind.CHAIN_BROKEN: (
        "update case_log set hash = upper(hash) where case_id = :id and seq = 2",
        "update case_log set hash = lower(hash) where case_id = :id and seq = 2",
    ),
    FindingKind.MAIL_STUCK: (
        "update outbox set state = 'sending', lease_until = created_at where case_id = :id",
        "update outbox set state = 'sent', lease_until = null where case_id = :id",
    ),
    FindingKind.COMMAND_STUCK: (
        "update command set outcome = 'waiting', recorded_at = :at where case_id = :id",
        "update command set outcome = 'refused' where case_id = :id",
    ),
}


@pytest.mark.parametrize("kind", HOLDS)
def test_what_is_wrong_in_the_tables_is_found_told_once_and_closed_by_itself(
    offices: Offices, kind: FindingKind, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.upkeep_chart.SENDING_AT_MOST", timedelta(seconds=-5))
    factory, rounds = CaseFactory(offices), Rounds(offices, AWAY)
    case, well = factory.report(), factory.report()
    factory.dispose(case)
    harm, cure = HOLDS[kind]
    rounds.look(case, ask=False)
    rounds.look(case, ask=False)
    assert rounds.found(case) == set()
    spoil(factory, harm, case)
    rounds.look(case, ask=False)
    assert rounds.found(case) == set(), "one look is not enough"
    for _ in range(3):
        rounds.look(case, ask=False)
    assert rounds.found(case) == {kind} and rounds.open_count() == 1
    assert told(caplog) == [f"case {case.id}: {kind.value}"]
    spoil(factory, cure, case)
    rounds.look(case, ask=False)
    rounds.look(well, ask=False)
    assert rounds.found(case) == rounds.found(well) == set() and rounds.open_count() == 0


def test_a_finding_that_comes_back_is_told_again(
    factory: CaseFactory, caplog: pytest.LogCaptureFixture
) -> None:
    rounds, case = Rounds(factory.offices, AWAY), factory.report()
    factory.dispose(case)
    harm, cure = HOLDS[FindingKind.CHAIN_BROKEN]
    for change in (harm, cure, harm):
        spoil(factory, change, case)
        rounds.look(case, ask=False)
        rounds.look(case, ask=False)
    assert told(caplog) == [f"case {case.id}: chain_broken"] * 2
    assert rounds.found(case) == {FindingKind.CHAIN_BROKEN}


def test_an_open_case_that_time_will_never_move_is_found(factory: CaseFactory) -> None:
    rounds, case = Rounds(factory.offices, AWAY), factory.report()
    with factory.offices.database.write() as session:
        row = session.get_one(CaseViewRow, case.id)
        stopped = [{**clock, "stopped_at": clock["started_at"]} for clock in row.state["clocks"]]
        row.state = row.state | {"clocks": stopped}
    rounds.look(case, ask=False)
    rounds.look(case, ask=False)
    assert rounds.found(case) == {FindingKind.STANDS_STILL}


def test_a_table_that_is_just_catching_up_is_no_finding(factory: CaseFactory) -> None:
    rounds, case = Rounds(factory.offices, AWAY), factory.report()
    stage = "update case_view set stage = 'closed' where case_id = :id"
    spoil(factory, stage, case)
    rounds.look(case, ask=False)
    factory.dispose(case)
    spoil(factory, stage, case)
    rounds.look(case, ask=False)
    assert rounds.found(case) == set() and rounds.doctor.suspects == [case.id]


def test_two_looks_at_once_are_not_two_looks(factory: CaseFactory) -> None:
    rounds, case = Rounds(factory.offices, AWAY), factory.report()
    spoil(factory, "update case_view set stage = 'closed' where case_id = :id", case)
    for _ in range(5):
        rounds.doctor.visit([case.id], ask=False)
    assert rounds.found(case) == set()
    rounds.look(case, ask=False)
    assert rounds.found(case) == {FindingKind.VIEW_DIFFERS}


@pytest.mark.server
async def test_a_view_that_differs_is_found_and_a_rebuild_heals_it(ward: Ward) -> None:
    rounds, case = Rounds(ward.offices, ward.probe), await ward.report()
    await ward.dispose(case)
    await ward.inside(case)
    with ward.database.write() as session:
        row = session.get_one(CaseViewRow, case.id)
        row.state = row.state | {"dispute_count": 7}
    await rounds.looks(case)
    assert rounds.found(case) == {FindingKind.VIEW_DIFFERS}
    await asyncio.to_thread(Rebuilder(ward.database, ward.probe).rebuild, case.id)
    await rounds.looks(case)
    assert rounds.found(case) == set()


@pytest.mark.server
async def test_lost_workflows_and_lost_cases_are_found_and_a_rebuild_heals_them(ward: Ward) -> None:
    rounds = Rounds(ward.offices, ward.probe)
    open_case, bare, over = await ward.report(), await ward.report(), await ward.report()
    await ward.dispose(over)
    await ward.end(over)
    for case in (open_case, bare):
        await ward.client.get_workflow_handle(case_workflow_id(case.code)).terminate()
        await ward.engine_has(case, Life.BROKEN_OFF)
    for change in (
        "delete from outbox where case_id = :id",
        "delete from case_log where case_id = :id",
        "delete from case_view where case_id = :id",
    ):
        ward.spoil(change, bare)
    for case in (open_case, bare, over):
        await rounds.looks(case)
    assert rounds.found(open_case) == {FindingKind.LOST_WORKFLOW}
    assert rounds.found(bare) == {FindingKind.LOST_CASE}
    assert rounds.found(over) == set()
    for case in (open_case, bare):
        await asyncio.to_thread(Rebuilder(ward.database, ward.probe).rebuild, case.id)
        await ward.reaches(case, 1)
        await rounds.looks(case)
        assert rounds.found(case) == set()


@pytest.mark.server
async def test_a_silent_engine_neither_opens_nor_closes_what_only_it_could_tell(ward: Ward) -> None:
    case = await ward.report()
    seeing, deaf = Rounds(ward.offices, ward.probe), Rounds(ward.offices, AWAY)
    await ward.client.get_workflow_handle(case_workflow_id(case.code)).terminate()
    await ward.engine_has(case, Life.BROKEN_OFF)
    await deaf.looks(case)
    assert deaf.found(case) == set()
    await seeing.looks(case)
    await deaf.looks(case)
    assert deaf.found(case) == {FindingKind.LOST_WORKFLOW}


@pytest.mark.server
async def test_the_walk_goes_over_all_cases_a_few_at_a_time_and_keeps_its_place(ward: Ward) -> None:
    cases = [ward.factory.report(started=False) for _ in range(AT_ONCE + 2)]
    bad = cases[-1]
    ward.spoil("update report set started_at = created_at where id = :id", bad)
    before, place = Rounds(ward.offices, ward.probe), doctor_stores(ward.database).findings
    await asyncio.to_thread(before.doctor.walk)
    assert place.place(WALK) == cases[AT_ONCE - 1].id
    after = Rounds(ward.offices, ward.probe)
    for _ in range(3):
        after.clock.at += LOOK_AGAIN_AFTER
        await asyncio.to_thread(after.doctor.walk)
    assert after.found(bad) == {FindingKind.LOST_CASE}
    assert place.place(WALK) == 0


@pytest.mark.server
async def test_an_open_finding_is_looked_at_again_before_the_walk_comes_by(ward: Ward) -> None:
    case = await ward.report()
    rounds = Rounds(ward.offices, ward.probe)
    rounds.stores.findings.settle(case.id, [FindingKind.LOST_WORKFLOW])
    rounds.stores.findings.keep_place(WALK, case.id)
    with ward.database.write() as session:
        row = session.get_one(FindingRow, (FindingKind.LOST_WORKFLOW.value, f"case {case.id}"))
        row.last_seen_at = DAYS_AGO
    await asyncio.to_thread(rounds.doctor.walk)
    assert rounds.found(case) == set()


def test_a_walk_rests_when_the_engine_is_silent_and_when_it_is_through(factory: CaseFactory) -> None:
    rounds, case = Rounds(factory.offices, AWAY), factory.report()
    rounds.doctor.walk()
    assert rounds.stores.findings.place(WALK) == 0, "nothing was learned about a case"
    rounds.clock.at += REST_FOR / 2
    spoil(factory, "update case_view set stage = 'closed' where case_id = :id", case)
    rounds.doctor.walk()
    assert rounds.doctor.suspects == []
