"""What the holder unit tells the reporter: follow-ups, the answer, and corrections of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.act.change import before, event_of, fresh, lacks_words, quiet_event_of, stop
from domain.actor import Actor
from domain.case import OPEN_STAGES, ClockName, FollowUp, Relation, Stage
from domain.clock import Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.facts import Facts
from domain.state import CaseState

REPLIES_KEPT = 20
HOLDERS_OWN = frozenset({Relation.LIAISON, Relation.OPERATOR})
ANSWERED_CLOCKS = (ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION, ClockName.PROMISE)


def follow_up(state: CaseState, command: Command) -> Event:
    """An acknowledgement changes nothing; a plan or an action puts the case in progress.

    The version rises with the stage or a promised date: a second action takes nobody by surprise.
    """
    body = command.body
    told = event_of(
        state,
        command,
        EventKind.FOLLOWED_UP,
        follow_up=body.follow_up,
        promised_on=body.promised_on,
        facts=_replied(state),
    )
    first = stop(state, command.recorded_at, ClockName.FIRST_FOLLOW_UP)
    if body.follow_up is FollowUp.ACKNOWLEDGEMENT:
        return replace(
            told, version=state.version, clocks=first if state.policy.acknowledgement_counts else ()
        )
    news = state.stage is not Stage.IN_PROGRESS or body.promised_on is not None
    return replace(
        told,
        version=told.version if news else state.version,
        stage=Stage.IN_PROGRESS,
        clocks=(*first, *_promise(state, command)),
    )


def _promise(state: CaseState, command: Command) -> tuple[Clock, ...]:
    """A plan's date is a clock of its own; a new plan replaces it. An action promises nothing."""
    until = command.body.promised_on
    if until is None or command.body.follow_up is not FollowUp.PLAN:
        return ()
    return (fresh(state, ClockName.PROMISE, command.recorded_at, until_on=until),)


def lacks_follow_up(state: CaseState, command: Command) -> RefusalReason | None:
    """A follow-up has a kind and words; a plan also a date, and the liaison behind it."""
    if command.body.follow_up is None:
        return RefusalReason.INCOMPLETE
    if command.body.follow_up is FollowUp.PLAN:
        if command.body.promised_on is None:
            return RefusalReason.INCOMPLETE
        return bars_publishing(state, command.actor) or lacks_words(state, command)
    return lacks_words(state, command)


def stands_in(state: CaseState, actor: Actor) -> bool:
    """Whether a supervisor has taken the case, and so speaks for the unit. Source: docs/adr/017."""
    mine = actor.person_id is not None and actor.person_id == state.facts.claimed_by
    return mine and Relation.SUPERVISOR in actor.relations


def bars_following_up(state: CaseState, actor: Actor) -> RefusalReason | None:
    """The holder unit's own, and a supervisor's who stands in for it."""
    may = HOLDERS_OWN & actor.relations or stands_in(state, actor)
    return None if may else _why_silent(state, actor)


def bars_publishing(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Answers and plans are the liaison's, or of who stands in; operators' only if the policy lets them."""
    liaison = Relation.LIAISON in actor.relations or stands_in(state, actor)
    may = liaison or (state.policy.operators_publish and Relation.OPERATOR in actor.relations)
    return None if may else _why_silent(state, actor)


def _why_silent(state: CaseState, actor: Actor) -> RefusalReason:
    """A supervisor has a way, as long as a case can be claimed."""
    open_to = Relation.SUPERVISOR in actor.relations and state.stage in OPEN_STAGES
    return RefusalReason.CLAIM_FIRST if open_to else RefusalReason.NOT_YOURS


def answer(state: CaseState, command: Command) -> Event:
    """The final answer: the office's clocks stop, and the reporter's begins."""
    at = command.recorded_at
    return event_of(
        state,
        command,
        EventKind.ANSWERED,
        stage=Stage.AWAITING_CONFIRMATION,
        clocks=(*stop(state, at, *ANSWERED_CLOCKS), fresh(state, ClockName.CONFIRMATION, at)),
        facts=replace(_replied(state), answer=before(state, at)),
    )


def take_back(state: CaseState, command: Command) -> Event:
    """As if the answer had not been given; mails that were not sent yet never go."""
    undone = state.facts.answer
    assert undone is not None  # noqa: S101  the rule has refused it without an answer
    return event_of(
        state,
        command,
        EventKind.ANSWER_TAKEN_BACK,
        stage=undone.stage,
        clocks=(
            *stop(state, command.recorded_at, ClockName.CONFIRMATION),
            *(_restored(clock, state, command) for clock in undone.clocks),
        ),
        facts=replace(
            state.facts,
            answer=None,
            replies=tuple(seq for seq in state.facts.replies if seq != undone.seq),
        ),
        voids=(undone.seq,),
    )


def _restored(clock: Clock, state: CaseState, command: Command) -> Clock:
    """Exactly as it ran, unless the kind has been changed since."""
    amount = state.policy.resolution_amount(state.kind, extended=state.facts.extended)
    if clock.name is not ClockName.RESOLUTION or clock.amount == amount:
        return clock
    return clock.recount(amount=amount, changed_at=command.recorded_at)


def bars_taking_back(state: CaseState, actor: Actor) -> RefusalReason | None:
    """There must be an answer, and whoever may publish one may take it back."""
    if state.facts.answer is None:
        return RefusalReason.NO_REPLY
    return bars_publishing(state, actor)


def lacks_haste(state: CaseState, command: Command) -> RefusalReason | None:
    """An answer can be taken back for a minute, before its mails go."""
    assert state.facts.answer is not None  # noqa: S101  barred before
    until = state.facts.answer.at + timedelta(seconds=state.policy.take_back_seconds)
    return RefusalReason.TOO_LATE if command.recorded_at > until else None


def correct_reply(state: CaseState, command: Command) -> Event:
    """Words beside an earlier reply, which itself stays as it is."""
    return quiet_event_of(state, command, EventKind.REPLY_CORRECTED, corrects=command.body.corrects)


def bars_correcting(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Only what was said can be corrected, by the liaison or by who stands in."""
    if not (Relation.LIAISON in actor.relations or stands_in(state, actor)):
        return _why_silent(state, actor)
    return None if state.facts.replies else RefusalReason.NO_REPLY


def lacks_correction(state: CaseState, command: Command) -> RefusalReason | None:
    """Which reply, and what is right."""
    if command.body.corrects not in state.facts.replies:
        return RefusalReason.INCOMPLETE
    return lacks_words(state, command)


def _replied(state: CaseState) -> Facts:
    return replace(state.facts, replies=(*state.facts.replies, state.seq + 1)[-REPLIES_KEPT:])
