"""A case survives cut histories, empty caches and an absent database."""

from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.case_record import CaseRecordActivities
from db.case_record import SqlCaseRecorder
from domain.case import Action, FollowUp, Stage
from engine.ids import CASES_QUEUE
from schemas.case import RecordInput, RecordResult
from tests.engines import cases_worker, local_engine
from tests.offices import Offices
from tests.workflow.conftest import Desk
from workflows.case import CaseWorkflow


async def acknowledge(desk: Desk, intake, handle, times: int) -> None:
    """Adds many small decisions, so that the history grows."""
    pu = desk.offices.actor("pu.penghubung", "pu")
    for _ in range(times):
        command = desk.offices.command(
            intake,
            Action.FOLLOW_UP,
            pu,
            version=2,
            follow_up=FollowUp.ACKNOWLEDGEMENT,
            at=await desk.now(),
        )
        await desk.act(handle, command)


async def test_a_cut_history_loses_nothing_and_still_knows_old_commands(
    sqlite_offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", 40)
    async with local_engine() as engine, cases_worker(engine.client, sqlite_offices.database):
        desk = Desk(engine, sqlite_offices, [])
        intake, handle = await desk.start()
        first = sqlite_offices.dispose(intake, at=await desk.now())
        await desk.act(handle, first)
        first_run = (await handle.describe()).run_id
        await acknowledge(desk, intake, handle, 12)
        again = await desk.act(handle, first)
        state = await desk.state(handle)
        last_run = (await handle.describe()).run_id
    assert first_run != last_run
    assert again == 2
    assert state.seq == 14
    assert desk.kinds(intake.case_id) == ["received", "disposed"] + ["followed_up"] * 12


async def test_a_case_lives_without_any_cache(sqlite_offices: Offices) -> None:
    async with (
        local_engine() as engine,
        cases_worker(engine.client, sqlite_offices.database, max_cached_workflows=0),
    ):
        desk = Desk(engine, sqlite_offices, [])
        intake, handle = await desk.start()
        await desk.act(handle, sqlite_offices.dispose(intake, at=await desk.now()))
        await acknowledge(desk, intake, handle, 2)
        state = await desk.state(handle)
    assert state.seq == 4


class AwayAtFirst:
    """A real store whose database does not answer the first calls."""

    def __init__(self, store: SqlCaseRecorder, failures: int) -> None:
        self.store = store
        self.failures = failures

    def record(self, record: RecordInput) -> RecordResult:
        if self.failures > 0:
            self.failures -= 1
            raise OperationalError("away", None, Exception("away"))
        return self.store.record(record)


async def serve_with(engine: WorkflowEnvironment, recorder: AwayAtFirst) -> Worker:
    return Worker(
        engine.client,
        task_queue=CASES_QUEUE,
        workflows=[CaseWorkflow],
        activities=[CaseRecordActivities(recorder).record],
        activity_executor=ThreadPoolExecutor(4),
    )


async def test_decisions_are_answered_while_the_database_is_away_and_written_afterwards(
    sqlite_offices: Offices,
) -> None:
    recorder = AwayAtFirst(SqlCaseRecorder(sqlite_offices.database), failures=3)
    async with local_engine() as engine, await serve_with(engine, recorder):
        desk = Desk(engine, sqlite_offices, [])
        intake, handle = await desk.start()
        seq = await desk.act(handle, sqlite_offices.dispose(intake, at=await desk.now()))
        state = await desk.state(handle)
    assert seq == 2
    assert state.stage is Stage.DISPOSED
    assert desk.kinds(intake.case_id) == ["received", "disposed"]


async def test_no_word_and_no_identity_reaches_the_history(sqlite_offices: Offices) -> None:
    canary = f"kenari{uuid4().hex}"
    async with local_engine() as engine, cases_worker(engine.client, sqlite_offices.database):
        desk = Desk(engine, sqlite_offices, [])
        intake, handle = await desk.start(
            words={"title": canary, "text": canary, "place": canary},
            identity={"name": canary, "email": f"{canary}@contoh.example", "phone": canary},
        )
        await desk.act(handle, sqlite_offices.dispose(intake, at=await desk.now()))
        answer = sqlite_offices.command(
            intake,
            Action.ANSWER,
            sqlite_offices.actor("pu.penghubung", "pu"),
            version=2,
            words=canary,
            at=await desk.now(),
        )
        await desk.act(handle, answer)
        await desk.state(handle)
        history = (await handle.fetch_history()).to_json()
    opened = [base64.b64decode(data).decode() for data in re.findall(r'"data": ?"([^"]+)"', history)]
    assert any(intake.code in payload for payload in opened)
    assert not [payload for payload in [history, *opened] if canary in payload]
