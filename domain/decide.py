"""Decides: by the table, a command becomes an event or a refusal. Pure; asks nothing of the outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.act.ending import undone
from domain.actor import SYSTEM_ACTOR, Actor
from domain.case import Action, Relation, Stage
from domain.clock import LEVEL_CLOCKS, WINDOWS, Clock
from domain.command import Command, Refusal, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState
from domain.table import RULES, Rule

UNBOUND = frozenset({Relation.REPORTER, Relation.SYSTEM})
"""Those who stand to a case in the same way whoever holds it."""


BESIDE_SILENCE = frozenset({Action.CLAIM, Action.RELEASE, Action.NUDGE, Action.URGE, Action.ADOPT})
"""Acts that would not have kept a silent reporter's case from its end; they come too late for it."""
WORDS_ASIDE = frozenset({Action.NOTE, Action.CONTRIBUTE})
"""Words that would not have kept it either; they are kept beside the end."""


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
    precedes = _precedes_lapse(state, command) and not _is_aside(state, command)
    as_it_was = undone(state) if precedes else state
    event = RULES[command.action].effect(as_it_was, command)
    event = replace(event, voids=(*event.voids, *_voids(as_it_was, event)))
    return _undo_lapse(state, as_it_was, event) if precedes else event


def refusal(state: CaseState, command: Command) -> Refusal | None:
    """Why a command would be refused now; None when it would be applied."""
    reason = _reason(state, command)
    if reason is None:
        return None
    last = state.last
    if last is None:
        return Refusal(reason=reason)
    return Refusal(reason=reason, by=last.actor, did=last.kind, at=last.at)


def allowed_actions(state: CaseState, actor: Actor) -> tuple[Action, ...]:
    """The actions that this actor may take now, for pages to offer."""
    return tuple(action for action in RULES if barred(state, actor, action) is None)


def barred(state: CaseState, actor: Actor, action: Action) -> RefusalReason | None:
    """Why this actor cannot take an action now, whatever a form would say; None where they can."""
    rule = RULES[action]
    return _closed_to(state, rule) or _not_for(state, rule, actor) or rule.bars(state, actor)


def _reason(state: CaseState, command: Command) -> RefusalReason | None:
    rule, version = RULES[command.action], state.version
    if command.id in state.facts.cancelled:
        return RefusalReason.CANCELLED
    ending = state.facts.ending
    if ending is not None and _precedes_lapse(state, command):
        state, version = undone(state), ending.version
    bar = (
        _closed_to(state, rule)
        or _not_for(state, rule, command.actor)
        or _outdated(rule, command, version)
        or rule.bars(state, command.actor)
    )
    return bar or rule.lacks(state, command)


def _precedes_lapse(state: CaseState, command: Command) -> bool:
    """Whether a case ended by silence, and this act, possible then, had come in time.

    Source: CASE, "Version and instant".
    """
    ending, rule = state.facts.ending, RULES[command.action]
    if state.ended or ending is None or ending.lapsed is None or ending.stage not in rule.who:
        return False
    if command.action in BESIDE_SILENCE:
        return False
    clock = next((one for one in ending.clocks if one.name is ending.lapsed), None)
    in_time = clock is not None and clock.due_at is not None and command.recorded_at <= clock.due_at
    return in_time and state.stage not in rule.who


def _is_aside(state: CaseState, command: Command) -> bool:
    """Whether words made in time say nothing about what the case was waiting for."""
    ending = state.facts.ending
    answered = ending is not None and ending.stage is Stage.AWAITING_CONFIRMATION
    return command.action in WORDS_ASIDE or (command.action is Action.MESSAGE and answered)


def _undo_lapse(state: CaseState, as_it_was: CaseState, event: Event) -> Event:
    """The event with all that it puts back: the end by silence never was."""
    assert state.facts.ending is not None  # noqa: S101  only a lapsed case comes here
    told = {clock.name for clock in event.clocks}
    stopped = (
        clock.stop(max(event.at, clock.started_at)) for clock in state.live_clocks if clock.name in WINDOWS
    )
    restored = (clock for clock in as_it_was.live_clocks if clock.name not in told)
    return replace(
        event,
        version=max(event.version, state.version + 1),
        clocks=(*stopped, *restored, *event.clocks),
        facts=event.facts or as_it_was.facts,
        voids=(state.facts.ending.seq, *event.voids),
    )


def _closed_to(state: CaseState, rule: Rule) -> RefusalReason | None:
    if state.ended:
        return RefusalReason.ENDED
    return None if state.stage in rule.who else RefusalReason.WRONG_STAGE


def _not_for(state: CaseState, rule: Rule, actor: Actor) -> RefusalReason | None:
    """Relations were worked out against a holder; if the case has moved since, they mean nothing."""
    if not actor.relations & rule.who[state.stage]:
        return RefusalReason.NOT_YOURS
    if actor.person_id is not None and actor.person_id == state.facts.accused_person_id:
        return RefusalReason.NOT_YOURS
    if not UNBOUND & actor.relations and actor.holder_id != state.holder.id:
        return RefusalReason.HOLDER_MOVED
    return None


def _outdated(rule: Rule, command: Command, version: int) -> RefusalReason | None:
    return RefusalReason.CHANGED if rule.versioned and command.version != version else None


def _voids(state: CaseState, event: Event) -> tuple[int, ...]:
    """The expiries that this act precedes, of clocks that it stops or lets stand still."""
    after = {clock.name: clock for clock in event.clocks}
    return tuple(
        seq
        for clock in state.live_clocks
        if clock.expired_at is not None and clock.name in after
        for seq in _voided(state, clock, after[clock.name], event.at)
    )


def _voided(state: CaseState, before: Clock, after: Clock, at: datetime) -> tuple[int, ...]:
    """All of a clock's expiries if the act is in time, else the last rung if that came after the act."""
    if before.is_voided_by(at):
        return before.expiries if after.expired_at is None else ()
    rung = state.clock(LEVEL_CLOCKS[before.name]) if before.name in LEVEL_CLOCKS else None
    climbed_after = rung is not None and rung.live and at < rung.started_at
    return before.raised[-1:] if climbed_after and not after.live else ()
