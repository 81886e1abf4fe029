"""Questions to the reporter: the office's clocks stand still until they are answered."""

from __future__ import annotations

from dataclasses import replace

from domain.act.change import event_of, fresh, paused, quiet_event_of, resumed, stop
from domain.actor import Actor
from domain.case import ClockName, Relation, Stage, UnitLevel
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState

_OF_THE_OFFICE = frozenset({Relation.LIAISON, Relation.OPERATOR})
_ABOVE_IT = frozenset({Relation.VERIFIER})


def ask(state: CaseState, command: Command) -> Event:
    """The stage is remembered; a second question while paused restarts the reporter's clock only."""
    at, facts = command.recorded_at, state.facts
    asked_before = state.stage is Stage.AWAITING_REPORTER
    return event_of(
        state,
        command,
        EventKind.ASKED,
        stage=Stage.AWAITING_REPORTER,
        clocks=(*paused(state, at), fresh(state, ClockName.COMPLETION, at)),
        facts=replace(
            facts,
            ask_count=facts.ask_count + 1,
            return_stage=facts.return_stage if asked_before else state.stage,
        ),
    )


def bars_asking(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Only the holder asks, also again; beyond the policy's number of questions only the supervisor."""
    if Relation.SUPERVISOR in actor.relations:
        return None
    office = state.holder.level is UnitLevel.DEPARTMENT
    if not actor.relations & (_OF_THE_OFFICE if office else _ABOVE_IT):
        return RefusalReason.NOT_YOURS
    within = state.facts.ask_count < state.policy.max_asks
    return None if within else RefusalReason.NEEDS_SUPERVISOR


def complete(state: CaseState, command: Command) -> Event:
    """The reporter has answered: back to the remembered stage, and the clocks run on."""
    at = command.recorded_at
    return event_of(
        state,
        command,
        EventKind.COMPLETED,
        stage=state.facts.return_stage or Stage.VERIFICATION,
        clocks=(*resumed(state, at), *stop(state, at, ClockName.COMPLETION)),
        facts=replace(state.facts, return_stage=None),
    )


def message(state: CaseState, command: Command) -> Event:
    """Words of the reporter: the completion if one was asked for before, else words in between."""
    asked = state.clock(ClockName.COMPLETION) if state.stage is Stage.AWAITING_REPORTER else None
    if asked is not None and asked.started_at <= command.recorded_at:
        return complete(state, command)
    return quiet_event_of(state, command, EventKind.MESSAGE_RECEIVED)
