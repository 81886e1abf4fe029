"""Opens a case for its readers: words, log, due dates and commands. Nothing here changes anything."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, defer

from db.attachment import Attachment, attachment, attachments, attachments_of
from db.case_table import (
    CaseLogRow,
    CaseViewRow,
    CommandRow,
    DueRow,
    FileRow,
    IdentityRow,
    MessageRow,
    ReportRow,
)
from db.category_store import Category, category
from db.database import Database, remembered
from db.file_place import FilePlace
from db.keyring import CaseSeal, Keyring, SealBrokenError, key_hash
from db.region_store import region
from db.sealed_file import read_sealed
from db.standing_store import first_state
from db.wire import COMMAND, EVENT, REFUSAL, STATE
from domain.case import ClockName, Kind
from domain.clock import Clock
from domain.command import Command, Refusal
from domain.derivation import Derivation
from domain.event import Event
from domain.state import CaseState
from schemas.report import Identity, ReportWords

log = logging.getLogger(__name__)

_WITHOUT_START = (defer(ReportRow.start),)
"""It is large, and read only until the first event is recorded."""
_CommandRow = Row[str, str, str, str, datetime]


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """A report and where its handling stands.

    Attributes:
        state: the state as recorded; before the first event is recorded, as it will be.
        recorded: whether the tables know of the case's workflow yet.
        last_kind, last_at: the newest event.
        region: the name of the region with those of all that it lies in; "" if none was given.
        category: as the state has it, which may not be what the reporter chose.
    """

    case_id: int
    code: str
    mask: str
    kind: Kind
    anonymous: bool
    secret: bool
    locale: str
    received_at: datetime
    happened_on: date | None
    words: ReportWords
    state: CaseState
    recorded: bool
    last_at: datetime
    region_code: str | None = None
    region: str = ""
    category: Category | None = None

    def clock(self, name: ClockName) -> Clock | None:
        """The clock of that name."""
        return self.state.clock(name)


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """What is served of an attachment; `content` is as it came only where `attachment.served_type` is ""."""

    attachment: Attachment
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Message:
    """Opened words. `seq` is the event that published them; `kind` as in `db.command_store.MESSAGE_KINDS`.

    Attributes:
        taken_back: an answer that was taken back before it reached the reporter.
    """

    id: int
    kind: str
    author: str
    person_id: int | None
    for_reporter: bool
    text: str
    created_at: datetime
    seq: int | None
    taken_back: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One row of the log: when it counts is `event.at`, when it was written `recorded_at`."""

    event: Event
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class CommandEntry:
    """A command without effect so far: `waiting`, or `refused` with its reason."""

    command: Command
    outcome: str
    refusal: Refusal | None
    text: str
    attachments: tuple[Attachment, ...] = ()


