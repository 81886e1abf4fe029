"""The sweeper: what was committed is started and sent; bad rows and absent engines lose none of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import delete, select, text

from db.case_table import CommandRow, ReportRow
from db.command_store import RecordedCommand
from db.directory_table import MembershipRow
from db.mail_failure_store import MailFailureStore
from db.operation_store import OperationStore
from db.operation_table import HeartbeatRow, OutageRow
from domain.case import Action, FollowUp
from domain.command import Refusal, RefusalReason
from engine.bridge import Bridge
from engine.case_client import CaseClient, Reach
from engine.command_delivery import CommandDelivery
from ops import lease, sweeper
from ops.sweeper import GIVE_UP_AFTER, Heartbeat, Sweeper, SweptStores
from schemas.command import Unknown
from tests.attempts import counted_attempts
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

NOTHING_LISTENS = "127.0.0.1:9"
ATTEMPTS = 2
"""A command, and the question whether the engine is away."""


class Clock:
    """Half a minute ahead of the tables, so that every row has settled; moves by `step` at each look."""

    def __init__(self, step: timedelta = timedelta()) -> None:
        self.ahead = timedelta(seconds=30)
        self.step = step

    def __call__(self) -> datetime:
        self.ahead += self.step
        return datetime.now(UTC) + self.ahead


def sweeper_of(offices: Offices, address: str = NOTHING_LISTENS, clock: Clock | None = None) -> Sweeper:
    cases = CaseClient(Bridge(address, "default"))
    stores = SweptStores(
        database=offices.database,
        intakes=offices.intakes,
        commands=offices.commands,
        operation=OperationStore(offices.database),
        failures=MailFailureStore(offices.database),
    )
    return Sweeper(stores, cases, CommandDelivery(cases, offices.commands), clock or Clock())


class Running:
    """An engine with a worker for cases, and a sweeper that talks to it."""

    def __init__(self, offices: Offices, address: str) -> None:
        self.address = address
        self.factory = CaseFactory(offices)
        self.cases = CaseClient(Bridge(address, "default"))
        self.sweeper = sweeper_of(offices, address)

    async def sweep(self) -> bool:
        """One round; whether the next should come at once."""
        return await asyncio.to_thread(self.sweeper.run_once)

    async def reaches(self, case: MadeCase, *kinds: str) -> None:
        """Waits until exactly this has happened to a case."""
        await eventually(lambda: self.kinds(case) == list(kinds), f"{kinds}, not {self.kinds(case)}")

    def kinds(self, case: MadeCase) -> list[str]:
        """What has happened to a case, in order."""
        return [entry.event.kind.value for entry in self.factory.reader.log(case.id)]


@pytest_asyncio.fixture
async def running(sqlite_offices: Offices) -> AsyncIterator[Running]:
    async with local_engine() as engine, cases_worker(engine.client, sqlite_offices.database):
        yield Running(sqlite_offices, engine.client.service_client.config.target_host)


@pytest.fixture
def factory(sqlite_offices: Offices) -> CaseFactory:
    return CaseFactory(sqlite_offices)


def kept(factory: CaseFactory, recorded: RecordedCommand) -> RecordedCommand:
    found = factory.offices.commands.find(recorded.command.id)
    assert found is not None
    return found


def is_started(factory: CaseFactory, case: MadeCase) -> bool:
    with factory.offices.database.read() as session:
        found = select(ReportRow.id).where(ReportRow.id == case.id, ReportRow.started_at.is_not(None))
        return session.scalar(found) is not None


def tries_of(factory: CaseFactory, recorded: RecordedCommand) -> int:
    with factory.offices.database.read() as session:
        return session.get_one(CommandRow, recorded.command.id).tries


def spoil(factory: CaseFactory, update: str, row_id: object) -> None:
    """Writes past all checks, as a damaged disk or a careless hand would."""
    with factory.offices.database.write() as session:
        session.execute(text(update), {"id": row_id})


def sleep_for_hours(factory: CaseFactory) -> None:
    """Every worker was away all night, and one is back."""
    heartbeat = Heartbeat(OperationStore(factory.offices.database))
    heartbeat.beat()
    with factory.offices.database.write() as session:
        session.get_one(HeartbeatRow, "worker").at = datetime.now(UTC) - timedelta(hours=8)
    heartbeat.beat()


@pytest.mark.server
async def test_an_intake_that_nobody_started_gets_exactly_one_workflow(running: Running) -> None:
    case = running.factory.report(started=False)
    await running.sweep()
    await running.reaches(case, "received")
    spoil(running.factory, "update report set started_at = null where id = :id", case.id)
    await running.sweep()
    assert is_started(running.factory, case)
    assert running.kinds(case) == ["received"]


@pytest.mark.server
async def test_waiting_commands_are_sent_again_in_the_order_in_which_they_were_made(running: Running) -> None:
    factory = running.factory
    case = factory.report(started=False)
    await running.sweep()
    await running.reaches(case, "received")
    factory.command(case, "kota.admin", Action.DISPOSE, unit=factory.offices.unit("pu"))
    factory.command(case, None, Action.MESSAGE, words="Kapan?")
    await running.sweep()
    await running.reaches(case, "received", "disposed", "message_received")
    factory.command(case, "pu.penghubung", Action.FOLLOW_UP, words="Sudah.", follow_up=FollowUp.ACTION)
    late = factory.command(case, "kota.admin", Action.DISPOSE, unit=factory.offices.unit("pu"), version=1)
    await running.sweep()
    await running.reaches(case, "received", "disposed", "message_received", "followed_up")
    assert kept(factory, late).outcome == "refused"


def test_a_right_that_was_lost_meanwhile_refuses_the_command(factory: CaseFactory) -> None:
    case = factory.report()
    recorded = factory.command(case, "kota.admin", Action.DISPOSE, unit=factory.offices.unit("pu"))
    with factory.offices.database.write() as session:
        person = factory.offices.people["kota.admin"]
        session.execute(delete(MembershipRow).where(MembershipRow.person_id == person))
    sweeper_of(factory.offices).run_once()
    assert kept(factory, recorded).refusal == Refusal(reason=RefusalReason.NOT_YOURS)


def test_a_message_to_a_closed_case_is_refused(factory: CaseFactory) -> None:
    case = factory.report()
    factory.dispose(case)
    factory.answer(case)
    factory.act(case, None, Action.CONFIRM)
    recorded = factory.command(case, None, Action.MESSAGE, words="Terima kasih.")
    sweeper_of(factory.offices).run_once()
    assert kept(factory, recorded).refusal == Refusal(reason=RefusalReason.WRONG_STAGE)


@pytest.mark.server
async def test_an_outage_is_told_in_batches_and_goes_on_where_it_stopped(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [running.factory.report(started=False, policy_name="demo") for _ in range(3)]
    await running.sweep()
    for case in cases:
        await running.reaches(case, "received")
    sleep_for_hours(running.factory)
    monkeypatch.setattr(sweeper, "TOLD_A_ROUND", 2)
    assert await running.sweep()
    await running.reaches(cases[1], "received", "outage_shifted")
    assert not await asyncio.to_thread(sweeper_of(running.factory.offices).run_once)
    assert running.kinds(cases[2]) == ["received"]
    assert await running.sweep()
    for case in cases:
        await running.reaches(case, "received", "outage_shifted")
    with running.factory.offices.database.read() as session:
        assert [row.done for row in session.query(OutageRow)] == [True]


@pytest.mark.server
async def test_many_cases_are_told_of_an_outage_side_by_side_and_each_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.case_client.TOLD_AT_ONCE", 3)
    cases = [running.factory.report(started=False, policy_name="demo") for _ in range(12)]
    await running.sweep()
    for case in cases:
        await running.reaches(case, "received")
    sleep_for_hours(running.factory)
    found = OperationStore(running.factory.offices.database).outage_to_tell(50)
    assert found is not None
    unknown = (cases[-1].id + 1, "0000000000")
    reaches = await asyncio.to_thread(running.cases.tell_outage, [*found[1], unknown], found[0])
    assert reaches == [Reach.TAKEN] * 13, "a case without a workflow need not know"
    await running.sweep()
    for case in cases:
        await running.reaches(case, "received", "outage_shifted")
    assert not await running.sweep()


def test_an_outage_that_cannot_be_told_waits_for_the_engine(factory: CaseFactory) -> None:
    case = factory.report()
    sleep_for_hours(factory)
    assert not sweeper_of(factory.offices).run_once()
    found = OperationStore(factory.offices.database).outage_to_tell(5)
    assert found is not None and found[1] == [(case.id, case.code)]


def test_an_engine_that_is_away_ends_the_round_at_once_and_nothing_is_lost(
    factory: CaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [factory.report(), factory.report(), factory.report(started=False), factory.report(started=False)]
    made = [factory.command(case, None, Action.MESSAGE, words="Halo?") for case in cases[:2]]
    attempts = counted_attempts(monkeypatch)
    sweeper_of(factory.offices).run_once()
    assert 1 <= len(attempts) <= ATTEMPTS
    assert not any(is_started(factory, case) for case in cases[2:])
    assert [tries_of(factory, each) for each in made] == [0, 0]


@pytest.mark.server
async def test_an_engine_that_went_away_after_a_first_talk_ends_the_round_as_soon(
    sqlite_offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = CaseFactory(sqlite_offices)
    async with local_engine() as engine:
        running = Running(sqlite_offices, engine.client.service_client.config.target_host)
        case = factory.report(started=False)
        await running.sweep()
        assert is_started(factory, case)
    made = [factory.command(factory.report(), None, Action.MESSAGE, words="Halo?") for _ in range(4)]
    attempts = counted_attempts(monkeypatch)
    await running.sweep()
    assert 1 <= len(attempts) <= ATTEMPTS
    assert [tries_of(factory, each) for each in made] == [0, 0, 0, 0]


def test_commands_wait_for_an_engine_that_is_away_without_a_growing_pause(factory: CaseFactory) -> None:
    recorded = factory.command(factory.report(), None, Action.MESSAGE, words="Halo?")
    absent = sweeper_of(factory.offices)
    for _ in range(3):
        absent.run_once()
    assert kept(factory, recorded).outcome == "waiting" and tries_of(factory, recorded) == 0


@pytest.mark.server
async def test_a_start_that_cannot_be_read_or_that_the_engine_refuses_stops_no_other(
    running: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = running.factory
    unreadable, broken, refused, good = (factory.report(started=False) for _ in range(4))
    monkeypatch.setattr(sweeper, "BATCH", 3)
    spoil(factory, "update report set start = '{}' where id = :id", unreadable.id)
    spoil(factory, "update report set start = '{' where id = :id", broken.id)
    with factory.offices.database.write() as session:
        row = session.get_one(ReportRow, refused.id)
        row.start = row.start | {"state": row.start["state"] | {"code": "X" * 3000}}
    await running.sweep()
    await running.sweep()
    assert [is_started(factory, case) for case in (unreadable, broken, refused, good)] == [False] * 3 + [True]
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert told == [
        f"the stored start of case {unreadable.id} is unreadable",
        f"the stored start of case {broken.id} is unreadable",
        f"the engine refuses the start of case {refused.id}: INVALID_ARGUMENT",
    ]


@pytest.mark.server
async def test_a_command_that_cannot_be_read_stops_no_other(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    factory = running.factory
    case = factory.report(started=False)
    await running.sweep()
    await running.reaches(case, "received")
    bad = factory.command(case, None, Action.MESSAGE, words="Satu.")
    good = factory.command(case, None, Action.MESSAGE, words="Dua.")
    spoil(factory, "update command set content = '{' where id = :id", bad.command.id)
    await running.sweep()
    await running.reaches(case, "received", "message_received")
    assert kept(factory, good).outcome == "applied"
    told = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(told) == 1 and bad.command.id in told[0]


@pytest.mark.server
async def test_a_case_that_gives_no_answer_is_put_off_and_its_later_commands_with_it(
    sqlite_offices: Offices,
) -> None:
    factory = CaseFactory(sqlite_offices)
    async with local_engine() as engine:
        running = Running(sqlite_offices, engine.client.service_client.config.target_host)
        stuck, other = factory.report(started=False), factory.report(started=False)
        unit = factory.offices.unit("pu")
        at = datetime.now(UTC) - timedelta(minutes=1)
        first = factory.command(stuck, "kota.admin", Action.DISPOSE, unit=unit, at=at)
        second = factory.command(stuck, None, Action.MESSAGE, words="Kapan?")
        third = factory.command(other, None, Action.MESSAGE, words="Halo?")
        await running.sweep()
    assert [tries_of(factory, each) for each in (first, second, third)] == [1, 0, 1]


@pytest.mark.server
async def test_an_update_that_fails_without_a_refusal_is_logged_and_waits(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    case = running.factory.report(started=False)
    await running.sweep()
    await running.reaches(case, "received")
    recorded = running.factory.command(case, "kota.admin", Action.DISPOSE)
    senseless = replace(recorded.command, version="Canary Nama")  # type: ignore[arg-type]
    outcome = await asyncio.to_thread(running.cases.send, case.code, senseless)
    assert outcome == Unknown(problem="update_failed")
    told = [each.getMessage() for each in caplog.records if each.name == "engine.case_client"]
    assert len(told) == 1 and recorded.command.id in told[0]
    assert "Canary" not in told[0]


def test_a_command_is_given_up_after_72_hours_and_its_author_finds_it(factory: CaseFactory) -> None:
    case, now = factory.report(), datetime.now(UTC)
    old = factory.command(case, "kota.admin", Action.DISPOSE, words="Ke PU.", at=now - GIVE_UP_AFTER)
    young = factory.command(
        factory.report(), "kota.admin", Action.DISPOSE, words="Ke PU.", at=now - GIVE_UP_AFTER / 2
    )
    sweeper_of(factory.offices).run_once()
    assert kept(factory, young).outcome == "waiting"
    shown = factory.reader.commands(case.id, "refused")
    assert [entry.command.id for entry in shown] == [old.command.id]
    assert shown[0].refusal == Refusal(reason=RefusalReason.GIVEN_UP)
    assert shown[0].text == "Ke PU."


def test_a_sweeper_without_the_lease_does_nothing(factory: CaseFactory) -> None:
    old = factory.command(factory.report(), None, Action.MESSAGE, at=datetime.now(UTC) - timedelta(days=9))
    operation = OperationStore(factory.offices.database)
    operation.take_lease("sweeper", "another", timedelta(minutes=1))
    sweeper_of(factory.offices).run_once()
    assert kept(factory, old).outcome == "waiting"
    operation.take_lease("sweeper", "another", -timedelta(minutes=1))
    sweeper_of(factory.offices).run_once()
    assert kept(factory, old).outcome == "refused"


def test_a_sweeper_whose_lease_was_taken_in_the_middle_of_a_round_leaves_the_rest(
    factory: CaseFactory,
) -> None:
    operation = OperationStore(factory.offices.database)
    long_ago = datetime.now(UTC) - timedelta(days=9)
    made = [
        factory.command(factory.report(), None, Action.MESSAGE, at=long_ago + timedelta(minutes=number))
        for number in range(3)
    ]

    class RobbedClock(Clock):
        def __call__(self) -> datetime:
            if kept(factory, made[0]).outcome == "refused":
                spoil(factory, "update lease set owner = :id", "another")
                self.ahead += lease.RENEW_AFTER
            return super().__call__()

    sweeper_of(factory.offices, clock=RobbedClock()).run_once()
    assert [kept(factory, each).outcome for each in made] == ["refused", "waiting", "waiting"]
    assert not operation.take_lease("sweeper", "third", timedelta(minutes=1))


def test_a_heartbeat_beside_a_sweeper_that_hangs_is_no_outage(factory: CaseFactory) -> None:
    operation = OperationStore(factory.offices.database)
    assert not operation.beat(sweeper.OUTAGE_GAP)
    seen_at = operation.worker_seen_at()
    sweeper_of(factory.offices).run_once()
    assert operation.worker_seen_at() == seen_at
    Heartbeat(operation).beat()
    assert operation.worker_seen_at() != seen_at
    assert operation.outage_to_tell(1) is None


def test_an_engine_that_is_away_is_told_from_one_that_refuses(sqlite_offices: Offices) -> None:
    reach = CaseClient(Bridge(NOTHING_LISTENS, "default")).start(sqlite_offices.report().start)
    assert reach is Reach.AWAY and not reach
