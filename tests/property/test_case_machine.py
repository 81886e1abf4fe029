"""Random lives of a case: whatever people, time and outages do, and in whatever order, the rules hold."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from db.wire import EVENT, STATE
from domain.agenda import Outage, agenda, fire, shift
from domain.case import OPEN_STAGES, Action, ClockName, FollowUp, Kind, Relation, Stage
from domain.clock import STAFF_CLOCKS, Due
from domain.command import Command, Refusal
from domain.decide import allowed_actions, decide, refusal
from domain.event import Event, EventKind
from domain.state import DONE_KEPT, CaseState, evolve, with_dues
from domain.table import RULES
from tests.bodies import nested
from tests.case_factory import (
    CITY,
    NATIONAL,
    REGENCY,
    ROADS,
    SCHOOLS,
    START,
    WHO,
    WORKS,
    actor_for,
    dues_of,
    new_case,
)

ACTS = [action for action in Action if action is not Action.MESSAGE]
UNITS = (NATIONAL, CITY, WORKS, ROADS, REGENCY, SCHOOLS)
NEXT: dict[Stage, set[Stage]] = {
    Stage.VERIFICATION: {Stage.VERIFICATION, Stage.DISPOSED},
    Stage.DISPOSED: {Stage.DISPOSED, Stage.IN_PROGRESS, Stage.AWAITING_CONFIRMATION},
    Stage.IN_PROGRESS: {Stage.IN_PROGRESS, Stage.AWAITING_CONFIRMATION},
    Stage.AWAITING_CONFIRMATION: {Stage.AWAITING_CONFIRMATION, Stage.IN_PROGRESS, Stage.CLOSED},
    Stage.CLOSED: {Stage.CLOSED},
}
"""DOMAIN's stages, as far as they are built."""
IN_HAND = {ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION}
RUNNING: dict[Stage, set[ClockName]] = {
    Stage.VERIFICATION: {ClockName.VERIFICATION, ClockName.RESOLUTION},
    Stage.DISPOSED: IN_HAND,
    Stage.IN_PROGRESS: IN_HAND,
    Stage.AWAITING_CONFIRMATION: {ClockName.CONFIRMATION},
    Stage.CLOSED: {ClockName.REOPEN_WINDOW},
}

steps = st.integers(0, 60)
BACK = st.sampled_from([0, 0, 0, 100])
units = st.sampled_from(UNITS)
nothing = st.none()
complete: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "message_id": st.just(5),
        "unit": st.sampled_from([CITY, WORKS, ROADS]),
        "kind": nothing | st.sampled_from(Kind),
        "accused_unit_id": nothing | st.sampled_from([WORKS.id, ROADS.id, SCHOOLS.id]),
        "follow_up": st.sampled_from(FollowUp),
        "promised_on": st.just(date(2026, 4, 1)),
        "rating": nothing | st.integers(1, 5),
    }
)
any_body: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "message_id": st.sampled_from([None, 5]),
        "unit": nothing | units,
        "kind": nothing | st.sampled_from(Kind),
        "accused_unit_id": nothing | units.map(lambda unit: unit.id),
        "follow_up": nothing | st.sampled_from(FollowUp),
        "promised_on": nothing | st.just(date(2026, 4, 1)),
        "rating": nothing | st.integers(0, 6),
    }
)


