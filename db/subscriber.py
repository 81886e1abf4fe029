"""Those who follow a published report, as readers of mails: queued for in one step, resolved one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, insert, literal, select
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow, OutboxRow, ReportRow
from db.keyring import CaseSeal, Keyring
from db.publication_query import shown
from db.publication_table import PublicationRow
from db.subscription_table import SUBSCRIBER, SubscriptionRow
from schemas.mail import MailTemplate, OutgoingMail

ZONE = "Asia/Jakarta"
"""Mails to subscribers name no hour; a mail has a zone all the same."""


def is_subscriber(recipient: str) -> bool:
    """Whether a row of the outbox is for somebody who follows a published report."""
    return recipient.startswith(SUBSCRIBER)


def subscription_of(row: OutboxRow) -> int | None:
    """The subscription that a row is for; None if it is for somebody else."""
    number = row.recipient.removeprefix(SUBSCRIBER)
    return int(number) if is_subscriber(row.recipient) and number.isdecimal() else None


def queue_follow_news(session: Session, case_id: int, seq: int, not_before: datetime, at: datetime) -> None:
    """One row for each who follows what everybody may see of a case now. Not safe to repeat.

    `seq` is the event that is news, or minus the version of the publication that is.
    """
    columns = OutboxRow.__table__.c
    values: dict[Any, Any] = {
        columns.case_id: literal(case_id),
        columns.seq: literal(seq),
        columns.template: literal(MailTemplate.FOLLOW_NEWS.value),
        columns.recipient: literal(SUBSCRIBER) + cast(SubscriptionRow.id, String),
        columns.state: literal("pending"),
        columns.not_before: literal(not_before, columns.not_before.type),
        columns.created_at: literal(at, columns.created_at.type),
    }
    readers = (
        select(*values.values())
        .select_from(SubscriptionRow)
        .join(PublicationRow, PublicationRow.id == SubscriptionRow.publication_id)
        .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
        .where(
            PublicationRow.case_id == case_id,
            SubscriptionRow.confirmed_at.is_not(None),
            SubscriptionRow.ended_at.is_(None),
            shown(),
        )
        .order_by(SubscriptionRow.id)
    )
    session.execute(insert(OutboxRow).from_select(list(values), readers))


def still_wants(session: Session, row: OutboxRow) -> bool:
    """Whether a mail to a subscriber is still called for, and its report still there for everybody."""
    found = session.get(SubscriptionRow, subscription_of(row) or 0)
    if found is None or found.ended_at is not None:
        return False
    asks = row.template == MailTemplate.FOLLOW_CONFIRM
    return asks == (found.confirmed_at is None) and is_shown(session, found.publication_id)


def is_shown(session: Session, publication_id: int) -> bool:
    """Whether everybody may see a publication now."""
    query = (
        select(PublicationRow.id)
        .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
        .where(PublicationRow.id == publication_id, shown())
    )
    return session.scalars(query).one_or_none() is not None


def subscriber_mail(session: Session, keyring: Keyring, row: OutboxRow) -> OutgoingMail:
    """A row as a mail that says only what everybody may know.

    Raises: NoResultFound, ValueError, SealBrokenError.
    """
    subscription = session.get_one(SubscriptionRow, subscription_of(row) or 0)
    publication = session.get_one(PublicationRow, subscription.publication_id)
    view = session.get_one(CaseViewRow, publication.case_id)
    seal, place = seal_of(session, keyring, publication)
    holder = directory_store.unit(session, view.holder_id)
    return OutgoingMail(
        outbox_id=row.id,
        case_id=row.case_id,
        code="",
        template=MailTemplate(row.template),
        locale=subscription.locale,
        to_address=seal.open(subscription.sealed, place).decode(),
        to_reporter=False,
        unit_name="" if holder is None else holder.name,
        due_at=None,
        zone=ZONE,
        attempts=row.attempts,
        subscription_id=subscription.id,
        slug=publication.slug,
        title=publication.title,
        stage=view.stage,
    )


def seal_of(session: Session, keyring: Keyring, publication: PublicationRow) -> tuple[CaseSeal, str]:
    """By what the addresses below a publication are sealed, and the place that they are bound to."""
    report = session.get_one(ReportRow, publication.case_id)
    return keyring.case_seal(report.wrapped_key, report.code), f"subscription.sealed:{report.code}"
