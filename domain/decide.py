"""What can happen to a case: one table, and one pure function that reads it.

Source: CASE.md of the founding documents, "Who" and the table of actions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.actor import SYSTEM_ACTOR, Actor
from domain.agenda import window_clock
from domain.case import (
    OPEN_STAGES,
    Action,
    ClockName,
    EndReason,
    FollowUp,
    Relation,
    Stage,
    UnitLevel,
)
from domain.clock import Clock, Floor
from domain.command import Command, Refusal, RefusalReason
from domain.duration import Pause
from domain.event import Event, EventKind
from domain.state import CaseState

HOLDER_UNIT = frozenset({Relation.LIAISON, Relation.OPERATOR})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of the table: where an action starts from, who may, what it needs and what it does."""

    stages: frozenset[Stage]
    relations: frozenset[Relation]
    effect: Callable[[CaseState, Command], Event]
    lacks: Callable[[CaseState, Command], RefusalReason | None]
    versioned: bool = True


def begin(state: CaseState, clocks: tuple[Clock, ...], at: datetime) -> Event:
    """The first event: the report has been received and its clocks, already dated, run."""
    return Event(
        seq=1,
        version=1,
        kind=EventKind.RECEIVED,
        at=at,
        actor=SYSTEM_ACTOR,
        stage=Stage.VERIFICATION,
        holder=state.holder,
        case_kind=state.kind,
        clocks=clocks,
    )


def decide(state: CaseState, command: Command) -> Event | Refusal:
    """The event that a command becomes, or why it becomes none. Pure; asks nothing of the outside."""
    refused = refusal(state, command)
    if refused is not None:
        return refused
    event = RULES[command.action].effect(state, command)
    return replace(event, voids=_voids(state, event))


def refusal(state: CaseState, command: Command) -> Refusal | None:
    """Why a command would be refused now; None when it would be applied."""
    rule = RULES[command.action]
    reason = (
        _closed_to(state, rule) or _not_for(state, rule, command.actor) or _outdated(state, rule, command)
    )
    reason = reason or rule.lacks(state, command)
    if reason is None:
        return None
    last = state.last
    if last is None:
        return Refusal(reason=reason)
    return Refusal(reason=reason, by=last.actor, did=last.kind, at=last.at)


def allowed_actions(state: CaseState, actor: Actor) -> tuple[Action, ...]:
    """The actions that this actor may take now, for pages to offer."""
    return tuple(
        action
        for action, rule in RULES.items()
        if _closed_to(state, rule) is None and _not_for(state, rule, actor) is None
    )


def _closed_to(state: CaseState, rule: Rule) -> RefusalReason | None:
    if state.ended:
        return RefusalReason.ENDED
    return None if state.stage in rule.stages else RefusalReason.WRONG_STAGE


def _not_for(state: CaseState, rule: Rule, actor: Actor) -> RefusalReason | None:
    """Relations were worked out against a holder; if the case has moved since, they mean nothing."""
    if not actor.relations & rule.relations:
        return RefusalReason.NOT_YOURS
    if Relation.REPORTER not in actor.relations and actor.holder_id != state.holder.id:
        return RefusalReason.HOLDER_MOVED
    return None


def _outdated(state: CaseState, rule: Rule, command: Command) -> RefusalReason | None:
    if rule.versioned and command.version != state.version:
        return RefusalReason.CHANGED
    return None


def _nothing_lacks(state: CaseState, command: Command) -> RefusalReason | None:
    return None


def _lacks_target(state: CaseState, command: Command) -> RefusalReason | None:
    """Disposal needs a unit below, and never the one that the report accuses."""
    unit = command.body.unit
    if unit is None or unit.level is UnitLevel.NATIONAL or unit.id == state.holder.id:
        return RefusalReason.INCOMPLETE
    if state.holder.level is UnitLevel.AGENCY and unit.agency_id != state.holder.agency_id:
        return RefusalReason.INCOMPLETE
    accused = command.body.accused_unit_id or state.accused_unit_id
    return RefusalReason.ACCUSED_UNIT if unit.id == accused else None


def _lacks_words(state: CaseState, command: Command) -> RefusalReason | None:
    return RefusalReason.INCOMPLETE if command.message_id is None else None


