"""What the tables say of a case to somebody who looks into its history, a window at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db import directory_store
from db.case_dating import earlier_calendars
from db.case_reader import CommandEntry, LogEntry
from db.case_table import CaseLogRow, CommandRow, DueRow, MessageRow, OutboxRow, ReportRow
from db.database import Database
from db.keyring import CaseSeal, Keyring, SealBrokenError
from db.wire import COMMAND, EVENT, REFUSAL
from domain.access import Membership
from domain.calendar import WorkCalendar
from domain.clock import Clock
from domain.derivation import Derivation
from schemas.report import ReportWords

SUBSCRIBER = "subscriber:"
MOST_DELIVERIES = 1_500
MOST_COMMANDS = 500
AT_ONCE = 500
"""Ids that one query names at most."""


@dataclass(frozen=True, kw_only=True)
class DeliveryEntry:
    """A message of the outbox, or so many to those who follow what was published, which stand as one.

    Attributes:
        recipient: `reporter`, `person:7`, `follower:12` or `subscriber`; never an address.
    """

    seq: int
    template: str
    recipient: str
    channel: str
    state: str
    attempts: int
    problem: str | None
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    digested: bool
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class RawEvent:
    """A row of the log as it was written."""

    seq: int
    recorded_at: datetime
    event: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DatedClock:
    """How a clock's date came about when an event started or moved it, and the calendars of then."""

    clock: Clock
    derivation: Derivation
    calendar: WorkCalendar
    earlier: tuple[WorkCalendar, ...]


