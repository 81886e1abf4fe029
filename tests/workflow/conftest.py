"""A case under the time-skipping server, with the real store behind it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from db.case_reader import CaseReader, LogEntry
from db.case_table import CaseViewRow
from db.intake_store import Intake
from domain.case import Action
from domain.command import Command
from domain.state import CaseState
from engine.case_client import execute
from engine.ids import CASES_QUEUE, case_workflow_id
from tests.engines import cases_worker, local_engine, skipping_engine
from tests.offices import Offices
from workflows.case import CaseWorkflow


@dataclass
class Desk:
    """What tests do to cases: start, act, wait, look."""

    engine: WorkflowEnvironment
    offices: Offices
    handles: list[WorkflowHandle[Any, Any]]

    async def now(self) -> datetime:
        """The server's instant."""
        return await self.engine.get_current_time()

    async def start(self, **report: Any) -> tuple[Intake, WorkflowHandle[Any, Any]]:
        """Files a report now and starts its workflow."""
        intake = self.offices.report(at=report.pop("at", None) or await self.now(), **report)
        handle = await self.engine.client.start_workflow(
            CaseWorkflow.run, intake.start, id=case_workflow_id(intake.code), task_queue=CASES_QUEUE
        )
        self.handles.append(handle)
        await self.state(handle)  # this server refuses an update that comes with the first task
        return intake, handle

    async def act(self, handle: WorkflowHandle[Any, Any], command: Command) -> int:
        """Sends a command and gives the seq of what it became."""
        if command.action is Action.MESSAGE:
            await handle.signal("message", command)
            return 0
        return (await execute(handle, command)).seq

    async def state(self, handle: WorkflowHandle[Any, Any]) -> CaseState:
        """The state inside, once everything decided is written."""
        for _ in range(400):
            state: CaseState = await handle.query("get_case", result_type=CaseState)
            if self.view(state.case_id) == state.seq and not any(c.waits_for_due for c in state.clocks):
                return state
            await self.engine.client.service_client.check_health()
        raise AssertionError("the tables never caught up")

    async def skip(self, length: timedelta) -> None:
        """Lets time pass; timers on the way fire."""
        await self.engine.sleep(length)

    def view(self, case_id: int) -> int:
        """The newest seq that the tables know of."""
        with self.offices.database.read() as session:
            row = session.get(CaseViewRow, case_id)
            return 0 if row is None else row.seq

    def log(self, case_id: int) -> list[LogEntry]:
        """The log of a case."""
        reader = CaseReader(self.offices.database, self.offices.keyring, self.offices.files)
        return reader.log(case_id)

    def kinds(self, case_id: int) -> list[str]:
        """What happened, in order."""
        return [entry.event.kind.value for entry in self.log(case_id)]


def keep_history(name: str, history: WorkflowHistory) -> None:
    """Adds a history to the replay corpus when TUNTAS_KEEP_HISTORIES names its folder."""
    folder = os.environ.get("TUNTAS_KEEP_HISTORIES")
    if folder:
        content = re.sub(r'"[0-9]+@[^"]*"', '"test"', history.to_json())  # processes, queues and machines
        compact = json.dumps(json.loads(content), separators=(",", ":"), sort_keys=True)
        (Path(folder) / f"{name.removeprefix('test_')}.json").write_text(compact + "\n")


@pytest_asyncio.fixture
async def desk(sqlite_offices: Offices, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A case under a clock that skips; every history made here must replay."""
    async with skipping_engine() as engine, serving(engine, sqlite_offices, request) as made:
        yield made


@pytest_asyncio.fixture
async def local_desk(sqlite_offices: Offices, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """The same on the server that production embeds."""
    async with local_engine() as engine, serving(engine, sqlite_offices, request) as made:
        yield made


@asynccontextmanager
async def serving(
    engine: WorkflowEnvironment, offices: Offices, request: pytest.FixtureRequest
) -> AsyncIterator[Desk]:
    """A worker on an engine; afterwards all histories are replayed."""
    async with cases_worker(engine.client, offices.database):
        made = Desk(engine, offices, [])
        yield made
        for handle in made.handles:
            history = await handle.fetch_history()
            replayer = Replayer(workflows=[CaseWorkflow], data_converter=pydantic_data_converter)
            await replayer.replay_workflow(history)
            keep_history(request.node.name, history)
