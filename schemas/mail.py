"""What the mail side is given to send: one neutral message to one address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from schemas.case import Wire


class MailTemplate(StrEnum):
    """Every mail that Tuntas writes; each has a folder under `mail/templates/`."""

    RECEIVED = "received"
    DISPOSED = "disposed"
    FOLLOWED_UP = "followed_up"
    ANSWERED = "answered"
    CLOSED = "closed"
    CLOSED_BY_SILENCE = "closed_by_silence"
    STAFF_TO_VERIFY = "staff_to_verify"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_DISPUTED = "staff_disputed"
    STAFF_MESSAGE = "staff_message"
    STAFF_LATE = "staff_late"


class OutgoingMail(Wire):
    """A claimed outbox row, resolved at the last moment.

    Attributes:
        due_at: the date that the mail may promise or remind of, in UTC; `zone` says how to show it.
        unit_name: the office that now holds the case, for the reporter's information.
    """

    outbox_id: int
    case_id: int
    code: str
    template: MailTemplate
    locale: str
    to_address: str
    to_reporter: bool
    unit_name: str
    due_at: datetime | None
    zone: str
    attempts: int


class Delivered(Wire):
    """The provider has accepted the mail."""

    provider_id: str


class Deferred(Wire):
    """The provider has certainly not accepted the mail; it may be sent again from `not_before` on."""

    problem: str
    not_before: datetime


class Undeliverable(Wire):
    """The provider refuses this mail for good."""

    problem: str


class UnknownOutcome(Wire):
    """The line broke while sending: the provider may or may not have the mail. Never sent again blindly."""

    problem: str


Delivery = Delivered | Deferred | Undeliverable | UnknownOutcome
