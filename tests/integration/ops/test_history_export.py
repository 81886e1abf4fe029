"""The history of an ended case outlives the engine: whole, once, and whatever dies in between."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from db.upkeep_export import Exported, ExportStore
from domain.case import Action, FollowUp
from engine.bridge import Bridge
from engine.history import HistoryClient
from engine.history_file import history_path
from engine.ids import case_workflow_id
from ops.history_export import HistoryExporter
from ops.rebuild import Rebuilder
from schemas.upkeep import Life
from tests.eventually import eventually
from tests.factories import MadeCase
from tests.offices import Offices
from tests.ward import Ward, open_ward
from workflows.case import CaseWorkflow

pytestmark = pytest.mark.server


class KilledError(Exception):
    """The process ended here."""


class DyingStore(ExportStore):
    """A real list whose process is killed just before it writes."""

    def add(self, case_id: int, exported: Exported) -> bool:
        raise KilledError


@pytest_asyncio.fixture
async def ward(sqlite_offices: Offices) -> AsyncIterator[Ward]:
    async with open_ward(sqlite_offices) as opened:
        yield opened


def exporter(ward: Ward, folder: Path, store: ExportStore | None = None) -> HistoryExporter:
    return HistoryExporter(store or ExportStore(ward.database), HistoryClient(ward.bridge), folder)


async def export(ward: Ward, folder: Path) -> None:
    await asyncio.to_thread(exporter(ward, folder).run, lambda: None)


def listed(ward: Ward, case: MadeCase) -> Exported | None:
    return ExportStore(ward.database).of(case.id)


def critical(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]


def whole(histories: HistoryClient, case: MadeCase) -> bool:
    fetched = histories.fetch(case.code)
    return fetched is None or fetched.whole


async def ended_case(ward: Ward, follow_ups: int = 0) -> MadeCase:
    case = await ward.report()
    await ward.dispose(case)
    for _ in range(follow_ups):
        await ward.act(
            case, "pu.penghubung", Action.FOLLOW_UP, words="Ya.", follow_up=FollowUp.ACKNOWLEDGEMENT
        )
    await ward.end(case)
    return case


async def test_all_runs_of_an_ended_case_are_exported_and_can_be_replayed(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", 40)
    case = await ended_case(ward, follow_ups=12)
    await export(ward, tmp_path)
    content = history_path(tmp_path, case.code).read_bytes()
    document = json.loads(gzip.decompress(content))
    name = case_workflow_id(case.code)
    runs = [WorkflowHistory.from_json(name, run["history"]) for run in document["runs"]]
    row = listed(ward, case)
    assert row is not None and row.state == "exported"
    assert (row.runs, row.events) == (len(runs), sum(len(run.events) for run in runs))
    assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert len(runs) >= 2
    for earlier, later in pairwise(runs):
        started = later.events[0].workflow_execution_started_event_attributes
        assert started.continued_execution_run_id == earlier.run_id
    for run in runs:
        await Replayer(workflows=[CaseWorkflow], data_converter=pydantic_data_converter).replay_workflow(run)


async def test_an_export_that_was_killed_before_it_was_listed_is_made_again(
    ward: Ward, tmp_path: Path
) -> None:
    case = await ended_case(ward)
    dying = exporter(ward, tmp_path, DyingStore(ward.database))
    with pytest.raises(KilledError):
        await asyncio.to_thread(dying.run, lambda: None)
    path = history_path(tmp_path, case.code)
    first = path.read_bytes()
    assert listed(ward, case) is None
    path.with_name(f"{path.name}.part").write_bytes(b"half a hist")
    await export(ward, tmp_path)
    assert path.read_bytes() == first
    row = listed(ward, case)
    assert row is not None and row.sha256 == hashlib.sha256(first).hexdigest()
    assert [found.name for found in path.parent.iterdir()] == [path.name]


async def test_a_case_that_is_not_over_is_not_exported(ward: Ward, tmp_path: Path) -> None:
    case, early = await ward.report(), await ward.report()
    ward.spoil("update case_view set ended = true where case_id = :id", early)
    await export(ward, tmp_path)
    assert listed(ward, case) is None and listed(ward, early) is None
    assert list(tmp_path.glob("*/*.gz")) == []


async def test_a_history_that_the_engine_no_longer_has_is_listed_as_missing_with_one_alarm(
    ward: Ward, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case = await ended_case(ward)
    await ward.lose(case)
    await export(ward, tmp_path)
    await export(ward, tmp_path)
    assert listed(ward, case) == Exported(state="missing")
    assert critical(caplog) == [f"the engine no longer has the history of case {case.id}"]


async def test_a_history_without_its_beginning_is_exported_and_listed_as_partial(
    ward: Ward, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", 40)
    case = await ward.report()
    first = (await ward.client.get_workflow_handle(case_workflow_id(case.code)).describe()).run_id
    await ward.dispose(case)
    for _ in range(12):
        await ward.act(
            case, "pu.penghubung", Action.FOLLOW_UP, words="Ya.", follow_up=FollowUp.ACKNOWLEDGEMENT
        )
    await ward.end(case)
    await ward.forget(case, first)
    histories = HistoryClient(ward.bridge)
    await eventually(lambda: not whole(histories, case), "the first run gone", 60.0, 0.1)
    await export(ward, tmp_path)
    row = listed(ward, case)
    assert row is not None and row.state == "partial" and row.runs >= 1
    assert critical(caplog) == [f"the engine no longer has the beginning of the history of case {case.id}"]


async def test_what_ran_before_a_rebuild_is_in_the_export_too(ward: Ward, tmp_path: Path) -> None:
    case = await ward.report()
    await ward.client.get_workflow_handle(case_workflow_id(case.code)).terminate()
    await ward.engine_has(case, Life.BROKEN_OFF)
    await asyncio.to_thread(Rebuilder(ward.database, ward.probe).rebuild, case.id)
    await ward.dispose(case)
    await ward.end(case)
    await export(ward, tmp_path)
    row = listed(ward, case)
    assert row is not None and (row.state, row.runs) == ("exported", 2)


async def test_an_engine_that_is_away_leaves_a_history_waiting(ward: Ward, tmp_path: Path) -> None:
    case = await ended_case(ward)
    away = HistoryClient(Bridge("127.0.0.1:9", "default"))
    absent = HistoryExporter(ExportStore(ward.database), away, tmp_path)
    elsewhere = HistoryClient(Bridge(ward.address, "no-such-namespace"))
    astray = HistoryExporter(ExportStore(ward.database), elsewhere, tmp_path)
    for each in (absent, astray):
        await asyncio.to_thread(each.run, lambda: None)
    assert listed(ward, case) is None
    await export(ward, tmp_path)
    assert listed(ward, case) is not None
