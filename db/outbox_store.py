"""The messages that wait to be sent, and what became of those that were."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow, IdentityRow, OutboxRow, ReportRow
from db.database import Database
from db.directory_table import PersonRow
from db.keyring import Keyring, SealBrokenError
from schemas.mail import Deferred, Delivered, Delivery, MailTemplate, OutgoingMail, Undeliverable
from schemas.report import Identity

LEASE = timedelta(minutes=5)
"""Longer than any attempt at sending; a row still `sending` after it has an unknown outcome."""

REPORTER = "reporter"
UNREADABLE = "unreadable"
_BROKEN_ROW = (SealBrokenError, NoResultFound, ValueError, LookupError)
"""What reading a row raises whose content or surroundings are damaged: no later try would fare better."""

_log = logging.getLogger(__name__)


class OutboxStore:
    """pending → sending → sent | failed | unknown, and back to pending only if it certainly was not sent."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def due(self, now: datetime, limit: int) -> list[int]:
        """Ids of messages to send now, the longest waiting first."""
        query = (
            select(OutboxRow.id)
            .where(OutboxRow.state == "pending", OutboxRow.not_before <= now)
            .order_by(OutboxRow.not_before, OutboxRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            return list(session.scalars(query))

    def claim(self, outbox_id: int, now: datetime) -> OutgoingMail | None:
        """Takes a message for sending; None if another has it, nobody is to get it, or it cannot be read."""
        with self._database.write() as session:
            taken = _move(session, outbox_id, "pending", state="sending", lease_until=now + LEASE)
            if not taken:
                return None
            try:
                mail = self._resolve(session, session.get_one(OutboxRow, outbox_id))
            except _BROKEN_ROW as problem:
                _log.critical("outbox row %d is unreadable: %s", outbox_id, type(problem).__name__)
                _move(session, outbox_id, "sending", state="failed", lease_until=None, problem=UNREADABLE)
                return None
            if mail is None:
                _move(session, outbox_id, "sending", state="skipped", lease_until=None)
            return mail

    def settle(self, outbox_id: int, delivery: Delivery, now: datetime) -> None:
        """Keeps the outcome of an attempt."""
        with self._database.write() as session:
            row = session.get_one(OutboxRow, outbox_id)
            row.lease_until, row.attempts = None, row.attempts + 1
            if isinstance(delivery, Delivered):
                row.state, row.provider_id, row.sent_at, row.problem = "sent", delivery.provider_id, now, None
            elif isinstance(delivery, Deferred):
                row.state, row.not_before, row.problem = "pending", delivery.not_before, delivery.problem
            elif isinstance(delivery, Undeliverable):
                row.state, row.problem = "failed", delivery.problem
            else:
                row.state, row.problem = "unknown", delivery.problem

    def release_expired(self, now: datetime) -> int:
        """Marks what a killed sender left behind: nobody can know whether it went out."""
        expired = (OutboxRow.state == "sending", OutboxRow.lease_until < now)
        with self._database.read() as session:
            if session.scalars(select(OutboxRow.id).where(*expired).limit(1)).first() is None:
                return 0
        lost = update(OutboxRow).where(*expired)
        with self._database.write() as session:
            result = session.execute(lost.values(state="unknown", lease_until=None, problem="sender_lost"))
            return cast(CursorResult[Any], result).rowcount

    def _resolve(self, session: Session, row: OutboxRow) -> OutgoingMail | None:
        report = session.get_one(ReportRow, row.case_id)
        to_reporter = row.recipient == REPORTER
        address, locale = self._address(session, row, report)
        if not address:
            return None
        view = session.get_one(CaseViewRow, row.case_id)
        holder = directory_store.unit(session, view.holder_id)
        return OutgoingMail(
            outbox_id=row.id,
            case_id=row.case_id,
            code=report.code,
            template=MailTemplate(row.template),
            locale=locale,
            to_address=address,
            to_reporter=to_reporter,
            unit_name="" if holder is None else holder.name,
            due_at=row.due_at,
            zone=directory_store.calendar_of(session, view.holder_id).zone,
            attempts=row.attempts,
        )

    def _address(self, session: Session, row: OutboxRow, report: ReportRow) -> tuple[str, str]:
        if row.recipient == REPORTER:
            return self._reporter_address(session, report), report.locale
        person = session.get(PersonRow, int(row.recipient.removeprefix("person:")))
        if person is None or not person.active:
            return "", "id"
        return person.email or "", person.locale

    def _reporter_address(self, session: Session, report: ReportRow) -> str:
        vault = session.get_one(IdentityRow, report.id)
        if not vault.has_email:
            return ""
        seal = self._keyring.case_seal(report.wrapped_key, report.code)
        content = seal.open(vault.sealed, f"identity.sealed:{report.code}")
        return Identity.model_validate_json(content).email


def _move(session: Session, outbox_id: int, come_from: str, **values: object) -> bool:
    """Changes a row only if it still is where it is thought to be; two claimers cannot both win."""
    moved = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.state == come_from)
    return cast(CursorResult[Any], session.execute(moved.values(**values))).rowcount == 1
