"""The page of one case and what its reporter does there."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from db.command_store import TooManyMessagesError
from db.vault_store import Gate
from domain.actor import reporter_actor
from domain.case import Action, Channel
from domain.code import show_code
from domain.command import Body
from schemas.command import NewCommand
from web.act import submit
from web.answer_page import ActPage, respond
from web.form import Form, posted_form, posted_version
from web.limit import act_limit, limiter, look_up_limit
from web.presenter.labels import ACTIONS
from web.public.blueprint import bp
from web.public.case_page import Forms, case_page, holder_name, offers, stage_page
from web.public.grant import holds
from web.public.track import visible_gate
from web.text import gettext

CONFIRM_MAX, WORDS_MAX = 2000, 4000
RATINGS = frozenset({"", "1", "2", "3", "4", "5"})

FORMS: dict[Action, Callable[[Form], Forms]] = {
    Action.CONFIRM: lambda form: Forms(confirm=form),
    Action.DISPUTE: lambda form: Forms(dispute=form),
    Action.MESSAGE: lambda form: Forms(message=form),
}


@bp.get("/lacak/<code>")
@limiter.limit(look_up_limit)
def case(code: str) -> ResponseReturnValue:
    """All for the holder of the key; stage and dates for others; a secret case exists for its holder only."""
    gate = visible_gate(code)
    if gate is None:
        abort(404)
    if holds(gate):
        return case_page(gate)
    return stage_page(gate, Form(), url_for("public.track_with_key"))


@bp.get("/lacak/<code>/<any(konfirmasi,sanggahan,pesan,tutup):_act>")
def case_again(code: str, _act: str) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("public.case", code=code), 303)


@bp.post("/lacak/<code>/konfirmasi")
@limiter.limit(act_limit)
def confirm(code: str) -> ResponseReturnValue:
    """The reporter says that it is done, with or without a rating and words."""
    gate, form = _held(code), posted_form(("rating", "words"))
    if form.text("rating") not in RATINGS:
        form.errors["rating"] = gettext("Pilih nilai dari 1 sampai 5, atau tidak menilai.")
    _check_length(form, "words", CONFIRM_MAX)
    if form.errors:
        return case_page(gate, Forms(confirm=form)), 422
    rating = int(form.text("rating")) if form.text("rating") else None
    new = _command(
        gate,
        form,
        Action.CONFIRM,
        words=form.text("words"),
        body=Body(rating=rating),
        version=posted_version(),
    )
    return _act(gate, form, new, gettext("Terima kasih. Laporan ini selesai atas pernyataan Anda."))


@bp.post("/lacak/<code>/sanggahan")
@limiter.limit(act_limit)
def dispute(code: str) -> ResponseReturnValue:
    """The reporter says that it is not done, and why."""
    gate, form = _held(code), posted_form(("reason",))
    _require(form, "reason", gettext("Tulis apa yang belum selesai."))
    if form.errors:
        return case_page(gate, Forms(dispute=form)), 422
    new = _command(gate, form, Action.DISPUTE, words=form.text("reason"), version=posted_version())
    done = gettext("Laporan kembali ke %(unit)s, dan atasannya ikut mengawasi.", unit=holder_name(gate))
    return _act(gate, form, new, done)


@bp.post("/lacak/<code>/pesan")
@limiter.limit(act_limit)
def message(code: str) -> ResponseReturnValue:
    """A further message of the reporter. Too many: 429, the words kept."""
    gate, form = _held(code), posted_form(("text",))
    _require(form, "text", gettext("Tulis pesan Anda."))
    if form.errors:
        return case_page(gate, Forms(message=form)), 422
    new = _command(gate, form, Action.MESSAGE, words=form.text("text"))
    try:
        return _act(gate, form, new, gettext("Pesan Anda sudah sampai ke %(unit)s.", unit=holder_name(gate)))
    except TooManyMessagesError:
        form.errors["text"] = gettext(
            "Belum terkirim: laporan ini menerima paling banyak 5 pesan per jam dan 20 pesan seluruhnya. "
            "Kata-kata Anda masih ada; salin, lalu kirim lagi nanti."
        )
        return case_page(gate, Forms(message=form)), 429


def _held(code: str) -> Gate:
    """The case, for the holder of its key alone; a 404 for anybody who may not even know of it."""
    gate = visible_gate(code)
    if gate is None:
        abort(404)
    if not holds(gate):
        abort(403)
    return gate


def _command(gate: Gate, form: Form, action: Action, **content: object) -> NewCommand:
    actor = reporter_actor(Channel.WEB)
    return NewCommand.model_validate(
        {"id": form.command_id, "case_id": gate.case_id, "action": action, "actor": actor, **content}
    )


def _act(gate: Gate, form: Form, new: NewCommand, done: str) -> ResponseReturnValue:
    def form_again(objection: str) -> str | None:
        if not offers(gate, new.action):
            return None
        flash(objection, "warning")
        return case_page(gate, FORMS[new.action](form.renewed()))

    code = show_code(gate.code)
    page = ActPage(
        label=ACTIONS[new.action],
        code=code,
        back_url=url_for("public.case", code=code),
        done=done,
        form_again=form_again,
    )
    return respond(submit(new), page)


def _require(form: Form, name: str, missing: str) -> None:
    if not form.text(name):
        form.errors[name] = missing
    _check_length(form, name, WORDS_MAX)


def _check_length(form: Form, name: str, longest: int) -> None:
    if len(form.text(name)) > longest:
        form.errors[name] = gettext("Terlalu panjang: paling banyak %(max)d huruf.", max=longest)
