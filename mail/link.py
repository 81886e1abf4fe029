"""The addresses behind the buttons of mails: signed for reporters, plain for staff who must log in anyway.

Source: CASE.md, "Code, key, links".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

from mail.render import LANGUAGES, language_of
from schemas.mail import MailTemplate, OutgoingMail

TOKEN_LIFE_FOR = timedelta(days=90)


class MailPurpose(StrEnum):
    """What a token is good for; a token for one purpose is a forgery for any other."""

    FOLLOW = "follow"
    PREFERENCE = "preference"
    """To choose which mails of a case come, or none; opens not a word of the case."""
    SUBSCRIPTION = "subscription"
    """To begin, or to end, following a published report; its first number is the subscription, not a case."""


LASTING = frozenset({MailPurpose.PREFERENCE, MailPurpose.SUBSCRIPTION})
"""However old a mail is, one can put an end to its like."""


class MailTokenError(ValueError):
    """A mail token opens nothing."""


class ForgedMailTokenError(MailTokenError):
    """The token is cut, altered, made for another purpose or signed with another secret."""


class ExpiredMailTokenError(MailTokenError):
    """The token was ours and is older than 90 days; the reporter's key still opens the case."""


@dataclass(frozen=True)
class MailToken:
    """What a token says: the case that it opens and the outbox row that carried it.

    Attributes:
        case_id: for the purpose SUBSCRIPTION the id of the subscription.
        minted_at: when the mail was written, in UTC, to the second.
    """

    purpose: MailPurpose
    case_id: int
    outbox_id: int
    minted_at: datetime


class MailLinks:
    """Mints and reads the links of mails.

    `secret` is at least 32 bytes that serve nothing else; `public_url` is where people reach us, without
    a slash at its end.
    """

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url.rstrip("/")

    def link(self, mail: OutgoingMail) -> str:
        """Where the button of a mail leads, depending on who reads it and how many cases it is about."""
        if mail.digest is not None:
            return f"{self._public_url}/desk"
        if mail.template is MailTemplate.FOLLOW_NEWS:
            return self._spoken(f"laporan/{mail.slug}", mail)
        if mail.subscription_id is not None:
            return self._subscription_link(mail, mail.subscription_id)
        return self.reporter_link(mail) if mail.to_reporter else self.staff_link(mail)

    def reporter_link(self, mail: OutgoingMail) -> str:
        """`https://…/m/<token>`, a new token for each mail."""
        return self._spoken(f"m/{self.mint(mail.case_id, mail.outbox_id)}", mail)

    def preference_link(self, mail: OutgoingMail) -> str:
        """Where its reader chooses which mails come; "" for staff, whose mails follow from their duties.

        `https://…/surel/<token>`; of somebody who follows a published report, `https://…/ikuti/<token>`.
        Whoever is only asked whether they want to follow has nothing to end yet.
        """
        if mail.subscription_id is not None and mail.template is not MailTemplate.FOLLOW_CONFIRM:
            return self._subscription_link(mail, mail.subscription_id)
        if not mail.to_reporter:
            return ""
        return self._spoken(f"surel/{self.mint(mail.case_id, mail.outbox_id, MailPurpose.PREFERENCE)}", mail)

    def stop_link(self, mail: OutgoingMail) -> str:
        """Where one post, without cookie or form, ends such mails; "" for staff. Source: RFC 8058."""
        page = self.preference_link(mail)
        path, mark, query = page.partition("?")
        return f"{path}/berhenti{mark}{query}" if page else ""

    def staff_link(self, mail: OutgoingMail) -> str:
        """`https://…/desk/<code>`; it opens nothing without a log-in."""
        return f"{self._public_url}/desk/{quote(mail.code, safe='')}"

    def mint(self, case_id: int, outbox_id: int, purpose: MailPurpose = MailPurpose.FOLLOW) -> str:
        """A signed token of this moment; it holds ids only and may stand in an address."""
        return str(self._serializer(purpose).dumps([case_id, outbox_id]))

    def read(self, token: str, now: datetime, purpose: MailPurpose = MailPurpose.FOLLOW) -> MailToken:
        """What a token that was minted for this purpose says.

        Raises: ForgedMailTokenError, ExpiredMailTokenError; neither gets better by trying again.
        """
        try:
            content, minted_at = self._serializer(purpose).loads(token, return_timestamp=True)
        except BadData as problem:
            raise ForgedMailTokenError from problem
        if purpose not in LASTING and now - minted_at > TOKEN_LIFE_FOR:
            raise ExpiredMailTokenError
        case_id, outbox_id = content
        return MailToken(purpose=purpose, case_id=case_id, outbox_id=outbox_id, minted_at=minted_at)

    def _subscription_link(self, mail: OutgoingMail, subscription_id: int) -> str:
        token = self.mint(subscription_id, mail.outbox_id, MailPurpose.SUBSCRIPTION)
        return self._spoken(f"ikuti/{token}", mail)

    def _spoken(self, path: str, mail: OutgoingMail) -> str:
        """The address of a page, which speaks the language of the mail."""
        language = language_of(mail.locale)
        return f"{self._public_url}/{path}" + ("" if language == LANGUAGES[0] else f"?lang={language}")

    def _serializer(self, purpose: MailPurpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._secret,
            salt=f"tuntas.mail.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
