"""The box in which a visitor of the demo reads all mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from db.dev_mail_store import DevMail, DevMailStore
from web.dev.blueprint import bp
from web.dev.frame import MAY_OPEN, framed
from web.services import services

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class MailView:
    """The view model of a mail in `dev/outbox.html`."""

    id: int
    to: str
    subject: str
    at: datetime
    text: str
    html: str


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    """The newest mails."""
    return render_template("dev/outbox.html", mails=_mails())


@bp.get("/outbox.json")
def outbox_json() -> ResponseReturnValue:
    """The same for programs: a list of objects id, to, subject, at (ISO, UTC), text, html."""
    return jsonify(
        [
            {
                "id": mail.id,
                "to": mail.to,
                "subject": mail.subject,
                "at": mail.at.isoformat(),
                "text": mail.text,
                "html": mail.html,
            }
            for mail in _mails()
        ]
    )


@bp.get("/outbox/<int:mail_id>.html")
def outbox_mail(mail_id: int) -> ResponseReturnValue:
    """One mail as a program for mails shows it; its links open in a new window."""
    mail = DevMailStore(services().database).find(mail_id)
    if mail is None:
        abort(404)
    return framed(_view(mail).html.replace("<head>", '<head><base target="_blank">', 1), MAY_OPEN)


def _mails() -> list[MailView]:
    return [_view(mail) for mail in DevMailStore(services().database).newest(SHOWN)]


def _view(mail: DevMail) -> MailView:
    payload: dict[str, Any] = mail.payload
    addresses = [to["email"] for one in payload["personalizations"] for to in one["to"]]
    contents = {part["type"]: part["value"] for part in payload["content"]}
    return MailView(
        id=mail.id,
        to=", ".join(addresses),
        subject=payload["subject"],
        at=mail.received_at,
        text=contents.get("text/plain", ""),
        html=contents.get("text/html", ""),
    )
