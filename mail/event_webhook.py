"""SendGrid's event webhook: is it really from there, and what does it say of which mail.

Source: SendGrid, "Event Webhook Security Features": ECDSA over the timestamp and the raw body, with P-256 and
SHA-256; "Event Webhook Reference": custom arguments stand beside the other fields of an event.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from schemas.mail import News, ProviderEvent

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"
FRESH_FOR = timedelta(minutes=10)
LARGEST_ID = 2**63 - 1

NEWS: Mapping[str, News] = {
    "processed": News.TAKEN,
    "delivered": News.TAKEN,
    "bounce": News.BOUNCED,
    "dropped": News.DROPPED,
    "spamreport": News.UNWANTED,
    "unsubscribe": News.UNWANTED,
    "group_unsubscribe": News.UNWANTED,
}
"""What changes something; deferrals, openings and clicks do not."""


class MalformedWebhookKeyError(ValueError):
    """The key is not the base64 of a public key on the curve P-256, as SendGrid shows it."""


class UnreadableEventsError(ValueError):
    """The body is not a JSON list."""


class WebhookKey:
    """SendGrid's public key, given in base64 (DER). Raises: MalformedWebhookKeyError."""

    def __init__(self, text: str) -> None:
        try:
            key = load_der_public_key(base64.b64decode(text.strip(), validate=True))
        except (ValueError, UnsupportedAlgorithm) as problem:
            raise MalformedWebhookKeyError from problem
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise MalformedWebhookKeyError
        self._key = key

    def signed(self, body: bytes, signature: str, timestamp: str, now: datetime) -> bool:
        """Whether SendGrid signed exactly this body, within ten minutes of `now`."""
        if not _is_fresh(timestamp, now):
            return False
        try:
            given = base64.b64decode(signature, validate=True)
            self._key.verify(given, timestamp.encode("ascii") + body, ec.ECDSA(SHA256()))
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def provider_events(body: bytes) -> list[ProviderEvent]:
    """The news in a webhook's body; what is no news of a mail of ours is left out.

    Raises: UnreadableEventsError.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise UnreadableEventsError from problem
    if not isinstance(content, list):
        raise UnreadableEventsError
    return list(_read(content))


def _read(content: list[Any]) -> Iterator[ProviderEvent]:
    for event in content:
        if not isinstance(event, dict):
            continue
        news, outbox_id = NEWS.get(str(event.get("event"))), _whole_number(event.get("outbox_id"))
        if news is not None and outbox_id is not None:
            blocked = news is News.BOUNCED and event.get("type") == "blocked"
            yield ProviderEvent(outbox_id=outbox_id, news=news, blocked=blocked)


def _whole_number(value: object) -> int | None:
    """The id of a row, as we gave it to the provider: digits, and small enough for a column."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) < 20):
        return None
    number = int(value)
    return number if number <= LARGEST_ID else None


def _is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether unix seconds, of at most eleven digits, lie near an instant."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    return abs(now.astimezone(UTC).timestamp() - int(timestamp)) <= FRESH_FOR.total_seconds()
