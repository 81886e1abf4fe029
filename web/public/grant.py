"""What this browser may open, kept in its signed session: cases by their key, and fresh receipts.

The session is signed, not secret: it holds codes and ids of forms, and hashes that open nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import session

from db.vault_store import Gate

CASES = "cases"
RECEIPTS = "receipts"
KEPT = 12
"""A cookie has little room; the oldest goes first."""
SHOWN_FOR = timedelta(minutes=30)


def grant(gate: Gate) -> None:
    """Lets this browser open the case from now on, as long as its key stays the same."""
    _keep(CASES, gate.code, _proof(gate))


def holds(gate: Gate) -> bool:
    """Whether this browser has shown the key of the case."""
    given = session.get(CASES, {}).get(gate.code, "")
    return hmac.compare_digest(str(given), _proof(gate))


def remember_receipt(intake_id: str, now: datetime) -> None:
    """Lets this browser see the receipt of a form that it has sent. Repeating does not prolong it."""
    if receipt_age(intake_id, now) is None:
        _keep(RECEIPTS, intake_id, int(now.timestamp()))


def receipt_age(intake_id: str, now: datetime) -> timedelta | None:
    """How long ago this browser sent that form; None if it never did."""
    since = session.get(RECEIPTS, {}).get(intake_id)
    return None if since is None else timedelta(seconds=now.timestamp() - since)


def _keep(shelf: str, name: str, value: str | int) -> None:
    kept = {key: known for key, known in session.get(shelf, {}).items() if key != name}
    newest = list(kept.items())[-(KEPT - 1) :]
    session[shelf] = dict([*newest, (name, value)])


def _proof(gate: Gate) -> str:
    """Bound to the stored hash of the key; a new key ends all grants of the old one."""
    return hashlib.sha256(f"tuntas-grant:{gate.code}:{gate.key_hash}".encode()).hexdigest()[:32]
