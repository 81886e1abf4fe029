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
    QUESTION = "question"
    QUESTION_REMINDER = "question_reminder"
    CONFIRMATION_REMINDER = "confirmation_reminder"
    ARCHIVED = "archived"
    REVIVED = "revived"
    MERGED = "merged"
    ELDER_NEWS = "elder_news"
    UNMERGED = "unmerged"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    RECLASSIFIED = "reclassified"
    CORRECTED = "corrected"
    ANSWER_TAKEN_BACK = "answer_taken_back"
    REASSIGNED = "reassigned"
    RETURNED = "returned"
    OMBUDSMAN_OFFER = "ombudsman_offer"
    OMBUDSMAN_TRANSFERRED = "ombudsman_transferred"
    STAFF_TO_VERIFY = "staff_to_verify"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_ASSISTING = "staff_assisting"
    STAFF_COMPLETED = "staff_completed"
    STAFF_RETURNED = "staff_returned"
    STAFF_ARBITRATION = "staff_arbitration"
    STAFF_DISPUTED = "staff_disputed"
    STAFF_REOPENED = "staff_reopened"
    STAFF_MESSAGE = "staff_message"
    STAFF_NUDGED = "staff_nudged"
    STAFF_URGED = "staff_urged"
    STAFF_RAISED = "staff_raised"
    STAFF_TAKEN_OVER = "staff_taken_over"
    STAFF_WITHDRAWAL_NOTED = "staff_withdrawal_noted"
    STAFF_MAIL_FAILED = "staff_mail_failed"
    STAFF_LAST_DAY = "staff_last_day"
    STAFF_LATE = "staff_late"
    STAFF_VOIDED = "staff_voided"
    STAFF_NOT_LATE = "staff_not_late"
    STAFF_PROMISE_PASSED = "staff_promise_passed"
    STAFF_DIGEST = "staff_digest"
    """Several of the others in one mail; no event calls for it, nor for those below."""
    FOLLOW_CONFIRM = "follow_confirm"
    """Asks whoever entered an address whether they want to follow a published report."""
    FOLLOW_NEWS = "follow_news"
    """Tells them that the published report has changed."""


class Wanted(StrEnum):
    """Which mails of a case its reporter wants."""

    ALL = "all"
    NEEDED = "needed"
    """Only those after which the reporter has something to do or decide."""
    NONE = "none"


NEEDS_REPORTER = frozenset(
    {
        MailTemplate.QUESTION,
        MailTemplate.QUESTION_REMINDER,
        MailTemplate.ANSWERED,
        MailTemplate.ANSWER_TAKEN_BACK,
        MailTemplate.CONFIRMATION_REMINDER,
        MailTemplate.OMBUDSMAN_OFFER,
    }
)
"""Mails that wait for the reporter, and the one that says that there is nothing to wait for any more."""


def is_wanted(wanted: Wanted, template: str) -> bool:
    """Whether a reporter who has chosen so gets a mail of that kind."""
    return wanted is Wanted.ALL or (wanted is Wanted.NEEDED and template in NEEDS_REPORTER)


class DigestLine(Wire):
    """One message of a digest: what its own mail would have said.

    Attributes:
        due_at: the date that it promises or reminds of, in UTC.
    """

    code: str
    template: MailTemplate
    due_at: datetime | None


class Digest(Wire):
    """The messages that one mail carries.

    Attributes:
        lines: those that the mail lists, the oldest first.
        unlisted: how many more it stands for.
        reports: how many different reports all of them are about.
    """

    lines: tuple[DigestLine, ...]
    unlisted: int
    reports: int


class OutgoingMail(Wire):
    """A claimed outbox row, resolved at the last moment.

    Attributes:
        outbox_id: the row that carries the mail; those of a digest are settled with it.
        case_id: the case that a reporter's link opens: their own, also where the news is of another.
        due_at: the date that the mail may promise or remind of, in UTC; `zone` says how to show it.
        unit_name: the office that now holds the case, for the reporter's information.
        subscription_id: for somebody who follows a published report; the mail then opens no case at all,
            names no code, and `slug`, `title` and `stage` are what everybody may know of the report.
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
    digest: Digest | None = None
    subscription_id: int | None = None
    slug: str = ""
    title: str = ""
    stage: str = ""


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


class Sent(Wire):
    """How the sending of a claimed row, and of all that it carried, ended, and when."""

    outbox_id: int
    delivery: Delivery
    at: datetime


class News(StrEnum):
    """What the provider tells of a mail later on, as far as it changes anything."""

    TAKEN = "taken"
    """The provider has it, or has handed it on."""
    BOUNCED = "bounced"
    DROPPED = "dropped"
    UNWANTED = "unwanted"
    """Its reader calls it spam, or told the provider to send no more."""


class ProviderEvent(Wire):
    """One piece of news about the row that carried a mail; neither the address nor the reason is kept.

    Attributes:
        blocked: of a bounce: this mail was turned away, which says nothing of the next one.
    """

    outbox_id: int
    news: News
    blocked: bool = False


class Undelivered(Wire):
    """A message that did not arrive, or of which nobody knows: a to-do for the operator of this copy.

    Attributes:
        state: `failed` or `unknown`.
        carried_by: the row whose mail carried it, for a message of a digest.
        not_before: when it was last due.
    """

    id: int
    case_id: int
    seq: int
    template: str
    recipient: str
    state: str
    problem: str | None
    carried_by: int | None
    attempts: int
    created_at: datetime
    not_before: datetime
