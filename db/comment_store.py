"""Comments below published reports: sealed, waiting for a person's eye, then shown or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow, ReportRow
from db.command_store import OtherBodySentError
from db.database import Database, now, settle_race
from db.desk_scope import Onlooker, held_in_view, subtree, visible
from db.directory_table import UnitRow
from db.keyring import CaseSeal, Keyring
from db.publication_table import PublicationCommentRow, PublicationLogRow, PublicationRow
from db.wire import canonical
from domain.actor import Actor
from domain.case import Role, UnitLevel
from domain.errors import TuntasError
from domain.publication import PublicationAct, RejectionReason
from schemas.case import Wire

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"
MOST_WAITING = 100
"""So many comments of one report wait at most; nobody reads more in a day."""
MOST_SHOWN = 200
QUEUE_SIZE = 25


class TooManyCommentsError(TuntasError):
    """So many comments of this report wait already that another would only be lost among them."""


class CommentWords(Wire):
    """What is sealed: what somebody called themselves, if anything, and what they wrote."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """An opened comment."""

    id: int
    name: str
    text: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class WaitingComment:
    """A comment in the queue, with the report below which it would stand."""

    comment: Comment
    case_code: str
    title: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What somebody decides on a comment; `reason` is given exactly when it is not to be shown."""

    form_id: str
    comment_id: int
    actor: Actor
    reason: RejectionReason | None


