"""The state of one case: everything the rules need to decide, and ids in place of words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.actor import Actor, UnitRef
from domain.case import OPEN_STAGES, REPORTER_STAGES, ClockName, EndReason, Kind, Stage
from domain.clock import LEVEL_CLOCKS, RAISED_BY, REPORTER_CLOCKS, STAFF_CLOCKS, Clock, Due
from domain.event import Event, EventKind
from domain.facts import NO_FACTS, Facts
from domain.policy import Policy

DONE_KEPT = 200
"""How many command ids a state remembers; older ones are known to the command table."""


@dataclass(frozen=True, kw_only=True)
class Last:
    """Who did the last thing that others must know of, and when."""

    kind: EventKind
    actor: Actor
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseState:
    """A case between two events.

    Attributes:
        national_id: the unit whose calendar counts national clocks.
        secret: whether the content is hidden from all but those who must handle it; None in states of 0.1.0.
        highest_level: the highest rung ever reached; a dispute starts one above it.
        last: the last act that raised the version, to explain refusals.
        done: command id → seq of the event that it became.
        outages: ids of outages already shifted over.
        ended: the workflow's life is over; nothing can happen any more.
    """

    case_id: int
    code: str
    policy: Policy
    received_at: datetime
    national_id: int
    holder: UnitRef
    kind: Kind
    secret: bool | None = None
    stage: Stage = Stage.VERIFICATION
    seq: int = 0
    version: int = 0
    clocks: tuple[Clock, ...] = ()
    accused_unit_id: int | None = None
    highest_level: int = 0
    dispute_count: int = 0
    end_reason: EndReason | None = None
    facts: Facts = NO_FACTS
    last: Last | None = None
    done: dict[str, int] = field(default_factory=dict)
    outages: tuple[int, ...] = ()
    ended: bool = False

    def clock(self, name: ClockName) -> Clock | None:
        """The clock of that name, running or stopped."""
        return next((clock for clock in self.clocks if clock.name is name), None)

    @property
    def live_clocks(self) -> tuple[Clock, ...]:
        """The clocks that still bind somebody."""
        return tuple(clock for clock in self.clocks if clock.live)

    @property
    def level(self) -> int:
        """The highest rung that a live clock has raised."""
        return max((clock.level for clock in self.live_clocks), default=0)

    @property
    def due(self) -> Clock | None:
        """The clock whose due binds whoever must act now, the earliest first; else that of the window."""
        dated = [clock for clock in self.live_clocks if clock.due_at is not None]
        binding = REPORTER_CLOCKS if self.stage in REPORTER_STAGES else STAFF_CLOCKS
        staff = [clock for clock in dated if clock.name in binding]
        others = [clock for clock in dated if clock.name not in _BESIDE]
        return min(staff or others, key=_due_instant, default=None)


_BESIDE = {ClockName.OMBUDSMAN, ClockName.PROMISE, *RAISED_BY}
"""Clocks whose due is nobody's to keep, or is shown beside the one that binds."""


def evolve(state: CaseState, event: Event) -> CaseState:
    """The state after an event; the event already holds the new values."""
    versioned = event.version > state.version
    return replace(
        state,
        seq=event.seq,
        version=event.version,
        stage=event.stage,
        holder=event.holder,
        kind=event.case_kind,
        clocks=_merge_clocks(state.clocks, event),
        accused_unit_id=event.accused_unit_id or state.accused_unit_id,
        highest_level=max([state.highest_level, *(clock.level for clock in event.clocks)]),
        dispute_count=state.dispute_count + (event.kind is EventKind.DISPUTED),
        end_reason=_end_reason(state, event),
        facts=event.facts or state.facts,
        last=Last(kind=event.kind, actor=event.actor, at=event.at) if versioned else state.last,
        done=_remember(state.done, event),
        outages=state.outages if event.outage_id is None else (*state.outages[-9:], event.outage_id),
        ended=state.ended or event.kind is EventKind.LIFE_ENDED,
    )


def with_dues(state: CaseState, dues: tuple[Due, ...]) -> CaseState:
    """The state with computed due dates filled in, where no later event has moved the clock again.

    If due moves ahead again, the expiry is none: the log keeps it, and the clock runs on, without the ladder
    that it had climbed. A clock of the ladder, or one that began on a rung, says which was really reached.
    Source: CLOCKS, "Changes under a live case".
    """
    clocks = {clock.name: clock for clock in state.clocks}
    for due in dues:
        clock = clocks.get(due.clock)
        if clock is not None and clock.seq == due.seq and clock.waits_for_due:
            clocks[due.clock] = _dated(clock, due)
            _settle_ladder(clocks, clocks[due.clock], due)
    highest = max([state.highest_level, *(clock.level for clock in clocks.values())])
    return replace(state, clocks=tuple(clocks.values()), highest_level=highest)


def _dated(clock: Clock, due: Due) -> Clock:
    dated = replace(
        clock,
        due_at=due.due_at,
        frozen=due.due_at is None,
        fires_at=due.fires_at,
        warn_at=() if clock.expired_at is not None else due.warn_at,
        provisional=due.provisional,
    )
    if clock.expired_at is None or due.due_at is None or due.due_at <= clock.expired_at:
        return dated
    if due.since is not None and due.due_at <= due.since:
        return replace(dated, expired_at=due.due_at)  # later than it was, and still past
    return replace(dated.forgive(), warn_at=due.warn_at)


def _settle_ladder(clocks: dict[ClockName, Clock], clock: Clock, due: Due) -> None:
    """Vacant rungs are skipped upward; a clock that is not late any more climbs nothing."""
    base = clocks.get(RAISED_BY.get(clock.name, clock.name))
    if due.rung is not None and base is not None and base.expired_at is not None:
        clocks[base.name] = replace(base, level=max(base.level, due.rung))
    elif due.rung is not None and clock.start_level > 0:
        level = max(clock.level, due.rung)
        clocks[clock.name] = replace(clock, level=level, start_level=level)
    if clock.name in LEVEL_CLOCKS and clock.expired_at is None:
        clocks.pop(LEVEL_CLOCKS[clock.name], None)


def _due_instant(clock: Clock) -> datetime:
    assert clock.due_at is not None  # noqa: S101  only dated clocks come here
    return clock.due_at


def _end_reason(state: CaseState, event: Event) -> EndReason | None:
    """Only an ended case has one, and it stays until the case is opened again."""
    return None if event.stage in OPEN_STAGES else event.end_reason or state.end_reason


def _merge_clocks(clocks: tuple[Clock, ...], event: Event) -> tuple[Clock, ...]:
    merged = {clock.name: clock for clock in clocks}
    merged.update({clock.name: replace(clock, seq=event.seq) for clock in event.clocks})
    return tuple(merged.values())


def _remember(done: dict[str, int], event: Event) -> dict[str, int]:
    if event.command_id is None:
        return done
    kept = dict(list(done.items())[-(DONE_KEPT - 1) :])
    kept[event.command_id] = event.seq
    return kept
