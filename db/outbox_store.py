"""The messages that wait to be sent, and what became of those that were."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from db import outgoing_mail
from db.case_table import OutboxRow
from db.database import Database
from db.keyring import Keyring
from db.mail_hold import held_since
from db.mail_preference_store import wants
from schemas.mail import (
    Deferred,
    Delivered,
    Delivery,
    MailTemplate,
    News,
    OutgoingMail,
    ProviderEvent,
    Sent,
    Undeliverable,
    Undelivered,
)

LEASE = timedelta(minutes=5)
"""Longer than any attempt at sending; a row still `sending` after it has an unknown outcome."""
GIVE_UP_AFTER = timedelta(hours=72)
"""How long a row may be deferred; later its news is none."""
DIGEST_MOST = 500
"""Rows that one digest carries at most."""
LOOKED_AT = 10
"""Rows that one claim ends at most because nobody is to get them."""
STEP = 500
"""Rows that one transaction changes at most."""

UNREADABLE = "unreadable"
GAVE_UP = "gave_up"
SENDER_LOST = "sender_lost"
STALE = "stale"
UNWANTED = "unwanted"
REMINDERS = frozenset(
    {MailTemplate.STAFF_LAST_DAY, MailTemplate.QUESTION_REMINDER, MailTemplate.CONFIRMATION_REMINDER}
)
"""Mails that speak of a date to come: once it has passed they would be wrong."""
UNDELIVERED = ("failed", "unknown")
_OPEN = ("sending", "unknown")
"""States in which the word of the sender counts; later on the provider's own word does."""
_CHANGED_BY_NEWS = ("pending", "sending", "unknown", "sent")

_log = logging.getLogger(__name__)


