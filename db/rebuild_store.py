"""What a lost workflow or a lost view is made from again: the report, the log, the due dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Text, cast, delete, select
from sqlalchemy.orm import Session, defer

from db.case_dating import read_due
from db.case_record import write_view
from db.case_table import CaseLogRow, CaseViewRow, DueRow, ReportRow
from db.database import Database
from db.publication_index import index_while_fit
from db.wire import CASE_INPUT, EVENT, STATE
from domain.clock import Due
from domain.errors import TuntasError
from domain.event import Event
from domain.state import CaseState, evolve, with_dues
from schemas.case import CaseInput

STEP = 500
"""Rows of a log that are in memory at once."""


class UnreadableReportError(TuntasError):
    """The stored input of the workflow cannot be read."""


class UnreadableLogError(TuntasError):
    """A row of the log cannot be read, or is missing."""


class MovedOnError(TuntasError):
    """The log does not end where the state does: something was recorded meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """A case as it was, and the last event until then; None before the first."""

    state: CaseState
    event: Event | None


class RebuildStore:
    """Reads and writes what a rebuild needs. Nothing here changes a log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_cases(self, after: int, limit: int) -> list[tuple[int, str]]:
        """The next cases (id, code) behind that id whose life is not over, started or not."""
        query = (
            select(ReportRow.id, ReportRow.code)
            .outerjoin(CaseViewRow, CaseViewRow.case_id == ReportRow.id)
            .where(ReportRow.id > after, CaseViewRow.ended.is_not(True))
            .order_by(ReportRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            return [(row.id, row.code) for row in session.execute(query)]

    def start(self, case_id: int) -> CaseInput:
        """What the workflow was started with. Raises: UnreadableReportError."""
        with self._database.read() as session:
            return _start(session, case_id)

    def replayed(self, case_id: int) -> CaseState:
        """The state after all events of the log, with the dates that were computed for them.

        Raises: UnreadableReportError, UnreadableLogError.
        """
        return self.as_of(case_id).state

    def as_of(self, case_id: int, *, seq: int | None = None, at: datetime | None = None) -> Past:
        """The case after an event, or after all that counted by an instant, up to the first that did not.

        Reads the log in order and keeps no more of it than the state.
        Raises: UnreadableReportError, UnreadableLogError.
        """
        with self._database.read() as session:
            past = steps(session, case_id)
            found = next(past)
            for step in past:
                event = step.event
                assert event is not None  # noqa: S101  only the first step is before all events
                if (seq is not None and event.seq > seq) or (at is not None and event.at > at):
                    break
                found = step
                if event.seq == seq:
                    break  # what comes after it may be damaged
        return found

    def with_known_dues(self, state: CaseState) -> CaseState:
        """The state with every date that has been computed for its clocks."""
        with self._database.read() as session:
            known = _dues(session, state.case_id).values()
            return with_dues(state, tuple(due for of_event in known for due in of_event))

    def write_view(self, state: CaseState) -> None:
        """Makes the view equal to a state at which the log ends. Safe to repeat.

        Raises: MovedOnError, UnreadableLogError.
        """
        with self._database.write() as session:
            session.execute(select(ReportRow.id).where(ReportRow.id == state.case_id).with_for_update())
            last = session.execute(_events(state.case_id).order_by(None).order_by(CaseLogRow.seq.desc()))
            row = last.first()
            if row is None or row.seq != state.seq:
                raise MovedOnError
            _drop_unreadable_view(session, state.case_id)
            write_view(session, state, _event(row))
            index_while_fit(session, state)


def steps(session: Session, case_id: int) -> Iterator[Past]:
    """The case before its first event and after each, with the dates that were computed for them.

    Raises: UnreadableReportError, UnreadableLogError.
    """
    state = _start(session, case_id).state
    dues = _dues(session, case_id)
    yield Past(state=state, event=None)
    for row in session.execute(_events(case_id).execution_options(yield_per=STEP)):
        event = _event(row)
        if event.seq != state.seq + 1:
            raise UnreadableLogError(f"event {state.seq + 1}")
        state = with_dues(evolve(state, event), tuple(dues.get(event.seq, ())))
        yield Past(state=state, event=event)


def _start(session: Session, case_id: int) -> CaseInput:
    query = select(cast(ReportRow.start, Text)).where(ReportRow.id == case_id)
    try:
        return CASE_INPUT.validate_json(session.scalars(query).one(), strict=False)
    except ValidationError as problem:
        raise UnreadableReportError from problem


def _events(case_id: int) -> Any:
    content = cast(CaseLogRow.event, Text).label("event")
    query = select(CaseLogRow.seq, CaseLogRow.at, content).where(CaseLogRow.case_id == case_id)
    return query.order_by(CaseLogRow.seq)


def _event(row: Row[Any]) -> Event:
    try:
        return EVENT.validate_json(row.event, strict=False)
    except ValidationError as problem:
        raise UnreadableLogError(f"event {row.seq}") from problem


def _dues(session: Session, case_id: int) -> dict[int, list[Due]]:
    """The dates that were computed for the clocks of a case, by the event that started or moved each."""
    query = select(DueRow).where(DueRow.case_id == case_id).order_by(DueRow.seq)
    found: dict[int, list[Due]] = {}
    for row in session.scalars(query.options(defer(DueRow.derivation))):
        found.setdefault(row.seq, []).append(read_due(row))
    return found


def _drop_unreadable_view(session: Session, case_id: int) -> None:
    """A row whose copy of the state is damaged cannot be loaded, so it cannot be changed either."""
    of_case = CaseViewRow.case_id == case_id
    content = session.scalars(select(cast(CaseViewRow.state, Text)).where(of_case)).one_or_none()
    try:
        if content is not None:
            STATE.validate_json(content, strict=False)
    except ValidationError:
        session.execute(delete(CaseViewRow).where(of_case))
