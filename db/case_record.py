"""Makes the tables true after a decision: log, view, dues, outbox, words and commands at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.case_dating import BY_TIME, Climb, due_of
from db.case_table import (
    CaseAssistantRow,
    CaseLogRow,
    CaseViewRow,
    CommandRow,
    MessageRow,
    ReportRow,
)
from db.command_store import machine_row
from db.database import Database, now
from db.measure_store import write_measures
from db.notice_queue import Telling, held_for, queue_notices, withdraw_notices
from db.publication_index import index_while_fit, is_published
from db.subscriber import queue_follow_news
from db.wire import COMMAND, EVENT, STATE, canonical
from domain.act.joining import disowning
from domain.case import Action
from domain.clock import Due
from domain.command import Command
from domain.errors import RecordConflictError, TuntasError
from domain.event import Event, EventKind
from domain.state import CaseState, with_dues
from schemas.case import RecordInput, RecordResult

FIRST_HASH = "0" * 64
TOGETHER = 100
"""So many events at most are written in one transaction: thousands at once would outlast the activity's time,
start again from nothing without end, and keep everybody else from writing meanwhile."""
CLIMBING = frozenset({EventKind.RAISED, EventKind.CLOCK_EXPIRED})


class LogGapError(TuntasError):
    """An event came before the one that precedes it; a retry puts it right."""


class SqlCaseRecorder:
    """The store behind the activity `record`; in a demo no message waits for office hours."""

    def __init__(self, database: Database, demo: bool = False) -> None:
        self._database = database
        self._demo = demo

    def record(self, record: RecordInput) -> RecordResult:
        """Writes what is not yet written; the same call again changes nothing and answers the same.

        Usually that is one transaction. A flood of events takes several, the view with the last of them, so
        that each attempt leaves the next one less to do.

        Raises: RecordConflictError, LogGapError.
        """
        result = RecordResult()
        for start in range(0, len(record.events), TOGETHER):
            with self._database.write() as session:
                result = self._write(session, record, start)
        return result

    def _write(self, session: Session, record: RecordInput, start: int) -> RecordResult:
        """One transaction's share of a record, from that event on."""
        events, case_id = record.events[start : start + TOGETHER], record.state.case_id
        _report, view = _locked(session, case_id)
        at = now(session)
        fresh = _append(session, case_id, events, at)
        with session.no_autoflush:  # one statement for all dates
            dues = tuple(_dues(session, record))
        state = with_dues(record.state, dues)
        stage = None if view is None else view.stage
        if start:
            stage = record.events[start - 1].stage.value
        if fresh and fresh[-1] is record.events[-1]:
            write_view(session, state, fresh[-1])
        published = is_published(session, case_id)
        for event in fresh:
            _publish(session, state.case_id, event)
            _part(session, state, event)
            relieved = _relieved(record.state, state, event)
            withdraw_notices(session, state.case_id, (*event.voids, *relieved))
            queue_notices(session, state, event, Telling(at=at, relieved=relieved, demo=self._demo))
            if published:
                _tell_subscribers(session, state, event, stage, at)
            stage = event.stage.value
        if fresh and published:
            index_while_fit(session, state)
        if fresh:
            write_measures(session, state, fresh)
        return RecordResult(dues=dues)


def chain_hash(previous: str, content: dict[str, Any]) -> str:
    """The hash of a log row: over the hash before it and its own content."""
    return hashlib.sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def _locked(session: Session, case_id: int) -> tuple[ReportRow | None, CaseViewRow | None]:
    """Two attempts at one case come one after the other; whoever holds the rows need not read them again."""
    return session.get(ReportRow, case_id, with_for_update=True), session.get(CaseViewRow, case_id)


def _append(session: Session, case_id: int, events: Sequence[Event], at: datetime) -> list[Event]:
    """Adds log rows; those of the events that did not stand there already."""
    here = (CaseLogRow.case_id == case_id, CaseLogRow.seq.between(events[0].seq - 1, events[-1].seq))
    rows = {row.seq: row for row in session.scalars(select(CaseLogRow).where(*here))}
    fresh = [event for event in events if not _is_known(rows.get(event.seq), event)]
    for event in fresh:
        before = rows.get(event.seq - 1)
        if before is None and event.seq > 1:
            raise LogGapError(f"case {case_id} seq {event.seq}")
        rows[event.seq] = _log_row(case_id, event, at, FIRST_HASH if before is None else before.hash)
        session.add(rows[event.seq])
    session.flush()
    return fresh


def _is_known(row: CaseLogRow | None, event: Event) -> bool:
    """Whether the very same event stands in its place, in whatever spelling of its time."""
    if row is not None and EVENT.validate_python(row.event, strict=False) != event:
        raise RecordConflictError(f"case {row.case_id} seq {event.seq}")
    return row is not None


def _log_row(case_id: int, event: Event, at: datetime, previous: str) -> CaseLogRow:
    content = EVENT.dump_python(event, mode="json")
    return CaseLogRow(
        case_id=case_id,
        seq=event.seq,
        kind=event.kind.value,
        at=event.at,
        event=content,
        recorded_at=at,
        hash=chain_hash(previous, content),
    )


