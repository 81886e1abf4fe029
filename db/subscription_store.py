"""Following a published report by mail: asked for by anybody, begun and ended by who reads the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.case_table import OutboxRow
from db.database import Database, now, settle_race
from db.follow_address import (
    locked_address,
    locked_addresses,
    may_be_asked,
    note_end,
    note_question,
    note_unwanted,
    note_yes,
)
from db.keyring import Keyring
from db.publication_table import PublicationRow
from db.subscriber import is_shown, seal_of, subscription_of
from db.subscription_table import SUBSCRIBER, SubscriptionRow
from schemas.mail import MailTemplate, News, ProviderEvent

ANSWERED_WITHIN = timedelta(days=7)
"""How long an address that was asked may take; afterwards it is forgotten."""
ASKED_AGAIN_AFTER = timedelta(days=1)
MOST_UNANSWERED = 5
"""An address that has left so many questions of a day unanswered is asked no more on that day."""
STEP = 500
"""Rows that one transaction changes at most."""
NO_ADDRESS = b""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Who reads the link of a mail sees this, and not the address.

    Attributes:
        slug, title: of the report while everybody may see it, else "".
        follows: that the reader has confirmed and not ended it.
        open: that it can still be confirmed.
    """

    id: int
    slug: str
    title: str
    follows: bool
    open: bool


