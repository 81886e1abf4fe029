"""Decides: by the table, a command becomes an event or a refusal. Pure; asks nothing of the outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.actor import SYSTEM_ACTOR, Actor
from domain.case import Action, Relation, Stage
from domain.clock import Clock
from domain.command import Command, Refusal, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState
from domain.table import RULES, Rule


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


def _voids(state: CaseState, event: Event) -> tuple[int, ...]:
    """The expiries of clocks that this act stops and that it precedes."""
    stopped = {clock.name for clock in event.clocks if not clock.live}
    return tuple(
        clock.expired_seq
        for clock in state.clocks
        if clock.name in stopped and clock.is_voided_by(event.at) and clock.expired_seq is not None
    )
