"""Signs events as SendGrid does, with a key pair of the tests' own."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mail.event_webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER


class EventSigner:
    """The provider's half of its webhook."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """What the operator copies into the settings."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def headers(self, body: bytes, at: datetime) -> dict[str, str]:
        """The headers under which the body is sent at an instant."""
        timestamp = str(int(at.timestamp()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        return {SIGNATURE_HEADER: base64.b64encode(signature).decode(), TIMESTAMP_HEADER: timestamp}


def event(outbox_id: object, name: str) -> dict[str, Any]:
    """An event with all that the provider writes and that nobody here may keep."""
    return {
        "email": "canary@leak.example",
        "timestamp": 1795410000,
        "event": name,
        "reason": "550 canary reason",
        "sg_event_id": f"{name}-{outbox_id}",
        "sg_message_id": "canary-message.filter",
        "outbox_id": outbox_id,
    }


def body_of(events: Sequence[Any]) -> bytes:
    """The raw body of a call."""
    return json.dumps(events).encode()
