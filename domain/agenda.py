"""What time alone will do to a case, and when: the list behind its single timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case import ClockName
from domain.clock import LEVEL_CLOCKS, TOP_LEVEL, Clock
from domain.state import CaseState


class AgendaKind(StrEnum):
    """What comes at an instant of the agenda."""

    EXPIRE = "expire"
    WARN = "warn"
    """Staff are warned, or the reporter reminded, before a clock runs out."""
    OFFER = "offer"
    """The Ombudsman is offered."""


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """What will happen at an instant if nobody acts."""

    at: datetime
    clock: ClockName
    kind: AgendaKind = AgendaKind.EXPIRE


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
    items = [item for clock in state.live_clocks for item in _of_clock(clock)]
    return tuple(sorted((*items, *_offer(state)), key=lambda item: item.at))


def _of_clock(clock: Clock) -> list[AgendaItem]:
    expires_at = clock.expires_at
    if expires_at is None or clock.expired_at is not None or clock.name is ClockName.OMBUDSMAN:
        return []
    warnings = [AgendaItem(at=at, clock=clock.name, kind=AgendaKind.WARN) for at in clock.warn_at]
    return [*warnings, AgendaItem(at=expires_at, clock=clock.name)]


def _offer(state: CaseState) -> list[AgendaItem]:
    """Once per case, by the ladder or by its own clock, and not before the resolution has expired.

    Source: CLOCKS, "Warnings, expiry, escalation".
    """
    resolution, own = state.clock(ClockName.RESOLUTION), state.clock(ClockName.OMBUDSMAN)
    if state.facts.offered_at is not None or resolution is None or not resolution.live:
        return []
    instants = _top_reached_at(state)
    if own is not None and own.live and own.due_at is not None:
        instants.append(own.due_at)
    if resolution.expired_at is None or not instants:
        return []
    at = max(min(instants), resolution.expired_at)
    return [AgendaItem(at=at, clock=ClockName.OMBUDSMAN, kind=AgendaKind.OFFER)]


def _top_reached_at(state: CaseState) -> list[datetime]:
    """When running clocks came to the last rung: its own time began then."""
    tops = (LEVEL_CLOCKS[clock.name] for clock in state.live_clocks if clock.level >= TOP_LEVEL)
    rungs = (state.clock(name) for name in tops)
    return [rung.started_at for rung in rungs if rung is not None]