class SubscriptionStore:
    """Keeps subscriptions; only whoever writes the mails opens an address."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def ask(self, publication_id: int, address: str, locale: str) -> None:
        """Queues a mail that asks the address, unless it follows already, was asked lately or has refused.

        Says nothing of which it was (`db.follow_address` tells when an address is asked). Safe to repeat.
        """
        settle_race(lambda: self._ask(publication_id, address, locale))

    def find(self, subscription_id: int) -> Subscription | None:
        """A subscription as it stands."""
        with self._database.read() as session:
            row = session.get(SubscriptionRow, subscription_id)
            return None if row is None else _subscription(session, row)

    def confirm(self, subscription_id: int) -> None:
        """Begins a subscription that was asked for; too late nothing happens. Safe to repeat."""
        with self._database.write() as session:
            address = locked_address(session, _hash_of(session, subscription_id))
            row, at = session.get_one(SubscriptionRow, subscription_id, with_for_update=True), now(session)
            if _is_open(row, at):
                row.confirmed_at = at
                note_yes(address)

    def stop(self, subscription_id: int) -> None:
        """Ends a subscription and forgets its address, which is then seldom asked again. Safe to repeat."""
        with self._database.write() as session:
            note_end(locked_address(session, _hash_of(session, subscription_id)))
            _end(session, now(session), SubscriptionRow.id == subscription_id)

    def hear(self, events: Sequence[ProviderEvent]) -> None:
        """Ends all that an address follows which called a mail spam, unsubscribed, or bounced for good.

        It is never asked again. Safe to repeat.
        """
        ids = sorted({event.outbox_id for event in events if _ends_all(event)})
        for start in range(0, len(ids), STEP):
            query = select(OutboxRow).where(
                OutboxRow.id.in_(ids[start : start + STEP]), OutboxRow.recipient.startswith(SUBSCRIBER)
            )
            with self._database.read() as session:
                found = {subscription_of(row) for row in session.scalars(query)} - {None}
                known = select(SubscriptionRow.address_hash).where(SubscriptionRow.id.in_(found))
                hashes = sorted(set(session.scalars(known)))
            if hashes:
                self._refuse(hashes)

    def _refuse(self, hashes: Sequence[str]) -> None:
        with self._database.write() as session:
            for address in locked_addresses(session, hashes):
                note_unwanted(address)
            _end(session, now(session), SubscriptionRow.address_hash.in_(hashes))

    def _ask(self, publication_id: int, address: str, locale: str) -> None:
        known_as = self._keyring.fingerprint(f"subscriber:{address.lower()}")
        query = select(SubscriptionRow).where(
            SubscriptionRow.publication_id == publication_id, SubscriptionRow.address_hash == known_as
        )
        with self._database.read() as session:
            publication = session.get_one(PublicationRow, publication_id)
            case_id, (seal, place) = publication.case_id, seal_of(session, self._keyring, publication)
        sealed = seal.seal(address.encode(), place)
        with self._database.write() as session:
            asked = locked_address(session, known_as)
            row, at = session.scalars(query.with_for_update()).one_or_none(), now(session)
            if not may_be_asked(asked, at) or _is_pestered(session, known_as, at):
                return
            if row is not None and not _may_ask(row, at):
                return
            note_question(asked, at)
            if row is None:
                row = SubscriptionRow(publication_id=publication_id, address_hash=known_as, asks=0)
                row.created_at = at
            row.sealed, row.locale = sealed, locale
            row.asks, row.asked_at, row.confirmed_at, row.ended_at = row.asks + 1, at, None, None
            session.add(row)
            session.flush()
            session.add(_question(case_id, row, at))


def sweep_subscriptions(database: Database, at: datetime) -> int:
    """Forgets addresses that were asked a week ago and never answered, some at a time; how many."""
    unanswered = (
        select(SubscriptionRow.id)
        .where(
            SubscriptionRow.ended_at.is_(None),
            SubscriptionRow.confirmed_at.is_(None),
            SubscriptionRow.asked_at <= at - ANSWERED_WITHIN,
        )
        .order_by(SubscriptionRow.id)
        .limit(STEP)
    )
    with database.read() as session:
        if session.scalars(unanswered.limit(1)).first() is None:
            return 0
    with database.write() as session:
        found = session.scalars(unanswered.with_for_update()).all()
        _end(session, at, SubscriptionRow.id.in_(found))
    return len(found)


def _question(case_id: int, row: SubscriptionRow, at: datetime) -> OutboxRow:
    """The mail that asks; it belongs to no event, so it counts downwards from -1."""
    return OutboxRow(
        case_id=case_id,
        seq=-row.asks,
        template=MailTemplate.FOLLOW_CONFIRM,
        recipient=f"{SUBSCRIBER}{row.id}",
        state="pending",
        not_before=at,
        created_at=at,
    )


def _may_ask(row: SubscriptionRow, at: datetime) -> bool:
    follows = row.confirmed_at is not None and row.ended_at is None
    return not follows and row.asked_at <= at - ASKED_AGAIN_AFTER


def _is_pestered(session: Session, known_as: str, at: datetime) -> bool:
    query = select(func.count(SubscriptionRow.id)).where(
        SubscriptionRow.address_hash == known_as,
        SubscriptionRow.asked_at > at - ASKED_AGAIN_AFTER,
        SubscriptionRow.confirmed_at.is_(None),
    )
    return (session.scalar(query) or 0) >= MOST_UNANSWERED


def _is_open(row: SubscriptionRow, at: datetime) -> bool:
    asked = row.confirmed_at is None and row.ended_at is None
    return asked and row.asked_at > at - ANSWERED_WITHIN


def _end(session: Session, at: datetime, which: ColumnElement[bool]) -> None:
    ended = update(SubscriptionRow).where(which, SubscriptionRow.ended_at.is_(None))
    session.execute(ended.values(ended_at=at, sealed=NO_ADDRESS))


def _hash_of(session: Session, subscription_id: int) -> str:
    return session.scalars(
        select(SubscriptionRow.address_hash).where(SubscriptionRow.id == subscription_id)
    ).one()


def _ends_all(event: ProviderEvent) -> bool:
    """Whether its reader wants none of our mails, or can get none."""
    return event.news is News.UNWANTED or (event.news is News.BOUNCED and not event.blocked)


def _subscription(session: Session, row: SubscriptionRow) -> Subscription:
    publication = session.get_one(PublicationRow, row.publication_id)
    visible = is_shown(session, publication.id)
    return Subscription(
        id=row.id,
        slug=publication.slug if visible else "",
        title=publication.title if visible else "",
        follows=row.confirmed_at is not None and row.ended_at is None,
        open=_is_open(row, now(session)),
    )