def _dues(session: Session, record: RecordInput) -> Iterator[Due]:
    """The dates of all clocks that wait for one, each since the event that started or moved it."""
    moved_at = {event.seq: event.at for event in record.events}
    climbs = {
        clock.name: Climb(raiser=event.actor.person_id) if event.kind is EventKind.RAISED else BY_TIME
        for event in record.events
        if event.kind in CLIMBING
        for clock in event.clocks
    }
    for clock in record.state.clocks:
        if clock.waits_for_due:
            since, begun = moved_at.get(clock.seq, clock.started_at), clock.started_at in moved_at.values()
            climb = climbs.get(clock.name, BY_TIME if begun else None)
            yield due_of(session, record.state, clock, since, climb)


def _relieved(before: CaseState, after: CaseState, event: Event) -> tuple[int, ...]:
    """The events that told of a lateness which the new dates of this event's clocks have ended."""
    moved = (clock for clock in before.clocks if clock.seq == event.seq and clock.expired_at is not None)
    now_in_time = {clock.name for clock in after.live_clocks if clock.expired_at is None}
    return tuple(seq for clock in moved if clock.name in now_in_time for seq in clock.expiries)


def _tell_subscribers(
    session: Session, state: CaseState, event: Event, stage: str | None, at: datetime
) -> None:
    """Those who follow a published report hear that it has left a stage, unless it only went back to it."""
    if event.stage.value == stage or event.kind is EventKind.ANSWER_TAKEN_BACK:
        return
    queue_follow_news(session, state.case_id, event.seq, at + held_for(state, event), at)


def write_view(session: Session, state: CaseState, last: Event) -> None:
    """Makes the row of the lists say what the state says; `last` is the newest event of the log."""
    row = session.get(CaseViewRow, state.case_id)
    if row is None:
        report = session.get_one(ReportRow, state.case_id)
        row = CaseViewRow(
            case_id=state.case_id,
            code=state.code,
            secret=report.secret,
            region_code=report.region_code,
            received_at=state.received_at,
        )
        session.add(row)
    due = state.due
    row.seq, row.version = state.seq, state.version
    row.stage, row.kind = state.stage.value, state.kind.value
    row.holder_id, row.agency_id, row.level = state.holder.id, state.holder.agency_id, state.level
    row.due_at, row.due_clock = (None, None) if due is None else (due.due_at, due.name.value)
    row.end_reason = None if state.end_reason is None else state.end_reason.value
    row.ended = state.ended
    row.claimed_by, row.merged_into = state.facts.claimed_by, state.facts.merged_into
    row.accused_person_id, row.category_id = state.facts.accused_person_id, state.facts.category_id
    row.bounce_count = state.facts.bounce_count
    row.last_kind, row.last_at = last.kind.value, last.at
    row.state = STATE.dump_python(state, mode="json")
    session.flush()
    _write_assistants(session, state)


def _write_assistants(session: Session, state: CaseState) -> None:
    of_case = CaseAssistantRow.case_id == state.case_id
    known = set(session.scalars(select(CaseAssistantRow.unit_id).where(of_case)))
    wanted = set(state.facts.assisting)
    if known - wanted:
        session.execute(delete(CaseAssistantRow).where(of_case, CaseAssistantRow.unit_id.in_(known - wanted)))
    session.add_all(CaseAssistantRow(case_id=state.case_id, unit_id=unit_id) for unit_id in wanted - known)


def _publish(session: Session, case_id: int, event: Event) -> None:
    """The words of the act come into force and its command has its outcome, with the act."""
    if event.message_id is not None:
        publish = update(MessageRow).where(MessageRow.id == event.message_id, MessageRow.case_id == case_id)
        session.execute(publish.values(published_seq=event.seq))
    if event.command_id is not None:
        settle = update(CommandRow).where(CommandRow.id == event.command_id)
        session.execute(settle.values(outcome="applied", seq=event.seq, refusal=None))
    if event.cancels is not None:
        _call_back(session, event.cancels)
    if event.kind is EventKind.ANSWER_TAKEN_BACK:
        taken_back = update(MessageRow).where(
            MessageRow.case_id == case_id, MessageRow.published_seq.in_(event.voids)
        )
        session.execute(taken_back.values(taken_back_seq=event.seq))


def _call_back(session: Session, command_id: str) -> None:
    """A command that its author called back has its outcome; an elder case hears that no merge comes."""
    row = session.get(CommandRow, command_id)
    if row is None or row.outcome not in {"waiting", "cancelling"}:
        return
    row.outcome = "cancelled"
    command = COMMAND.validate_python(row.content, strict=False)
    if command.action is Action.MERGE and command.body.other is not None:
        code = session.get_one(ReportRow, row.case_id).code
        given_up = disowning(command.id, row.case_id, code, command.recorded_at)
        _queue_command(session, given_up, command.body.other.id)


def _part(session: Session, state: CaseState, event: Event) -> None:
    """The elder case hears that a younger one follows it no longer."""
    if event.kind is EventKind.UNMERGED and event.other_id is not None and event.command_id is not None:
        parted = disowning(event.command_id, state.case_id, state.code, event.at)
        _queue_command(session, parted, event.other_id)


def _queue_command(session: Session, command: Command, case_id: int) -> None:
    if session.get(CommandRow, command.id) is None:
        session.add(machine_row(command, case_id, now(session)))
