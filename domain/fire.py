"""What happens by itself: warnings, expiries, rungs of the ladder, silence, outages, and mails that fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.act.change import clock_of_rung, fresh, stop_all
from domain.act.ending import ended_facts
from domain.actor import SYSTEM_ACTOR
from domain.agenda import AgendaItem, AgendaKind, Outage
from domain.case import ClockName, EndReason, MailProblem, Stage
from domain.clock import (
    FIRST_LEVEL,
    NATIONAL_CLOCKS,
    RAISED_BY,
    STAFF_CLOCKS,
    TOP_LEVEL,
    WINDOWS,
    Clock,
)
from domain.duration import Pause
from domain.event import Event, EventKind
from domain.policy import OutagePolicy
from domain.state import CaseState

FAILED_MAILS_KEPT = 20
"""How many failed mails a case remembers, so that one that is told again is known."""


def fire(state: CaseState, item: AgendaItem, now: datetime) -> Event:
    """The event of an agenda item at `now`.

    A warning that comes so late that its clock has run out is skipped: the expiry says more.
    """
    if item.kind is AgendaKind.OFFER:
        facts = replace(state.facts, offered_at=now)
        return _event(state, EventKind.OMBUDSMAN_OFFERED, now, (), facts=facts)
    clock = state.clock(item.clock)
    assert clock is not None and clock.expires_at is not None  # noqa: S101  an item comes from a dated clock
    if item.kind is AgendaKind.WARN and now < clock.expires_at:
        return _warn(state, clock, now)
    return _expire(state, clock, now)


def shift(state: CaseState, outage: Outage, now: datetime) -> Event | None:
    """The event by which an outage moves the running clocks or their expiries; None if it changes nothing.

    Under `shift` it is a pause; under `grace` what ran out in it expires only after the grace.
    Source: CLOCKS, "Warnings, expiry, escalation".
    """
    if outage.id in state.outages or state.ended:
        return None
    running = [clock for clock in state.live_clocks if clock.expired_at is None]
    if state.policy.outage is OutagePolicy.SHIFT:
        moved = tuple(_over(clock, outage) for clock in running if _is_shifted(clock, outage))
    elif state.policy.outage is OutagePolicy.GRACE:
        moved = tuple(clock.recount(grace_from=outage.to_at) for clock in running if _ran_out(clock, outage))
    else:
        return None
    if not moved:
        return None
    return _event(state, EventKind.OUTAGE_SHIFTED, now, moved, outage_id=outage.id)


def recount(state: CaseState, unit_ids: frozenset[int], now: datetime) -> Event | None:
    """The event by which a changed calendar of some units reaches the live clocks; None if it does not.

    A clock that moved is also under the calendars that counted before.
    A stopped clock is never recomputed, and nobody becomes late in retrospect.
    Source: CLOCKS, "Changes under a live case".
    """
    under = [clock for clock in state.live_clocks if clock.unit_ids & unit_ids]
    if state.ended or not under:
        return None
    clocks = (
        clock.recount(changed_at=now if clock.expired_at is None else clock.changed_at) for clock in under
    )
    return _event(state, EventKind.CLOCKS_RECOUNTED, now, tuple(clocks))


def mail_failed(state: CaseState, mail_id: int, problem: MailProblem, now: datetime) -> Event | None:
    """The event by which a case hears that a mail did not reach its reporter; None if it knows or is over.

    It takes nobody by surprise and moves no clock: what the mail told of has happened all the same.
    """
    if mail_id in state.facts.failed_mails or state.ended:
        return None
    known = (*state.facts.failed_mails, mail_id)[-FAILED_MAILS_KEPT:]
    facts = replace(state.facts, failed_mails=known, mail_failed_at=now)
    return _event(state, EventKind.MAIL_FAILED, now, (), facts=facts, mail_problem=problem)


def _warn(state: CaseState, clock: Clock, now: datetime) -> Event:
    """After an outage the warnings that were missed are given as one."""
    left = tuple(at for at in clock.warn_at if at > now)
    return _event(state, EventKind.CLOCK_WARNED, now, (replace(clock, warn_at=left),), clock=clock.name)


def _expire(state: CaseState, clock: Clock, now: datetime) -> Event:
    if clock.name in STAFF_CLOCKS:
        return _escalate(state, clock, now)
    if clock.name in RAISED_BY:
        return _climb(state, clock, now)
    if clock.name is ClockName.PROMISE:
        broken = clock.expire(now, 0, state.seq + 1)
        return _event(state, EventKind.CLOCK_EXPIRED, now, (broken,), clock=clock.name)
    expired = replace(clock.expire(now, 0, state.seq + 1), stopped_at=now)
    if clock.name in WINDOWS:
        return _event(state, EventKind.LIFE_ENDED, now, (expired,))
    return _end_by_silence(state, expired, now)


def _escalate(state: CaseState, clock: Clock, now: datetime) -> Event:
    """The clock has run out: the rung above its own hears of it, and that rung's time begins."""
    ladder = state.policy.level is not None
    level = min(clock.level + FIRST_LEVEL, TOP_LEVEL) if ladder else FIRST_LEVEL
    late = clock.expire(now, level, state.seq + 1)
    clocks = (late, *clock_of_rung(state, late, now))
    return _event(state, EventKind.CLOCK_EXPIRED, now, clocks, clock=clock.name)


def _climb(state: CaseState, rung: Clock, now: datetime) -> Event:
    """A rung let its time pass: the next one hears of it; the last is told again and again."""
    late = state.clock(RAISED_BY[rung.name])
    assert late is not None  # noqa: S101  a rung's clock stands beside the clock that raised it
    level = min(late.level + 1, TOP_LEVEL)
    late = replace(late, level=level, raised=(*late.raised, state.seq + 1))
    clocks = (late, *clock_of_rung(state, late, now))
    return _event(state, EventKind.CLOCK_EXPIRED, now, clocks, clock=rung.name)


def _end_by_silence(state: CaseState, expired: Clock, now: datetime) -> Event:
    """The reporter said nothing: an answered case is closed, an incomplete one archived. Never a rating."""
    answered = expired.name is ClockName.CONFIRMATION
    kind = EventKind.CLOSED_BY_SILENCE if answered else EventKind.ARCHIVED_BY_SILENCE
    others = tuple(clock for clock in stop_all(state, now) if clock.name is not expired.name)
    window = ClockName.REOPEN_WINDOW if answered else ClockName.REVIVE_WINDOW
    return _event(
        state,
        kind,
        now,
        (*others, expired, fresh(state, window, now)),
        version=state.version + 1,
        stage=Stage.CLOSED if answered else Stage.ARCHIVED,
        end_reason=EndReason.SILENCE if answered else EndReason.INCOMPLETE,
        facts=ended_facts(state, now, expired.name),
    )


def _is_shifted(clock: Clock, outage: Outage) -> bool:
    counts_on = clock.name is ClockName.OMBUDSMAN
    return outage.to_at > clock.started_at and not clock.has_open_pause and not counts_on


def _over(clock: Clock, outage: Outage) -> Clock:
    pause = Pause(start_at=max(outage.from_at, clock.started_at), end_at=outage.to_at)
    return clock.recount(pauses=(*clock.pauses, pause))


def _ran_out(clock: Clock, outage: Outage) -> bool:
    if clock.due_at is None or clock.name in NATIONAL_CLOCKS:
        return False
    return outage.from_at <= clock.due_at <= outage.to_at


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
