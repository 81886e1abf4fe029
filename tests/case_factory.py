"""Cases for tests of the rules: a few units, a policy in minutes, and due dates without a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.actor import Actor, UnitRef, reporter_actor
from domain.case import Action, Channel, ClockName, FollowUp, Kind, Relation, Role, Stage, UnitLevel
from domain.clock import Clock, Due
from domain.command import Command, Refusal
from domain.decide import begin, decide
from domain.duration import Amount, Unit
from domain.event import Event
from domain.policy import OutagePolicy, Policy
from domain.state import CaseState, evolve, with_dues
from tests.bodies import nested

NATIONAL = UnitRef(id=1, level=UnitLevel.NATIONAL, agency_id=1)
CITY = UnitRef(id=2, level=UnitLevel.AGENCY, agency_id=2)
WORKS = UnitRef(id=3, level=UnitLevel.DEPARTMENT, agency_id=2)
ROADS = UnitRef(id=4, level=UnitLevel.DEPARTMENT, agency_id=2)
REGENCY = UnitRef(id=5, level=UnitLevel.AGENCY, agency_id=5)
SCHOOLS = UnitRef(id=6, level=UnitLevel.DEPARTMENT, agency_id=5)

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REPORTER_ACTOR = reporter_actor(Channel.WEB)
WORDS_ID = 70
PROMISED_ON = date(2026, 3, 20)

VERIFY, FOLLOW, CONFIRM, REOPEN, REWORK = 30, 50, 100, 300, 40
RESOLVE = {
    Kind.COMPLAINT: 140,
    Kind.COMPLAINT_OVERSIGHT: 600,
    Kind.ASPIRATION: 60,
    Kind.INFORMATION_REQUEST: 50,
}
"""How many minutes each clock of `policy()` runs."""


def minute(number: int) -> datetime:
    """The instant so many minutes after the receipt."""
    return START + timedelta(minutes=number)


def minutes(count: int) -> Amount:
    """An amount of minutes."""
    return Amount(count, Unit.MINUTES)


def policy(outage: OutagePolicy = OutagePolicy.SHIFT) -> Policy:
    """A policy whose clocks run in minutes."""
    return Policy(
        name="minutes",
        version=1,
        verification=minutes(VERIFY),
        first_follow_up=minutes(FOLLOW),
        resolution={kind: minutes(count) for kind, count in RESOLVE.items()},
        confirmation=minutes(CONFIRM),
        reopen_window=minutes(REOPEN),
        rework_minimum=minutes(REWORK),
        min_after_resume=0,
        outage=outage,
    )


def new_case(holder: UnitRef = CITY, kind: Kind = Kind.COMPLAINT, **changes: Any) -> CaseState:
    """A case just received at minute 0, its two clocks dated."""
    fields: dict[str, Any] = {
        "case_id": 9,
        "code": "0000000000",
        "policy": policy(),
        "received_at": START,
        "national_id": NATIONAL.id,
        "holder": holder,
        "kind": kind,
    }
    state = CaseState(**fields | changes)
    amounts = {
        ClockName.VERIFICATION: state.policy.verification,
        ClockName.RESOLUTION: state.policy.resolution[kind],
    }
    clocks = tuple(
        dated(Clock(name=name, unit_id=holder.id, amount=amount, started_at=START))
        for name, amount in amounts.items()
    )
    return evolve(state, begin(state, clocks, START))


def due_of(clock: Clock) -> datetime:
    """The due of a clock that counts minutes: start, amount and pauses, and no sooner than its floor."""
    due_at = clock.started_at + clock.amount.time_for
    for pause in clock.pauses:
        assert pause.end_at is not None, "no act opens a pause without an end"
        if pause.start_at < due_at:
            due_at += pause.end_at - pause.start_at
    if clock.floor is None:
        return due_at
    return max(due_at, clock.floor.from_at + clock.floor.amount.time_for)


def dated(clock: Clock) -> Clock:
    """The clock with its due."""
    return replace(clock, due_at=due_of(clock))


def dues_of(state: CaseState) -> tuple[Due, ...]:
    """The answers that the calendar would give to the clocks that wait for one."""
    return tuple(
        Due(seq=clock.seq, clock=clock.name, due_at=due_of(clock), provisional=False)
        for clock in state.clocks
        if clock.waits_for_due
    )


def settle(state: CaseState, event: Event) -> CaseState:
    """The state after an event whose due dates have been computed."""
    after = evolve(state, event)
    return with_dues(after, dues_of(after))


def staff(*relations: Relation, holder: UnitRef = CITY, person_id: int = 40) -> Actor:
    """A member of staff who stands so to a case that `holder` holds."""
    return Actor(
        person_id=person_id,
        role=Role.LIAISON,
        unit_id=holder.id,
        channel=Channel.WEB,
        relations=frozenset(relations),
        holder_id=holder.id,
    )


def actor_for(relation: Relation, holder: UnitRef) -> Actor:
    """Somebody with just that relation."""
    return REPORTER_ACTOR if relation is Relation.REPORTER else staff(relation, holder=holder)


BODY: dict[Action, dict[str, Any]] = {
    Action.DISPOSE: {"unit": WORKS},
    Action.FOLLOW_UP: {"follow_up": FollowUp.ACTION, "message_id": WORDS_ID},
    Action.ANSWER: {"message_id": WORDS_ID},
    Action.CONFIRM: {"rating": 4},
    Action.DISPUTE: {"message_id": WORDS_ID},
    Action.MESSAGE: {"message_id": WORDS_ID},
}
"""What a complete form of each action carries."""

WHO: dict[Action, Relation] = {
    Action.DISPOSE: Relation.VERIFIER,
    Action.FOLLOW_UP: Relation.LIAISON,
    Action.ANSWER: Relation.LIAISON,
    Action.CONFIRM: Relation.REPORTER,
    Action.DISPUTE: Relation.REPORTER,
    Action.MESSAGE: Relation.REPORTER,
}
"""Somebody who may."""


def command(state: CaseState, action: Action, at: int, actor: Actor | None = None, **body: Any) -> Command:
    """A complete command at a minute, made from the newest version by somebody who may."""
    fields: dict[str, Any] = {
        "id": f"{action.value}-{state.seq}",
        "version": state.version,
        **BODY[action],
        **body,
    }
    actor = actor or actor_for(WHO[action], state.holder)
    return Command(action=action, actor=actor, recorded_at=minute(at), **nested(fields))


def event_of(state: CaseState, action: Action, at: int, actor: Actor | None = None, **body: Any) -> Event:
    """The event that such a command becomes."""
    decision = decide(state, command(state, action, at, actor, **body))
    assert isinstance(decision, Event), decision
    return decision


def refusal_of(state: CaseState, action: Action, at: int, actor: Actor | None = None, **body: Any) -> Refusal:
    """The refusal that such a command meets."""
    decision = decide(state, command(state, action, at, actor, **body))
    assert isinstance(decision, Refusal), decision
    return decision


def act(state: CaseState, action: Action, at: int, actor: Actor | None = None, **body: Any) -> CaseState:
    """The state after such a command, its clocks dated."""
    return settle(state, event_of(state, action, at, actor, **body))


def in_stage(stage: Stage) -> CaseState:
    """A case brought to a stage by the acts that lead there, at minutes 10, 20, 30 and 40."""
    state = new_case()
    path = {
        Stage.VERIFICATION: (),
        Stage.DISPOSED: (Action.DISPOSE,),
        Stage.IN_PROGRESS: (Action.DISPOSE, Action.FOLLOW_UP),
        Stage.AWAITING_CONFIRMATION: (Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER),
        Stage.CLOSED: (Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.CONFIRM),
    }
    for number, action in enumerate(path[stage], start=1):
        state = act(state, action, 10 * number)
    assert state.stage is stage
    return state


def clock_of(state: CaseState, name: ClockName) -> Clock:
    """The clock of that name, which must be there."""
    clock = state.clock(name)
    assert clock is not None, f"no {name} clock"
    return clock


def changed(event: Event) -> dict[ClockName, Clock]:
    """The clocks that an event gave new values."""
    return {clock.name: clock for clock in event.clocks}