class CaseReader:
    """Reads one case; who may read it is decided by the caller."""

    def __init__(self, database: Database, keyring: Keyring, files: FilePlace) -> None:
        self._database = database
        self._keyring = keyring
        self._files = files

    def by_code(self, code: str) -> CaseFile | None:
        """The case of a code."""
        with self._database.read() as session:
            query = select(ReportRow).where(ReportRow.code == code).options(*_WITHOUT_START)
            report = session.scalars(query).one_or_none()
            return None if report is None else self._case_file(session, report)

    def by_id(self, case_id: int) -> CaseFile | None:
        """The case of an id."""
        with self._database.read() as session:
            return remembered(session, ("case", case_id), lambda: self._by_id(session, case_id))

    def _by_id(self, session: Session, case_id: int) -> CaseFile | None:
        report = session.get(ReportRow, case_id, options=_WITHOUT_START)
        return None if report is None else self._case_file(session, report)

    def code_of_key(self, key: str) -> str | None:
        """The code of the case that a reporter's key opens."""
        with self._database.read() as session:
            query = select(ReportRow.code).where(ReportRow.key_hash == key_hash(key))
            return session.scalars(query).one_or_none()

    def seq_of(self, case_id: int) -> int:
        """The newest recorded event; 0 before the first."""
        with self._database.read() as session:
            query = select(CaseViewRow.seq).where(CaseViewRow.case_id == case_id)
            return session.scalars(query).one_or_none() or 0

    def messages(self, case_id: int, *, for_reporter: bool) -> list[Message]:
        """Published words, oldest first; for the reporter without what is for staff or was taken back."""
        query = select(MessageRow).where(MessageRow.case_id == case_id, MessageRow.published_seq.is_not(None))
        if for_reporter:
            query = query.where(MessageRow.public_to_reporter, MessageRow.taken_back_seq.is_(None))
        with self._database.read() as session:
            seal, code = self._seal(session, case_id)
            attached = attachments(session, seal, case_id)
            rows = session.scalars(query.order_by(MessageRow.published_seq, MessageRow.id))
            return [_message(row, seal, code, attached.get(row.id, ())) for row in rows]

    def file(self, case_id: int, file_id: int, *, for_reporter: bool) -> OpenedFile | None:
        """What is served of an attachment whose message that reader may read: its copy, if one was made.

        The words of an act that still waits are read by staff, and by the reporter who sent it.

        Raises: LostFileError.
        """
        found = self._file(case_id, file_id, for_reporter=for_reporter)
        if found is None:
            return None
        row, attachment, seal = found
        content = read_sealed(self._files, row.served_as or row.stored_as, seal)
        return OpenedFile(attachment=attachment, content=content)

    def thumbnail(self, case_id: int, file_id: int, *, for_reporter: bool) -> bytes | None:
        """The small picture (WebP) of an attachment, on the same terms. Raises: LostFileError."""
        found = self._file(case_id, file_id, for_reporter=for_reporter)
        if found is None or found[0].thumbnail_as is None:
            return None
        return read_sealed(self._files, found[0].thumbnail_as, found[2])

    def log(self, case_id: int) -> list[LogEntry]:
        """All recorded events, oldest first."""
        with self._database.read() as session:
            return list(remembered(session, ("log", case_id), lambda: _log(session, case_id)))

    def derivations(self, case_id: int) -> dict[ClockName, Derivation]:
        """How the newest due date of each clock came about."""
        query = select(DueRow).where(DueRow.case_id == case_id).order_by(DueRow.seq)
        with self._database.read() as session:
            rows = session.scalars(query)
            return {ClockName(row.clock): Derivation.from_json(row.derivation) for row in rows}

    def commands(self, case_id: int, outcome: str, limit: int = 10) -> list[CommandEntry]:
        """The newest commands with that outcome and their words, newest first.

        One that cannot be read is left out, and named in the log.
        """
        return self.commands_by_outcome(case_id, {outcome: limit})[outcome]

    def commands_by_outcome(self, case_id: int, most: Mapping[str, int]) -> dict[str, list[CommandEntry]]:
        """The same for several outcomes with the most of each, in one query for all."""
        asked = ("commands", case_id, tuple(most.items()))
        with self._database.read() as session:
            return remembered(session, asked, lambda: self._newest_commands(session, case_id, most))

    def _newest_commands(
        self, session: Session, case_id: int, most: Mapping[str, int]
    ) -> dict[str, list[CommandEntry]]:
        query = _newest(tuple(most.items()))
        found: dict[str, list[CommandEntry]] = {outcome: [] for outcome in most}
        seal, code = self._seal(session, case_id)
        for row in session.execute(query, {"case_id": case_id}).all():
            entry = _command_entry(session, row, seal, code)
            if entry is not None:
                found[row.outcome].append(entry)
        return found

    def message_count(self, case_id: int) -> int:
        """How often the reporter has written, drafts included."""
        query = select(MessageRow.id).where(MessageRow.case_id == case_id, MessageRow.kind == "message")
        with self._database.read() as session:
            return len(session.scalars(query).all())

    def identity(self, case_id: int) -> tuple[Identity, datetime | None]:
        """The vault's content and when the address was proved. Callers put the opening on the record."""
        with self._database.read() as session:
            seal, code = self._seal(session, case_id)
            row = session.get_one(IdentityRow, case_id)
            content = seal.open(row.sealed, f"identity.sealed:{code}")
            return Identity.model_validate_json(content), row.confirmed_at

    def _file(
        self, case_id: int, file_id: int, *, for_reporter: bool
    ) -> tuple[FileRow, Attachment, CaseSeal] | None:
        query = (
            select(FileRow)
            .join(MessageRow, MessageRow.id == FileRow.message_id)
            .where(FileRow.id == file_id, FileRow.case_id == case_id, _readable(for_reporter=for_reporter))
        )
        with self._database.read() as session:
            row = session.scalars(query).one_or_none()
            if row is None:
                return None
            seal, _ = self._seal(session, case_id)
            session.expunge(row)
            return row, attachment(row, seal), seal

    def _case_file(self, session: Session, report: ReportRow) -> CaseFile:
        view = session.get(CaseViewRow, report.id)
        state = STATE.validate_python(view.state, strict=False) if view else first_state(report)
        return CaseFile(
            case_id=report.id,
            code=report.code,
            mask=report.mask,
            kind=state.kind,
            anonymous=report.anonymous,
            secret=report.secret,
            locale=report.locale,
            received_at=report.received_at,
            happened_on=report.happened_on,
            words=self._words(session, report),
            state=state,
            recorded=view is not None,
            last_at=view.last_at if view else report.received_at,
            region_code=report.region_code,
            region="" if (place := region(session, report.region_code)) is None else place.path,
            category=category(session, state.facts.category_id),
        )

    def _words(self, session: Session, report: ReportRow) -> ReportWords:
        query = select(MessageRow.sealed).where(MessageRow.case_id == report.id, MessageRow.kind == "report")
        sealed = session.scalars(query).one()
        seal = self._keyring.case_seal(report.wrapped_key, report.code)
        return ReportWords.model_validate_json(seal.open(sealed, f"message.sealed:{report.code}"))

    def _seal(self, session: Session, case_id: int) -> tuple[CaseSeal, str]:
        return remembered(session, ("seal", case_id), lambda: self._new_seal(session, case_id))

    def _new_seal(self, session: Session, case_id: int) -> tuple[CaseSeal, str]:
        query = select(ReportRow.wrapped_key, ReportRow.code).where(ReportRow.id == case_id)
        wrapped_key, code = session.execute(query).tuples().one()
        return self._keyring.case_seal(wrapped_key, code), code