class OutboxStore:
    """pending → sending → sent | failed | unknown, and back to pending only if it certainly was not sent."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def due(self, now: datetime, limit: int) -> list[int]:
        """Ids of the messages to send now that wait longest, by rising id; none while mails are held."""
        query = (
            select(OutboxRow.id)
            .where(OutboxRow.state == "pending", OutboxRow.not_before <= now)
            .order_by(OutboxRow.not_before, OutboxRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            return [] if held_since(session) else sorted(session.scalars(query))

    def claim_next(
        self, due: Sequence[int], now: datetime, before: Sent | None = None
    ) -> tuple[OutgoingMail | None, Sequence[int]]:
        """Takes the first of these messages that makes a mail, with all that are due for the same digest.

        The mail names the row to settle; with it come the messages that are left. Those that another has,
        that nobody is to get or that cannot be read are none of them; some at most are looked at.
        `before`: what was sent before, to be settled in the same transaction, whatever comes of the claim.
        """
        with self._database.write() as session:
            if before is not None:
                _settle_all(session, before)
            if held_since(session):
                return None, ()
            for place, outbox_id in enumerate(due[:LOOKED_AT], 1):
                mail = self._claim(session, outbox_id, now)
                if mail is not None:
                    return mail, due[place:]
            return None, due[LOOKED_AT:]

    def settle(self, sent: Sent) -> None:
        """Keeps the outcome of an attempt for a message and all that it carried."""
        with self._database.write() as session:
            _settle_all(session, sent)

    def hear(self, events: Sequence[ProviderEvent], now: datetime) -> None:
        """Keeps what the provider tells. Safe to repeat, in any order; what we do not know is ignored.

        That a mail was unwanted says nothing of its delivery.
        """
        told: dict[int, News] = {}
        for event in events:
            if event.news is not News.UNWANTED and told.get(event.outbox_id, News.TAKEN) is News.TAKEN:
                told[event.outbox_id] = event.news
        ids = sorted(told)
        for start in range(0, len(ids), STEP):
            with self._database.write() as session:
                which = _carried(ids[start : start + STEP])
                for row in _locked(session, which, OutboxRow.state.in_(_CHANGED_BY_NEWS)):
                    _heed(row, told.get(row.carried_by or row.id), now)

    def put_off(self, now: datetime) -> None:
        """Notes of what is due that it cannot go for now; from then on its three days count."""
        with self._database.write() as session:
            _change(session, *_pending_since(now), OutboxRow.deferred_at.is_(None), deferred_at=now)

    def give_up(self, now: datetime) -> int:
        """Ends what has been deferred for three days, some hundred at a time; none while mails are held."""
        with self._database.read() as session:
            if held_since(session):
                return 0
        old = (OutboxRow.state == "pending", OutboxRow.deferred_at <= now - GIVE_UP_AFTER)
        return self._end(*old, state="failed", problem=GAVE_UP)

    def release_expired(self, now: datetime) -> int:
        """Marks what a killed sender left behind: nobody can know whether it went out."""
        expired = (OutboxRow.state == "sending", OutboxRow.lease_until < now)
        return self._end(*expired, state="unknown", lease_until=None, problem=SENDER_LOST)

    def undelivered(self, before: int | None = None, limit: int = 50) -> list[Undelivered]:
        """Failed and unknown messages, newest first; `before` is the last id of the page before."""
        older = [] if before is None else [OutboxRow.id < before]
        with self._database.read() as session:
            found = [
                Undelivered.model_validate(row, from_attributes=True)
                for state in UNDELIVERED
                for row in session.scalars(
                    select(OutboxRow)
                    .where(OutboxRow.state == state, *older)
                    .order_by(OutboxRow.id.desc())
                    .limit(limit)
                )
            ]
        return sorted(found, key=lambda each: -each.id)[:limit]

    def _claim(self, session: Session, outbox_id: int, now: datetime) -> OutgoingMail | None:
        due = _due_together(session, outbox_id, now)
        rows = [row for row in due if _is_readable(row) and _is_news(row, now) and _is_wanted(session, row)]
        mail = self._resolve(session, rows) if rows else None
        if mail is not None:
            for row in rows:
                row.state, row.lease_until = "sending", now + LEASE
                row.carried_by = None if row.id == mail.outbox_id else mail.outbox_id
        return mail

    def _resolve(self, session: Session, rows: list[OutboxRow]) -> OutgoingMail | None:
        """The mail for rows that go together; rows that make none have found their end."""
        try:
            if len(rows) == 1:
                mail = outgoing_mail.single(session, self._keyring, rows[0])
            else:
                mail = outgoing_mail.digest(session, self._keyring, rows)
        except outgoing_mail.BROKEN as problem:
            for row in rows:
                _condemn(row, type(problem).__name__)
            return None
        if mail is None:
            for row in rows:
                row.state = "skipped"
        return mail

    def _end(self, *which: ColumnElement[bool], **values: object) -> int:
        """Changes rows, if there are any; looking costs no write transaction."""
        with self._database.read() as session:
            if session.scalars(select(OutboxRow.id).where(*which).limit(1)).first() is None:
                return 0
        with self._database.write() as session:
            return _change(session, *which, **values)


def _due_together(session: Session, outbox_id: int, now: datetime) -> Sequence[OutboxRow]:
    """A due row, alone or with all of its digest; nothing if another took it first."""
    row = session.execute(
        select(OutboxRow.digest_key, OutboxRow.recipient).where(OutboxRow.id == outbox_id)
    ).first()
    if row is None or row.digest_key is None:
        return _locked(session, OutboxRow.id == outbox_id, *_pending_since(now))
    same = (OutboxRow.digest_key == row.digest_key, OutboxRow.recipient == row.recipient)
    return _locked(session, *same, *_pending_since(now), most=DIGEST_MOST)


def _pending_since(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OutboxRow.state == "pending", OutboxRow.not_before <= now


def _carried(ids: Collection[int]) -> ColumnElement[bool]:
    """The rows of those ids and all that went in their mails."""
    return or_(OutboxRow.id.in_(ids), OutboxRow.carried_by.in_(ids))


def _locked(session: Session, *which: ColumnElement[bool], most: int | None = None) -> Sequence[OutboxRow]:
    """Rows to change, as they are now; everybody locks by rising id, so that nobody waits in a circle."""
    query = select(OutboxRow).where(*which).order_by(OutboxRow.id).limit(most).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _change(session: Session, *which: ColumnElement[bool], **values: object) -> int:
    """Changes rows, a step at most, and counts them."""
    query = select(OutboxRow.id).where(*which).order_by(OutboxRow.id).limit(STEP).with_for_update()
    ids = list(session.scalars(query))
    if ids:
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(**values))
    return len(ids)


def _is_readable(row: OutboxRow) -> bool:
    """Whether the row names a mail that we write; one that does not ends here and holds no other back."""
    if row.template in {template.value for template in MailTemplate}:
        return True
    _condemn(row, "template")
    return False


def _is_news(row: OutboxRow, now: datetime) -> bool:
    """Whether the mail still says something true; a reminder of a date that has passed is not sent."""
    if row.template not in REMINDERS or row.due_at is None or row.due_at > now:
        return True
    row.state, row.problem = "skipped", STALE
    return False


def _is_wanted(session: Session, row: OutboxRow) -> bool:
    """Whether the reader has not asked meanwhile to be spared it; that is no failure of the mail."""
    if wants(session, row):
        return True
    row.state, row.problem = "skipped", UNWANTED
    return False


def _condemn(row: OutboxRow, problem: str) -> None:
    _log.critical("outbox row %d is unreadable: %s", row.id, problem)
    row.state, row.problem = "failed", UNREADABLE


def _settle_all(session: Session, sent: Sent) -> None:
    for row in _locked(session, _carried({sent.outbox_id}), OutboxRow.state.in_(_OPEN)):
        row.lease_until, row.attempts = None, row.attempts + 1
        _settle(row, sent.delivery, sent.at)


def _settle(row: OutboxRow, delivery: Delivery, now: datetime) -> None:
    if isinstance(delivery, Delivered):
        row.state, row.provider_id, row.sent_at, row.problem = "sent", delivery.provider_id, now, None
    elif isinstance(delivery, Deferred):
        row.state, row.not_before, row.problem = "pending", delivery.not_before, delivery.problem
        row.deferred_at = row.deferred_at or now
    elif isinstance(delivery, Undeliverable):
        row.state, row.problem = "failed", delivery.problem
    else:
        row.state, row.problem = "unknown", delivery.problem


def _heed(row: OutboxRow, news: News | None, now: datetime) -> None:
    """What the provider knows counts more than what we think; a row that was never tried is none of its."""
    if news is None or (row.state == "pending" and row.attempts == 0):
        return
    row.lease_until = None
    if news is not News.TAKEN:
        row.state, row.problem = "failed", news.value
    elif row.state != "sent":
        row.state, row.sent_at, row.problem = "sent", now, None