def _lacks_follow_up(state: CaseState, command: Command) -> RefusalReason | None:
    if command.body.follow_up is None:
        return RefusalReason.INCOMPLETE
    if command.body.follow_up is FollowUp.PLAN and command.body.promised_on is None:
        return RefusalReason.INCOMPLETE
    if command.body.follow_up is FollowUp.PLAN and Relation.LIAISON not in command.actor.relations:
        return RefusalReason.NOT_YOURS
    return _lacks_words(state, command)


def _lacks_valid_rating(state: CaseState, command: Command) -> RefusalReason | None:
    fits = command.body.rating is None or 1 <= command.body.rating <= 5
    return None if fits else RefusalReason.INCOMPLETE


def _dispose(state: CaseState, command: Command) -> Event:
    """To an agency the verification clock runs on; to a unit it stops and first follow-up starts."""
    unit = command.body.unit
    assert unit is not None  # noqa: S101  the rule has refused a disposal to nowhere
    kind = command.body.kind or state.kind
    resolution = _recount_resolution(state, command, unit.id)
    if unit.level is UnitLevel.AGENCY:
        moved = _moved_clock(state, ClockName.VERIFICATION, unit.id)
        return _event(
            state,
            command,
            EventKind.DISPOSED,
            holder=unit,
            case_kind=kind,
            clocks=(*moved, *resolution),
            accused_unit_id=command.body.accused_unit_id,
        )
    follow_up = Clock(
        name=ClockName.FIRST_FOLLOW_UP,
        unit_id=unit.id,
        amount=state.policy.first_follow_up,
        started_at=command.recorded_at,
    )
    return _event(
        state,
        command,
        EventKind.DISPOSED,
        stage=Stage.DISPOSED,
        holder=unit,
        case_kind=kind,
        clocks=(*_stop(state, command, ClockName.VERIFICATION), follow_up, *resolution),
        accused_unit_id=command.body.accused_unit_id,
    )


def _follow_up(state: CaseState, command: Command) -> Event:
    """An acknowledgement changes nothing; a plan or an action puts the case in progress.

    The version rises with the stage or a promised date: a second action takes nobody by surprise.
    """
    followed_up = _event(
        state,
        command,
        EventKind.FOLLOWED_UP,
        follow_up=command.body.follow_up,
        promised_on=command.body.promised_on,
    )
    if command.body.follow_up is FollowUp.ACKNOWLEDGEMENT:
        return replace(followed_up, version=state.version)
    news = state.stage is not Stage.IN_PROGRESS or command.body.promised_on is not None
    return replace(
        followed_up,
        version=followed_up.version if news else state.version,
        stage=Stage.IN_PROGRESS,
        clocks=_stop(state, command, ClockName.FIRST_FOLLOW_UP),
    )


def _answer(state: CaseState, command: Command) -> Event:
    confirmation = Clock(
        name=ClockName.CONFIRMATION,
        unit_id=state.holder.id,
        amount=state.policy.confirmation,
        started_at=command.recorded_at,
    )
    stopped = _stop(state, command, ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION)
    return _event(
        state,
        command,
        EventKind.ANSWERED,
        stage=Stage.AWAITING_CONFIRMATION,
        clocks=(*stopped, confirmation),
    )


def _confirm(state: CaseState, command: Command) -> Event:
    window = window_clock(state, command.recorded_at)
    return _event(
        state,
        command,
        EventKind.CONFIRMED,
        stage=Stage.CLOSED,
        rating=command.body.rating,
        end_reason=EndReason.RESOLVED,
        clocks=(*_stop(state, command, ClockName.CONFIRMATION), window),
    )


def _dispute(state: CaseState, command: Command) -> Event:
    """Back to the same unit, one rung above the highest ever reached.

    Source: CLOCKS.md, "Dispute or reopen".
    """
    follow_up = Clock(
        name=ClockName.FIRST_FOLLOW_UP,
        unit_id=state.holder.id,
        amount=state.policy.first_follow_up,
        started_at=command.recorded_at,
        level=state.highest_level + 1,
    )
    return _event(
        state,
        command,
        EventKind.DISPUTED,
        stage=Stage.IN_PROGRESS,
        clocks=(
            *_stop(state, command, ClockName.CONFIRMATION),
            follow_up,
            *_resume_resolution(state, command),
        ),
    )


