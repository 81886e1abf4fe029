"""The receipt of an entered report: its key is the reporter's, so staff see it once and briefly.

Source: docs/adr/013.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from db import entry_store
from db.intake_store import Intake
from domain.code import show_code
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.opened import desk_query, onlooker
from web.form import checked_id
from web.public.receipt import promises_of, qr_picture, spelled_key
from web.services import services

KEY_SHOWN_FOR = timedelta(minutes=10)
SHOWN, HANDED = "entry_key", "entry_keys_handed"
"""Where this browser's session remembers which form's key is shown, and which were handed over."""
HANDED_KEPT = 8
ENDPOINT = "desk.entry_receipt"


@dataclass(frozen=True, kw_only=True)
class EntryReceipt:
    """What the person at the counter takes home; `key` only while it may be shown."""

    code: str
    key: str | None
    qr_src: str | None
    key_url: str
    case_url: str


def show_key(intake_id: str) -> None:
    """Lets this browser see the key of the report that it has just entered, unless it was handed over."""
    if intake_id not in session.get(HANDED, []):
        session[SHOWN] = intake_id


@bp.before_request
def leave_receipt() -> None:
    """Whoever opens another page of the desk has left the receipt, and with it the key."""
    if request.method == "GET" and request.endpoint != ENDPOINT:
        session.pop(SHOWN, None)


@bp.get("/desk/catat/tanda-terima/<intake_id>")
def entry_receipt(intake_id: str) -> ResponseReturnValue:
    """For printing, to whoever entered the report; with the key until they leave it, ten minutes at most."""
    intake, created_at = _own_entry(checked_id(intake_id))
    found = services().reader.by_id(intake.case_id)
    if found is None:
        abort(404)
    in_time = services().now() - created_at <= KEY_SHOWN_FOR
    return render_template(
        "desk/entry_receipt.html",
        receipt=_receipt(intake, with_key=in_time and session.get(SHOWN) == checked_id(intake_id)),
        received_at=found.received_at,
        promises=promises_of(found),
        track_url=services().settings.public_url + url_for("public.track"),
        handed_url=url_for("desk.hand_over_key", intake_id=intake_id),
        minutes=int(KEY_SHOWN_FOR.total_seconds()) // 60,
    )


@bp.post("/desk/catat/tanda-terima/<intake_id>/diserahkan")
def hand_over_key(intake_id: str) -> ResponseReturnValue:
    """The reporter has the key: here it is not shown again. Safe to repeat."""
    intake_id = checked_id(intake_id)
    _own_entry(intake_id)
    session.pop(SHOWN, None)
    others = [one for one in session.get(HANDED, []) if one != intake_id]
    session[HANDED] = [*others[-(HANDED_KEPT - 1) :], intake_id]
    return redirect(url_for(ENDPOINT, intake_id=intake_id), 303)


def _own_entry(intake_id: str) -> tuple[Intake, datetime]:
    """The report that this person has made of a form, and when; a 404 for everybody else."""
    with services().database.read() as database:
        entry = entry_store.entry_of_form(database, intake_id)
    intake = None if entry is None else services().intakes.find(intake_id)
    if entry is None or intake is None or entry.entered_by != staff().id:
        abort(404)
    return intake, entry.created_at


def _receipt(intake: Intake, *, with_key: bool) -> EntryReceipt:
    url = services().settings.public_url + url_for("public.open_with_key", key=intake.key)
    visible = desk_query().visible_case(onlooker(staff()), intake.code) is not None
    code = show_code(intake.code)
    return EntryReceipt(
        code=code,
        key=spelled_key(intake.key) if with_key else None,
        qr_src=qr_picture(url) if with_key else None,
        key_url=url if with_key else "",
        case_url=url_for("desk.case", code=code) if visible else "",
    )
