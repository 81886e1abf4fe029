"""What the holder unit does: follows up, and answers."""

from __future__ import annotations

from dataclasses import replace

from domain.act.change import event_of, lacks_words, stop
from domain.case import ClockName, FollowUp, Relation, Stage
from domain.clock import Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState


def follow_up(state: CaseState, command: Command) -> Event:
    """An acknowledgement changes nothing; a plan or an action puts the case in progress.

    The version rises with the stage or a promised date: a second action takes nobody by surprise.
    """
    followed_up = event_of(
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
        clocks=stop(state, command, ClockName.FIRST_FOLLOW_UP),
    )


def lacks_follow_up(state: CaseState, command: Command) -> RefusalReason | None:
    """A follow-up has a kind and words; a plan also a date, and the liaison behind it."""
    if command.body.follow_up is None:
        return RefusalReason.INCOMPLETE
    if command.body.follow_up is FollowUp.PLAN and command.body.promised_on is None:
        return RefusalReason.INCOMPLETE
    if command.body.follow_up is FollowUp.PLAN and Relation.LIAISON not in command.actor.relations:
        return RefusalReason.NOT_YOURS
    return lacks_words(state, command)


def answer(state: CaseState, command: Command) -> Event:
    """The final answer: the office's clocks stop, and the reporter's begins."""
    confirmation = Clock(
        name=ClockName.CONFIRMATION,
        unit_id=state.holder.id,
        amount=state.policy.confirmation,
        started_at=command.recorded_at,
    )
    stopped = stop(state, command, ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION)
    return event_of(
        state,
        command,
        EventKind.ANSWERED,
        stage=Stage.AWAITING_CONFIRMATION,
        clocks=(*stopped, confirmation),
    )
