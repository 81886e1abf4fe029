"""What staff make public of a case: one redacted version, its replies, and a log of every change."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow, MessageRow
from db.command_store import OtherBodySentError
from db.database import Database, now, settle_race
from db.keyring import Keyring
from db.publication_index import index_publication, index_region
from db.publication_table import PublicationLogRow, PublicationReplyRow, PublicationRow
from db.subscriber import queue_follow_news
from db.wire import STATE, canonical
from domain.actor import Actor
from domain.case import Role
from domain.errors import TuntasError
from domain.publication import PublicationAct, WithdrawalReason, is_publishable

SLUG_BYTES = 6
REPLY_KINDS = frozenset({"follow_up", "answer", "correction"})
"""Words of offices to the reporter that may be shown beside the report."""
VERSION_ACTS = frozenset({PublicationAct.PUBLISHED, PublicationAct.CHANGED, PublicationAct.UNPUBLISHED})
"""What is done to the report itself, and not to what others write below it."""


class NotPublishableError(TuntasError):
    """The case is secret, merged or withdrawn, or nobody allowed its publication; nothing was changed."""


class OtherEditionError(TuntasError):
    """Somebody else has changed the publication since the form was made; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What a redacted version says; `replies` by the id of the message that each stands for."""

    title: str
    text: str
    place: str = ""
    replies: Mapping[int, str] = field(default_factory=dict)


NOTHING = Edition(title="", text="")
"""What is kept of a version that was taken back: it may have been taken back for what it said."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The publication of a case as its editors see it, also while it is taken back."""

    id: int
    slug: str
    case_id: int
    version: int
    live: bool
    edition: Edition
    supports: int
    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class PublicationEntry:
    """A line of the log."""

    act: PublicationAct
    at: datetime
    unit_id: int | None
    role: Role | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The form by which somebody acts on a publication.

    Attributes:
        version: of the publication that the form showed; 0 if there was none.
    """

    form_id: str
    case_id: int
    version: int
    actor: Actor


class PublicationStore:
    """Each change is one transaction, once a form. Who may make it is for the caller to know."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def of_case(self, case_id: int) -> Publication | None:
        """What was made public of a case, if anything ever was."""
        with self._database.read() as session:
            row = session.scalars(_row_of(case_id)).one_or_none()
            return None if row is None else _publication(session, row)

    def log(self, publication_id: int) -> list[PublicationEntry]:
        """All that was done to a publication, newest first."""
        query = (
            select(PublicationLogRow)
            .where(PublicationLogRow.publication_id == publication_id)
            .order_by(PublicationLogRow.id.desc())
        )
        with self._database.read() as session:
            return [_entry(row) for row in session.scalars(query)]

    def changes(self, case_id: int) -> list[PublicationEntry]:
        """When something of a case was made public, changed or taken back, newest first."""
        query = (
            select(PublicationLogRow)
            .join(PublicationRow, PublicationRow.id == PublicationLogRow.publication_id)
            .where(PublicationRow.case_id == case_id, PublicationLogRow.act.in_(sorted(VERSION_ACTS)))
            .order_by(PublicationLogRow.id.desc())
        )
        with self._database.read() as session:
            return [_entry(row) for row in session.scalars(query)]

    def publish(self, sheet: Sheet, edition: Edition) -> PublicationAct:
        """Shows this version from now on. The same form again changes nothing.

        Raises: NotPublishableError, OtherEditionError, OtherBodySentError.
        """
        return settle_race(lambda: self._publish(sheet, edition))

    def _publish(self, sheet: Sheet, edition: Edition) -> PublicationAct:
        with self._database.write() as session:
            said = self._hash(sheet, {**vars(edition), "replies": dict(edition.replies)})
            done = _done_before(session, sheet.form_id, said)
            if done is not None:
                return done
            view = _checked(session, sheet.case_id)
            row = _current(session, sheet)
            at = now(session)
            act = PublicationAct.CHANGED if row is not None and row.live else PublicationAct.PUBLISHED
            kept = _new(session, sheet.case_id, at) if row is None else row
            known = _reply_ids(session, kept.id)
            _write(session, kept, edition, at)
            if _reply_ids(session, kept.id) - known:
                queue_follow_news(session, kept.case_id, -kept.version, at, at)
            index_region(session, view.region_code)
            _log(session, kept, sheet, act, said)
            return act

    def unpublish(self, sheet: Sheet, reason: WithdrawalReason) -> None:
        """Takes the publication back at once; its words go with it, support and comments stay.

        Safe to repeat with the same form. Raises: OtherEditionError, OtherBodySentError.
        """
        settle_race(lambda: self._unpublish(sheet, reason))

    def _unpublish(self, sheet: Sheet, reason: WithdrawalReason) -> None:
        with self._database.write() as session:
            said = self._hash(sheet, {"reason": reason.value})
            if _done_before(session, sheet.form_id, said) is not None:
                return
            row = _current(session, sheet)
            if row is None or not row.live:
                raise OtherEditionError
            _write(session, row, NOTHING, now(session))
            row.live = False
            _log(session, row, sheet, PublicationAct.UNPUBLISHED, said, reason.value)

    def _hash(self, sheet: Sheet, said: Mapping[str, object]) -> str:
        """What tells two fillings of one form apart."""
        place = {"case_id": sheet.case_id, "version": sheet.version, "person_id": sheet.actor.person_id}
        return self._keyring.fingerprint(canonical({**said, **place}))