def _message(state: CaseState, command: Command) -> Event:
    event = _event(state, command, EventKind.MESSAGE_RECEIVED)
    return replace(event, version=state.version)


def _event(state: CaseState, command: Command, kind: EventKind, **changes: object) -> Event:
    event = Event(
        seq=state.seq + 1,
        version=state.version + 1,
        kind=kind,
        at=command.recorded_at,
        actor=command.actor,
        stage=state.stage,
        holder=state.holder,
        case_kind=state.kind,
        command_id=command.id,
        message_id=command.message_id,
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def _voids(state: CaseState, event: Event) -> tuple[int, ...]:
    """The expiries of clocks that this act stops and that it precedes."""
    stopped = {clock.name for clock in event.clocks if not clock.live}
    return tuple(
        clock.expired_seq
        for clock in state.clocks
        if clock.name in stopped and clock.is_voided_by(event.at) and clock.expired_seq is not None
    )


def _stop(state: CaseState, command: Command, *names: ClockName) -> tuple[Clock, ...]:
    found = (state.clock(name) for name in names)
    return tuple(clock.stop(command.recorded_at) for clock in found if clock is not None and clock.live)


def _moved_clock(state: CaseState, name: ClockName, unit_id: int) -> tuple[Clock, ...]:
    clock = state.clock(name)
    return () if clock is None else (clock.recount(unit_id=unit_id),)


def _recount_resolution(state: CaseState, command: Command, unit_id: int) -> tuple[Clock, ...]:
    """The holder's calendar and the kind's amount; the start and the pauses stay.

    Source: CLOCKS, "Changes under a live case".
    """
    clock = state.clock(ClockName.RESOLUTION)
    if clock is None:
        return ()
    amount = state.policy.resolution[command.body.kind or state.kind]
    if amount == clock.amount or clock.expired_at is not None:
        return (clock.recount(unit_id=unit_id, amount=amount),)
    return (clock.recount(unit_id=unit_id, amount=amount, changed_at=command.recorded_at),)


def _resume_resolution(state: CaseState, command: Command) -> tuple[Clock, ...]:
    """The time since the answer becomes a pause, and the rework minimum is granted."""
    clock = state.clock(ClockName.RESOLUTION)
    if clock is None or clock.stopped_at is None:
        return ()
    resumed_at = max(clock.stopped_at, command.recorded_at)  # a database's clock may have been set back
    pause = Pause(start_at=clock.stopped_at, end_at=resumed_at)
    floor = Floor(from_at=command.recorded_at, amount=state.policy.rework_minimum)
    return (
        clock.recount(
            pauses=(*clock.pauses, pause),
            floor=floor,
            stopped_at=None,
            expired_at=None,
            expired_seq=None,
            level=0,
        ),
    )


IN_HAND = frozenset({Stage.DISPOSED, Stage.IN_PROGRESS})

RULES: dict[Action, Rule] = {
    Action.DISPOSE: Rule(
        stages=frozenset({Stage.VERIFICATION}),
        relations=frozenset({Relation.VERIFIER}),
        effect=_dispose,
        lacks=_lacks_target,
    ),
    Action.FOLLOW_UP: Rule(stages=IN_HAND, relations=HOLDER_UNIT, effect=_follow_up, lacks=_lacks_follow_up),
    Action.ANSWER: Rule(
        stages=IN_HAND,
        relations=frozenset({Relation.LIAISON}),
        effect=_answer,
        lacks=_lacks_words,
    ),
    Action.CONFIRM: Rule(
        stages=frozenset({Stage.AWAITING_CONFIRMATION}),
        relations=frozenset({Relation.REPORTER}),
        effect=_confirm,
        lacks=_lacks_valid_rating,
    ),
    Action.DISPUTE: Rule(
        stages=frozenset({Stage.AWAITING_CONFIRMATION}),
        relations=frozenset({Relation.REPORTER}),
        effect=_dispute,
        lacks=_lacks_words,
    ),
    Action.MESSAGE: Rule(
        stages=OPEN_STAGES,
        relations=frozenset({Relation.REPORTER}),
        effect=_message,
        lacks=_lacks_words,
        versioned=False,
    ),
}
"""The table of CASE.md, as far as it is built."""
