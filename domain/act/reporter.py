"""What the reporter does: judges the answer, and writes in between."""

from __future__ import annotations

from dataclasses import replace

from domain.act.change import event_of, resume_resolution, stop
from domain.agenda import window_clock
from domain.case import ClockName, EndReason, Stage
from domain.clock import Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState


def confirm(state: CaseState, command: Command) -> Event:
    """The reporter says that it is done; the time in which it can be opened again begins."""
    window = window_clock(state, command.recorded_at)
    return event_of(
        state,
        command,
        EventKind.CONFIRMED,
        stage=Stage.CLOSED,
        rating=command.body.rating,
        end_reason=EndReason.RESOLVED,
        clocks=(*stop(state, command, ClockName.CONFIRMATION), window),
    )


def lacks_valid_rating(state: CaseState, command: Command) -> RefusalReason | None:
    """No rating is as good as any; one that is given is 1 to 5."""
    fits = command.body.rating is None or 1 <= command.body.rating <= 5
    return None if fits else RefusalReason.INCOMPLETE


def dispute(state: CaseState, command: Command) -> Event:
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
    return event_of(
        state,
        command,
        EventKind.DISPUTED,
        stage=Stage.IN_PROGRESS,
        clocks=(
            *stop(state, command, ClockName.CONFIRMATION),
            follow_up,
            *resume_resolution(state, command),
        ),
    )


def message(state: CaseState, command: Command) -> Event:
    """Words in between, which take nobody by surprise: the version stays."""
    event = event_of(state, command, EventKind.MESSAGE_RECEIVED)
    return replace(event, version=state.version)
