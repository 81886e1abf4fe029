"""Takes a report in: words, files, identity and promised dates, committed before all else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from db import directory_store
from db.case_dating import due_row
from db.case_table import FileRow, IdentityRow, MessageRow, ReportRow
from db.database import Database, now, settle_race
from db.file_place import FilePlace
from db.keyring import Keyring, key_hash
from db.sealed_file import store_file
from db.search_store import SearchWords, index_report
from db.upload_store import spend
from db.wire import CASE_INPUT, canonical
from domain.case import ClockName
from domain.clock import NATIONAL_CLOCKS, Clock, Due
from domain.code import RANDOM_BYTES, code_from_random, mask_from_random
from domain.dating import Given, promise
from domain.derivation import Derivation
from domain.errors import TuntasError
from domain.facts import Facts
from domain.policy import Policy
from domain.state import CaseState
from schemas.case import CaseInput
from schemas.report import NewReport

MASK_BYTES = 3
TABLE_OF_WORDS = "message.sealed"


class OtherReportSentError(TuntasError):
    """This form has already made a report with other words; both must not share one id."""

    def __init__(self, code: str) -> None:
        super().__init__("the form was used before")
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Intake:
    """A committed report, ready to be started."""

    case_id: int
    code: str
    key: str
    start: CaseInput
    again: bool
    """The same form came a second time; nothing new was made."""


@dataclass(frozen=True, kw_only=True)
class WaitingStart:
    """A report that the engine has not taken; `start` is None where the stored input cannot be read."""

    case_id: int
    start: CaseInput | None


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """Who verifies under which policy, from when, and the clocks that run, dated."""

    verifier: directory_store.Unit
    national_id: int
    policy: Policy
    at: datetime
    clocks: tuple[Clock, ...]
    promises: tuple[tuple[Due, Derivation], ...]


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """What is written of a report, hashed and sealed; `files` lie on the disk, their rows in no table yet."""

    code: str
    wrapped_key: bytes
    key_hash: str
    body_hash: str
    words: bytes
    identity: bytes
    tokens: list[int]
    files: list[FileRow]


class IntakeStore:
    """Receives reports. Sealed files are written before the commit that names them."""

    def __init__(self, database: Database, keyring: Keyring, files: FilePlace) -> None:
        self._database = database
        self._keyring = keyring
        self._files = files

    def receive(self, report: NewReport, *, received_at: datetime | None = None) -> Intake:
        """Commits a report once; the same form again answers with the first report.

        `received_at`: the recorded date of receipt, if it is not now; never in the future.
        Raises: OtherReportSentError.
        """
        return settle_race(lambda: self._receive(report, received_at))

    def promised(self, report: NewReport, received_at: datetime) -> dict[ClockName, datetime]:
        """When what is promised at intake would be due, if the report counted from then; commits nothing."""
        with self._database.read() as session:
            terms = _terms(session, report, received_at)
        return {due.clock: due.due_at for due, _ in terms.promises if due.due_at is not None}

    def _receive(self, report: NewReport, received_at: datetime | None) -> Intake:
        body_hash = self._keyring.fingerprint(_spelled(report))
        known = self._known(report.intake_id, body_hash)
        if known is not None:
            return known
        ready = self._ready(report, body_hash)
        with self._database.read() as session:
            terms = _terms(session, report, received_at)
        with self._database.write() as session:
            raced = session.scalars(_by_intake(report.intake_id)).one_or_none()
            row = raced or _insert(session, report, ready, terms)
            if raced is None:
                row.start = CASE_INPUT.dump_python(_start(row, report, terms), mode="json")
                session.add_all(due_row(row.id, due, derivation) for due, derivation in terms.promises)
                _insert_words(session, row, ready, has_email=bool(report.identity.email))
                spend(session, report.files)
        return self._same(row, body_hash, again=raced is not None)

    def _ready(self, report: NewReport, body_hash: str) -> _Ready:
        """Hashes, seals and stores what is written of a report: no transaction waits for that."""
        code = code_from_random(secrets.token_bytes(RANDOM_BYTES))
        wrapped, seal = self._keyring.new_case_key(code)
        identity = report.identity.model_dump_json().encode()
        return _Ready(
            code=code,
            wrapped_key=wrapped,
            key_hash=key_hash(self._key(report.intake_id)),
            body_hash=body_hash,
            words=seal.seal(report.words.model_dump_json().encode(), f"{TABLE_OF_WORDS}:{code}"),
            identity=seal.seal(identity, f"identity.sealed:{code}"),
            tokens=SearchWords(self._keyring).of_report(report.words),
            files=[store_file(self._files, seal, file) for file in report.files],
        )

    def find(self, intake_id: str) -> Intake | None:
        """The report that a form has made."""
        with self._database.read() as session:
            row = session.scalars(_by_intake(intake_id)).one_or_none()
            return None if row is None else self._intake(row)

    def twin(self, report: NewReport, form_ids: Collection[str], since: datetime) -> str | None:
        """The newest of these forms that has made a report with the same content after an instant."""
        same = ReportRow.body_hash == self._keyring.fingerprint(_spelled(report))
        query = (
            select(ReportRow.intake_id)
            .where(ReportRow.intake_id.in_(form_ids), same, ReportRow.created_at > since)
            .order_by(ReportRow.id.desc())
        )
        with self._database.read() as session:
            return session.scalars(query.limit(1)).one_or_none()

    def not_started(
        self, before: datetime, limit: int, but: Collection[int] = frozenset()
    ) -> list[WaitingStart]:
        """Reports committed before an instant that the engine has not taken yet, oldest first.

        `but`: ids to leave out.
        """
        query = (
            select(ReportRow.id, cast(ReportRow.start, Text).label("start"))
            .where(ReportRow.started_at.is_(None), ReportRow.created_at < before, ReportRow.id.not_in(but))
            .order_by(ReportRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
        return [WaitingStart(case_id=row.id, start=_readable(row.start)) for row in rows]

    def mark_started(self, case_id: int) -> None:
        """The engine has taken the report. Safe to repeat."""
        with self._database.write() as session:
            row = session.get_one(ReportRow, case_id)
            row.started_at = row.started_at or now(session)

    def _known(self, intake_id: str, body_hash: str) -> Intake | None:
        with self._database.read() as session:
            row = session.scalars(_by_intake(intake_id)).one_or_none()
            if row is not None:
                session.expunge(row)
        return None if row is None else self._same(row, body_hash)

    def _same(self, row: ReportRow, body_hash: str, *, again: bool = True) -> Intake:
        if row.body_hash != body_hash:
            raise OtherReportSentError(row.code)
        return self._intake(row, again=again)

    def _key(self, intake_id: str) -> str:
        return self._keyring.reporter_key(intake_id)

    def _intake(self, row: ReportRow, *, again: bool = True) -> Intake:
        start = CASE_INPUT.validate_python(row.start, strict=False)
        return Intake(case_id=row.id, code=row.code, key=self._key(row.intake_id), start=start, again=again)


def _insert(session: Session, report: NewReport, ready: _Ready, terms: _Terms) -> ReportRow:
    row = ReportRow(
        intake_id=report.intake_id,
        body_hash=ready.body_hash,
        code=ready.code,
        key_hash=ready.key_hash,
        mask=mask_from_random(secrets.token_bytes(MASK_BYTES)),
        wrapped_key=ready.wrapped_key,
        channel=report.channel.value,
        entered_by=report.entered_by,
        locale=report.locale,
        kind=report.kind.value,
        anonymous=report.anonymous,
        secret=report.secret,
        verifier_id=terms.verifier.id,
        happened_on=report.happened_on,
        region_code=report.region_code,
        category_id=report.category_id,
        received_at=terms.at,
        created_at=now(session),
        start={},
    )
    session.add(row)
    session.flush()
    return row


def _insert_words(session: Session, row: ReportRow, ready: _Ready, *, has_email: bool) -> None:
    message = MessageRow(
        case_id=row.id,
        kind="report",
        author="reporter",
        public_to_reporter=True,
        sealed=ready.words,
        created_at=row.created_at,
        published_seq=1,
    )
    session.add_all([message, IdentityRow(case_id=row.id, sealed=ready.identity, has_email=has_email)])
    session.flush()
    index_report(session, row.id, ready.tokens)
    for file in ready.files:
        file.case_id, file.message_id = row.id, message.id
        session.add(file)


def _readable(content: str) -> CaseInput | None:
    try:
        return CASE_INPUT.validate_json(content, strict=False)
    except ValidationError:
        return None


def _spelled(report: NewReport) -> str:
    """What tells two fillings of one form apart, files included."""
    content = report.model_dump(mode="json", exclude={"files", "intake_id"})
    content["files"] = [hashlib.sha256(file.content).hexdigest() for file in report.files]
    return canonical(content)


_PROMISED = (ClockName.VERIFICATION, ClockName.RESOLUTION, ClockName.OMBUDSMAN)


def _by_intake(intake_id: str) -> Select[ReportRow]:
    return select(ReportRow).where(ReportRow.intake_id == intake_id)


def _terms(session: Session, report: NewReport, received_at: datetime | None) -> _Terms:
    """The terms under which a report is received, at the given instant or now."""
    national = directory_store.national_unit(session)
    chosen = None if report.agency_id is None else directory_store.unit(session, report.agency_id)
    verifier, at = chosen or national, received_at or now(session)
    policy = directory_store.policy(session, report.policy_name)
    promised = []
    for name in _PROMISED:
        unit_id = national.id if name in NATIONAL_CLOCKS else verifier.id
        amount = policy.amount(name, report.kind)
        clock = Clock(name=name, unit_id=unit_id, amount=amount, started_at=at, seq=1)
        calendar = directory_store.calendar_of(session, unit_id)
        promised.append(promise(clock, Given(calendar=calendar, policy=policy, since=at)))
    return _Terms(
        verifier=verifier,
        national_id=national.id,
        policy=policy,
        at=at,
        clocks=tuple(clock for clock, _, _ in promised),
        promises=tuple((due, derivation) for _, due, derivation in promised),
    )


def _start(row: ReportRow, report: NewReport, terms: _Terms) -> CaseInput:
    state = CaseState(
        case_id=row.id,
        code=row.code,
        policy=terms.policy,
        received_at=terms.at,
        national_id=terms.national_id,
        holder=terms.verifier.ref,
        kind=report.kind,
        secret=report.secret,
        facts=Facts(category_id=report.category_id),
    )
    return CaseInput(state=state, clocks=terms.clocks)
