"""Random lives of a case: whatever people, time and outages do, and in whatever order, the rules hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from db.wire import EVENT, STATE
from domain.agenda import AgendaKind, Outage, agenda
from domain.case import (
    OPEN_STAGES,
    Action,
    ClockName,
    Kind,
    MailProblem,
    Relation,
    Role,
    Stage,
)
from domain.clock import RAISED_BY, REPORTER_CLOCKS, STAFF_CLOCKS, TOP_LEVEL, Due
from domain.command import Command, Refusal, RefusalReason
from domain.decide import WORDS_ASIDE, allowed_actions, decide, refusal
from domain.event import Event, EventKind
from domain.fire import fire, mail_failed, recount, shift
from domain.health import has_next_instant
from domain.policy import OutagePolicy
from domain.state import DONE_KEPT, CaseState, evolve, with_dues
from domain.table import RULES
from tests.bodies import nested
from tests.case_factory import (
    CITY,
    ELDER,
    NATIONAL,
    YOUNGER,
    actor_for,
    dues_of,
    in_stage,
    minute,
)
from tests.lives import BACK, POLICIES, any_body, complete, steps, units

IN_HAND = {ClockName.FIRST_FOLLOW_UP, ClockName.FIRST_FOLLOW_UP_LEVEL, ClockName.PROMISE}
VERIFYING = {ClockName.VERIFICATION, ClockName.VERIFICATION_LEVEL}
WHOLE = {ClockName.RESOLUTION, ClockName.RESOLUTION_LEVEL, ClockName.OMBUDSMAN}
RUNNING: dict[Stage, set[ClockName]] = {
    Stage.VERIFICATION: VERIFYING | WHOLE,
    Stage.DISPOSED: IN_HAND | WHOLE,
    Stage.IN_PROGRESS: IN_HAND | WHOLE,
    Stage.AWAITING_REPORTER: VERIFYING | IN_HAND | WHOLE | {ClockName.COMPLETION},
    Stage.AWAITING_CONFIRMATION: {ClockName.CONFIRMATION, ClockName.OMBUDSMAN},
    Stage.CLOSED: {ClockName.REOPEN_WINDOW},
    Stage.ARCHIVED: {ClockName.REVIVE_WINDOW},
}
SILENCE = {
    EventKind.CLOSED_BY_SILENCE: ClockName.CONFIRMATION,
    EventKind.ARCHIVED_BY_SILENCE: ClockName.COMPLETION,
}
VERDICTS = [Action.CONFIRM, Action.DISPUTE, Action.COMPLETE, Action.WITHDRAW, Action.MESSAGE] * 5
ABOUT_THE_FORM = {
    RefusalReason.INCOMPLETE,
    RefusalReason.ACCUSED_UNIT,
    RefusalReason.CHANGED,
    RefusalReason.NOT_YOURS,
    RefusalReason.TOO_LATE,
    RefusalReason.TOO_SOON,
    RefusalReason.NOT_ELDER,
    RefusalReason.ALREADY_DONE,
    RefusalReason.APPLIED,
    RefusalReason.CANCELLED,
}
"""What can still be wrong with an act that pages offer."""

OFTEN = {
    **dict.fromkeys((Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.DISPUTE, Action.COMPLETE), 12),
    **dict.fromkeys((Action.ASK, Action.RETURN_CASE, Action.REOPEN, Action.REVIVE, Action.UNMERGE), 6),
    **dict.fromkeys((Action.TAKE_BACK, Action.CONFIRM, Action.NOT_OURS, Action.REDISPOSE), 6),
    **dict.fromkeys((Action.REASSIGN, Action.CLAIM, Action.RAISE_CASE), 4),
    **dict.fromkeys((Action.CANCEL, Action.NOTE, Action.ADOPT, Action.DISOWN), 1),
}
"""How often an act is tried, where not seldom: what leads on, and what brings back."""

ABOVE = 50
"""A supervisor is somebody else than those of the unit."""


def through_json(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value as tables give it back."""
    return adapter.validate_python(json.loads(json.dumps(adapter.dump_python(value, mode="json"))))


