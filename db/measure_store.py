"""Keeps what is measured of each case, in the transaction of the event that changes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import directory_store
from db.case_dating import earlier_calendars
from db.case_table import ReportRow
from db.measure_table import CaseMeasureRow
from domain.case import ClockName
from domain.dating import date_clock
from domain.event import Event
from domain.instant import to_utc
from domain.measure import (
    Measure,
    Measured,
    Outcome,
    Rows,
    clock_of,
    is_measured,
    measure,
    settle,
    working_days,
)
from domain.state import CaseState

KEPT = ("unit_id", "month", "first", "days", "rating", "started_at", "counted_at", "done_at", "seq")
"""The columns that are called like what they hold."""


def write_measures(session: Session, state: CaseState, events: Collection[Event]) -> None:
    """Brings the rows of a case up to these new events; `state` is the one after them, its clocks dated.

    Costs nothing for an event that changes no promise and no verdict.
    """
    if not any(map(is_measured, events)):
        return
    kept = session.scalars(select(CaseMeasureRow).where(CaseMeasureRow.case_id == state.case_id)).all()
    rows: Rows = tuple(map(_measured, kept))
    for event in events:
        rows = measure(rows, event)
    save_measures(session, state, settle(rows, state, events), kept)


def save_measures(
    session: Session, state: CaseState, rows: Rows, before: Collection[CaseMeasureRow] = ()
) -> None:
    """Makes the rows of a case these, with what only calendars know; `before`: all that it has."""
    kept = {(row.measure, row.round): row for row in before}
    secret = session.get_one(ReportRow, state.case_id).secret
    for row in _completed(session, state, rows):
        found = kept.get((row.measure.value, row.round))
        if found is None:
            found = CaseMeasureRow(case_id=state.case_id, measure=row.measure.value, round=row.round)
            session.add(found)
        for name in KEPT:
            setattr(found, name, getattr(row, name))
        found.outcome, found.secret = row.outcome.value, secret
        found.accused_person_id = state.facts.accused_person_id
    session.flush()


def _measured(row: CaseMeasureRow) -> Measured:
    return Measured(
        measure=Measure(row.measure),
        round=row.round,
        unit_id=row.unit_id,
        started_at=row.started_at,
        outcome=Outcome(row.outcome),
        counted_at=row.counted_at,
        done_at=row.done_at,
        seq=row.seq,
        first=row.first,
        days=row.days,
        rating=row.rating,
    )


def _completed(session: Session, state: CaseState, rows: Rows) -> Rows:
    """The rows with the days until each was done, and with a due that nobody has asked for yet."""
    return tuple(_counted(session, state, _dated(session, state, row)) for row in rows)


def _counted(session: Session, state: CaseState, row: Measured) -> Measured:
    if row.done_at is None or row.days is not None or not row.first or row.measure is Measure.VERDICT:
        return row
    resolution = state.clock(ClockName.RESOLUTION)
    pauses = () if resolution is None else resolution.pauses
    calendar = directory_store.calendar_of(session, row.unit_id)
    return replace(row, days=working_days(calendar, state.received_at, row.done_at, pauses))


def _dated(session: Session, state: CaseState, row: Measured) -> Measured:
    """A promise that was made and kept before anybody computed its due."""
    clock = clock_of(row, state)
    if row.counted_at is not None or row.done_at is None or clock is None:
        return row
    calendar = directory_store.calendar_of(session, clock.unit_id)
    earlier = earlier_calendars(session, clock)
    due_at = date_clock(clock, calendar, state.policy.min_after_resume, earlier).due_at
    if due_at is None:
        return row
    late = row.done_at > due_at
    return replace(row, counted_at=to_utc(due_at), outcome=Outcome.LATE if late else row.outcome)
