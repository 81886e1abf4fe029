"""The saved replies of one's units: read by all who write there, kept by those who answer for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from db import directory_store
from db.saved_reply_store import SavedReply
from domain.case import Role
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.placeholder import MEANINGS, spelled, unknown_places
from web.form import Form, posted_form
from web.services import services
from web.text import gettext

KEEPERS = frozenset({Role.LIAISON, Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.NATIONAL_ADMIN})
TITLE_MAX, TEXT_MAX = 120, 4_000
FIELDS = ("unit", "title", "text")
MAX_ID = 9223372036854775807


@dataclass(frozen=True, kw_only=True)
class ReplyLine:
    """A saved reply in the list."""

    id: int
    title: str
    text: str
    unit: str
    keeps: bool


@bp.get("/desk/balasan")
def saved_replies() -> ResponseReturnValue:
    """All texts of one's units, and the form for a new one."""
    return _page(Form(data={"unit": next(iter(_kept_units()), "")}))


@bp.post("/desk/balasan")
def add_saved_reply() -> ResponseReturnValue:
    """A new text of a unit."""
    form, units = posted_form(FIELDS), _kept_units()
    if not units:
        abort(403)
    form.errors = _errors(form)
    if form.text("unit") not in units:
        form.errors = {"unit": gettext("Pilih unit Anda dari daftar."), **form.errors}
    if form.errors:
        return _page(form), 400
    services().saved_replies.add(int(form.text("unit")), staff().id, form.text("title"), form.text("text"))
    return _done(gettext("Balasan tersimpan. Semua petugas unit dapat menyisipkannya."))


@bp.get(f"/desk/balasan/<int(max={MAX_ID}):reply_id>")
def saved_reply(reply_id: int) -> ResponseReturnValue:
    """One text, to be changed."""
    reply = _kept(reply_id)
    return _edit(reply, Form(data={"title": reply.title, "text": reply.text}))


@bp.post(f"/desk/balasan/<int(max={MAX_ID}):reply_id>")
def change_saved_reply(reply_id: int) -> ResponseReturnValue:
    """New words for a text."""
    reply, form = _kept(reply_id), posted_form(FIELDS)
    form.errors = _errors(form)
    if form.errors:
        return _edit(reply, form), 400
    services().saved_replies.change(reply.id, staff().id, form.text("title"), form.text("text"))
    return _done(gettext("Balasan diubah. Yang sudah terkirim tetap seperti adanya."))


@bp.get(f"/desk/balasan/<int(max={MAX_ID}):reply_id>/hapus")
def delete_saved_reply_page(reply_id: int) -> ResponseReturnValue:
    """Asks whether a text shall go."""
    return render_template("desk/saved_reply_delete.html", reply=_kept(reply_id))


@bp.post(f"/desk/balasan/<int(max={MAX_ID}):reply_id>/hapus")
def delete_saved_reply(reply_id: int) -> ResponseReturnValue:
    """Forgets a text."""
    services().saved_replies.delete(_kept(reply_id).id)
    return _done(gettext("Balasan dihapus. Yang sudah terkirim tetap seperti adanya."))


def _errors(form: Form) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, missing, longest in (
        ("title", gettext("Tulis nama balasan."), TITLE_MAX),
        ("text", gettext("Tulis kata-kata balasan."), TEXT_MAX),
    ):
        length = len(form.text(name))
        if not length:
            errors[name] = missing
        elif length > longest:
            errors[name] = gettext(
                "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.",
                length=length,
                longest=longest,
            )
    unknown = unknown_places(form.text("text"))
    if unknown:
        errors["text"] = gettext(
            "Isian ini tidak kami kenal: %(places)s. Pakai isian dari daftar di bawah kolom.",
            places=spelled(unknown),
        )
    return errors


def _page(form: Form) -> str:
    person, names = staff(), _unit_names()
    keeps = set(_kept_units())
    replies = services().saved_replies.of_units({member.unit_id for member in person.memberships})
    lines = [
        ReplyLine(
            id=one.id,
            title=one.title,
            text=one.text,
            unit=names[one.unit_id] if len(names) > 1 else "",
            keeps=str(one.unit_id) in keeps,
        )
        for one in replies
    ]
    return render_template(
        "desk/saved_replies.html",
        replies=lines,
        form=form,
        units=[(unit_id, names[int(unit_id)]) for unit_id in _kept_units()],
        places=_places(),
    )


def _edit(reply: SavedReply, form: Form) -> str:
    return render_template("desk/saved_reply.html", reply=reply, form=form, places=_places())


def _places() -> list[tuple[str, str]]:
    return [(f"{{{name}}}", str(meaning)) for name, meaning in MEANINGS.items()]


def _kept(reply_id: int) -> SavedReply:
    """A text that this person may change; any other is not there for them."""
    reply = services().saved_replies.find(reply_id, {int(one) for one in _kept_units()})
    if reply is None:
        abort(404)
    return reply


def _kept_units() -> list[str]:
    """The units whose texts this person keeps, as forms name them."""
    found = [str(member.unit_id) for member in staff().memberships if member.role in KEEPERS]
    return list(dict.fromkeys(found))


def _unit_names() -> Mapping[int, str]:
    with services().database.read() as session:
        return directory_store.unit_names(session, {member.unit_id for member in staff().memberships})


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("desk.saved_replies"), 303)