class InspectionStore:
    """Reads windows of one case; who may read it is decided by the caller."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def log_before(self, case_id: int, seq: int | None, limit: int) -> list[LogEntry]:
        """The events before that number, or the newest, newest first."""
        return [
            LogEntry(event=EVENT.validate_python(row.event, strict=False), recorded_at=row.recorded_at)
            for row in self.raw_log_before(case_id, seq, limit)
        ]

    def raw_log_before(self, case_id: int, seq: int | None, limit: int) -> list[RawEvent]:
        """The same events as they lie in the table."""
        older = [] if seq is None else [CaseLogRow.seq < seq]
        query = select(CaseLogRow).where(CaseLogRow.case_id == case_id, *older)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(CaseLogRow.seq.desc()).limit(limit))
            return [RawEvent(seq=row.seq, recorded_at=row.recorded_at, event=row.event) for row in rows]

    def words_of(self, case_id: int, message_ids: Collection[int]) -> dict[int, str]:
        """Opened words by the id of their message."""
        with self._database.read() as session:
            seal, code = self._seal(session, case_id)
            return {
                row.id: _opened(seal, code, row)
                for some in _batches(message_ids)
                for row in session.scalars(
                    select(MessageRow).where(MessageRow.case_id == case_id, MessageRow.id.in_(some))
                )
            }

    def commands_between(
        self, case_id: int, from_at: datetime | None, to_at: datetime | None
    ) -> list[CommandEntry]:
        """The newest commands recorded in `[from_at, to_at)` that have had no effect, newest first."""
        conditions = [CommandRow.case_id == case_id, CommandRow.outcome != "applied"]
        conditions += [] if from_at is None else [CommandRow.recorded_at >= from_at]
        conditions += [] if to_at is None else [CommandRow.recorded_at < to_at]
        query = select(CommandRow).where(*conditions).order_by(CommandRow.recorded_at.desc(), CommandRow.id)
        with self._database.read() as session:
            rows = session.scalars(query.limit(MOST_COMMANDS)).all()
            seal, code = self._seal(session, case_id)
            words = _words_of_commands(session, seal, code, [row.id for row in rows])
            return [_command_entry(row, words.get(row.id, "")) for row in rows]

    def deliveries(self, case_id: int, first_seq: int, last_seq: int) -> list[DeliveryEntry]:
        """What the events from one to another told whom, in order; at most `MOST_DELIVERIES`."""
        within = and_(OutboxRow.case_id == case_id, OutboxRow.seq >= first_seq, OutboxRow.seq <= last_seq)
        to_subscriber = OutboxRow.recipient.startswith(SUBSCRIBER)
        query = select(OutboxRow).where(within, ~to_subscriber).order_by(OutboxRow.seq, OutboxRow.id)
        with self._database.read() as session:
            found = [_delivery(row) for row in session.scalars(query.limit(MOST_DELIVERIES))]
            return [*found, *_to_subscribers(session, and_(within, to_subscriber))]

    def dated(self, case_id: int, clocks: Iterable[Clock]) -> list[DatedClock]:
        """Those clocks for which a date was computed when they came to be as they are, in order."""
        given = list(clocks)
        found: dict[tuple[str, int], Derivation] = {}
        with self._database.read() as session:
            for some in _batches({one.seq for one in given}):
                query = select(DueRow).where(DueRow.case_id == case_id, DueRow.seq.in_(some))
                for row in session.scalars(query):
                    found[row.clock, row.seq] = Derivation.from_json(row.derivation)
            dated = [one for one in given if (one.name.value, one.seq) in found]
            calendars = _calendars(session, {one.unit_id for one in dated})
            return [
                DatedClock(
                    clock=one,
                    derivation=found[one.name.value, one.seq],
                    calendar=calendars[one.unit_id],
                    earlier=earlier_calendars(session, one) if one.moves else (),
                )
                for one in dated
            ]

    def roles(self, person_ids: Collection[int]) -> dict[int, list[Membership]]:
        """What people are, by person; never who."""
        with self._database.read() as session:
            return directory_store.memberships_of(session, person_ids)

    def unit_names(self, unit_ids: set[int]) -> dict[int, str]:
        """Names by id."""
        with self._database.read() as session:
            return directory_store.unit_names(session, unit_ids)

    def is_started(self, case_id: int) -> bool:
        """Whether the engine has ever taken the case."""
        with self._database.read() as session:
            return session.get_one(ReportRow, case_id).started_at is not None

    def _seal(self, session: Session, case_id: int) -> tuple[CaseSeal, str]:
        report = session.get_one(ReportRow, case_id)
        return self._keyring.case_seal(report.wrapped_key, report.code), report.code


def _opened(seal: CaseSeal, code: str, row: MessageRow) -> str:
    """The words of a message; a broken seal shows none, and the doctor tells of it."""
    try:
        text = seal.open(row.sealed, f"message.sealed:{code}").decode()
    except SealBrokenError:
        return ""
    return ReportWords.model_validate_json(text).text if row.kind == "report" else text


def _words_of_commands(
    session: Session, seal: CaseSeal, code: str, command_ids: Collection[str]
) -> dict[str, str]:
    query = select(MessageRow).where(MessageRow.command_id.in_(command_ids))
    return {row.command_id or "": _opened(seal, code, row) for row in session.scalars(query)}


def _command_entry(row: CommandRow, words: str) -> CommandEntry:
    return CommandEntry(
        command=COMMAND.validate_python(row.content, strict=False),
        outcome=row.outcome,
        refusal=None if row.refusal is None else REFUSAL.validate_python(row.refusal, strict=False),
        text=words,
    )


def _delivery(row: OutboxRow) -> DeliveryEntry:
    return DeliveryEntry(
        seq=row.seq,
        template=row.template,
        recipient=row.recipient,
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        problem=row.problem,
        created_at=row.created_at,
        not_before=row.not_before,
        sent_at=row.sent_at,
        digested=row.digest_key is not None,
    )


def _to_subscribers(session: Session, within: ColumnElement[bool]) -> list[DeliveryEntry]:
    """One entry for all of an event that stand alike, however many follow."""
    query = (
        select(
            OutboxRow.seq,
            OutboxRow.template,
            OutboxRow.channel,
            OutboxRow.state,
            func.count().label("count"),
            func.max(OutboxRow.attempts).label("attempts"),
            func.min(OutboxRow.created_at, type_=OutboxRow.created_at.type).label("created_at"),
            func.min(OutboxRow.not_before, type_=OutboxRow.not_before.type).label("not_before"),
            func.max(OutboxRow.sent_at, type_=OutboxRow.sent_at.type).label("sent_at"),
        )
        .where(within)
        .group_by(OutboxRow.seq, OutboxRow.template, OutboxRow.channel, OutboxRow.state)
        .order_by(OutboxRow.seq)
    )
    return [
        DeliveryEntry(recipient="subscriber", problem=None, digested=False, **row._mapping)
        for row in session.execute(query).all()
    ]


def _calendars(session: Session, unit_ids: set[int]) -> dict[int, WorkCalendar]:
    return {unit_id: directory_store.calendar_of(session, unit_id) for unit_id in unit_ids}


def _batches(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
