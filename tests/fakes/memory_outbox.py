"""An outbox in memory with the same promises as the real one, and a mail to put into it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from schemas.mail import (
    Deferred,
    Delivered,
    Delivery,
    Digest,
    DigestLine,
    MailTemplate,
    OutgoingMail,
    Sent,
    Undeliverable,
)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LEASE_FOR = timedelta(minutes=5)
PATIENCE_FOR = timedelta(hours=72)
TWO_MESSAGES = Digest(
    lines=(
        DigestLine(
            code="7F3K9QW2TX",
            template=MailTemplate.STAFF_LATE,
            due_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        ),
        DigestLine(code="0123456789", template=MailTemplate.STAFF_MESSAGE, due_at=None),
    ),
    unlisted=0,
    reports=2,
)

FOLLOWED = {
    "code": "",
    "due_at": None,
    "subscription_id": 5,
    "slug": "0a1b2c3d4e5f",
    "title": "Lampu jalan padam",
    "stage": "in_progress",
}


def outgoing_mail(**changes: Any) -> OutgoingMail:
    """A mail to a reporter that only needs the given changes; a digest has two messages."""
    mail = OutgoingMail(
        outbox_id=7,
        case_id=3,
        code="7F3K9QW2TX",
        template=MailTemplate.RECEIVED,
        locale="id",
        to_address="warga@example.org",
        to_reporter=True,
        unit_name="Dinas Pekerjaan Umum",
        due_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        zone="Asia/Jakarta",
        attempts=0,
    )
    if changes.get("template") == MailTemplate.STAFF_DIGEST:
        changes = {"digest": TWO_MESSAGES, "to_reporter": False} | changes
    if changes.get("template") in {MailTemplate.FOLLOW_CONFIRM, MailTemplate.FOLLOW_NEWS}:
        changes = FOLLOWED | changes | {"to_reporter": False}
    return mail.model_copy(update=changes)


class RowState(StrEnum):
    """Where an outbox row stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass
class Row:
    """A row with its lease."""

    mail: OutgoingMail
    state: RowState = RowState.PENDING
    not_before: datetime = NOON
    leased_until: datetime = NOON
    deferred_at: datetime | None = None
    problem: str = ""


class MemoryOutbox:
    """Rows under one lock; a claim counts as a try."""

    def __init__(self, *mails: OutgoingMail) -> None:
        self.rows = {mail.outbox_id: Row(mail) for mail in mails}
        self._lock = threading.Lock()

    def due(self, now: datetime, limit: int) -> list[int]:
        with self._lock:
            pending = [key for key, row in self.rows.items() if row.state is RowState.PENDING]
            return [key for key in pending if self.rows[key].not_before <= now][:limit]

    def claim_next(
        self, due: Sequence[int], now: datetime, before: Sent | None = None
    ) -> tuple[OutgoingMail | None, Sequence[int]]:
        with self._lock:
            if before is not None:
                self._settle(before)
            for place, outbox_id in enumerate(due, 1):
                row = self.rows[outbox_id]
                if row.state is RowState.PENDING:
                    row.state, row.leased_until = RowState.SENDING, now + LEASE_FOR
                    return row.mail, due[place:]
            return None, ()

    def settle(self, sent: Sent) -> None:
        with self._lock:
            self._settle(sent)

    def _settle(self, sent: Sent) -> None:
        row, delivery = self.rows[sent.outbox_id], sent.delivery
        row.mail = row.mail.model_copy(update={"attempts": row.mail.attempts + 1})
        row.problem = "" if isinstance(delivery, Delivered) else delivery.problem
        row.state = _state_after(delivery)
        if isinstance(delivery, Deferred):
            row.not_before = delivery.not_before
            row.deferred_at = row.deferred_at or sent.at

    def put_off(self, now: datetime) -> None:
        with self._lock:
            for row in self.rows.values():
                if row.state is RowState.PENDING and row.not_before <= now:
                    row.deferred_at = row.deferred_at or now

    def give_up(self, now: datetime) -> int:
        with self._lock:
            old = [
                row
                for row in self.rows.values()
                if row.state is RowState.PENDING and row.deferred_at and now - row.deferred_at >= PATIENCE_FOR
            ]
            for row in old:
                row.state, row.problem = RowState.FAILED, "gave_up"
            return len(old)

    def release_expired(self, now: datetime) -> int:
        with self._lock:
            lost = [
                row for row in self.rows.values() if row.state is RowState.SENDING and row.leased_until <= now
            ]
            for row in lost:
                row.state = RowState.UNKNOWN
            return len(lost)

    def states(self) -> list[RowState]:
        """Of all rows, in the order in which they came."""
        return [row.state for row in self.rows.values()]


def _state_after(delivery: Delivery) -> RowState:
    if isinstance(delivery, Delivered):
        return RowState.SENT
    if isinstance(delivery, Deferred):
        return RowState.PENDING
    return RowState.FAILED if isinstance(delivery, Undeliverable) else RowState.UNKNOWN
