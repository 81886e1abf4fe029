"""People who follow published reports, for tests."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from db.case_table import OutboxRow
from db.subscription_store import SubscriptionStore
from db.subscription_table import SUBSCRIBER, FollowAddressRow, SubscriptionRow
from tests.offices import Offices
from tests.publications import Published

ADDRESS = "warga.canary@contoh.example"


def subscriptions(offices: Offices) -> SubscriptionStore:
    """The store under test."""
    return SubscriptionStore(offices.database, offices.keyring)


def asked(offices: Offices, made: Published, address: str = ADDRESS, locale: str = "id") -> int:
    """An address that is asked whether it wants to follow."""
    subscriptions(offices).ask(made.publication.id, address, locale)
    return rows(offices)[-1].id


def subscribed(offices: Offices, made: Published, address: str = ADDRESS, locale: str = "id") -> int:
    """An address that follows."""
    found = asked(offices, made, address, locale)
    subscriptions(offices).confirm(found)
    return found


def rows(offices: Offices) -> list[SubscriptionRow]:
    """All subscriptions, the oldest first."""
    with offices.database.read() as session:
        found = list(session.scalars(select(SubscriptionRow).order_by(SubscriptionRow.id)))
        session.expunge_all()
        return found


def row_of(offices: Offices, subscription_id: int) -> SubscriptionRow:
    """One subscription."""
    return next(row for row in rows(offices) if row.id == subscription_id)


def queued(offices: Offices, template: str = "follow_news") -> list[OutboxRow]:
    """The mails to subscribers that were queued, the oldest first."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.recipient.startswith(SUBSCRIBER), OutboxRow.template == template)
        .order_by(OutboxRow.id)
    )
    with offices.database.read() as session:
        found = list(session.scalars(query))
        session.expunge_all()
        return found


def age(offices: Offices, by: timedelta) -> None:
    """All that was asked so far was asked earlier."""
    with offices.database.write() as session:
        for row in session.scalars(select(SubscriptionRow)).all():
            earlier = row.asked_at - by
            of_row = update(SubscriptionRow).where(SubscriptionRow.id == row.id)
            session.execute(of_row.values(asked_at=earlier))
        for address in session.scalars(select(FollowAddressRow)).all():
            address.asked_at = None if address.asked_at is None else address.asked_at - by
