"""Commands from before they are sent until their outcome is known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Text, cast, func, select, update
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow, CommandRow, FileRow, MessageRow, ReportRow
from db.database import Database, now, settle_race
from db.file_place import FilePlace
from db.keyring import CaseSeal, Keyring
from db.sealed_file import store_file
from db.search_store import SearchWords, index_words
from db.upload_store import spend
from db.wire import COMMAND, REFUSAL, canonical
from domain.case import Action, Relation
from domain.command import Command, Refusal
from domain.errors import TuntasError
from schemas.command import NewCommand
from schemas.report import NewFile

PLACE = "message.sealed"
MESSAGE_KINDS = {
    Action.DISPOSE: "disposal_note",
    Action.ASK: "question",
    Action.COMPLETE: "completion",
    Action.NOT_OURS: "not_ours",
    Action.RETURN_CASE: "return",
    Action.REDISPOSE: "disposal_note",
    Action.FOLLOW_UP: "follow_up",
    Action.ANSWER: "answer",
    Action.TAKE_BACK: "take_back_note",
    Action.CORRECT_REPLY: "correction",
    Action.CONFIRM: "confirmation",
    Action.DISPUTE: "dispute",
    Action.ARCHIVE: "archive_reason",
    Action.WITHDRAW: "withdrawal",
    Action.MERGE: "merge_note",
    Action.UNMERGE: "unmerge_note",
    Action.REASSIGN: "reassignment",
    Action.EXTEND: "extension",
    Action.RECLASSIFY: "reclassification",
    Action.RAISE_CASE: "raising",
    Action.NOTE: "note",
    Action.CONTRIBUTE: "contribution",
    Action.MESSAGE: "message",
    Action.REOPEN: "reopening",
    Action.REVIVE: "revival",
    Action.TRANSFER_TO_OMBUDSMAN: "consent",
}
"""What the words of an act are called; acts that are not here carry none."""
STAFF_ONLY = frozenset(
    {Action.DISPOSE, Action.NOT_OURS, Action.RETURN_CASE, Action.REDISPOSE, Action.TAKE_BACK}
    | {Action.MERGE, Action.UNMERGE, Action.REASSIGN, Action.RAISE_CASE, Action.NOTE, Action.CONTRIBUTE}
)
"""Acts whose words the reporter never reads."""
FIRST_SWEEP_FOR = timedelta(seconds=6)
"""So long a new command may still be in the hands of the web, whose own attempt lasts five seconds."""
BACK_OFF_FOR = timedelta(seconds=2)
BACK_OFF_MOST_FOR = timedelta(minutes=1)
MAX_MESSAGES = 20
MAX_MESSAGES_AN_HOUR = 5


class OtherBodySentError(TuntasError):
    """This form's id has already carried other content; a new id is needed."""


class NotYourCommandError(TuntasError):
    """Only the author of a command can call it back, and nobody a cancel."""


class TooManyMessagesError(TuntasError):
    """The reporter has written as often as a case takes for now."""


