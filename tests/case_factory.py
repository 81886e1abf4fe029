"""Cases for tests of the rules: a few units, a policy in minutes, and due dates without a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.act.change import fresh
from domain.actor import SYSTEM_ACTOR, Actor, UnitRef, reporter_actor
from domain.agenda import AgendaItem, AgendaKind, agenda
from domain.case import (
    Action,
    Channel,
    ClockName,
    EndReason,
    FollowUp,
    Kind,
    Relation,
    Role,
    Stage,
    UnitLevel,
)
from domain.clock import REPORTER_CLOCKS, STAFF_CLOCKS, Clock, Due
from domain.command import Command, OtherCase, Refusal
from domain.decide import begin, decide
from domain.duration import Amount, Unit
from domain.event import Event
from domain.fire import fire
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
COMPLETE, EXTEND, REVIVE, OMBUDSMAN, LEVEL, TOP, GRACE = 80, 70, 400, 250, 20, 25, 15
RESOLVE = {
    Kind.COMPLAINT: 140,
    Kind.COMPLAINT_OVERSIGHT: 600,
    Kind.ASPIRATION: 60,
    Kind.INFORMATION_REQUEST: 50,
}
"""How many minutes each clock of `policy()` runs."""
PROMISE_DUE, PROMISED_TODAY = 90, START.date()
"""The minute at which a plan for the day of the receipt runs out."""
NEXT_CLOSING = 10
"""Minutes until the next closing, where a rule speaks of one."""
WARN_BEFORE = 10
"""Minutes before its due that a clock is warned of, by `dues_of(..., warned=True)`."""
CASE_ID, ELDER_ID, YOUNGER_ID = 9, 5, 12
ELDER = OtherCase(id=ELDER_ID, code="1111111111", secret=False)
YOUNGER = OtherCase(id=YOUNGER_ID, code="2222222222", secret=False)


def minute(number: int) -> datetime:
    """The instant so many minutes after the receipt."""
    return START + timedelta(minutes=number)


def minutes(count: int) -> Amount:
    """An amount of minutes."""
    return Amount(count, Unit.MINUTES)


def old_policy(outage: OutagePolicy = OutagePolicy.SHIFT, **changes: Any) -> Policy:
    """A policy in minutes as 0.1.0 knew it: no ladder, and every dispute goes back to the same unit."""
    fields: dict[str, Any] = {
        "name": "minutes",
        "version": 1,
        "verification": minutes(VERIFY),
        "first_follow_up": minutes(FOLLOW),
        "resolution": {kind: minutes(count) for kind, count in RESOLVE.items()},
        "confirmation": minutes(CONFIRM),
        "reopen_window": minutes(REOPEN),
        "rework_minimum": minutes(REWORK),
        "min_after_resume": 0,
        "outage": outage,
        "completion": minutes(COMPLETE),
        "extension": minutes(EXTEND),
        "revive_window": minutes(REVIVE),
        "ombudsman": minutes(OMBUDSMAN),
    }
    return Policy(**fields | changes)


def policy(outage: OutagePolicy = OutagePolicy.SHIFT, **changes: Any) -> Policy:
    """The whole policy in minutes: a ladder, an arbiter of second disputes, a grace after outages."""
    fields: dict[str, Any] = {
        "level": minutes(LEVEL),
        "top_again": minutes(TOP),
        "arbiter_after_disputes": 2,
        "outage_grace": minutes(GRACE),
    }
    return old_policy(outage, **fields | changes)


PROMISED = (ClockName.VERIFICATION, ClockName.RESOLUTION, ClockName.OMBUDSMAN)
"""The clocks that a case begins with."""


def new_case(holder: UnitRef = CITY, kind: Kind = Kind.COMPLAINT, **changes: Any) -> CaseState:
    """A case just received at minute 0, its clocks dated."""
    fields: dict[str, Any] = {
        "case_id": CASE_ID,
        "code": "0000000000",
        "policy": policy(),
        "received_at": START,
        "national_id": NATIONAL.id,
        "holder": holder,
        "kind": kind,
    }
    state = CaseState(**fields | changes)
    clocks = tuple(dated(fresh(state, name, START)) for name in PROMISED)
    return evolve(state, begin(state, clocks, START))


def due_of(clock: Clock) -> datetime | None:
    """The due of a clock that counts minutes, or of a date; None if an open pause comes before it."""
    if clock.until_on is not None:
        return _promise_due(clock)
    due_at = clock.started_at + clock.amount.time_for
    for pause in clock.pauses:
        if pause.start_at >= due_at:
            continue
        if pause.end_at is None:
            return None
        due_at += pause.end_at - pause.start_at
    if clock.floor is not None:
        due_at = max(due_at, clock.floor.from_at + clock.floor.amount.time_for)
    if clock.changed_at is not None and due_at <= clock.changed_at:
        return clock.changed_at + timedelta(minutes=NEXT_CLOSING)
    return due_at


def _promise_due(clock: Clock) -> datetime | None:
    """A date stays where it is, unless it passes while the clock stands still."""
    assert clock.until_on is not None
    due_at = START + (clock.until_on - START.date()) + timedelta(minutes=PROMISE_DUE)
    for pause in clock.pauses:
        if pause.start_at < due_at and pause.end_at is None:
            return None
        if pause.end_at is not None and pause.start_at < due_at <= pause.end_at:
            due_at = pause.end_at + timedelta(minutes=NEXT_CLOSING)
    return due_at


def dated(clock: Clock) -> Clock:
    """The clock with its due."""
    due_at = due_of(clock)
    return replace(clock, due_at=due_at, frozen=due_at is None)


def dues_of(state: CaseState, since: datetime | None = None, *, warned: bool = False) -> tuple[Due, ...]:
    """The answers that the calendar would give to the clocks that wait for one."""
    return tuple(_answer(state, clock, since, warned) for clock in state.clocks if clock.waits_for_due)


def _answer(state: CaseState, clock: Clock, since: datetime | None, warned: bool) -> Due:
    due_at, grace = due_of(clock), state.policy.outage_grace
    fires_at = clock.grace_from and grace and clock.grace_from + grace.time_for
    warn_at = ()
    if warned and due_at is not None and clock.name in STAFF_CLOCKS | REPORTER_CLOCKS:
        at = due_at - timedelta(minutes=WARN_BEFORE)
        warn_at = (at,) if at > max(clock.started_at, since or clock.started_at) else ()
    return Due(
        seq=clock.seq, clock=clock.name, due_at=due_at, fires_at=fires_at, warn_at=warn_at, since=since
    )


def settle(state: CaseState, event: Event) -> CaseState:
    """The state after an event whose due dates have been computed."""
    after = evolve(state, event)
    return with_dues(after, dues_of(after, event.at))


def item_of(state: CaseState, name: ClockName, kind: AgendaKind = AgendaKind.EXPIRE) -> AgendaItem:
    """What the agenda says of a clock, which must be on it."""
    return next(item for item in agenda(state) if (item.clock, item.kind) == (name, kind))


def fired(state: CaseState, at: int | None = None, name: ClockName | None = None) -> CaseState:
    """The state after the next item of the agenda, or that of a clock, at its instant or at a minute."""
    item = agenda(state)[0] if name is None else item_of(state, name)
    return settle(state, fire(state, item, item.at if at is None else minute(at)))


def live(state: CaseState) -> set[ClockName]:
    """The names of the clocks that run."""
    return {clock.name for clock in state.live_clocks}


def staff(
    *relations: Relation, holder: UnitRef = CITY, person_id: int = 40, role: Role = Role.LIAISON
) -> Actor:
    """A member of staff who stands so to a case that `holder` holds."""
    return Actor(
        person_id=person_id,
        role=role,
        unit_id=holder.id,
        channel=Channel.WEB,
        relations=frozenset(relations),
        holder_id=holder.id,
    )


def actor_for(relation: Relation, holder: UnitRef) -> Actor:
    """Somebody with just that relation."""
    if relation is Relation.SYSTEM:
        return SYSTEM_ACTOR
    return REPORTER_ACTOR if relation is Relation.REPORTER else staff(relation, holder=holder)


WORDS: dict[str, Any] = {"message_id": WORDS_ID}
BODY: dict[Action, dict[str, Any]] = {
    Action.DISPOSE: {"unit": WORKS},
    Action.NOT_OURS: {"unit": NATIONAL} | WORDS,
    Action.REDISPOSE: {"unit": ROADS},
    Action.REASSIGN: {"unit": ROADS} | WORDS,
    Action.FOLLOW_UP: {"follow_up": FollowUp.ACTION} | WORDS,
    Action.CONFIRM: {"rating": 4},
    Action.ARCHIVE: {"end_reason": EndReason.SPAM} | WORDS,
    Action.MERGE: {"other": ELDER},
    Action.ADOPT: {"other": YOUNGER},
    Action.DISOWN: {"other": YOUNGER},
    Action.RECLASSIFY: {"kind": Kind.ASPIRATION},
    Action.TRANSFER_TO_OMBUDSMAN: {"consents": True},
    Action.CANCEL: {"cancels": "waiting"},
} | {
    action: {}
    for action in (
        Action.TAKE_BACK,
        Action.WITHDRAW,
        Action.UNMERGE,
        Action.CLAIM,
        Action.RELEASE,
        Action.NUDGE,
        Action.URGE,
    )
}
"""What a complete form of each action carries, where that is not just words."""

REPORTERS = (
    Action.COMPLETE,
    Action.CONFIRM,
    Action.DISPUTE,
    Action.WITHDRAW,
    Action.NUDGE,
    Action.MESSAGE,
    Action.REOPEN,
    Action.REVIVE,
    Action.TRANSFER_TO_OMBUDSMAN,
)
SUPERVISORS = (
    Action.UNMERGE,
    Action.REASSIGN,
    Action.EXTEND,
    Action.RECLASSIFY,
    Action.URGE,
    Action.RAISE_CASE,
)
LIAISONS = (
    Action.RETURN_CASE,
    Action.REDISPOSE,
    Action.FOLLOW_UP,
    Action.ANSWER,
    Action.TAKE_BACK,
    Action.CORRECT_REPLY,
)
WHO: dict[Action, Relation] = {
    **dict.fromkeys(Action, Relation.VERIFIER),
    **dict.fromkeys(REPORTERS, Relation.REPORTER),
    **dict.fromkeys(SUPERVISORS, Relation.SUPERVISOR),
    **dict.fromkeys(LIAISONS, Relation.LIAISON),
    **dict.fromkeys((Action.ADOPT, Action.DISOWN), Relation.SYSTEM),
    Action.CONTRIBUTE: Relation.ASSISTANT,
}
"""Somebody who may; where it depends on the stage, see `who_may`."""

BY_THE_HOLDER = (Action.ASK, Action.MERGE, Action.CLAIM, Action.RELEASE, Action.NOTE)


def who_may(state: CaseState, action: Action) -> Relation:
    """Somebody who may now."""
    if action is Action.ARCHIVE and state.stage is not Stage.VERIFICATION:
        return Relation.SUPERVISOR
    if action in BY_THE_HOLDER and state.holder.level is UnitLevel.DEPARTMENT:
        return Relation.LIAISON
    return WHO[action]


def command(state: CaseState, action: Action, at: int, actor: Actor | None = None, **body: Any) -> Command:
    """A complete command at a minute, made from the newest version by somebody who may."""
    fields: dict[str, Any] = {
        "id": f"{action.value}-{state.seq}",
        "version": state.version,
        **BODY.get(action, WORDS),
        **body,
    }
    if action is Action.CORRECT_REPLY:
        fields = {"corrects": next(iter(state.facts.replies), None)} | fields
    actor = actor or actor_for(who_may(state, action), state.holder)
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


PATH: dict[Stage, tuple[Action, ...]] = {
    Stage.VERIFICATION: (),
    Stage.DISPOSED: (Action.DISPOSE,),
    Stage.AWAITING_REPORTER: (Action.DISPOSE, Action.ASK),
    Stage.IN_PROGRESS: (Action.DISPOSE, Action.FOLLOW_UP),
    Stage.AWAITING_CONFIRMATION: (Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER),
    Stage.CLOSED: (Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.CONFIRM),
    Stage.ARCHIVED: (Action.ARCHIVE,),
}


def in_stage(stage: Stage, **changes: Any) -> CaseState:
    """A case brought to a stage by the acts that lead there, at minutes 10, 20, 30 and 40."""
    state = new_case(**changes)
    for number, action in enumerate(PATH[stage], start=1):
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
