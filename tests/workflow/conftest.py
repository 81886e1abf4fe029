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
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle, WorkflowHistory, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from db import directory_store
from db.case_reader import CaseReader, LogEntry
from db.case_table import CaseViewRow
from db.intake_store import Intake
from domain.access import staff_actor
from domain.actor import Actor
from domain.case import SIGNALLED, Action, ClockName
from domain.command import Command
from domain.state import CaseState
from engine.case_client import execute
from engine.ids import CASES_QUEUE, case_workflow_id
from schemas.command import NewCommand
from tests.bodies import nested
from tests.engines import cases_worker, local_engine, skipping_engine
from tests.offices import Offices
from workflows.case import CaseWorkflow


@dataclass
class Desk:
    """What tests do to cases: start, act, wait, look."""

    engine: WorkflowEnvironment
    offices: Offices
    handles: list[WorkflowHandle[Any, Any]]
    typical: bool = True
    """False where constants were changed: such a history does not replay without the change."""

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
        """Sends a command, again while nobody answers, and gives the seq of what it became."""
        if command.action in SIGNALLED:
            await handle.signal(command.action.value, command)
            return 0
        while True:
            try:
                return (await execute(handle, command)).seq
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                continue

    async def do(
        self, handle: WorkflowHandle[Any, Any], who: str | None, action: Action, **fields: Any
    ) -> CaseState:
        """Lets somebody (None: the reporter) act now on the newest version; the state afterwards."""
        command = await self.command(handle, who, action, **fields)
        await self.act(handle, command)
        return await self.state(handle)

    async def command(
        self, handle: WorkflowHandle[Any, Any], who: str | None, action: Action, **fields: Any
    ) -> Command:
        """A recorded command of somebody, made from the newest version; counting from now or `at`."""
        state = await self.state(handle)
        content = {
            "id": str(uuid4()),
            "case_id": state.case_id,
            "action": action,
            "actor": self.actor(state, who),
            "version": state.version,
            "words": "Kata-kata.",
        }
        at = fields.pop("at", None) or await self.now()
        new = NewCommand.model_validate(content | nested(fields))
        return self.offices.commands.record(new, recorded_at=at).command

    def actor(self, state: CaseState, who: str | None) -> Actor:
        """Somebody as they stand to a case now."""
        if who is None:
            return self.offices.reporter()
        person_id = self.offices.people[who]
        with self.offices.database.read() as session:
            held = directory_store.holding_of(session, state)
            return staff_actor(person_id, directory_store.memberships(session, person_id), held)

    async def in_hand(self, **report: Any) -> tuple[Intake, WorkflowHandle[Any, Any]]:
        """A report that the city has sent to its office."""
        intake, handle = await self.start(**report)
        await self.do(handle, "kota.admin", Action.DISPOSE, unit=self.offices.unit("pu"))
        return intake, handle

    async def state(self, handle: WorkflowHandle[Any, Any]) -> CaseState:
        """The state inside, once everything decided is written."""
        for _ in range(4000):
            state: CaseState = await handle.query("get_case", result_type=CaseState)
            if self.view(state.case_id) == state.seq and not any(c.waits_for_due for c in state.clocks):
                return state
            await self.engine.client.service_client.check_health()
        raise AssertionError("the tables never caught up")

    async def skip(self, length: timedelta) -> None:
        """Lets time pass; timers on the way fire."""
        await self.engine.sleep(length)

    async def skip_due(self, handle: WorkflowHandle[Any, Any], clock: ClockName) -> CaseState:
        """Lets time pass until a clock of a case has run out; the state then."""
        due_at = (await self.state(handle)).clock(clock).due_at
        await self.skip(due_at - await self.now() + timedelta(minutes=5))
        return await self.state(handle)

    def view(self, case_id: int) -> int:
        """The newest seq that the tables know of."""
        with self.offices.database.read() as session:
            row = session.get(CaseViewRow, case_id)
            return 0 if row is None else row.seq

    def log(self, case_id: int) -> list[LogEntry]:
        """The log of a case."""
        reader = CaseReader(self.offices.database, self.offices.keyring, self.offices.place)
        return reader.log(case_id)

    def kinds(self, case_id: int) -> list[str]:
        """What happened, in order."""
        return [entry.event.kind.value for entry in self.log(case_id)]


LARGEST_KEPT = 400_000
"""Longer histories say nothing that a shorter one does not."""


def keep_history(name: str, history: WorkflowHistory) -> None:
    """Adds a history to the replay corpus when TUNTAS_KEEP_HISTORIES names its folder."""
    folder = os.environ.get("TUNTAS_KEEP_HISTORIES")
    if folder:
        content = re.sub(r'"[0-9]+@[^"]*"', '"test"', history.to_json())  # processes, queues and machines
        compact = json.dumps(json.loads(content), separators=(",", ":"), sort_keys=True)
        if len(compact) > LARGEST_KEPT:
            return
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
            if made.typical:
                keep_history(request.node.name, history)
