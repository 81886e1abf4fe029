"""Those above the holder lift a case a rung of the ladder, without waiting for the clock.

Source: docs/adr/017.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from domain.act.change import clock_of_rung, quiet_event_of
from domain.act.steering import bars_urging
from domain.actor import Actor
from domain.clock import FIRST_LEVEL, LEVEL_CLOCKS, STAFF_CLOCKS, TOP_LEVEL, Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState

LAST_BY_HAND = TOP_LEVEL - 1
"""The last rung on which somebody stands; to the one above it only lateness leads."""
_UNKNOWN = datetime.max.replace(tzinfo=UTC)


def raise_case(state: CaseState, command: Command) -> Event:
    """One rung up now; no due date moves. A late clock climbs as if its rung had let its time pass."""
    clock = raised_clock(state)
    assert clock is not None  # noqa: S101  barred without one
    climbed = _climbed if clock.expired_at is not None else _begun_higher
    return quiet_event_of(state, command, EventKind.RAISED, clocks=climbed(state, clock, command))


def raised_clock(state: CaseState) -> Clock | None:
    """The clock that is lifted: the one that has brought the case highest, of several the first due."""
    running = [clock for clock in state.live_clocks if clock.name in STAFF_CLOCKS]
    return min(running, key=lambda clock: (-clock.level, clock.due_at or _UNKNOWN), default=None)


def next_rung(state: CaseState) -> int:
    """The rung to which it would be lifted; vacant ones are skipped from there upward."""
    return state.level + 1


def bars_raising(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Not above the last rung on which somebody stands, and not by who must act next."""
    own = bars_urging(state, actor)
    if own is not None:
        return own
    last = FIRST_LEVEL if state.policy.level is None else LAST_BY_HAND
    if state.level >= last:
        return RefusalReason.TOP_RUNG
    return RefusalReason.WRONG_STAGE if raised_clock(state) is None else None


def _begun_higher(state: CaseState, clock: Clock, command: Command) -> tuple[Clock, ...]:
    """As if it had begun there: when it runs out, the rung above that hears of it."""
    level = next_rung(state)
    return (clock.recount(level=level, start_level=level),)


def _climbed(state: CaseState, clock: Clock, command: Command) -> tuple[Clock, ...]:
    """The next rung hears of it, and that rung's time begins; never before that of the one below it."""
    late = replace(clock, level=next_rung(state), raised=(*clock.raised, state.seq + 1))
    below = state.clock(LEVEL_CLOCKS[clock.name])
    at = command.recorded_at if below is None else max(command.recorded_at, below.started_at)
    return (late, *clock_of_rung(state, late, at))
