"""What a lost workflow or a lost view is made from again: the report, the log, the due dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Text, cast, delete, select
from sqlalchemy.orm import Session

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


class UnreadableReportError(TuntasError):
    """The stored input of the workflow cannot be read."""


class UnreadableLogError(TuntasError):
    """A row of the log cannot be read, or is missing."""


class MovedOnError(TuntasError):
    """The log does not end where the state does: something was recorded meanwhile."""


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
        with self._database.read() as session:
            state = _start(session, case_id).state
            rows = session.execute(_events(case_id)).all()
            dues = _dues(session, case_id)
        for row in rows:
            event = _event(row)
            if event.seq != state.seq + 1:
                raise UnreadableLogError(f"event {state.seq + 1}")
            state = with_dues(evolve(state, event), _of_event(dues, event.seq))
        return state

    def with_known_dues(self, state: CaseState) -> CaseState:
        """The state with every date that has been computed for its clocks."""
        with self._database.read() as session:
            return with_dues(state, _dues(session, state.case_id))

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


def _start(session: Session, case_id: int) -> CaseInput:
    query = select(cast(ReportRow.start, Text)).where(ReportRow.id == case_id)
    try:
        return CASE_INPUT.validate_json(session.scalars(query).one(), strict=False)
    except ValidationError as problem:
        raise UnreadableReportError from problem


def _events(case_id: int) -> Any:
    content = cast(CaseLogRow.event, Text).label("event")
    query = select(CaseLogRow.seq, content).where(CaseLogRow.case_id == case_id)
    return query.order_by(CaseLogRow.seq)


def _event(row: Row[Any]) -> Event:
    try:
        return EVENT.validate_json(row.event, strict=False)
    except ValidationError as problem:
        raise UnreadableLogError(f"event {row.seq}") from problem


def _dues(session: Session, case_id: int) -> tuple[Due, ...]:
    rows = session.scalars(select(DueRow).where(DueRow.case_id == case_id).order_by(DueRow.seq))
    return tuple(read_due(row) for row in rows)


def _of_event(dues: Sequence[Due], seq: int) -> tuple[Due, ...]:
    return tuple(due for due in dues if due.seq == seq)


def _drop_unreadable_view(session: Session, case_id: int) -> None:
    """A row whose copy of the state is damaged cannot be loaded, so it cannot be changed either."""
    of_case = CaseViewRow.case_id == case_id
    content = session.scalars(select(cast(CaseViewRow.state, Text)).where(of_case)).one_or_none()
    try:
        if content is not None:
            STATE.validate_json(content, strict=False)
    except ValidationError:
        session.execute(delete(CaseViewRow).where(of_case))
