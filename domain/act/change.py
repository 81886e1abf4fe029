"""What acts have in common: the event that they become, and the clocks that they stop, move or resume."""

from __future__ import annotations

from dataclasses import replace

from domain.case import ClockName
from domain.clock import Clock, Floor
from domain.command import Command, RefusalReason
from domain.duration import Pause
from domain.event import Event, EventKind
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


def stop(state: CaseState, command: Command, *names: ClockName) -> tuple[Clock, ...]:
    """The named clocks that run, with their end at the act."""
    found = (state.clock(name) for name in names)
    return tuple(clock.stop(command.recorded_at) for clock in found if clock is not None and clock.live)


def moved_clock(state: CaseState, name: ClockName, unit_id: int) -> tuple[Clock, ...]:
    """The named clock under the calendar of another unit; none if there is no such clock."""
    clock = state.clock(name)
    return () if clock is None else (clock.recount(unit_id=unit_id),)


def recount_resolution(state: CaseState, command: Command, unit_id: int) -> tuple[Clock, ...]:
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


def resume_resolution(state: CaseState, command: Command) -> tuple[Clock, ...]:
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


def nothing_lacks(state: CaseState, command: Command) -> RefusalReason | None:
    """For acts that need nothing but their form."""
    return None


def lacks_words(state: CaseState, command: Command) -> RefusalReason | None:
    """Refuses an act that says nothing."""
    return RefusalReason.INCOMPLETE if command.message_id is None else None
