"""What the reporter says of the answer."""

from __future__ import annotations

from dataclasses import replace

from domain.act.change import (
    event_of,
    fresh,
    fresh_one_rung_higher,
    resumed_resolution,
    stop,
    stop_all,
)
from domain.act.ending import ended_facts
from domain.act.handover import arbiter
from domain.case import ClockName, EndReason, Stage
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState


def confirm(state: CaseState, command: Command) -> Event:
    """The reporter says that it is done; the time in which it can be opened again begins."""
    at = command.recorded_at
    return event_of(
        state,
        command,
        EventKind.CONFIRMED,
        stage=Stage.CLOSED,
        rating=command.body.rating,
        end_reason=EndReason.RESOLVED,
        clocks=(*stop_all(state, at), fresh(state, ClockName.REOPEN_WINDOW, at)),
        facts=ended_facts(state, at),
    )


def lacks_valid_rating(state: CaseState, command: Command) -> RefusalReason | None:
    """No rating is as good as any; one that is given is 1 to 5."""
    fits = command.body.rating is None or 1 <= command.body.rating <= 5
    return None if fits else RefusalReason.INCOMPLETE


def dispute(state: CaseState, command: Command) -> Event:
    """Back to the same unit, one rung above the highest ever reached; a second time to the arbiter.

    Source: CASE, the table; CLOCKS, "Dispute or reopen".
    """
    limit = state.policy.arbiter_after_disputes
    for_arbiter = limit is not None and state.dispute_count + 1 >= limit
    return _to_the_arbiter(state, command) if for_arbiter else _back_to_the_unit(state, command)


def _back_to_the_unit(state: CaseState, command: Command) -> Event:
    """The same unit begins anew under its supervisor's eyes."""
    at = command.recorded_at
    follow_up = fresh_one_rung_higher(state, ClockName.FIRST_FOLLOW_UP, at)
    return event_of(
        state,
        command,
        EventKind.DISPUTED,
        stage=Stage.IN_PROGRESS,
        clocks=(
            *stop(state, at, ClockName.CONFIRMATION),
            follow_up,
            *resumed_resolution(state, at),
        ),
        facts=replace(state.facts, answer=None),
    )


def _to_the_arbiter(state: CaseState, command: Command) -> Event:
    """The arbiter decides for good who handles it."""
    at, unit = command.recorded_at, arbiter(state)
    given = replace(state, holder=unit)
    verification = fresh_one_rung_higher(given, ClockName.VERIFICATION, at)
    resolution = (clock.move(unit.id, at) for clock in resumed_resolution(state, at))
    return event_of(
        state,
        command,
        EventKind.DISPUTED,
        stage=Stage.VERIFICATION,
        holder=unit,
        clocks=(
            *stop(state, at, ClockName.CONFIRMATION),
            verification,
            *resolution,
        ),
        facts=replace(state.facts, answer=None, in_arbitration=True, settled=False, claimed_by=None),
    )