def through_json(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value as tables give it back."""
    return adapter.validate_python(json.loads(json.dumps(adapter.dump_python(value, mode="json"))))


class CaseMachine(RuleBasedStateMachine):
    """A case, its journal and a clock that mostly moves forward."""

    state: CaseState
    now: datetime

    @initialize(holder=st.sampled_from([NATIONAL, CITY]), kind=st.sampled_from(Kind))
    def receive(self, holder: Any, kind: Kind) -> None:
        self.first = self.state = new_case(holder, kind)
        self.now = START
        self.commands = 0
        self.journal: list[Event | tuple[Due, ...]] = []

    @rule(acts=st.lists(st.tuples(st.integers(0, 9), complete, steps, BACK), min_size=1, max_size=4))
    def those_who_may_act_one_after_the_other(self, acts: list[Any]) -> None:
        """A clock of the database that is set back is rare, and must do no harm."""
        for choice, body, step, back in acts:
            fitting = [action for action in ACTS if self.state.stage in RULES[action].stages]
            if fitting:
                action = fitting[choice % len(fitting)]
                self.pass_time(step)
                self.ask(action, WHO[action], self.state.version, body, back)
                self.date(dues_of(self.state) if step % 3 else ())

    @rule(
        action=st.sampled_from(Action),
        relation=st.sampled_from(Relation),
        behind=st.integers(-1, 1),
        body=any_body,
    )
    def anybody_tries(self, action: Action, relation: Relation, behind: int, body: dict[str, Any]) -> None:
        self.ask(action, relation, self.state.version - behind, body)

    @rule()
    def due_dates_come(self) -> None:
        self.date(dues_of(self.state))

    @rule(offset=st.integers(-3, 1))
    def due_dates_of_another_event_come(self, offset: int) -> None:
        seq = self.state.seq + offset
        wrong = tuple(
            Due(seq=seq, clock=clock.name, due_at=self.now, provisional=True)
            for clock in self.state.clocks
            if clock.seq != seq or not clock.waits_for_due
        )
        before = self.state
        self.date(wrong)
        assert self.state == before

    @precondition(lambda self: agenda(self.state))
    @rule(late=steps)
    def time_passes_until_a_clock_runs_out(self, late: int) -> None:
        item = agenda(self.state)[0]
        self.now = max(self.now, item.at) + timedelta(minutes=late // 30)
        self.happen(fire(self.state, item, self.now))
        assert item not in agenda(self.state)

    @rule(number=st.integers(1, 6), length=steps)
    def an_outage_ends(self, number: int, length: int) -> None:
        begun = self.now
        self.pass_time(length)
        outage = Outage(id=number, from_at=begun, to_at=self.now)
        known = number in self.state.outages
        event = shift(self.state, outage, self.now)
        assert event is None or not known
        if event is not None:
            self.happen(event)
            assert shift(self.state, outage, self.now) is None

    def pass_time(self, step: int) -> None:
        self.now += timedelta(minutes=step)

    def ask(self, action: Action, relation: Relation, version: int, body: Any, back: int = 0) -> None:
        actor = actor_for(relation, self.state.holder)
        self.commands += 1
        command = Command(
            id=f"c-{self.commands}",
            action=action,
            actor=actor,
            recorded_at=self.now - timedelta(minutes=back),
            version=version,
            **nested(body),
        )
        decision = decide(self.state, command)
        refused = refusal(self.state, command)
        assert isinstance(decision, Refusal) is (refused is not None)
        if isinstance(decision, Refusal):
            assert decision.by is not None
            return
        assert action in allowed_actions(self.state, actor)
        assert command.version == self.state.version or action is Action.MESSAGE
        self.happen(decision)
        assert self.state.done[command.id] == decision.seq
        if decision.kind is EventKind.DISPUTED:
            assert self.state.level == self.state.highest_level > 0
        if decision.follow_up in {FollowUp.PLAN, FollowUp.ACTION}:
            assert ClockName.FIRST_FOLLOW_UP not in {clock.name for clock in self.state.live_clocks}

    def date(self, dues: tuple[Due, ...]) -> None:
        self.journal.append(dues)
        self.state = with_dues(self.state, dues)

    def happen(self, event: Event) -> None:
        before, after = self.state, evolve(self.state, event)
        assert event.seq == before.seq + 1 == after.seq
        assert after.version - before.version in {0, 1}
        assert after.stage in NEXT[before.stage]
        assert after.highest_level >= before.highest_level
        assert not before.ended
        assert after.policy == before.policy and after.received_at == before.received_at
        stored = through_json(EVENT, event)
        assert stored == event
        self.journal.append(stored)
        self.state = after

    @invariant()
    def an_open_case_has_a_live_clock_with_a_due_or_one_that_is_awaited(self) -> None:
        live = self.state.live_clocks
        if self.state.stage in OPEN_STAGES:
            assert live
        assert all(clock.due_at is not None or clock.waits_for_due for clock in live)
        assert all(
            clock.expired_at is None or clock.due_at <= clock.expired_at for clock in live if clock.due_at
        )

    @invariant()
    def what_must_come_by_itself_is_on_the_agenda_until_the_life_ends(self) -> None:
        items = agenda(self.state)
        assert list(items) == sorted(items, key=lambda item: item.at)
        running = [clock for clock in self.state.live_clocks if clock.expired_at is None]
        assert self.state.ended is (not self.state.live_clocks)
        assert len(items) == sum(clock.due_at is not None for clock in running)

    @invariant()
    def a_closed_case_has_an_end_reason_and_an_open_one_has_none(self) -> None:
        assert (self.state.stage is Stage.CLOSED) is (self.state.end_reason is not None)
        assert self.state.stage is Stage.CLOSED or not self.state.ended

    @invariant()
    def only_the_clocks_of_the_stage_run(self) -> None:
        live = {clock.name for clock in self.state.live_clocks}
        assert live <= RUNNING[self.state.stage]
        resolution = self.state.clock(ClockName.RESOLUTION)
        assert resolution.amount == self.state.policy.resolution[self.state.kind]
        assert resolution.started_at == self.state.received_at
        binding = {clock.unit_id for clock in self.state.live_clocks if clock.name in STAFF_CLOCKS}
        assert binding <= {self.state.holder.id}

    @invariant()
    def the_level_is_never_above_the_highest(self) -> None:
        assert 0 <= self.state.level <= self.state.highest_level

    @invariant()
    def the_accused_unit_never_holds_the_case(self) -> None:
        assert self.state.holder.id != self.state.accused_unit_id

    @invariant()
    def the_state_comes_back_from_json_as_it_was(self) -> None:
        assert through_json(STATE, self.state) == self.state
        assert len(self.state.done) <= DONE_KEPT

    def teardown(self) -> None:
        """The journal alone, as read back from tables, rebuilds the state."""
        if not hasattr(self, "first"):
            return
        state = self.first
        for entry in self.journal:
            state = evolve(state, entry) if isinstance(entry, Event) else with_dues(state, entry)
        assert state == self.state


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
