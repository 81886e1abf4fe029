"""What an answer of the provider means for a mail: sent, later, never.

Source: SendGrid's v3 API: 202 with `X-Message-Id`; 429 with `X-RateLimit-Reset` in unix seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from mail.pace import back_off
from mail.problem import Problem
from schemas.mail import Deferred, Delivered, Delivery, Undeliverable

NO_MESSAGE_ID = "none"
MESSAGE_ID_LIMIT = 100
UNAUTHORIZED_FOR = timedelta(minutes=15)
LIMIT_LEAST_FOR = timedelta(seconds=1)
LIMIT_MOST_FOR = timedelta(hours=1)
LIMIT_UNKNOWN_FOR = timedelta(minutes=1)

_log = logging.getLogger(__name__)


def accepted(headers: Mapping[str, str]) -> Delivered:
    """The provider has the mail, under the id by which its later events will name it."""
    return Delivered(provider_id=headers.get("X-Message-Id", "")[:MESSAGE_ID_LIMIT] or NO_MESSAGE_ID)


def refused(status: int, headers: Mapping[str, str], attempts: int, now: datetime) -> Delivery:
    """What a status from 300 on means; with none of them has the provider taken the mail."""
    if status in (401, 403):
        _log.critical("the mail provider refuses our key or sender (status %d): no mail leaves", status)
        return Deferred(problem=Problem.UNAUTHORIZED, not_before=now + UNAUTHORIZED_FOR)
    if status == 429:
        return Deferred(problem=Problem.RATE_LIMITED, not_before=now + _limited_for(headers, now))
    if status == 408 or status >= 500:
        return Deferred(problem=Problem.PROVIDER_ERROR, not_before=now + back_off(attempts))
    if status < 400:
        _log.error("the mail provider redirects us (status %d), which is not followed", status)
        return Deferred(problem=Problem.REDIRECTED, not_before=now + back_off(attempts))
    return Undeliverable(problem=Problem.REFUSED)


def _limited_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long a 429 asks us to wait, between one second and one hour."""
    reset, after = _seconds(headers.get("X-RateLimit-Reset")), _seconds(headers.get("Retry-After"))
    if reset is not None:
        wait_for = timedelta(seconds=reset - now.astimezone(UTC).timestamp())
    else:
        wait_for = LIMIT_UNKNOWN_FOR if after is None else timedelta(seconds=after)
    return min(max(wait_for, LIMIT_LEAST_FOR), LIMIT_MOST_FOR)


def _seconds(header: str | None) -> int | None:
    """A header that holds whole seconds, of at most eleven digits; anything else says nothing."""
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
