"""Cases go from one engine to another and are closed there; nothing is lost, and none ever runs twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from temporalio.testing import WorkflowEnvironment

from cli import tuntas
from db.engine_place import MovedAwayError, begin_move, check_place, finish_move
from db.operation_store import OperationStore
from db.operation_table import HeartbeatRow
from db.rebuild_store import RebuildStore
from db.restored import DATABASE, NotReconciledError, mark_restored
from db.start import start_problems
from domain.agenda import Outage
from domain.case import Action, FollowUp, MailProblem, Stage
from domain.code import show_code
from domain.command import Command
from engine.ids import case_workflow_id
from engine.run import RunReader
from ops import checkup, move
from ops.inside import Inside
from ops.rebuild import rebuild_lost
from ops.refusal import Refusal
from schemas.case import MailFailure
from schemas.command import Applied, Outcome, Sent, Unknown
from schemas.upkeep import Life
from settings import Settings
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually, eventually_here
from tests.factories import MadeCase
from tests.offices import Offices
from tests.stack import ROOT, free_port
from tests.ward import Ward

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


@dataclass
class TwoEngines:
    """An old engine and a new one over the same tables; a worker runs where a test says."""

    offices: Offices
    old: Ward
    new: Ward
    environment: dict[str, str]

    @asynccontextmanager
    async def working(self, ward: Ward) -> AsyncIterator[Ward]:
        async with cases_worker(ward.client, self.offices.database):
            yield ward

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.environment)

    async def move(self) -> list[str]:
        return await asyncio.to_thread(move.move, self.settings, self.new.address, None, lambda _: None)

    def at_new(self) -> Settings:
        return Settings.from_env(self.environment | {"TEMPORAL_ADDRESS": self.new.address})


@pytest.fixture
async def engines(sqlite_offices: Offices, tmp_path: Path) -> AsyncIterator[TwoEngines]:
    async with AsyncExitStack() as stack:
        both: list[WorkflowEnvironment] = [
            await stack.enter_async_context(local_engine()) for _ in ("old", "new")
        ]
        old, new = (Ward(sqlite_offices, engine.client) for engine in both)
        environment = {
            "TUNTAS_HOME": str(tmp_path),
            "TUNTAS_PORT": str(free_port()),
            "TUNTAS_DATABASE_URL": sqlite_offices.database.engine.url.render_as_string(hide_password=False),
            "TEMPORAL_ADDRESS": old.address,
        }
        yield TwoEngines(sqlite_offices, old, new, environment)


async def disposed(ward: Ward) -> MadeCase:
    case = await ward.report()
    await ward.dispose(case)
    return case


async def answered(ward: Ward) -> MadeCase:
    case = await disposed(ward)
    await ward.act(case, "pu.penghubung", Action.ANSWER, words="Sudah.")
    return case


async def ended(ward: Ward) -> MadeCase:
    case = await disposed(ward)
    await ward.end(case)
    return case


async def applied(ward: Ward, case: MadeCase, command: Command) -> Outcome:
    """Sent again until it has an answer: an engine may still wait for a worker that has gone."""
    while isinstance(outcome := await asyncio.to_thread(ward.cases.send, case.code, command), Unknown):
        pass
    return outcome


async def test_cases_in_several_stages_go_over_and_one_is_closed_there(
    engines: TwoEngines, tmp_path: Path
) -> None:
    async with engines.working(engines.old) as old:
        fresh, held, told, over = (
            await old.report(),
            await disposed(old),
            await answered(old),
            await ended(old),
        )
        before = {case.code: await old.inside(case) for case in (fresh, held, told)}
    waiting = engines.old.factory.command(held, None, Action.MESSAGE, words="Halo?")
    said = await engines.move()
    assert "Cases carried: 3." in said
    for case in (fresh, held, told):
        assert engines.old.life(case) is Life.BROKEN_OFF and engines.new.life(case) is Life.RUNNING
    assert engines.new.life(over) is Life.NONE
    assert (tmp_path / "histories" / over.code[:2] / f"{over.code}.json.gz").exists()
    async with engines.working(engines.new) as new:
        for case in (fresh, held, told):
            assert await new.inside(case) == before[case.code]
        assert await asyncio.to_thread(new.cases.send, held.code, waiting.command) == Sent()
        await new.reaches(held, 3)
        answered_there = new.factory.command(
            held, "pu.penghubung", Action.FOLLOW_UP, words="Sudah.", follow_up=FollowUp.ACTION
        )
        assert await applied(new, held, answered_there.command) == Applied(seq=4)
        await new.reaches(held, 4)
        await new.end(held)
        assert new.factory.view(held).stage == Stage.CLOSED.value
        there = engines.at_new()
        await asyncio.to_thread(
            eventually_here, lambda: checkup.check_all(there).lines == [checkup.WELL], "all is well"
        )


async def test_a_command_that_was_applied_before_gets_its_first_answer_on_the_new_engine(
    engines: TwoEngines,
) -> None:
    async with engines.working(engines.old) as old:
        case = await disposed(old)
        recorded = old.factory.command(
            case, "pu.penghubung", Action.FOLLOW_UP, words="Ya.", follow_up=FollowUp.ACTION
        )
        assert await asyncio.to_thread(old.cases.send, case.code, recorded.command) == Applied(seq=3)
        await old.reaches(case, 3)
    await engines.move()
    async with engines.working(engines.new) as new:
        assert await asyncio.to_thread(new.cases.send, case.code, recorded.command) == Applied(seq=3)
        assert (await new.inside(case)).seq == 3


async def test_what_was_decided_and_not_yet_recorded_is_recorded_from_the_new_engine(
    engines: TwoEngines,
) -> None:
    """The worker that decided could not write: it had no hands for activities."""
    async with engines.working(engines.old) as old:
        case = await old.report()
    recorded = engines.old.factory.command(
        case, "kota.admin", Action.DISPOSE, unit=engines.offices.unit("pu")
    )
    async with cases_worker(engines.old.client, engines.offices.database, no_remote_activities=True):
        assert await applied(engines.old, case, recorded.command) == Applied(seq=2)
    assert engines.old.seq(case) == 1
    await engines.move()
    async with engines.working(engines.new) as new:
        await new.reaches(case, 2)
        assert (await new.inside(case)).done[recorded.command.id] == 2


async def test_signals_that_no_worker_has_seen_go_along(engines: TwoEngines) -> None:
    async with engines.working(engines.old) as old:
        case = await disposed(old)
    failure = MailFailure(id=77, problem=MailProblem.BOUNCED)
    assert await asyncio.to_thread(engines.old.cases.tell_mail_failed, case.id, case.code, failure)
    at = datetime.now(UTC)
    outage = Outage(id=5, from_at=at - timedelta(hours=1), to_at=at)
    await asyncio.to_thread(engines.old.cases.tell_outage, [(case.id, case.code)], outage)
    await engines.move()
    run = await asyncio.to_thread(RunReader(engines.new.bridge).newest, case.code)
    assert run is not None and [each.signal for each in run.unheard] == ["mail_failed", "outage_ended"]
    async with engines.working(engines.new) as new:
        await eventually(lambda: new.seq(case) >= 3, "the failed mail in the log")
        assert (await new.inside(case)).facts.failed_mails == (77,)


async def test_a_case_that_no_worker_has_touched_begins_on_the_new_engine(engines: TwoEngines) -> None:
    case = engines.old.factory.report(started=False)
    started = RunReader(engines.old.bridge)
    start = RebuildStore(engines.offices.database).start(case.id)
    assert await asyncio.to_thread(engines.old.cases.start, start)
    untouched = started.newest(case.code)
    assert untouched is not None and Inside().of(untouched) == start
    later = engines.old.factory.report(started=False)
    said = await engines.move()
    assert "Cases carried: 1." in said and any("no engine has taken" in line for line in said)
    assert engines.new.life(case) is Life.RUNNING and engines.new.life(later) is Life.NONE
    async with engines.working(engines.new) as new:
        await new.reaches(case, 1)


async def test_a_second_move_changes_nothing_and_a_move_killed_in_the_middle_is_finished(
    engines: TwoEngines,
) -> None:
    async with engines.working(engines.old) as old:
        cases = [await disposed(old) for _ in range(12)]  # a kill takes a while to arrive
        states = [await old.inside(case) for case in cases]
    environment = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("TUNTAS_", "TEMPORAL_"))
        },
        **engines.environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "move-engine", "--to", engines.new.address],
        cwd=ROOT,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = await asyncio.to_thread(process.stdout.readline)
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)
    assert first == f"{show_code(cases[0].code)}: moved.\n"
    for case in cases:
        lives = {engines.old.life(case), engines.new.life(case)}
        assert lives != {Life.RUNNING}, "never in both"
    problems = start_problems(
        engines.settings.database_url, demo=False, keyring=None, place=engines.settings.engine_place
    )
    assert len(problems) == 1 and "are being moved" in problems[0]
    with pytest.raises(Refusal, match="are being moved"):
        await asyncio.to_thread(rebuild_lost, engines.settings)
    said = await engines.move()
    counts = [line for line in said if line.startswith(("Cases carried", "Cases that were there"))]
    carried = sum(int(line.rstrip(".").split()[-1]) for line in counts)
    assert carried == len(cases)
    runs = [await _run_id(engines.new, case) for case in cases]
    with pytest.raises(Refusal, match="have moved"):
        await engines.move()
    assert [await _run_id(engines.new, case) for case in cases] == runs
    async with engines.working(engines.new) as new:
        assert [await new.inside(case) for case in cases] == states


async def _run_id(ward: Ward, case: MadeCase) -> str:
    return (await ward.client.get_workflow_handle(case_workflow_id(case.code)).describe()).run_id


async def test_a_case_whose_workflow_the_old_engine_has_lost_starts_from_the_tables(
    engines: TwoEngines,
) -> None:
    async with engines.working(engines.old) as old:
        case = await disposed(old)
        before = await old.inside(case)
        await old.lose(case)
    said = await engines.move()
    assert any(line.startswith("Cases started from the database") for line in said)
    async with engines.working(engines.new) as new:
        assert await new.inside(case) == before


async def test_what_came_back_from_a_backup_is_reconciled_before_it_is_moved(engines: TwoEngines) -> None:
    mark_restored(engines.offices.database, DATABASE)
    with pytest.raises(NotReconciledError):
        await engines.move()


async def test_it_refuses_while_a_worker_lives_and_towards_the_same_engine(engines: TwoEngines) -> None:
    OperationStore(engines.offices.database).beat(timedelta(minutes=1))
    with pytest.raises(Refusal, match="stop all workers"):
        await engines.move()
    with engines.offices.database.write() as session:
        session.execute(delete(HeartbeatRow))
    OperationStore(engines.offices.database).take_lease("sweeper", "another machine:1", timedelta(minutes=1))
    with pytest.raises(Refusal, match="stop all workers"):
        await engines.move()
    with pytest.raises(Refusal, match="name the new engine"):
        await asyncio.to_thread(move.move, engines.settings, engines.old.address, None, lambda _: None)


def test_the_new_engine_is_reached_by_variables_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "old")
    monkeypatch.setenv("NEW_TEMPORAL_API_KEY", "new")
    target = move.target_settings("cloud.example:7233", "tuntas")
    assert dict(target.temporal_access) == {"TEMPORAL_API_KEY": "new"}
    assert target.engine_place == "cloud.example:7233 (tuntas)"
    monkeypatch.delenv("NEW_TEMPORAL_API_KEY")
    with pytest.raises(Refusal, match="nothing asks for TLS"):
        move.target_settings("cloud.example:7233", None)


def test_cases_that_have_left_an_engine_may_come_back_to_it(sqlite_offices: Offices) -> None:
    database = sqlite_offices.database
    check_place(database, "a")
    begin_move(database, "a", "b")
    begin_move(database, "a", "b")
    with pytest.raises(MovedAwayError, match="from a to b"):
        begin_move(database, "a", "c")
    finish_move(database)
    check_place(database, "b")
    begin_move(database, "b", "a")
    finish_move(database)
    check_place(database, "a")
    with pytest.raises(MovedAwayError):
        check_place(database, "b")
    assert "move-engine" in tuntas.commands