@dataclass(frozen=True, kw_only=True)
class ReadyCommand:
    """A command with all that is written of it, hashed and sealed; the rows of its files are in no table yet.

    `sealed` is None where it has no words, or was recorded before.
    """

    new: NewCommand
    fingerprint: str
    sealed: bytes | None = None
    tokens: tuple[int, ...] = ()
    files: tuple[FileRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordedCommand:
    """A command in the table. `outcome` is `waiting`, `applied`, `refused`, `cancelling` or `cancelled`."""

    case_id: int
    code: str
    command: Command
    outcome: str
    refusal: Refusal | None
    seq: int | None
    again: bool


@dataclass(frozen=True, kw_only=True)
class WaitingCommand:
    """A command without an outcome; `command` is None where its content cannot be read."""

    id: str
    case_id: int
    code: str
    recorded_at: datetime
    command: Command | None


class CommandStore:
    """The table of commands, and the drafts of their words."""

    def __init__(self, database: Database, keyring: Keyring, files: FilePlace | None = None) -> None:
        """`files`: where attachments go; who records none needs none."""
        self._database = database
        self._keyring = keyring
        self._files = files

    def record(self, new: NewCommand, *, recorded_at: datetime | None = None) -> RecordedCommand:
        """Commits a command with its words before it is sent; the same id again gives its first record.

        Raises: OtherBodySentError if the id carried something else; TooManyMessagesError.
        """
        ready = self.prepare(new)
        return settle_race(lambda: self._record(ready, recorded_at))

    def _record(self, ready: ReadyCommand, recorded_at: datetime | None) -> RecordedCommand:
        with self._database.write() as session:
            return self.add(session, ready, recorded_at)

    def prepare(self, new: NewCommand) -> ReadyCommand:
        """Hashes, seals and stores what is written of a command: no transaction waits for that."""
        fingerprint = self._keyring.fingerprint(_spelled(new))
        with self._database.read() as session:
            known = session.get(CommandRow, new.id) is not None
            report = session.get_one(ReportRow, new.case_id)
            wrapped, code = report.wrapped_key, report.code
        if known or not (new.words or new.files):
            return ReadyCommand(new=new, fingerprint=fingerprint)
        seal = self._keyring.case_seal(wrapped, code)
        return ReadyCommand(
            new=new,
            fingerprint=fingerprint,
            sealed=seal.seal(new.words.encode(), f"{PLACE}:{code}"),
            tokens=tuple(SearchWords(self._keyring).tokens(new.words)),
            files=tuple(self._stored(seal, file) for file in new.files),
        )

    def _stored(self, seal: CaseSeal, file: NewFile) -> FileRow:
        if self._files is None:
            raise ValueError("who records attachments needs a place for them")
        return store_file(self._files, seal, file)

    def add(
        self, session: Session, ready: ReadyCommand, recorded_at: datetime | None = None
    ) -> RecordedCommand:
        """Records a command that `prepare` has made ready, within a transaction of the caller's.

        Raises: OtherBodySentError, TooManyMessagesError, and IntegrityError if another does the same at once.
        """
        new = ready.new
        known = session.get(CommandRow, new.id)
        if known is not None:
            if known.body_hash != ready.fingerprint or known.person_id != new.actor.person_id:
                raise OtherBodySentError
            return _recorded(session, known, again=True)
        at = recorded_at or now(session)
        if new.action is Action.MESSAGE:
            _check_cap(session, new.case_id, at)
        message_id = None if ready.sealed is None else _draft(session, ready, ready.sealed, at)
        row = _row(new, _command(new, at, message_id), ready.fingerprint)
        session.add(row)
        if new.body.cancels is not None:
            _hold_back(session, new)
        spend(session, new.files)
        session.flush()
        return _recorded(session, row, again=False)

    def find(self, command_id: str) -> RecordedCommand | None:
        """The command of that id."""
        with self._database.read() as session:
            row = session.get(CommandRow, command_id)
            return None if row is None else _recorded(session, row, again=True)

    def waiting(self, at: datetime, limit: int) -> list[WaitingCommand]:
        """Commands to send again at an instant, the longest due first.

        None is due before an earlier one of its case, so that it cannot overtake it.
        """
        in_order = (CommandRow.recorded_at, CommandRow.id)
        due_at = func.max(CommandRow.next_try_at).over(partition_by=CommandRow.case_id, order_by=in_order)
        query = (
            select(
                CommandRow.id,
                CommandRow.case_id,
                CommandRow.recorded_at,
                cast(CommandRow.content, Text).label("content"),
                ReportRow.code,
                due_at.label("due_at"),
            )
            .join(ReportRow, ReportRow.id == CommandRow.case_id)
            .where(CommandRow.outcome == "waiting")
            .subquery()
        )
        due = (
            select(query)
            .where(query.c.due_at <= at)
            .order_by(query.c.due_at, query.c.recorded_at, query.c.id)
        )
        with self._database.read() as session:
            return [_waiting(row) for row in session.execute(due.limit(limit))]

    def put_off(self, command_id: str) -> None:
        """Notes a try without an outcome; the next comes after 2 s, then twice as long, at most a minute."""
        with self._database.write() as session:
            tries = session.scalars(select(CommandRow.tries).where(CommandRow.id == command_id)).one()
            at = now(session)
            next_try_at = at + min(BACK_OFF_FOR * (1 << min(tries, 16)), BACK_OFF_MOST_FOR)
            tried = update(CommandRow).where(CommandRow.id == command_id)
            session.execute(tried.values(tries=tries + 1, tried_at=at, next_try_at=next_try_at))

    def refuse(self, command_id: str, refusal: Refusal) -> None:
        """Keeps why nothing changed; an outcome that is already known stays.

        What a refused cancel held back is sent again, and so comes to its own outcome.
        """
        settled = update(CommandRow).where(CommandRow.id == command_id, CommandRow.outcome == "waiting")
        content = REFUSAL.dump_python(refusal, mode="json")
        with self._database.write() as session:
            session.execute(settled.values(outcome="refused", refusal=content))
            row = session.get(CommandRow, command_id)
            if row is not None and row.action == Action.CANCEL.value:
                _let_go(session, row)

    def queue(self, command: Command, case_id: int) -> None:
        """Adds a command that no person waits for, to be sent by the sweeper. Safe to repeat: by its id."""
        settle_race(lambda: self._queue(command, case_id))

    def _queue(self, command: Command, case_id: int) -> None:
        with self._database.write() as session:
            if session.get(CommandRow, command.id) is None:
                session.add(machine_row(command, case_id, now(session)))

    def is_started(self, case_id: int) -> bool:
        """Whether the engine has ever taken the case."""
        with self._database.read() as session:
            return session.get_one(ReportRow, case_id).started_at is not None

    def is_ended(self, case_id: int) -> bool:
        """Whether the case's life is over."""
        with self._database.read() as session:
            view = session.get(CaseViewRow, case_id)
            return view is not None and view.ended


def _draft(session: Session, ready: ReadyCommand, sealed: bytes, at: datetime) -> int:
    new = ready.new
    by_reporter = Relation.REPORTER in new.actor.relations
    row = MessageRow(
        case_id=new.case_id,
        command_id=new.id,
        kind=MESSAGE_KINDS[new.action],
        author="reporter" if by_reporter else "staff",
        person_id=new.actor.person_id,
        public_to_reporter=new.action not in STAFF_ONLY,
        sealed=sealed,
        created_at=at,
    )
    session.add(row)
    session.flush()
    index_words(session, new.case_id, ready.tokens)
    for file in ready.files:
        file.case_id, file.message_id = new.case_id, row.id
        session.add(file)
    return row.id


def _spelled(new: NewCommand) -> str:
    """What tells two fillings of one form apart, files included."""
    content = new.model_dump(mode="json", exclude={"actor", "files"})
    if new.files:
        content["files"] = [hashlib.sha256(file.content).hexdigest() for file in new.files]
    return canonical(content)


def machine_row(command: Command, case_id: int, at: datetime) -> CommandRow:
    """The row of a command that a machine asks for; due at once, and counting from now."""
    command = replace(command, recorded_at=at)
    content = COMMAND.dump_python(command, mode="json")
    return CommandRow(
        id=command.id,
        case_id=case_id,
        person_id=None,
        action=command.action.value,
        body_hash="",
        content=content,
        recorded_at=command.recorded_at,
        outcome="waiting",
        next_try_at=command.recorded_at,
    )


def _hold_back(session: Session, new: NewCommand) -> None:
    """A command that is called back is not sent any more; only its own author can call it back.

    Raises: NotYourCommandError.
    """
    row = session.get(CommandRow, new.body.cancels, with_for_update=True)
    if row is None or row.case_id != new.case_id or row.person_id != new.actor.person_id:
        raise NotYourCommandError
    if row.action == Action.CANCEL.value:
        raise NotYourCommandError
    if row.outcome == "waiting":
        row.outcome = "cancelling"


def _let_go(session: Session, cancel: CommandRow) -> None:
    cancelled = COMMAND.validate_python(cancel.content, strict=False).body.cancels
    held = update(CommandRow).where(CommandRow.id == cancelled, CommandRow.outcome == "cancelling")
    session.execute(held.values(outcome="waiting"))


def _check_cap(session: Session, case_id: int, at: datetime) -> None:
    """Two messages of one case come one after the other, so that both cannot be the last that fits."""
    session.execute(select(ReportRow.id).where(ReportRow.id == case_id).with_for_update())
    query = select(func.count(MessageRow.id)).where(
        MessageRow.case_id == case_id, MessageRow.kind == MESSAGE_KINDS[Action.MESSAGE]
    )
    total = session.scalar(query) or 0
    lately = session.scalar(query.where(MessageRow.created_at > at - timedelta(hours=1))) or 0
    if total >= MAX_MESSAGES or lately >= MAX_MESSAGES_AN_HOUR:
        raise TooManyMessagesError


def _command(new: NewCommand, at: datetime, message_id: int | None) -> Command:
    return Command(
        id=new.id,
        action=new.action,
        actor=new.actor,
        recorded_at=at,
        version=new.version,
        message_id=message_id,
        body=new.body,
    )


def _row(new: NewCommand, command: Command, fingerprint: str) -> CommandRow:
    return CommandRow(
        id=new.id,
        case_id=new.case_id,
        person_id=new.actor.person_id,
        action=new.action.value,
        body_hash=fingerprint,
        content=COMMAND.dump_python(command, mode="json"),
        recorded_at=command.recorded_at,
        outcome="waiting",
        next_try_at=command.recorded_at + FIRST_SWEEP_FOR,
    )


def _waiting(row: Row[Any]) -> WaitingCommand:
    return WaitingCommand(
        id=row.id,
        case_id=row.case_id,
        code=row.code,
        recorded_at=row.recorded_at,
        command=_readable(row.content),
    )


def _readable(content: str) -> Command | None:
    try:
        return COMMAND.validate_json(content, strict=False)
    except ValidationError:
        return None


def _recorded(session: Session, row: CommandRow, *, again: bool) -> RecordedCommand:
    return RecordedCommand(
        case_id=row.case_id,
        code=session.get_one(ReportRow, row.case_id).code,
        command=COMMAND.validate_python(row.content, strict=False),
        outcome=row.outcome,
        refusal=None if row.refusal is None else REFUSAL.validate_python(row.refusal, strict=False),
        seq=row.seq,
        again=again,
    )
