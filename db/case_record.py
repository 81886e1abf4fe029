"""Makes the tables true after a decision: log, view, dues, outbox, words and commands at once."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseLogRow, CaseViewRow, CommandRow, DueRow, MessageRow, OutboxRow, ReportRow
from db.database import Database, now
from db.wire import EVENT, STATE, canonical
from domain.case import Stage
from domain.clock import Clock, Due
from domain.dating import as_due, date_clock
from domain.errors import RecordConflictError, TuntasError
from domain.event import Event
from domain.notice import Audience, notices
from domain.state import CaseState, with_dues
from schemas.case import RecordInput, RecordResult

FIRST_HASH = "0" * 64


class LogGapError(TuntasError):
    """An event came before the one that precedes it; a retry puts it right."""


class SqlCaseRecorder:
    """The store behind the activity `record`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, record: RecordInput) -> RecordResult:
        """Writes what is not yet written; the same call again changes nothing and answers the same.

        Raises: RecordConflictError, LogGapError.
        """
        with self._database.write() as session:
            _lock(session, record.state.case_id)
            fresh = [event for event in record.events if _append(session, record.state.case_id, event)]
            dues = tuple(_due(session, record.state, clock) for clock in _to_date(record.state))
            state = with_dues(record.state, dues)
            if fresh:
                _write_view(session, state, fresh[-1])
            for event in fresh:
                _publish(session, state.case_id, event)
                _withdraw(session, state.case_id, event)
                _queue_notices(session, state, event)
        return RecordResult(dues=dues)


def chain_hash(previous: str, content: dict[str, Any]) -> str:
    """The hash of a log row: over the hash before it and its own content."""
    return hashlib.sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def _lock(session: Session, case_id: int) -> None:
    """Two attempts at one case come one after the other."""
    session.execute(select(ReportRow.id).where(ReportRow.id == case_id).with_for_update())


def _append(session: Session, case_id: int, event: Event) -> bool:
    """Adds a log row; False if the very same row stands there already."""
    content = EVENT.dump_python(event, mode="json")
    known = session.get(CaseLogRow, (case_id, event.seq))
    if known is not None:
        if canonical(known.event) != canonical(content):
            raise RecordConflictError(f"case {case_id} seq {event.seq}")
        return False
    before = session.get(CaseLogRow, (case_id, event.seq - 1))
    if before is None and event.seq > 1:
        raise LogGapError(f"case {case_id} seq {event.seq}")
    previous = FIRST_HASH if before is None else before.hash
    row = CaseLogRow(
        case_id=case_id,
        seq=event.seq,
        kind=event.kind.value,
        at=event.at,
        event=content,
        recorded_at=now(session),
        hash=chain_hash(previous, content),
    )
    session.add(row)
    session.flush()
    return True


def _to_date(state: CaseState) -> list[Clock]:
    return [clock for clock in state.clocks if clock.waits_for_due]


def _due(session: Session, state: CaseState, clock: Clock) -> Due:
    """The due date of a clock: the one given before, else computed and kept with its derivation."""
    known = session.get(DueRow, (state.case_id, clock.name.value, clock.seq))
    if known is not None:
        return Due(seq=clock.seq, clock=clock.name, due_at=known.due_at, provisional=known.provisional)
    calendar = directory_store.calendar_of(session, clock.unit_id)
    derivation = date_clock(clock, calendar, state.policy.min_after_resume)
    due = as_due(clock, derivation)
    row = DueRow(
        case_id=state.case_id,
        clock=clock.name.value,
        seq=clock.seq,
        due_at=due.due_at,
        provisional=due.provisional,
        derivation=derivation.to_json(),
    )
    session.add(row)
    return due


def _write_view(session: Session, state: CaseState, last: Event) -> None:
    row = session.get(CaseViewRow, state.case_id)
    if row is None:
        report = session.get_one(ReportRow, state.case_id)
        row = CaseViewRow(
            case_id=state.case_id, code=state.code, secret=report.secret, received_at=state.received_at
        )
        session.add(row)
    due = state.due
    row.seq, row.version = state.seq, state.version
    row.stage, row.kind = state.stage.value, state.kind.value
    row.holder_id, row.level = state.holder.id, state.level
    row.due_at, row.due_clock = (None, None) if due is None else (due.due_at, due.name.value)
    row.end_reason = None if state.end_reason is None else state.end_reason.value
    row.ended = state.ended
    row.last_kind, row.last_at = last.kind.value, last.at
    row.state = STATE.dump_python(state, mode="json")
    session.flush()


def _publish(session: Session, case_id: int, event: Event) -> None:
    """The words of the act come into force and its command has its outcome, with the act."""
    if event.message_id is not None:
        publish = update(MessageRow).where(MessageRow.id == event.message_id, MessageRow.case_id == case_id)
        session.execute(publish.values(published_seq=event.seq))
    if event.command_id is not None:
        settle = update(CommandRow).where(CommandRow.id == event.command_id)
        session.execute(settle.values(outcome="applied", seq=event.seq, refusal=None))


def _withdraw(session: Session, case_id: int, event: Event) -> None:
    """Messages about an expiry that never was are not sent, if they can still be stopped."""
    if event.voids:
        unsent = update(OutboxRow).where(OutboxRow.case_id == case_id, OutboxRow.state == "pending")
        session.execute(unsent.where(OutboxRow.seq.in_(event.voids)).values(state="withdrawn"))


def _queue_notices(session: Session, state: CaseState, event: Event) -> None:
    at, due_at = now(session), _due_to_tell(state, event)
    for notice in notices(event):
        for recipient in _recipients(session, event, notice.audience):
            row = OutboxRow(
                case_id=state.case_id,
                seq=event.seq,
                template=notice.template,
                recipient=recipient,
                due_at=due_at,
                state="pending",
                not_before=at,
                created_at=at,
            )
            session.add(row)


def _due_to_tell(state: CaseState, event: Event) -> datetime | None:
    """The date that ran out, else the one that runs; a closed case promises none."""
    if event.stage is Stage.CLOSED:
        return None
    told = state.due if event.clock is None else state.clock(event.clock)
    return None if told is None else told.due_at


def _recipients(session: Session, event: Event, audience: Audience) -> list[str]:
    if audience is Audience.REPORTER:
        return ["reporter"]
    if audience is Audience.HOLDERS:
        people = directory_store.acting_people(session, event.holder.id)
    else:
        people = directory_store.supervisors_of(session, event.holder.id)
    return [f"person:{person}" for person in people]
