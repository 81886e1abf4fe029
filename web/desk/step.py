"""What the buttons beside a form's own do: show what would follow, keep a draft, bring words in.

Nothing is sent by any of them.

Without a script each is a round trip; a script asks for the same as JSON.
"""

from __future__ import annotations

from enum import StrEnum

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from domain.case import Action
from web.desk.act_form import FORMS, posted, typed
from web.desk.came_from import case_url
from web.desk.case_page import render_case
from web.desk.draft import kept_fields, prepared_by, restored, saved_line
from web.desk.opened import OpenCase
from web.desk.placeholder import filled
from web.desk.preview import preview_of
from web.desk.saved_text import reply_of_unit
from web.form import Form
from web.services import services
from web.text import gettext

JSON = "application/json"


class Step(StrEnum):
    """A button beside the one that sends."""

    PREVIEW = "preview"
    DRAFT = "draft"
    DISCARD = "discard"
    TAKE = "take"
    INSERT = "insert"


def posted_step() -> Step | None:
    """The button that was pressed; None for the form's own."""
    pressed = request.form.get("step", "")
    return Step(pressed) if pressed in set(Step) else None


def answer_step(case: OpenCase, action: Action, step: Step) -> ResponseReturnValue:
    """What a button beside the form's own gives."""
    if step is Step.PREVIEW:
        return _preview(case, action)
    if step is Step.DRAFT:
        return _save(case, action)
    if step is Step.DISCARD:
        services().drafts.discard(case.file.case_id, action, case.person.id)
        flash(gettext("Draf dibuang."), "info")
        return _back(case, action)
    return _take(case, action) if step is Step.TAKE else _insert(case, action)


def _preview(case: OpenCase, action: Action) -> ResponseReturnValue:
    given = posted(case, action)
    if given.command is None:
        if _wants_json():
            return jsonify(errors=list(given.form.errors.values())), 400
        return render_case(case, {action: given.form}), 400
    preview = preview_of(case, given.command)
    if _wants_json():
        return jsonify(html=render_template("desk/preview.html", preview=preview, verb=action.value))
    return render_case(case, {action: given.form}, preview)


def _save(case: OpenCase, action: Action) -> ResponseReturnValue:
    """Keeps what was typed. A draft that comes after its own form has been sent is none any more."""
    form, said = typed(action), ""
    fields = kept_fields(FORMS[action], form)
    if services().commands.find(form.command_id) is None:
        if fields:
            said = saved_line(services().drafts.save(case.file.case_id, action, case.actor, fields))
        else:
            services().drafts.discard(case.file.case_id, action, case.person.id)
    if _wants_json():
        return jsonify(saved=said)
    if said:
        flash(gettext("%(saved)s. Belum ada yang terkirim.", saved=said), "success")
    return _back(case, action)


def _take(case: OpenCase, action: Action) -> ResponseReturnValue:
    """An operator's draft in the form of whoever publishes; the operator's own stays until it is sent."""
    draft = prepared_by(case, action, request.form.get("author", ""))
    if draft is None:
        flash(gettext("Draf itu sudah tidak ada; mungkin sudah dikirim atau dibuang."), "warning")
        return _back(case, action)
    services().drafts.save(case.file.case_id, action, case.actor, draft.fields)
    flash(gettext("Draf itu sekarang ada di formulir Anda. Periksa, lalu kirim."), "success")
    return render_case(case, {action: restored(draft)})


def _insert(case: OpenCase, action: Action) -> ResponseReturnValue:
    """The text of a saved reply behind what was typed, its places filled in."""
    form = typed(action)
    reply = reply_of_unit(case, request.form.get("saved_reply", ""))
    if reply is None:
        form.errors["saved_reply"] = gettext("Pilih balasan tersimpan dari daftar.")
        return render_case(case, {action: form}), 400
    parts = [form.text("words"), filled(reply.text, case)]
    form.data["words"] = "\n\n".join(part for part in parts if part)
    return render_case(case, {action: _unsent(form)})


def _unsent(form: Form) -> Form:
    return Form(data=form.data, command_id=form.command_id, uploads=form.uploads)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == JSON


def _back(case: OpenCase, action: Action) -> ResponseReturnValue:
    return redirect(case_url(case.file.code, _anchor=f"tindakan-{action.value}"), 303)
