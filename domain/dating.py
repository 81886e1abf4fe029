"""Gives a clock its due date from a calendar."""

from __future__ import annotations

from dataclasses import replace

from domain.calendar import WorkCalendar
from domain.clock import Clock, Due
from domain.deadline import derive
from domain.derivation import Derivation
from domain.instant import to_utc


def date_clock(clock: Clock, calendar: WorkCalendar, min_after_resume: int) -> Derivation:
    """The derivation of a clock's due date under its floor and its pauses. Raises: as `derive`."""
    not_before = None
    if clock.floor is not None:
        not_before = derive(calendar, clock.floor.from_at, clock.floor.amount).due_at
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