def _done_before(session: Session, form_id: str, said: str) -> PublicationAct | None:
    """What this very form has done. Raises: OtherBodySentError if it said something else then."""
    query = select(PublicationLogRow).where(PublicationLogRow.form_id == form_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        return None
    if row.body_hash not in {None, said}:
        raise OtherBodySentError
    return PublicationAct(row.act)


def _checked(session: Session, case_id: int) -> CaseViewRow:
    """The case as the lists know it, fit to be shown. Raises: NotPublishableError."""
    view = session.get(CaseViewRow, case_id, with_for_update={"read": True})
    if view is None:
        raise NotPublishableError
    state = STATE.validate_python(view.state, strict=False)
    if not is_publishable(state, secret=view.secret):
        raise NotPublishableError
    return view


def _current(session: Session, sheet: Sheet) -> PublicationRow | None:
    """The row as it is now. Raises: OtherEditionError if it is not the one that the form showed."""
    row = session.scalars(_row_of(sheet.case_id).with_for_update()).one_or_none()
    if (0 if row is None else row.version) != sheet.version:
        raise OtherEditionError
    return row


def _new(session: Session, case_id: int, at: datetime) -> PublicationRow:
    row = PublicationRow(
        slug=secrets.token_hex(SLUG_BYTES),
        case_id=case_id,
        version=0,
        live=True,
        title="",
        text="",
        place="",
        supports=0,
        published_at=at,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _write(session: Session, row: PublicationRow, edition: Edition, at: datetime) -> None:
    row.title, row.text, row.place = edition.title, edition.text, edition.place
    row.live, row.version, row.changed_at = True, row.version + 1, at
    session.execute(delete(PublicationReplyRow).where(PublicationReplyRow.publication_id == row.id))
    replies = {key: edition.replies[key] for key in _own_replies(session, row.case_id, edition.replies)}
    session.add_all(
        PublicationReplyRow(publication_id=row.id, message_id=key, text=text) for key, text in replies.items()
    )
    index_publication(session, row.id, [edition.title, edition.text, edition.place, *replies.values()])


def _reply_ids(session: Session, publication_id: int) -> set[int]:
    """The messages of which a redacted version is public."""
    query = select(PublicationReplyRow.message_id).where(PublicationReplyRow.publication_id == publication_id)
    return set(session.scalars(query))


def _own_replies(session: Session, case_id: int, asked: Mapping[int, str]) -> list[int]:
    """Those of the asked messages that are published replies of this very case."""
    query = select(MessageRow.id).where(
        MessageRow.id.in_(sorted(asked)),
        MessageRow.case_id == case_id,
        MessageRow.kind.in_(sorted(REPLY_KINDS)),
        MessageRow.author == "staff",
        MessageRow.public_to_reporter,
        MessageRow.published_seq.is_not(None),
        MessageRow.taken_back_seq.is_(None),
    )
    return list(session.scalars(query))


def _log(
    session: Session,
    row: PublicationRow,
    sheet: Sheet,
    act: PublicationAct,
    said: str,
    reason: str | None = None,
) -> None:
    actor = sheet.actor
    session.add(
        PublicationLogRow(
            publication_id=row.id,
            form_id=sheet.form_id,
            body_hash=said,
            act=act.value,
            version=row.version,
            person_id=actor.person_id,
            unit_id=actor.unit_id,
            role=None if actor.role is None else actor.role.value,
            reason=reason,
            at=now(session),
        )
    )


def _row_of(case_id: int) -> Select[PublicationRow]:
    return select(PublicationRow).where(PublicationRow.case_id == case_id)


def _publication(session: Session, row: PublicationRow) -> Publication:
    query = select(PublicationReplyRow).where(PublicationReplyRow.publication_id == row.id)
    replies = {found.message_id: found.text for found in session.scalars(query)}
    return Publication(
        id=row.id,
        slug=row.slug,
        case_id=row.case_id,
        version=row.version,
        live=row.live,
        edition=Edition(title=row.title, text=row.text, place=row.place, replies=replies),
        supports=row.supports,
        published_at=row.published_at,
        changed_at=row.changed_at,
    )


def _entry(row: PublicationLogRow) -> PublicationEntry:
    return PublicationEntry(
        act=PublicationAct(row.act),
        at=row.at,
        unit_id=row.unit_id,
        role=None if row.role is None else Role(row.role),
        reason=row.reason,
    )
