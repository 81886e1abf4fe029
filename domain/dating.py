"""Gives a clock its due date from a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.calendar import WorkCalendar
from domain.clock import Clock, Due
from domain.deadline import derive, first_closing_after
from domain.derivation import Derivation
from domain.instant import to_utc


def date_clock(clock: Clock, calendar: WorkCalendar, min_after_resume: int) -> Derivation:
    """The derivation of a clock's due date under its floor and its pauses. Raises: as `derive`.

    Where a change of rules would make it past, it is the closing of the first working day after the change;
    `counted_due_at` keeps the date that would have been. Source: CLOCKS, "Changes under a live case".
    """
    floor = _floor(clock, calendar)
    derivation = _derive(clock, calendar, min_after_resume, floor)
    changed_at, due_at = clock.changed_at, derivation.due_at
    if changed_at is None or due_at is None or to_utc(due_at) > changed_at:
        return derivation
    return _derive(clock, calendar, min_after_resume, first_closing_after(calendar, changed_at))


def _floor(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    if clock.floor is None:
        return None
    return derive(calendar, clock.floor.from_at, clock.floor.amount).due_at


def _derive(
    clock: Clock, calendar: WorkCalendar, min_after_resume: int, not_before: datetime | None
) -> Derivation:
    return derive(
        calendar,
        clock.started_at,
        clock.amount,
        clock.pauses,
        min_after_resume=min_after_resume,
        not_before=not_before,
    )


def dated(clock: Clock, derivation: Derivation) -> Clock:
    """The clock with the due date of its derivation, in UTC."""
    due_at = None if derivation.due_at is None else to_utc(derivation.due_at)
    return replace(clock, due_at=due_at, provisional=derivation.provisional)


def as_due(clock: Clock, derivation: Derivation) -> Due:
    """The answer that a workflow gets for a clock it asked about, in UTC. The derivation must have an end.

    One spelling of an instant: what is computed now and what is read back later must be equal to the letter.
    """
    if derivation.due_at is None:
        raise ValueError("a clock with an open pause has no due date")
    due_at = to_utc(derivation.due_at)
    return Due(seq=clock.seq, clock=clock.name, due_at=due_at, provisional=derivation.provisional)
