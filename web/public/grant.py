"""What this browser may open, kept in its signed session: cases by their key, receipts, and its own forms.

The session is signed, not secret: it holds codes and ids of forms, and hashes that open nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import session

from db.vault_store import Gate
from web.form import new_id
from web.services import services

CASES = "cases"
RECEIPTS = "receipts"
FORMS = "forms"
FORMS_KEPT = 3
KEPT = 12
"""A cookie has little room; the oldest goes first."""
SHOWN_FOR = timedelta(minutes=30)
CLOSED_BY_HAND = 0
"""In the place of the instant of a receipt: it was shown so long ago that it opens nothing any more."""


def grant(gate: Gate) -> None:
    """Lets this browser open the case from now on, as long as its key stays the same."""
    _keep(CASES, gate.code, _proof(gate))


def holds(gate: Gate) -> bool:
    """Whether this browser has shown the key of the case."""
    given = session.get(CASES, {}).get(gate.code, "")
    return hmac.compare_digest(str(given), _proof(gate))


def forget(gate: Gate) -> None:
    """Ends both ways in which this browser opens the case: the key that it has shown, and the receipt."""
    session[CASES] = {code: proof for code, proof in session.get(CASES, {}).items() if code != gate.code}
    for intake_id in session.get(RECEIPTS, {}):
        intake = services().intakes.find(intake_id)
        if intake is not None and intake.case_id == gate.case_id:
            _keep(RECEIPTS, intake_id, CLOSED_BY_HAND)


def form_id() -> str:
    """The id of this browser's next report: the last one that it was given, until that has made a report.

    So a page that is fetched again while its form is on the way still carries that form's id.
    """
    given: list[str] = session.get(FORMS, [])
    if given and services().intakes.find(given[-1]) is None:
        return given[-1]
    session[FORMS] = [*given[-(FORMS_KEPT - 1) :], new_id()]
    return str(session[FORMS][-1])


def another_form_id() -> str:
    """A new id for a report that is told beside one that this browser has begun."""
    session[FORMS] = [*session.get(FORMS, [])[-(FORMS_KEPT - 1) :], new_id()]
    return str(session[FORMS][-1])


def begun_forms() -> list[str]:
    """The ids of the forms that this browser was given, the last one last."""
    return [str(one) for one in session.get(FORMS, [])]


def own_forms() -> set[str]:
    """The ids of all forms that this browser was given or has sent, as far as it remembers."""
    return {*session.get(FORMS, []), *session.get(RECEIPTS, {})}


def remember_receipt(intake_id: str, now: datetime) -> None:
    """Lets this browser see the receipt of a form that it has sent. Repeating does not prolong it."""
    if receipt_age(intake_id, now) is None:
        _keep(RECEIPTS, intake_id, int(now.timestamp()))


def receipt_age(intake_id: str, now: datetime) -> timedelta | None:
    """How long ago this browser sent that form; None if it never did."""
    since = session.get(RECEIPTS, {}).get(intake_id)
    return None if since is None else timedelta(seconds=now.timestamp() - since)


def is_fresh(intake_id: str, now: datetime) -> bool:
    """Whether this browser sent that form so lately that it is still shown its key."""
    age = receipt_age(intake_id, now)
    return age is not None and age <= SHOWN_FOR


def _keep(shelf: str, name: str, value: str | int) -> None:
    kept = {key: known for key, known in session.get(shelf, {}).items() if key != name}
    newest = list(kept.items())[-(KEPT - 1) :]
    session[shelf] = dict([*newest, (name, value)])


def _proof(gate: Gate) -> str:
    """Bound to the stored hash of the key; a new key ends all grants of the old one."""
    return hashlib.sha256(f"tuntas-grant:{gate.code}:{gate.key_hash}".encode()).hexdigest()[:32]