def _log(session: Session, case_id: int) -> list[LogEntry]:
    query = select(CaseLogRow).where(CaseLogRow.case_id == case_id).order_by(CaseLogRow.seq)
    return [
        LogEntry(event=EVENT.validate_python(row.event, strict=False), recorded_at=row.recorded_at)
        for row in session.scalars(query)
    ]


@cache
def _newest(most: tuple[tuple[str, int], ...]) -> Select[Any]:
    """The newest commands of each outcome, with the most of each; made once, since it is asked often."""
    each = (select(_commands(outcome, limit)) for outcome, limit in most)
    newest = union_all(*each).subquery()
    return select(newest).order_by(newest.c.recorded_at.desc())


def _commands(outcome: str, limit: int) -> Subquery:
    content, refusal = cast(CommandRow.content, Text), cast(CommandRow.refusal, Text)
    written = (content.label("content"), refusal.label("refusal"))
    return (
        select(CommandRow.id, CommandRow.outcome, *written, CommandRow.recorded_at)
        .where(CommandRow.case_id == bindparam("case_id"), CommandRow.outcome == outcome)
        .order_by(CommandRow.recorded_at.desc())
        .limit(limit)
        .subquery()
    )


def _readable(*, for_reporter: bool) -> ColumnElement[bool]:
    """Messages that are published, and those of acts that still wait: of the reporter, their own alone."""
    under_way = CommandRow.outcome.in_(["waiting", "cancelling"])
    waiting = select(CommandRow.id).where(CommandRow.id == MessageRow.command_id, under_way).exists()
    published = MessageRow.published_seq.is_not(None)
    if not for_reporter:
        return or_(published, waiting)
    seen = and_(published, MessageRow.public_to_reporter, MessageRow.taken_back_seq.is_(None))
    return or_(seen, and_(MessageRow.author == "reporter", waiting))


def _message(row: MessageRow, seal: CaseSeal, code: str, attachments: tuple[Attachment, ...]) -> Message:
    text = seal.open(row.sealed, f"message.sealed:{code}").decode()
    if row.kind == "report":
        text = ReportWords.model_validate_json(text).text
    return Message(
        id=row.id,
        kind=row.kind,
        author=row.author,
        person_id=row.person_id,
        for_reporter=row.public_to_reporter,
        text=text,
        created_at=row.created_at,
        seq=row.published_seq,
        taken_back=row.taken_back_seq is not None,
        attachments=attachments,
    )


def _command_entry(session: Session, row: _CommandRow, seal: CaseSeal, code: str) -> CommandEntry | None:
    draft = session.scalars(select(MessageRow).where(MessageRow.command_id == row.id)).one_or_none()
    try:
        return CommandEntry(
            command=COMMAND.validate_json(row.content, strict=False),
            outcome=row.outcome,
            refusal=None
            if row.refusal in {None, "null"}
            else REFUSAL.validate_json(row.refusal, strict=False),
            text="" if draft is None else seal.open(draft.sealed, f"message.sealed:{code}").decode(),
            attachments=() if draft is None else attachments_of(session, seal, draft.id),
        )
    except (ValidationError, SealBrokenError) as problem:
        log.critical("command %s is unreadable: %s", row.id, type(problem).__name__)
        return None
