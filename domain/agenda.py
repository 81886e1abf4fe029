"""What time alone will do to a case, and when: the list behind its single timer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.actor import SYSTEM_ACTOR
from domain.case import ClockName, EndReason, Stage
from domain.clock import STAFF_CLOCKS, Clock
from domain.duration import Pause
from domain.event import Event, EventKind
from domain.policy import OutagePolicy
from domain.state import CaseState

FIRST_LEVEL = 1


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """A clock that will expire at an instant if nobody acts."""

    at: datetime
    clock: ClockName


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time `[from_at, to_at)` in which nothing of ours ran."""

    id: int
    from_at: datetime
    to_at: datetime


def agenda(state: CaseState) -> tuple[AgendaItem, ...]:
    """All that will come by itself, earliest first; empty while due dates are being computed."""
    if state.ended:
        return ()
    items = [
        AgendaItem(at=clock.due_at, clock=clock.name)
        for clock in state.live_clocks
        if clock.due_at is not None and clock.expired_at is None
    ]
    return tuple(sorted(items, key=lambda item: item.at))


def fire(state: CaseState, item: AgendaItem, now: datetime) -> Event:
    """The event of a clock that ran out at `now`."""
    clock = state.clock(item.clock)
    assert clock is not None  # noqa: S101  an agenda item comes from a clock of this state
    if clock.name in STAFF_CLOCKS:
        late = clock.expire(now, FIRST_LEVEL, state.seq + 1)
        return _event(state, EventKind.CLOCK_EXPIRED, now, (late,), clock=clock.name)
    expired = replace(clock.expire(now, 0, state.seq + 1), stopped_at=now)
    if clock.name is ClockName.CONFIRMATION:
        return _close_by_silence(state, expired, now)
    return _event(state, EventKind.LIFE_ENDED, now, (expired,))


def shift(state: CaseState, outage: Outage, now: datetime) -> Event | None:
    """The event that lays an outage over the running clocks as a pause; None if it changes nothing."""
    unknown = outage.id not in state.outages
    if state.policy.outage is not OutagePolicy.SHIFT or not unknown or state.ended:
        return None
    moved = tuple(
        _pause(clock, outage)
        for clock in state.live_clocks
        if clock.expired_at is None and outage.to_at > clock.started_at
    )
    if not moved:
        return None
    return _event(state, EventKind.OUTAGE_SHIFTED, now, moved, outage_id=outage.id)


def window_clock(state: CaseState, at: datetime) -> Clock:
    """The clock of the time in which a closed case can be opened again."""
    return Clock(
        name=ClockName.REOPEN_WINDOW,
        unit_id=state.national_id,
        amount=state.policy.reopen_window,
        started_at=at,
    )


def _close_by_silence(state: CaseState, expired: Clock, now: datetime) -> Event:
    event = _event(
        state,
        EventKind.CLOSED_BY_SILENCE,
        now,
        (expired, window_clock(state, now)),
        stage=Stage.CLOSED,
        end_reason=EndReason.SILENCE,
    )
    return replace(event, version=state.version + 1)


def _pause(clock: Clock, outage: Outage) -> Clock:
    pause = Pause(start_at=max(outage.from_at, clock.started_at), end_at=outage.to_at)
    return clock.recount(pauses=(*clock.pauses, pause))


def _event(
    state: CaseState, kind: EventKind, now: datetime, clocks: tuple[Clock, ...], **changes: object
) -> Event:
    event = Event(
        seq=state.seq + 1,
        version=state.version,
        kind=kind,
        at=now,
        actor=SYSTEM_ACTOR,
        stage=state.stage,
        holder=state.holder,
        case_kind=state.kind,
        clocks=clocks,
    )
    return replace(event, **changes)  # type: ignore[arg-type]
