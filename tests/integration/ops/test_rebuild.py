"""A lost workflow and a lost view come back from what is left, and nothing is ever run twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from db.case_table import CaseViewRow
from db.upkeep_chart import ChartStore
from db.wire import STATE
from domain.case import Action, FollowUp, Stage
from domain.code import show_code
from engine.bridge import Bridge
from engine.ids import case_workflow_id
from engine.probe import CaseProbe
from ops import checkup
from ops.rebuild import SILENT, Rebuilder, rebuild_case, rebuild_lost
from ops.refusal import Refusal
from schemas.command import Applied
from schemas.upkeep import Life
from settings import Settings
from tests.factories import MadeCase
from tests.offices import Offices
from tests.ward import Ward, open_ward

pytestmark = pytest.mark.server

NO_VIEW = "delete from case_view where case_id = :id"
BROKEN_VIEW = "update case_view set state = '{' where case_id = :id"
OLD_VIEW = "update case_view set stage = 'verification', state = '{}' where case_id = :id"


@pytest_asyncio.fixture
async def ward(sqlite_offices: Offices) -> AsyncIterator[Ward]:
    async with open_ward(sqlite_offices) as opened:
        yield opened


async def rebuilt(ward: Ward, case: MadeCase) -> str:
    """What was said, without the code."""
    said = await asyncio.to_thread(Rebuilder(ward.database, ward.probe).rebuild, case.id)
    assert said.startswith(f"{show_code(case.code)}: ") and said.endswith(".")
    return said.removeprefix(f"{show_code(case.code)}: ")


async def refused(ward: Ward, case: MadeCase) -> str:
    with pytest.raises(Refusal) as refusal:
        await rebuilt(ward, case)
    (line,) = refusal.value.lines
    return line


def said_by(view: CaseViewRow) -> dict[str, Any]:
    """All columns of a view; its copy of the state as rules read it, since a set has no order in JSON."""
    columns = {column.name: getattr(view, column.name) for column in CaseViewRow.__table__.columns}
    return columns | {"state": STATE.validate_python(view.state, strict=False)}


async def broken_off(ward: Ward, case: MadeCase) -> None:
    await ward.client.get_workflow_handle(case_workflow_id(case.code)).terminate()
    await ward.engine_has(case, Life.BROKEN_OFF)


async def disposed(ward: Ward) -> MadeCase:
    case = await ward.report()
    await ward.dispose(case)
    return case


async def goes_on(ward: Ward, case: MadeCase, seq: int) -> None:
    """The case takes acts, up to its end."""
    outcome = await ward.act(
        case, "pu.penghubung", Action.FOLLOW_UP, words="Sudah.", follow_up=FollowUp.ACTION
    )
    assert outcome == Applied(seq=seq)
    await ward.end(case)
    assert ward.factory.view(case).stage == Stage.CLOSED.value
    numbers = [entry.event.seq for entry in ward.factory.reader.log(case.id)]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_lost_workflow_starts_again_where_its_view_stands_and_acts_on(ward: Ward) -> None:
    case = await disposed(ward)
    before = await ward.inside(case)
    await ward.lose(case)
    assert await rebuilt(ward, case) == "its workflow was started again from its view, at event 2."
    assert await ward.inside(case) == before
    await goes_on(ward, case, seq=3)


async def test_a_second_rebuild_starts_no_second_workflow(ward: Ward) -> None:
    case = await disposed(ward)
    await broken_off(ward, case)
    handle = ward.client.get_workflow_handle(case_workflow_id(case.code))
    await rebuilt(ward, case)
    run_id = (await handle.describe()).run_id
    assert "nothing was changed" in await rebuilt(ward, case)
    state = await ward.inside(case)
    from schemas.case import CaseInput

    assert await asyncio.to_thread(ward.probe.restart, CaseInput(state=state))
    assert (await handle.describe()).run_id == run_id


@pytest.mark.parametrize("damage", [NO_VIEW, BROKEN_VIEW, OLD_VIEW])
async def test_a_broken_view_is_written_again_from_its_workflow(ward: Ward, damage: str) -> None:
    case = await disposed(ward)
    before = ward.factory.view(case)
    ward.spoil(damage, case)
    assert await rebuilt(ward, case) == "its view was written again from its workflow, at event 2."
    assert said_by(ward.factory.view(case)) == said_by(before)


@pytest.mark.parametrize("damage", [NO_VIEW, BROKEN_VIEW])
async def test_workflow_and_view_come_back_from_the_log(ward: Ward, damage: str) -> None:
    case = await disposed(ward)
    before, view = await ward.inside(case), ward.factory.view(case)
    await ward.lose(case)
    ward.spoil(damage, case)
    assert await rebuilt(ward, case) == "its workflow was started again from its log, at event 2."
    assert await ward.inside(case) == before
    assert said_by(ward.factory.view(case)) == said_by(view)
    await goes_on(ward, case, seq=3)


async def test_a_case_of_which_only_the_report_is_left_starts_anew(ward: Ward) -> None:
    case = await ward.report()
    await ward.lose(case)
    ward.spoil("delete from outbox where case_id = :id", case)
    ward.spoil("delete from case_log where case_id = :id", case)
    ward.spoil(NO_VIEW, case)
    assert await rebuilt(ward, case) == "its workflow was started again from its report, at event 0."
    await ward.reaches(case, 1)


async def test_a_case_whose_life_is_over_is_not_started_again(ward: Ward) -> None:
    case = await disposed(ward)
    await ward.end(case)
    assert "nothing was changed" in await rebuilt(ward, case)
    await ward.lose(case)
    ward.spoil(NO_VIEW, case)
    assert await rebuilt(ward, case) == "its life is over: nothing has to run, and its view is right."
    assert ward.factory.view(case).ended and ward.life(case) is Life.NONE


async def test_a_log_without_its_end_or_with_a_changed_row_is_refused(ward: Ward) -> None:
    short, changed = await disposed(ward), await disposed(ward)
    for case in (short, changed):
        await broken_off(ward, case)
    ward.spoil("delete from case_log where case_id = :id and seq = 2", short)
    ward.spoil("update case_log set hash = 'x' where case_id = :id and seq = 1", changed)
    ward.spoil(NO_VIEW, changed)
    assert "the end of its log is missing" in await refused(ward, short)
    assert "its log is damaged" in await refused(ward, changed)
    assert ward.life(short) is ward.life(changed) is Life.BROKEN_OFF


async def test_a_log_and_a_workflow_that_stand_elsewhere_are_told_and_left_alone(ward: Ward) -> None:
    behind, ahead = await disposed(ward), await disposed(ward)
    ward.spoil("delete from case_log where case_id = :id and seq = 2", behind)
    ward.spoil(
        "insert into case_log select case_id, 3, kind, at, event, recorded_at, hash from case_log "
        "where case_id = :id and seq = 2",
        ahead,
    )
    assert "the log ends at event 1 and the workflow stands at 2" in await refused(ward, behind)
    assert "the workflow stands at event 2, the log at 3" in await refused(ward, ahead)


async def test_an_engine_that_is_away_refuses_every_rebuild(ward: Ward) -> None:
    case = await ward.report()
    absent = Rebuilder(ward.database, CaseProbe(Bridge("127.0.0.1:9", "default")))
    astray = Rebuilder(ward.database, CaseProbe(Bridge(ward.address, "no-such-namespace")))
    for each in (absent, astray):
        with pytest.raises(Refusal, match=SILENT):
            await asyncio.to_thread(each.rebuild, case.id)
        with pytest.raises(Refusal, match=SILENT):
            await asyncio.to_thread(each.lost)


async def test_after_the_loss_of_the_engines_data_every_open_case_is_found_and_runs_again(
    sqlite_offices: Offices,
) -> None:
    async with open_ward(sqlite_offices) as old:
        open_cases = [await old.report(), await disposed(old)]
        over = await disposed(old)
        await old.end(over)
        waiting = old.factory.command(open_cases[1], None, Action.MESSAGE, words="Halo?")
    async with open_ward(sqlite_offices) as new:
        rebuilder = Rebuilder(new.database, new.probe)
        lost = await asyncio.to_thread(rebuilder.lost)
        assert [chart.case_id for chart in lost] == [case.id for case in open_cases]
        for case in open_cases:
            await rebuilt(new, case)
        assert await asyncio.to_thread(rebuilder.lost) == []
        assert new.life(over) is Life.NONE
        await asyncio.to_thread(new.cases.send, open_cases[1].code, waiting.command)
        await new.reaches(open_cases[1], 3)
        (chart,) = ChartStore(new.database).charts([open_cases[1].id])
        assert chart.log.whole and chart.log.verified


def settings_of(ward: Ward, home: Path) -> Settings:
    """What the commands read, for this engine and this database."""
    variables = {
        "TUNTAS_HOME": str(home),
        "TUNTAS_DATABASE_URL": ward.database.engine.url.render_as_string(hide_password=False),
        "TEMPORAL_ADDRESS": ward.address,
    }
    return Settings.from_env(variables)


async def test_doctor_and_rebuild_work_hand_in_hand_from_the_command_line(ward: Ward, tmp_path: Path) -> None:
    settings, well, ill = settings_of(ward, tmp_path), await disposed(ward), await disposed(ward)
    damaged = await ward.report()
    ward.spoil("update case_log set hash = 'x' where case_id = :id", damaged)
    ward.spoil(NO_VIEW, damaged)
    for case in (ill, damaged):
        await broken_off(ward, case)
    found = await asyncio.to_thread(checkup.check_all, settings)
    assert not found.well
    assert [line for line in found.lines if line.startswith(show_code(well.code))] == []
    assert any(line.startswith(f"{show_code(ill.code)} is open and no workflow") for line in found.lines)
    (line,) = (await asyncio.to_thread(checkup.check_case, settings, well.code)).lines
    assert line == checkup.WELL
    said = await asyncio.to_thread(rebuild_lost, settings)
    assert said.lines[-1] == "1 of 2 rebuilt." and not said.whole
    assert next(line for line in said.lines if line.startswith(show_code(damaged.code))).endswith("a backup.")
    left = await asyncio.to_thread(checkup.check_known, settings)
    assert left.lines and all(line.startswith(show_code(damaged.code)) for line in left.lines)
    again = await asyncio.to_thread(rebuild_case, settings, show_code(ill.code))
    assert "nothing was changed" in again.lines[0]
