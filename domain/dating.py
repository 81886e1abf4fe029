"""Gives a clock its due date, its warnings and the moment of its expiry from a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.calendar import WorkCalendar
from domain.clock import Clock, Due
from domain.deadline import (
    Calendars,
    Earlier,
    derive,
    derive_along,
    first_closing_after,
    promise_fires_at,
)
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit
from domain.instant import civil_day, day_ends, to_utc
from domain.opening import warning_at
from domain.policy import Policy

ONE_MINUTE = Amount(1, Unit.MINUTES)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a due date is computed under.

    Attributes:
        since: when the clock was last started or moved; earlier warnings are not given any more.
    """

    calendar: WorkCalendar
    policy: Policy
    since: datetime


def date_clock(
    clock: Clock, calendar: WorkCalendar, min_after_resume: int, earlier: Sequence[WorkCalendar] = ()
) -> Derivation:
    """The derivation of a clock's due date under its floor and its pauses. Raises: as `derive`.

    `calendar` is that of its unit, `earlier` are those of its `moves`, one for each.

    A date that a person set stays where it is, unless it passes while the clock stands still.

    Where a change of rules would make it past, it is the closing of the first working day after the change;
    `counted_due_at` keeps the date that would have been. Source: CLOCKS, "Changes under a live case".
    """
    if clock.until_on is not None:
        return _promised(clock, calendar)
    floor = _floor(clock, calendar)
    calendars = _calendars(clock, calendar, earlier)
    derivation = _derive(clock, calendars, min_after_resume, floor)
    changed_at, due_at = clock.changed_at, derivation.due_at
    if changed_at is None or due_at is None or to_utc(due_at) > changed_at:
        return derivation
    return _derive(clock, calendars, min_after_resume, _next_end(clock, calendar, changed_at))


def _calendars(clock: Clock, calendar: WorkCalendar, earlier: Sequence[WorkCalendar]) -> Calendars:
    pairs = zip(clock.moves, earlier, strict=True)
    return Calendars(calendar, tuple(Earlier(before, move.until_at) for move, before in pairs))


def _next_end(clock: Clock, calendar: WorkCalendar, at: datetime) -> datetime:
    """The end of the first working day after an instant: its closing, for the reporter's clocks 24:00."""
    closes_at = first_closing_after(calendar, at)
    if clock.amount.ends is Ends.CLOSING:
        return closes_at
    return day_ends(civil_day(closes_at, calendar.tz), calendar.tz)


def _floor(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    if clock.floor is None:
        return None
    return derive(calendar, clock.floor.from_at, clock.floor.amount).due_at


def _derive(
    clock: Clock, calendars: Calendars, min_after_resume: int, not_before: datetime | None
) -> Derivation:
    return derive_along(
        calendars,
        clock.started_at,
        clock.amount,
        clock.pauses,
        min_after_resume=min_after_resume,
        not_before=not_before,
    )


def _promised(clock: Clock, calendar: WorkCalendar) -> Derivation:
    """The closing of the promised day, or what takes its place; no count leads there."""
    assert clock.until_on is not None  # noqa: S101  only clocks with a date come here
    spans = calendar.spans_on(clock.until_on)
    promised_at = spans[-1][1] if spans else day_ends(clock.until_on, calendar.tz)
    fires_at = promise_fires_at(calendar, promised_at, clock.pauses)
    if fires_at is None:
        return derive(calendar, clock.started_at, ONE_MINUTE, (Pause(clock.started_at),))
    return derive(calendar, clock.started_at, ONE_MINUTE, not_before=fires_at)


def promise(clock: Clock, given: Given) -> tuple[Clock, Due, Derivation]:
    """A clock as it starts, dated at once, with its due date and how that came about."""
    derivation = date_clock(clock, given.calendar, given.policy.min_after_resume)
    due = as_due(clock, derivation, given)
    running = replace(clock, due_at=due.due_at, warn_at=due.warn_at, provisional=due.provisional)
    return running, due, derivation


def as_due(clock: Clock, derivation: Derivation, given: Given) -> Due:
    """The answer that a workflow gets for a clock it asked about; all instants in UTC.

    One spelling of an instant: what is computed now and what is read back later must be equal to the letter.
    """
    due_at = None if derivation.due_at is None else to_utc(derivation.due_at)
    return Due(
        seq=clock.seq,
        clock=clock.name,
        due_at=due_at,
        provisional=derivation.provisional,
        fires_at=_fires_at(clock, given),
        warn_at=_warnings(clock, due_at, given),
        since=to_utc(given.since),
    )


def _fires_at(clock: Clock, given: Given) -> datetime | None:
    """The end of the grace after an outage in which the clock ran out."""
    grace = given.policy.outage_grace
    if clock.grace_from is None or grace is None:
        return None
    ends = derive(given.calendar, clock.grace_from, grace).due_at
    return None if ends is None else to_utc(ends)


def _warnings(clock: Clock, due_at: datetime | None, given: Given) -> tuple[datetime, ...]:
    """Each once for a due date, and none that had passed when the clock was last moved.

    Source: CLOCKS, "Warnings, expiry, escalation"; CASE, silence.
    """
    if due_at is None:
        return ()
    days = given.policy.warn_days_before.get(clock.name, ())
    before = (warning_at(given.calendar, due_at, clock.started_at, n, now=given.since) for n in days)
    reminders = (
        _opening_of_day(clock, n, given.calendar) for n in given.policy.remind_on_days.get(clock.name, ())
    )
    instants = [to_utc(at) for at in (*before, *reminders) if at is not None]
    return tuple(sorted(at for at in instants if given.since < at < due_at))


def _opening_of_day(clock: Clock, working_days: int, calendar: WorkCalendar) -> datetime | None:
    """The opening of the Nth working day after the start; for clocks that count days."""
    if not clock.amount.unit.counts_days:
        return None
    started_on = civil_day(clock.started_at, calendar.tz)
    return calendar.opening_of(calendar.nth_working_day_after(started_on, working_days))
