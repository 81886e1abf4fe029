"""How a case ends before its answer is confirmed, and how it is brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.act.change import (
    before,
    clock_of_beginning,
    event_of,
    fresh,
    fresh_one_rung_higher,
    lacks_words,
    quiet_event_of,
    resumed_offer,
    resumed_resolution,
    stop_all,
)
from domain.actor import Actor
from domain.case import ARCHIVE_REASONS, ClockName, EndReason, Kind, Relation, Stage, UnitLevel
from domain.clock import WINDOWS, Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.facts import Facts
from domain.state import CaseState


def ended_facts(state: CaseState, at: datetime, lapsed: ClockName | None = None) -> Facts:
    """The facts of a case that ends now, with how it stood before."""
    return replace(state.facts, ending=before(state, at, lapsed), answer=None, claimed_by=None)


def archive(state: CaseState, command: Command) -> Event:
    """Ended without an answer, for a stated reason and with words to the reporter."""
    return archived(state, command, EventKind.ARCHIVED, command.body.end_reason or EndReason.SPAM)


def archived(state: CaseState, command: Command, kind: EventKind, reason: EndReason) -> Event:
    """Into the archive, from where it can be revived for a while."""
    at = command.recorded_at
    return event_of(
        state,
        command,
        kind,
        stage=Stage.ARCHIVED,
        end_reason=reason,
        clocks=(*stop_all(state, at), fresh(state, ClockName.REVIVE_WINDOW, at)),
        facts=ended_facts(state, at),
    )


def lacks_archive_reason(state: CaseState, command: Command) -> RefusalReason | None:
    """A reason code that a person may give, and words."""
    if command.body.end_reason not in ARCHIVE_REASONS:
        return RefusalReason.INCOMPLETE
    return lacks_words(state, command)


def withdraw(state: CaseState, command: Command) -> Event:
    """The reporter takes the report back; one about misuse of office, or that others follow, goes on."""
    if _goes_on(state):
        noted = replace(state.facts, withdrawal_noted=True)
        return quiet_event_of(state, command, EventKind.WITHDRAWAL_NOTED, facts=noted)
    return closed(state, command, EventKind.WITHDRAWN, EndReason.WITHDRAWN)


def bars_withdrawing(state: CaseState, actor: Actor) -> RefusalReason | None:
    """A withdrawal is noted once; a case that need not go on any more can still end by one."""
    noted = state.facts.withdrawal_noted and _goes_on(state)
    return RefusalReason.ALREADY_DONE if noted else None


def _goes_on(state: CaseState) -> bool:
    """Whether others than its reporter need the case: the public, or those who joined it."""
    return state.kind is Kind.COMPLAINT_OVERSIGHT or bool(state.facts.followers)


def transfer_to_ombudsman(state: CaseState, command: Command) -> Event:
    """The reporter agrees that the Ombudsman takes it from here."""
    return closed(state, command, EventKind.TRANSFERRED_TO_OMBUDSMAN, EndReason.TRANSFERRED_TO_OMBUDSMAN)


def bars_transfer(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Only after the offer."""
    return RefusalReason.NOT_OFFERED if state.facts.offered_at is None else None


def lacks_consent(state: CaseState, command: Command) -> RefusalReason | None:
    """Nobody's report leaves without their consent."""
    return None if command.body.consents else RefusalReason.INCOMPLETE


def closed(state: CaseState, command: Command, kind: EventKind, reason: EndReason) -> Event:
    """Closed by an act; it can be opened again for a while."""
    at = command.recorded_at
    return event_of(
        state,
        command,
        kind,
        stage=Stage.CLOSED,
        end_reason=reason,
        clocks=(*stop_all(state, at), fresh(state, ClockName.REOPEN_WINDOW, at)),
        facts=replace(ended_facts(state, at), return_stage=None),
    )


def reopen(state: CaseState, command: Command) -> Event:
    """Back to the holder one rung above the highest ever reached, with the rework minimum.

    A case that no office held begins with its verifier again. Source: CLOCKS, "Dispute or reopen".
    """
    at = command.recorded_at
    begun = fresh_one_rung_higher(state, clock_of_beginning(state), at)
    office = state.holder.level is UnitLevel.DEPARTMENT
    return event_of(
        state,
        command,
        EventKind.REOPENED,
        stage=Stage.IN_PROGRESS if office else Stage.VERIFICATION,
        clocks=(
            *stop_all(state, at),
            begun,
            *resumed_resolution(state, at),
            *resumed_offer(state),
        ),
        facts=replace(state.facts, ending=None),
    )


def bars_reopening(state: CaseState, actor: Actor) -> RefusalReason | None:
    """What the Ombudsman has does not come back."""
    gone = state.end_reason is EndReason.TRANSFERRED_TO_OMBUDSMAN
    return RefusalReason.ENDED if gone else None


def revive(state: CaseState, command: Command) -> Event:
    """Back from the archive into the remembered stage; the time in it is a pause."""
    return brought_back(state, command, EventKind.REVIVED)


def brought_back(state: CaseState, command: Command, kind: EventKind) -> Event:
    """As before the archive, its clocks running on."""
    at, ending = command.recorded_at, state.facts.ending
    assert ending is not None  # noqa: S101  nothing is archived without one
    was_asked = ending.stage is Stage.AWAITING_REPORTER
    stage = state.facts.return_stage if was_asked else ending.stage
    clocks = (_running_again(clock, state, at) for clock in ending.clocks)
    return event_of(
        state,
        command,
        kind,
        stage=stage or Stage.VERIFICATION,
        clocks=(
            *stop_all(state, at),
            *(clock for clock in clocks if clock.name is not ClockName.COMPLETION),
            *resumed_offer(state),
        ),
        facts=replace(state.facts, ending=None, return_stage=None, merged_into=None),
    )


def _running_again(clock: Clock, state: CaseState, at: datetime) -> Clock:
    assert state.facts.ending is not None  # noqa: S101  see above
    stopped = replace(clock, stopped_at=max(state.facts.ending.at, clock.started_at))
    return stopped.go_on(at)


def bars_reviving(state: CaseState, actor: Actor) -> RefusalReason | None:
    """What follows an elder case is parted from it by a supervisor."""
    return None if state.facts.merged_into is None else RefusalReason.MERGED


def lacks_missing_words(state: CaseState, command: Command) -> RefusalReason | None:
    """The reporter says what was missing."""
    by_reporter = Relation.REPORTER in command.actor.relations
    return lacks_words(state, command) if by_reporter else None


def undone(state: CaseState) -> CaseState:
    """The case before the end by silence that time alone brought; for an act that precedes it."""
    ending = state.facts.ending
    assert ending is not None  # noqa: S101  only for an end that lapsed
    restored = {clock.name: clock for clock in ending.clocks}
    kept = (clock for clock in state.clocks if clock.name not in WINDOWS | restored.keys())
    return replace(
        state,
        stage=ending.stage,
        end_reason=ending.end_reason,
        clocks=(*kept, *restored.values()),
        facts=replace(state.facts, ending=None),
    )