class CaseMachine(RuleBasedStateMachine):
    """A case, its journal and a clock that mostly moves forward."""

    state: CaseState
    now: datetime

    @initialize(
        stage=st.sampled_from(Stage),
        holder=st.sampled_from([NATIONAL, CITY]),
        kind=st.sampled_from(Kind),
        terms=POLICIES,
    )
    def receive(self, stage: Stage, holder: Any, kind: Kind, terms: Any) -> None:
        self.first = self.state = in_stage(stage, holder=holder, kind=kind, policy=terms)
        self.now = self.moved_at = minute(40)
        self.commands = 0
        self.last: Command | None = None
        self.fired: dict[tuple[Any, ...], int] = {}
        self.journal: list[Event | tuple[Due, ...]] = []

    @rule(acts=st.lists(st.tuples(st.integers(0, 999), complete, steps, BACK), min_size=2, max_size=5))
    def those_who_may_act_one_after_the_other(self, acts: list[Any]) -> None:
        """Some acts come late: recorded before others that have been applied."""
        for choice, body, step, back in acts:
            stage = self.state.stage
            fitting = [action for action in Action if stage in RULES[action].who]
            weighed = [action for action in fitting for _ in range(OFTEN.get(action, 2))]
            action = weighed[(choice + 31 * self.commands) % len(weighed)]
            relations = sorted(RULES[action].who[stage])
            self.now += timedelta(minutes=step)
            self.ask(action, relations[step % len(relations)], self.state.version, body, back)
            if step % 3:
                self.due_dates_come(0)

    @rule(
        action=st.sampled_from(Action),
        choice=st.integers(0, 8),
        behind=st.integers(-1, 1),
        body=any_body,
    )
    def anybody_tries(self, action: Action, choice: int, behind: int, body: dict[str, Any]) -> None:
        everyone = sorted(
            {relation for rule in RULES.values() for who in rule.who.values() for relation in who}
        )
        self.ask(action, everyone[choice % len(everyone)], self.state.version - behind, body)

    @precondition(lambda self: self.state.facts.ending is not None)
    @rule(action=st.sampled_from([*VERDICTS, *Action]), body=complete, choice=st.integers(0, 8), back=BACK)
    def an_act_from_before_the_end_comes(self, action: Action, body: Any, choice: int, back: int) -> None:
        ending = self.state.facts.ending
        assert ending is not None
        back += (self.now - ending.at) // timedelta(minutes=1)
        if ending.stage in RULES[action].who:
            relations = sorted(RULES[action].who[ending.stage])
            self.ask(action, relations[choice % len(relations)], ending.version, body, back)

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_last_command_comes_again(self) -> None:
        assert self.last is not None
        assert self.state.done[self.last.id] <= self.state.seq

    @rule(skipped=st.sampled_from([0, 0, 1, 4]))
    def due_dates_come(self, skipped: int) -> None:
        """Vacant rungs are skipped upward."""
        self.date(
            tuple(self.occupied(due, skipped) for due in dues_of(self.state, self.moved_at, warned=True))
        )

    def occupied(self, due: Due, skipped: int) -> Due:
        clock = self.state.clock(RAISED_BY.get(due.clock, due.clock))
        if clock is None or (due.clock not in RAISED_BY and clock.start_level == 0):
            return due
        return replace(due, rung=min(clock.level + skipped, TOP_LEVEL))

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
    @rule(late=steps, often=st.integers(1, 2))
    def time_passes_until_something_comes_by_itself(self, late: int, often: int) -> None:
        for _ in range(often):
            item = next(iter(agenda(self.state)), None)
            if item is None:
                return
            self.now = max(self.now, item.at) + timedelta(minutes=late // 30)
            self.happen(fire(self.state, item, self.now))
            assert item not in agenda(self.state)
            self.due_dates_come(0)

    @rule(number=st.integers(1, 6), length=steps)
    def an_outage_ends(self, number: int, length: int) -> None:
        begun = self.now
        self.now += timedelta(minutes=length)
        outage = Outage(id=number, from_at=begun, to_at=self.now)
        known = number in self.state.outages
        event = shift(self.state, outage, self.now)
        assert event is None or not (known or self.state.policy.outage is OutagePolicy.FIRE)
        if event is not None:
            self.happen(event)
            assert shift(self.state, outage, self.now) is None

    @rule(unit=units, seldom=st.integers(0, 3))
    def a_calendar_changes(self, unit: Any, seldom: int) -> None:
        event = recount(self.state, frozenset({unit.id}), self.now)
        if event is not None and seldom == 3:
            self.happen(event)

    @rule(mail_id=st.integers(1, 3))
    def a_mail_to_the_reporter_fails(self, mail_id: int) -> None:
        known = mail_id in self.state.facts.failed_mails
        event = mail_failed(self.state, mail_id, MailProblem.BOUNCED, self.now)
        assert (event is None) == (known or self.state.ended)
        if event is not None:
            before = self.state
            self.happen(event)
            assert (self.state.version, self.state.clocks) == (before.version, before.clocks)

    def ask(self, action: Action, relation: Any, version: int, body: Any, back: int = 0) -> None:
        body = body | {"other": ELDER if action is Action.MERGE else YOUNGER}
        body |= {"corrects": next(iter(self.state.facts.replies), None)}
        body |= {"unit": NATIONAL} if action is Action.NOT_OURS else {}
        self.commands += 1
        actor = actor_for(relation, self.state.holder)
        if relation is Relation.ARBITER:
            actor = replace(actor, role=Role.NATIONAL_ADMIN)
        if relation is Relation.SUPERVISOR:
            actor = replace(actor, person_id=ABOVE)
        command = Command(
            id=f"c-{self.commands}",
            action=action,
            actor=actor,
            recorded_at=self.now - timedelta(minutes=back),
            version=version,
            **nested(body),
        )
        self.carry_out(command, action in allowed_actions(self.state, actor))

    def carry_out(self, command: Command, offered: bool) -> None:
        decision, refused, ending = decide(self.state, command), refusal(self.state, command), self.state
        assert isinstance(decision, Refusal) is (refused is not None)
        if isinstance(decision, Refusal):
            assert decision.by is not None
            assert not offered or decision.reason in ABOUT_THE_FORM, decision
            return
        if not offered:
            lapsed = ending.facts.ending
            assert lapsed is not None and lapsed.lapsed is not None
            answered = lapsed.stage is Stage.AWAITING_CONFIRMATION
            aside = command.action in WORDS_ASIDE or (command.action is Action.MESSAGE and answered)
            assert (lapsed.seq in decision.voids) is not aside
        self.happen(decision)
        assert self.state.done[command.id] == decision.seq
        self.last = command
        if decision.kind is EventKind.DISPUTED:
            assert self.state.level == self.state.highest_level > 0
        if decision.kind is EventKind.RAISED:
            assert self.state.level == ending.level + 1 < TOP_LEVEL
        by = command.actor.person_id
        assert (decision.taken_from is not None) is (decision.kind is EventKind.TAKEN_OVER)
        if decision.kind is EventKind.TAKEN_OVER:
            assert decision.taken_from == ending.facts.claimed_by != self.state.facts.claimed_by == by
        if decision.kind is EventKind.ANSWERED and command.actor.relations == {Relation.SUPERVISOR}:
            assert ending.facts.claimed_by == by

    def date(self, dues: tuple[Due, ...]) -> None:
        self.journal.append(dues)
        before = self.state
        self.state = with_dues(self.state, dues)
        assert self.state.highest_level >= before.highest_level

    def happen(self, event: Event) -> None:
        before, after = self.state, evolve(self.state, event)
        assert event.seq == before.seq + 1 == after.seq
        moved = (before.stage, before.holder, before.kind) != (after.stage, after.holder, after.kind)
        assert after.version - before.version in ({1} if moved else {0, 1})
        assert after.highest_level >= before.highest_level
        assert not before.ended
        assert after.policy == before.policy and after.received_at == before.received_at
        assert event.rating is None or event.kind is EventKind.CONFIRMED
        self.check_expiry(before, event)
        stored = through_json(EVENT, event)
        assert stored == event
        self.journal.append(stored)
        self.state, self.moved_at = after, event.at

    def check_expiry(self, before: CaseState, event: Event) -> None:
        """Never early, and once for a due date, unless the log says that it was void."""
        self.fired = {key: seq for key, seq in self.fired.items() if seq not in event.voids}
        name = SILENCE.get(event.kind, event.clock)
        if name is None or event.kind is EventKind.CLOCK_WARNED:
            return
        clock = before.clock(name)
        assert clock is not None and clock.due_at is not None and clock.live
        assert clock.due_at <= event.at
        key = (name, clock.started_at, clock.due_at)
        assert key not in self.fired
        self.fired[key] = event.seq

    @invariant()
    def an_open_case_always_moves_by_itself_or_waits_for_a_limit(self) -> None:
        state = self.state
        if state.stage in OPEN_STAGES and state.policy.level is not None:
            assert has_next_instant(state)
        if state.stage is Stage.AWAITING_REPORTER:
            assert ClockName.COMPLETION in {clock.name for clock in state.live_clocks}
        for clock in state.live_clocks:
            assert clock.due_at is not None or clock.waits_for_due or clock.has_open_pause
            assert not clock.has_open_pause or state.stage is Stage.AWAITING_REPORTER
            assert clock.expired_at is None or clock.due_at is None or clock.due_at <= clock.expired_at

    @invariant()
    def what_comes_by_itself_is_in_order_and_stops_with_the_life(self) -> None:
        items = agenda(self.state)
        assert list(items) == sorted(items, key=lambda item: item.at)
        assert self.state.ended is (not self.state.live_clocks)
        expiring = [item.clock for item in items if item.kind is AgendaKind.EXPIRE]
        assert len(expiring) == len(set(expiring))
        offers = [item for item in items if item.kind is AgendaKind.OFFER]
        assert not offers or (len(offers) == 1 and self.state.facts.offered_at is None)

    @invariant()
    def an_ended_stage_has_an_end_reason_and_an_open_one_has_none(self) -> None:
        ended = self.state.stage not in OPEN_STAGES
        assert ended is (self.state.end_reason is not None) is (self.state.facts.ending is not None)
        assert ended or not self.state.ended

    @invariant()
    def only_the_clocks_of_the_stage_run(self) -> None:
        state = self.state
        assert {clock.name for clock in state.live_clocks} <= RUNNING[state.stage]
        for clock in state.live_clocks:
            bound = clock.name in STAFF_CLOCKS | REPORTER_CLOCKS | RAISED_BY.keys()
            assert clock.unit_id == (state.holder.id if bound else clock.unit_id)
            if clock.name is ClockName.RESOLUTION:
                extended = state.facts.extended
                assert clock.amount == state.policy.resolution_amount(state.kind, extended=extended)
                assert clock.started_at == state.received_at

    @invariant()
    def the_ladder_stands_beside_a_late_clock_only(self) -> None:
        for name, base in RAISED_BY.items():
            rung, late = self.state.clock(name), self.state.clock(base)
            if rung is not None and rung.live and rung.due_at is not None and late and late.due_at:
                assert late.live and late.expired_at is not None
        assert 0 <= self.state.level <= self.state.highest_level

    @invariant()
    def the_accused_unit_neither_holds_the_case_nor_helps(self) -> None:
        assert self.state.accused_unit_id not in {self.state.holder.id, *self.state.facts.assisting}

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
TestCaseMachine.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
