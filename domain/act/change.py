"""What acts have in common: the event that they become, and the clocks that they start, stop or move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from domain.actor import Actor
from domain.case import ClockName, Kind, Stage, UnitLevel
from domain.clock import LEVEL_CLOCKS, NATIONAL_CLOCKS, PAUSING_CLOCKS, TOP_LEVEL, Clock, Floor
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.facts import Before
from domain.state import CaseState


def event_of(state: CaseState, command: Command, kind: EventKind, **changes: object) -> Event:
    """The event of a command: numbered, versioned, and with the changes that are given."""
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


def quiet_event_of(state: CaseState, command: Command, kind: EventKind, **changes: object) -> Event:
    """The event of an act that takes nobody by surprise: the version stays."""
    return event_of(state, command, kind, version=state.version, **changes)


def fresh(state: CaseState, name: ClockName, at: datetime, **more: object) -> Clock:
    """A clock of the policy's amount that starts at an instant, under its unit's calendar.

    Unless told otherwise that is the holder, or for national clocks the national level.
    """
    clock = Clock(
        name=name,
        unit_id=state.national_id if name in NATIONAL_CLOCKS else state.holder.id,
        amount=state.policy.amount(name, state.kind),
        started_at=at,
    )
    return replace(clock, **more)  # type: ignore[arg-type]


def with_ladder(names: Iterable[ClockName]) -> list[ClockName]:
    """The clocks with those of the ladder that they climb."""
    return [clock for name in names for clock in (name, LEVEL_CLOCKS.get(name, name))]


def stop(state: CaseState, at: datetime, *names: ClockName) -> tuple[Clock, ...]:
    """The named clocks that run, and their ladders, with their end at an instant."""
    wanted = with_ladder(names)
    return tuple(clock.stop(at) for clock in state.live_clocks if clock.name in wanted)


def stop_all(state: CaseState, at: datetime) -> tuple[Clock, ...]:
    """All running clocks with their end at an instant."""
    return tuple(clock.stop(at) for clock in state.live_clocks)


def moved(state: CaseState, at: datetime, unit_id: int, *names: ClockName) -> tuple[Clock, ...]:
    """The named clocks that run, and their ladders, under the calendar of another unit from an instant on."""
    wanted = with_ladder(names)
    return tuple(clock.move(unit_id, at) for clock in state.live_clocks if clock.name in wanted)


def moved_resolution(state: CaseState, at: datetime, unit_id: int, kind: Kind) -> tuple[Clock, ...]:
    """The resolution under a unit's calendar and with the kind's amount; start and pauses stay.

    A kind that makes it shorter makes nobody late in retrospect.
    Source: CLOCKS, "Changes under a live case".
    """
    clock = state.clock(ClockName.RESOLUTION)
    if clock is None or not clock.live:
        return ()
    amount = state.policy.resolution_amount(kind, extended=state.facts.extended)
    changed = amount != clock.amount and clock.expired_at is None
    changed_at = at if changed else clock.changed_at
    recounted = clock.move(unit_id, at).recount(amount=amount, changed_at=changed_at)
    ladder = (one for one in moved(state, at, unit_id, ClockName.RESOLUTION) if one.name is not clock.name)
    return (recounted, *ladder)


def resumed_resolution(state: CaseState, at: datetime) -> tuple[Clock, ...]:
    """The time since the end becomes a pause, and the rework minimum is granted.

    The kind may have been changed in between.
    """
    clock = state.clock(ClockName.RESOLUTION)
    if clock is None or clock.live:
        return ()
    floor = Floor(from_at=at, amount=state.policy.rework_minimum)
    amount = state.policy.resolution_amount(state.kind, extended=state.facts.extended)
    return (replace(clock.go_on(at).forgive(), floor=floor, amount=amount),)


def resumed_offer(state: CaseState) -> tuple[Clock, ...]:
    """The clock of the Ombudsman counts on from the receipt, whatever lay between."""
    clock = state.clock(ClockName.OMBUDSMAN)
    return () if clock is None or clock.live else (clock.recount(stopped_at=None),)


def paused(state: CaseState, at: datetime) -> tuple[Clock, ...]:
    """The clocks that stand still while the reporter is asked."""
    return tuple(clock.pause(at) for clock in state.live_clocks if clock.name in PAUSING_CLOCKS)


def resumed(state: CaseState, at: datetime) -> tuple[Clock, ...]:
    """The clocks that stood still, running again."""
    return tuple(clock.resume(at) for clock in state.live_clocks if clock.has_open_pause)


def before(state: CaseState, at: datetime, lapsed: ClockName | None = None) -> Before:
    """How the case stands before the event that comes next."""
    return Before(
        seq=state.seq + 1,
        at=at,
        stage=state.stage,
        clocks=state.live_clocks,
        version=state.version,
        end_reason=state.end_reason,
        lapsed=lapsed,
    )


def working_clocks(state: CaseState, at: datetime, **more: object) -> tuple[Clock, ...]:
    """The clock of whoever has to begin: first follow-up in an office, verification above."""
    return (fresh(state, clock_of_beginning(state), at, **more),)


def clock_of_beginning(state: CaseState) -> ClockName:
    """What the holder's own clock is when it gets the case."""
    office = state.holder.level is UnitLevel.DEPARTMENT
    return ClockName.FIRST_FOLLOW_UP if office else ClockName.VERIFICATION


def stage_of_beginning(state: CaseState) -> Stage:
    """The stage in which the holder gets a case."""
    return Stage.DISPOSED if state.holder.level is UnitLevel.DEPARTMENT else Stage.VERIFICATION


def fresh_one_rung_higher(state: CaseState, name: ClockName, at: datetime) -> Clock:
    """A clock that begins one rung above the highest ever reached."""
    higher = state.highest_level + 1
    level = higher if state.policy.level is None else min(higher, TOP_LEVEL)
    return fresh(state, name, at, level=level, start_level=level)


def clock_of_rung(state: CaseState, late: Clock, at: datetime) -> tuple[Clock, ...]:
    """The time of the rung that a late clock has reached; none where the policy has no ladder."""
    policy = state.policy
    if policy.level is None:
        return ()
    amount = policy.top_again if late.level >= TOP_LEVEL else policy.level
    return (Clock(name=LEVEL_CLOCKS[late.name], unit_id=late.unit_id, amount=amount, started_at=at),)


def nothing_bars(state: CaseState, actor: Actor) -> RefusalReason | None:
    """For acts that stage and relation alone decide."""
    return None


def nothing_lacks(state: CaseState, command: Command) -> RefusalReason | None:
    """For acts that need nothing but their form."""
    return None


def lacks_words(state: CaseState, command: Command) -> RefusalReason | None:
    """Refuses an act that says nothing."""
    return RefusalReason.INCOMPLETE if command.message_id is None else None