class CommentStore:
    """Takes comments in, opens them, and keeps who decided on each."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def add(self, publication_id: int, form_id: str, words: CommentWords) -> None:
        """Puts a comment into the queue; the same form adds one.

        Raises: OtherBodySentError if the form has brought other words before; TooManyCommentsError.
        """
        said = self._keyring.fingerprint(canonical({"publication_id": publication_id, **words.model_dump()}))
        with self._database.read() as session:
            seal, place = self._seal(session, publication_id)
        sealed = seal.seal(words.model_dump_json().encode(), place)
        settle_race(lambda: self._add(publication_id, form_id, said, sealed))

    def _add(self, publication_id: int, form_id: str, said: str, sealed: bytes) -> None:
        known = select(PublicationCommentRow).where(PublicationCommentRow.form_id == form_id)
        with self._database.write() as session:
            row = session.scalars(known).one_or_none()
            if row is not None:
                if row.body_hash not in {None, said}:
                    raise OtherBodySentError
                return
            _take_turns(session, publication_id)
            if _waiting_count(session, publication_id) >= MOST_WAITING:
                raise TooManyCommentsError
            session.add(
                PublicationCommentRow(
                    publication_id=publication_id,
                    form_id=form_id,
                    body_hash=said,
                    sealed=sealed,
                    state=WAITING,
                    created_at=now(session),
                )
            )

    def approved(self, publication_id: int) -> list[Comment]:
        """The comments that everybody may read, oldest first."""
        query = (
            select(PublicationCommentRow)
            .where(
                PublicationCommentRow.publication_id == publication_id,
                PublicationCommentRow.state == APPROVED,
            )
            .order_by(PublicationCommentRow.id)
            .limit(MOST_SHOWN)
        )
        with self._database.read() as session:
            rows = session.scalars(query).all()
            if not rows:
                return []
            seal, place = self._seal(session, publication_id)
            return [_comment(row, seal, place) for row in rows]

    def waiting(self, who: Onlooker) -> list[WaitingComment]:
        """What this person has to decide on, the longest waiting first."""
        query = (
            select(PublicationCommentRow, PublicationRow, ReportRow.code, ReportRow.wrapped_key)
            .join(PublicationRow, PublicationRow.id == PublicationCommentRow.publication_id)
            .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
            .join(ReportRow, ReportRow.id == PublicationRow.case_id)
            .where(
                PublicationCommentRow.state == WAITING,
                PublicationRow.live,
                visible(who, held_in_view()),
                decides(who),
            )
            .order_by(PublicationCommentRow.id)
            .limit(QUEUE_SIZE)
        )
        with self._database.read() as session:
            return [
                WaitingComment(
                    comment=_comment(row, self._keyring.case_seal(wrapped_key, code), _place(code)),
                    case_code=code,
                    title=publication.title,
                    slug=publication.slug,
                )
                for row, publication, code, wrapped_key in session.execute(query).tuples()
            ]

    def case_of(self, comment_id: int) -> str | None:
        """The code of the case below whose publication a comment would stand."""
        query = (
            select(ReportRow.code)
            .join(PublicationRow, PublicationRow.case_id == ReportRow.id)
            .join(PublicationCommentRow, PublicationCommentRow.publication_id == PublicationRow.id)
            .where(PublicationCommentRow.id == comment_id)
        )
        with self._database.read() as session:
            return session.scalars(query).one_or_none()

    def decide(self, verdict: Verdict) -> bool:
        """Whether this verdict holds: made now or before by this very form; False if another was made."""
        return settle_race(lambda: self._decide(verdict))

    def _decide(self, verdict: Verdict) -> bool:
        with self._database.write() as session:
            row = session.get_one(PublicationCommentRow, verdict.comment_id, with_for_update=True)
            wanted = APPROVED if verdict.reason is None else REJECTED
            if row.state != WAITING:
                return row.state == wanted and _made_before(session, verdict)
            row.state = wanted
            session.add(_log_row(row, verdict, now(session), session))
            return True

    def _seal(self, session: Session, publication_id: int) -> tuple[CaseSeal, str]:
        query = (
            select(ReportRow.wrapped_key, ReportRow.code)
            .join(PublicationRow, PublicationRow.case_id == ReportRow.id)
            .where(PublicationRow.id == publication_id)
        )
        wrapped_key, code = session.execute(query).tuples().one()
        return self._keyring.case_seal(wrapped_key, code), _place(code)


def decides(who: Onlooker) -> ColumnElement[bool]:
    """Cases of which this person decides what is public.

    Source: `domain.publication.may_publish`, as SQL; `visible` is asked besides.
    """
    of_agencies = select(UnitRow.id).where(UnitRow.agency_id.in_(who.units({Role.AGENCY_ADMIN})))
    departments = select(UnitRow.id).where(
        UnitRow.id.in_(who.units({Role.LIAISON})), UnitRow.level == UnitLevel.DEPARTMENT.value
    )
    national = select(UnitRow.id).where(UnitRow.level == UnitLevel.NATIONAL.value)
    at_top = [CaseViewRow.holder_id.in_(national)] if who.units({Role.NATIONAL_ADMIN}) else []
    return or_(
        false(),
        CaseViewRow.holder_id.in_(departments),
        CaseViewRow.holder_id.in_(of_agencies),
        CaseViewRow.holder_id.in_(subtree(who.units({Role.SUPERVISOR}))),
        *at_top,
    )


def _take_turns(session: Session, publication_id: int) -> None:
    """Two comments of one report come one after the other, so that both cannot be the last that fits."""
    row = select(PublicationRow.id).where(PublicationRow.id == publication_id)
    session.execute(row.with_for_update(key_share=True))


def _made_before(session: Session, verdict: Verdict) -> bool:
    """Whether this very form has decided on the comment, with the same reason."""
    reason = None if verdict.reason is None else verdict.reason.value
    query = select(PublicationLogRow.comment_id, PublicationLogRow.reason)
    made = session.execute(query.where(PublicationLogRow.form_id == verdict.form_id)).one_or_none()
    return made is not None and tuple(made) == (verdict.comment_id, reason)


def _waiting_count(session: Session, publication_id: int) -> int:
    query = select(func.count(PublicationCommentRow.id)).where(
        PublicationCommentRow.publication_id == publication_id, PublicationCommentRow.state == WAITING
    )
    return session.scalar(query) or 0


def _log_row(
    row: PublicationCommentRow, verdict: Verdict, at: datetime, session: Session
) -> PublicationLogRow:
    actor, rejected = verdict.actor, verdict.reason is not None
    version = session.get_one(PublicationRow, row.publication_id).version
    act = PublicationAct.COMMENT_REJECTED if rejected else PublicationAct.COMMENT_APPROVED
    return PublicationLogRow(
        publication_id=row.publication_id,
        form_id=verdict.form_id,
        act=act.value,
        version=version,
        comment_id=row.id,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        role=None if actor.role is None else actor.role.value,
        reason=None if verdict.reason is None else verdict.reason.value,
        at=at,
    )


def _comment(row: PublicationCommentRow, seal: CaseSeal, place: str) -> Comment:
    words = CommentWords.model_validate_json(seal.open(row.sealed, place))
    return Comment(id=row.id, name=words.name, text=words.text, created_at=row.created_at)


def _place(code: str) -> str:
    return f"publication_comment.sealed:{code}"
