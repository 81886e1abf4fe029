"""The receipt: code and key, shown to the browser that filed the report, for half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import segno
from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from db import directory_store
from db.case_reader import CaseFile
from db.intake_store import Intake
from domain.case import ClockName
from domain.code import show_code
from web.form import checked_id
from web.public.blueprint import bp
from web.public.grant import SHOWN_FOR, receipt_age
from web.services import services
from web.text import LazyText, lazy_gettext

GROUP = 4

PROMISES = {
    ClockName.VERIFICATION: lazy_gettext("Laporan Anda diperiksa"),
    ClockName.RESOLUTION: lazy_gettext("Laporan Anda dijawab"),
}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The view model of the receipt; `key`, its address and its picture only while it may be shown."""

    code: str
    key: str | None
    key_url: str
    qr_src: str | None
    received_at: datetime
    email: str | None
    started: bool


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A date that binds somebody from now on."""

    label: LazyText
    due_at: datetime
    who: str
    provisional: bool


@bp.get("/lapor/tanda-terima/<intake_id>")
def receipt(intake_id: str) -> ResponseReturnValue:
    """May be reloaded; another browser does not find it. 202 while the case has not been started."""
    intake_id = checked_id(intake_id)
    age = receipt_age(intake_id, services().now())
    intake = None if age is None else services().intakes.find(intake_id)
    found = None if intake is None else services().reader.by_id(intake.case_id)
    if age is None or intake is None or found is None:
        abort(404)
    view = _receipt(intake, found, fresh=age <= SHOWN_FOR)
    page = render_template("public/receipt.html", receipt=view, promises=_promises(found))
    return page, 200 if view.started else 202


def _receipt(intake: Intake, found: CaseFile, *, fresh: bool) -> Receipt:
    identity, _ = services().reader.identity(found.case_id)
    url = services().settings.public_url + url_for("public.open_with_key", key=intake.key)
    return Receipt(
        code=show_code(found.code),
        key=_spelled(intake.key) if fresh else None,
        key_url=url if fresh else "",
        qr_src=_qr(url) if fresh else None,
        received_at=found.received_at,
        email=identity.email or None,
        started=services().commands.is_started(found.case_id),
    )


def _promises(found: CaseFile) -> list[Promise]:
    """Who must do what by when, as promised at intake."""
    derivations = services().reader.derivations(found.case_id)
    with services().database.read() as session:
        names = directory_store.unit_names(session, {found.state.holder.id})
    return [
        Promise(label=label, due_at=due, who=names[found.state.holder.id], provisional=derived.provisional)
        for name, label in PROMISES.items()
        if (derived := derivations.get(name)) is not None and (due := derived.due_at) is not None
    ]


def _spelled(key: str) -> str:
    """A key in groups that can be copied by hand."""
    return " ".join(key[start : start + GROUP] for start in range(0, len(key), GROUP))


def _qr(url: str) -> str:
    """A picture of an address, as the address of a picture."""
    picture: str = segno.make(url, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff")
    return picture
