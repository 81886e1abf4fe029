"""Due dates of a case's clocks: computed once from the calendars, kept with their derivation, read again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import DueRow
from db.ladder import occupied_rung
from db.wire import DUE
from domain.calendar import WorkCalendar
from domain.case import ClockName
from domain.clock import RAISED_BY, Clock, Due
from domain.dating import Given, as_due, date_clock
from domain.derivation import Derivation
from domain.state import CaseState


@dataclass(frozen=True, kw_only=True)
class Climb:
    """What has put a clock on its rung: time, or by hand the person `raiser`."""

    raiser: int | None = None


BY_TIME = Climb()


def due_of(
    session: Session, state: CaseState, clock: Clock, since: datetime, climb: Climb | None = None
) -> Due:
    """The due date of a clock: the one given before, else computed and kept.

    `since`: when the clock was started or moved; `climb`: how an event not recorded before
    has put it on its rung.
    """
    known = session.get(DueRow, (state.case_id, clock.name.value, clock.seq))
    if known is not None:
        return read_due(known)
    calendar = directory_store.calendar_of(session, clock.unit_id)
    earlier = earlier_calendars(session, clock)
    derivation = date_clock(clock, calendar, state.policy.min_after_resume, earlier)
    given = Given(calendar=calendar, policy=state.policy, since=since)
    if climb is not None or clock.name in RAISED_BY:
        rung = occupied_rung(session, state, clock, climb.raiser if climb else None)
    else:
        rung = _known_rung(session, state, clock)
    due = replace(as_due(clock, derivation, given), rung=rung)
    session.add(due_row(state.case_id, due, derivation))
    return due


def _known_rung(session: Session, state: CaseState, clock: Clock) -> int | None:
    """The rung on which a clock was found to begin; an event decided before that was known has another."""
    if clock.start_level == 0 or clock.expired_at is not None:
        return None
    mine = (DueRow.case_id == state.case_id, DueRow.clock == clock.name.value, DueRow.seq < clock.seq)
    row = session.scalars(select(DueRow).where(*mine).order_by(DueRow.seq.desc()).limit(1)).first()
    return None if row is None else read_due(row).rung


def earlier_calendars(session: Session, clock: Clock) -> tuple[WorkCalendar, ...]:
    """The calendars under which a clock ran before its case moved, one for each of its moves."""
    return tuple(directory_store.calendar_of(session, move.unit_id) for move in clock.moves)


def due_row(case_id: int, due: Due, derivation: Derivation) -> DueRow:
    """The row that keeps a due date."""
    return DueRow(
        case_id=case_id,
        clock=due.clock.value,
        seq=due.seq,
        due_at=due.due_at,
        provisional=due.provisional,
        derivation=derivation.to_json(),
        answer=DUE.dump_python(due, mode="json"),
    )


def read_due(row: DueRow) -> Due:
    """The answer that a row holds; the rows of 0.1.0 hold the date alone."""
    if row.answer is not None:
        return DUE.validate_python(row.answer, strict=False)
    clock = ClockName(row.clock)
    return Due(seq=row.seq, clock=clock, due_at=row.due_at, provisional=row.provisional)
