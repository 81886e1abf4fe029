"""The receipt: code and key, shown to the browser that filed the report, for half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import segno
from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db import directory_store
from db.case_reader import CaseFile
from db.intake_store import Intake
from domain.case import ClockName
from domain.code import show_code
from web.form import checked_id
from web.public.blueprint import bp
from web.public.grant import is_fresh, receipt_age
from web.services import services
from web.text import LazyText, lazy_gettext

GROUP = 4
DELAYED_AFTER = timedelta(minutes=15)

PROMISES = {
    ClockName.VERIFICATION: lazy_gettext("Laporan Anda diperiksa"),
    ClockName.RESOLUTION: lazy_gettext("Laporan Anda dijawab"),
}


class Mails(StrEnum):
    """What can truthfully be promised of mails."""

    SENT = "sent"
    DELAYED = "delayed"
    """They wait; the mail provider does not take them."""
    OFF = "off"
    """This installation sends none."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The view model of the receipt; `key`, its address and its picture only while it may be shown."""

    code: str
    key: str | None
    key_url: str
    qr_src: str | None
    received_at: datetime
    email: str | None
    mails: Mails
    started: bool
    title: str = ""
    region: str = ""

    @property
    def copy_text(self) -> str:
        """What somebody keeps of it: code, key and address; "" without the key."""
        return f"{self.code}\n{self.key}\n{self.key_url}" if self.key else ""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A date that binds somebody from now on. `passed`: it is over already, as of a letter that lay about."""

    label: LazyText
    due_at: datetime
    who: str
    provisional: bool
    passed: bool


@bp.get("/lapor/tanda-terima/<intake_id>")
def receipt(intake_id: str) -> ResponseReturnValue:
    """May be reloaded; another browser does not find it. 202 while the case has not been started."""
    intake_id = checked_id(intake_id)
    now = services().now()
    intake = None if receipt_age(intake_id, now) is None else services().intakes.find(intake_id)
    found = None if intake is None else services().reader.by_id(intake.case_id)
    if intake is None or found is None:
        abort(404)
    view = _receipt(intake, found, fresh=is_fresh(intake_id, now))
    again_url = url_for("public.report_form", beside=intake_id) if _same_again() and view.key else ""
    page = render_template(
        "public/receipt.html", receipt=view, promises=promises_of(found), again_url=again_url
    )
    return page, 200 if view.started else 202


def _same_again() -> bool:
    """Whether somebody was led here who has sent the same words a second time."""
    return request.args.get("same") == "1"


def mails_now() -> Mails:
    """Whether mails leave at present."""
    if not services().settings.can_mail:
        return Mails.OFF
    oldest = services().operation.backlog()["oldest_outbox"]
    waits = isinstance(oldest, datetime) and services().now() - oldest > DELAYED_AFTER
    return Mails.DELAYED if waits else Mails.SENT


def _receipt(intake: Intake, found: CaseFile, *, fresh: bool) -> Receipt:
    identity, _ = services().reader.identity(found.case_id)
    url = services().settings.public_url + url_for("public.open_with_key", key=intake.key)
    return Receipt(
        code=show_code(found.code),
        key=spelled_key(intake.key) if fresh else None,
        key_url=url if fresh else "",
        qr_src=qr_picture(url) if fresh else None,
        received_at=found.received_at,
        email=(identity.email or None) if fresh else None,
        mails=mails_now(),
        started=services().commands.is_started(found.case_id),
        title=found.words.title if fresh else "",
        region=found.region if fresh else "",
    )


def promises_of(found: CaseFile) -> list[Promise]:
    """Who must do what by when, as promised at intake."""
    derivations, now = services().reader.derivations(found.case_id), services().now()
    with services().database.read() as session:
        names = directory_store.unit_names(session, {found.state.holder.id})
    return [
        Promise(
            label=label,
            due_at=due,
            who=names[found.state.holder.id],
            provisional=derived.provisional,
            passed=due < now,
        )
        for name, label in PROMISES.items()
        if (derived := derivations.get(name)) is not None and (due := derived.due_at) is not None
    ]


def spelled_key(key: str) -> str:
    """A key in groups that can be copied by hand."""
    return " ".join(key[start : start + GROUP] for start in range(0, len(key), GROUP))


def qr_picture(url: str) -> str:
    """A picture of an address, as the address of a picture."""
    picture: str = segno.make(url, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff")
    return picture
