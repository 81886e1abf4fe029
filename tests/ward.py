"""Cases in a real engine that tests damage, examine and rebuild."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus

from db.case_table import CaseViewRow, ReportRow
from db.database import Database
from db.rebuild_store import RebuildStore
from db.wire import CASE_INPUT
from domain.case import Action
from domain.duration import Amount, Unit
from domain.state import CaseState
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from engine.ids import case_workflow_id
from engine.probe import CaseProbe
from schemas.command import Applied, Outcome
from schemas.upkeep import Life
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually, eventually_here
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

FORGETS_QUICKLY = tuple(
    word
    for queue in ("transfer", "visibility", "timer")
    for word in ("--dynamic-config-value", f'history.{queue}ProcessorUpdateAckInterval="200ms"')
)
"""A run is deleted once the engine's own queues have passed it, which they note every 30 seconds."""
SHORT = Amount(Decimal("0.0003"), Unit.HOURS)
"""A reopen window of about a second."""


class Ward:
    """One engine with a worker, and the offices whose cases it runs."""

    def __init__(self, offices: Offices, client: Client) -> None:
        self.offices = offices
        self.client = client
        self.address = client.service_client.config.target_host
        self.bridge = Bridge(self.address, "default")
        self.cases = CaseClient(self.bridge)
        self.probe = CaseProbe(self.bridge)
        self.factory = CaseFactory(offices)

    @property
    def database(self) -> Database:
        """Where everything is recorded."""
        return self.offices.database

    async def report(self, **fields: Any) -> MadeCase:
        """A report with a running workflow, recorded up to its first event."""
        case = self.factory.report(started=False, **fields)
        start = RebuildStore(self.database).start(case.id)
        policy = replace(start.state.policy, reopen_window=SHORT)
        start = start.model_copy(update={"state": replace(start.state, policy=policy)})
        with self.database.write() as session:
            content = CASE_INPUT.dump_python(start, mode="json")
            session.get_one(ReportRow, case.id).start = content
        assert await asyncio.to_thread(self.cases.start, start)
        self.offices.intakes.mark_started(case.id)
        await self.reaches(case, 1)
        return case

    async def act(self, case: MadeCase, login: str | None, action: Action, **fields: Any) -> Outcome:
        """A command through the workflow, and its event in the tables."""
        recorded = self.factory.command(case, login, action, **fields)
        delivery = CommandDelivery(self.cases, self.offices.commands)
        outcome = await asyncio.to_thread(delivery.deliver, case.code, case.id, recorded.command)
        if isinstance(outcome, Applied):
            await self.reaches(case, outcome.seq)
        return outcome

    async def dispose(self, case: MadeCase) -> Outcome:
        """The city's admin sends it to an office."""
        return await self.act(case, "kota.admin", Action.DISPOSE, unit=self.offices.unit("pu"))

    async def end(self, case: MadeCase) -> None:
        """A disposed case from its answer to the end of its life, in the tables and in the engine."""
        await self.act(case, "pu.penghubung", Action.ANSWER, words="Sudah.")
        await self.act(case, None, Action.CONFIRM)
        await eventually(lambda: self.factory.view(case).ended, "the end in the tables")
        await self.engine_has(case, Life.COMPLETED)

    async def lose(self, case: MadeCase) -> None:
        """The engine forgets a case altogether."""
        handle = self.client.get_workflow_handle(case_workflow_id(case.code))
        if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await handle.terminate()
        await self.forget(case, None)
        await self.engine_has(case, Life.NONE)

    async def forget(self, case: MadeCase, run_id: str | None) -> None:
        """The engine is told to delete one run."""
        execution = WorkflowExecution(workflow_id=case_workflow_id(case.code), run_id=run_id or "")
        await self.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace="default", workflow_execution=execution)
        )

    async def engine_has(self, case: MadeCase, life: Life) -> None:
        """Waits until a case stands so in the engine."""
        await eventually(lambda: self.life(case) is life, f"{life}, not {self.life(case)}", 60.0, 0.1)

    def life(self, case: MadeCase) -> Life:
        """How a case stands in the engine; needs no worker."""
        return self.probe.look([case.code], states=False)[0].life

    async def reaches(self, case: MadeCase, seq: int) -> None:
        """Waits until an event is in the tables."""
        await eventually(lambda: self.seq(case) >= seq, f"event {seq}, not {self.seq(case)}")

    async def inside(self, case: MadeCase) -> CaseState:
        """What the workflow says of itself, once it has its dates: the tables have them a moment before."""

        def dated() -> CaseState | None:
            (look,) = self.probe.look([case.code])
            waits = look.state is None or any(clock.waits_for_due for clock in look.state.clocks)
            return None if waits else look.state

        return await asyncio.to_thread(eventually_here, dated, "dates inside")

    def seq(self, case: MadeCase) -> int:
        """The newest event that the lists know of."""
        with self.database.read() as session:
            row = session.get(CaseViewRow, case.id)
            return 0 if row is None else row.seq

    def spoil(self, change: str, case: MadeCase) -> None:
        """Writes past all checks, as a damaged disk or a careless hand would."""
        with self.database.write() as session:
            session.execute(text(change), {"id": case.id})


@asynccontextmanager
async def open_ward(offices: Offices) -> AsyncIterator[Ward]:
    """An engine with a worker."""
    async with local_engine(*FORGETS_QUICKLY) as engine, cases_worker(engine.client, offices.database):
        yield Ward(offices, engine.client)
