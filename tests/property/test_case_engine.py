"""Random lives of a case on a real engine whose worker dies and forgets: they end as the rules alone say.

The plain model is `decide` and `evolve` in this process. The engine's worker keeps nothing in memory and is
stopped and started between acts, also while one is under way.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from temporalio.client import WorkflowUpdateFailedError

from db.case_dating import read_due
from db.case_record import FIRST_HASH, chain_hash
from db.case_table import CaseLogRow, CaseViewRow, DueRow
from db.command_store import MESSAGE_KINDS
from db.database import Database
from db.migrate import check_and_migrate
from db.wire import STATE
from domain.agenda import Outage
from domain.case import SIGNALLED, Action, EndReason, FollowUp
from domain.command import Command, Refusal
from domain.decide import begin, decide
from domain.fire import shift
from domain.state import CaseState, evolve, with_dues
from domain.table import RULES
from tests.databases import sqlite_url
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually
from tests.offices import open_offices
from tests.workflow.conftest import Desk

pytestmark = pytest.mark.server

WHO = {
    "reporter": None,
    "verifier": "kota.admin",
    "liaison": "pu.penghubung",
    "supervisor": "pu.atasan",
    "arbiter": "nasional.admin",
}
LEFT_OUT = {Action.MERGE, Action.ADOPT, Action.DISOWN, Action.CANCEL}
"""Acts between two cases, or about another command: they have tests of their own."""
ACTS = sorted(set(Action) - LEFT_OUT)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("act"), st.integers(0, 60), st.sampled_from(sorted(WHO))),
        st.tuples(st.just("act_while_away"), st.integers(0, 60), st.sampled_from(sorted(WHO))),
        st.tuples(st.just("repeat"), st.integers(0, 20), st.none()),
        st.tuples(st.just("outage"), st.integers(1, 60), st.none()),
        st.tuples(st.just("restart"), st.none(), st.none()),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Life:
    """One case, and what the rules alone make of it."""

    desk: Desk
    handle: Any
    model: CaseState
    sent: list[Command] = field(default_factory=list)
    running: Any = None

    async def start_worker(self) -> None:
        self.running = cases_worker(
            self.desk.engine.client, self.desk.offices.database, max_cached_workflows=0
        )
        await self.running.__aenter__()

    async def stop_worker(self) -> None:
        await self.running.__aexit__(None, None, None)

    async def play(self, step: tuple[str, Any, Any]) -> None:
        """One step; afterwards workflow and model have answered alike."""
        kind, number, who = step
        if kind == "restart":
            await self.stop_worker()
            await self.start_worker()
        elif kind == "outage":
            await self.outage(number)
        elif kind == "repeat":
            if self.sent:
                await self.send(self.sent[number % len(self.sent)])
        else:
            await self.send(await self.command(number, who), away=kind == "act_while_away")

    async def command(self, number: int, who: str) -> Command:
        """Mostly something that can be done now, with everything that its form asks for."""
        fitting = [action for action in ACTS if self.model.stage in RULES[action].who] or ACTS
        action = fitting[number % len(fitting)]
        units = self.desk.offices.unit
        body: dict[str, Any] = {
            "unit": units("nasional")
            if action is Action.NOT_OURS
            else units(("pu", "hub", "kota")[number % 3]),
            "follow_up": list(FollowUp)[number % 3],
            "promised_on": (await self.desk.now()).date() + timedelta(days=7),
            "end_reason": EndReason.SPAM,
            "corrects": next(iter(self.model.facts.replies), None),
            "consents": True,
            "rating": number % 5 + 1,
        }
        words = "Kata-kata." if action in MESSAGE_KINDS else ""
        return await self.desk.command(self.handle, WHO[who], action, words=words, **body)

    async def send(self, command: Command, *, away: bool = False) -> None:
        """Sends an act, perhaps while no worker is there, and compares the answers."""
        self.sent.append(command)
        expected = self.foretell(command)
        if away:
            await self.stop_worker()
            sending = asyncio.create_task(self.answer(command))
            await asyncio.sleep(0)
            await self.start_worker()
            found = await sending
        else:
            found = await self.answer(command)
        if command.action not in SIGNALLED:
            assert found == expected
        await self.settle()

    async def answer(self, command: Command) -> int | str:
        try:
            return await self.desk.act(self.handle, command)
        except WorkflowUpdateFailedError as refused:
            return str(refused.cause).removeprefix("refused: ").removeprefix("Refused: refused: ")

    def foretell(self, command: Command) -> int | str:
        """What the rules alone answer; the model goes on."""
        known = self.model.done.get(command.id)
        if known is not None:
            return known
        decision = decide(self.model, command)
        if isinstance(decision, Refusal):
            return decision.reason.value
        self.model = evolve(self.model, decision)
        return decision.seq

    async def outage(self, number: int) -> None:
        now = await self.desk.now()
        told = Outage(id=number, from_at=now - timedelta(minutes=5), to_at=now)
        event = shift(self.model, told, now)
        await self.handle.signal("outage_ended", told)
        if event is not None:
            await self.until_seq(event.seq)
            recorded = self.desk.log(self.model.case_id)[-1].event
            assert recorded.kind is event.kind
            self.model = evolve(self.model, recorded)
        await self.settle()

    async def until_seq(self, seq: int) -> None:
        """Longer than the engine remembers a worker that has gone."""
        await eventually(lambda: self.desk.view(self.model.case_id) >= seq, "the tables follow", 60.0)

    async def settle(self) -> None:
        """Waits for the tables and gives the model the dates that the calendars gave."""
        await self.until_seq(self.model.seq)
        await self.desk.state(self.handle)
        with self.desk.offices.database.read() as session:
            rows = session.scalars(select(DueRow).where(DueRow.case_id == self.model.case_id))
            self.model = with_dues(self.model, tuple(read_due(row) for row in rows))

    async def compare(self) -> None:
        """Workflow, tables and model are one, and the chain of the log holds."""
        inside = await self.desk.state(self.handle)
        with self.desk.offices.database.read() as session:
            view = session.get_one(CaseViewRow, self.model.case_id)
            rows = list(session.scalars(select(CaseLogRow).order_by(CaseLogRow.seq)))
            assert STATE.validate_python(view.state, strict=False) == inside
            assert [row.seq for row in rows] == list(range(1, inside.seq + 1))
            previous = FIRST_HASH
            for row in rows:
                assert row.hash == chain_hash(previous, row.event)
                previous = row.hash
        assert inside == self.model


@asynccontextmanager
async def born(folder: Path) -> AsyncIterator[Life]:
    """A case on an engine of its own."""
    check_and_migrate(sqlite_url(folder))
    database = Database(sqlite_url(folder))
    offices = open_offices(database, folder)
    try:
        async with local_engine() as engine:
            desk = Desk(engine, offices, [])
            async with cases_worker(engine.client, database, max_cached_workflows=0):
                intake, handle = await desk.start(policy_name="demo")
            first = intake.start
            begun = evolve(first.state, begin(first.state, first.clocks, first.state.received_at))
            life = Life(desk, handle, begun)
            await life.start_worker()
            try:
                yield life
            finally:
                await life.stop_worker()
    finally:
        database.dispose()


async def live(script: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with born(Path(folder)) as life:
            for step in script:
                await life.play(step)
            await life.compare()


@given(script=steps)
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would start an engine each time
    suppress_health_check=list(HealthCheck),
)
def test_whatever_people_and_crashes_do_the_case_is_as_the_rules_alone_make_it(
    script: list[tuple[str, Any, Any]],
) -> None:
    asyncio.run(live(script))
