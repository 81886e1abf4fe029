"""The page of one case, and the question before a report is withdrawn."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from db.standing_store import StandingStore
from db.vault_store import Gate
from domain.case import Action, Kind
from domain.code import show_code
from web.form import Form
from web.limit import limiter, look_up_limit
from web.public.blueprint import bp
from web.public.case_page import case_page, stage_page
from web.public.grant import holds
from web.public.offer import offers
from web.public.track import visible_gate
from web.services import services
from web.text import gettext


@bp.get("/lacak/<code>")
@limiter.limit(look_up_limit)
def case(code: str) -> ResponseReturnValue:
    """All for the holder of the key; stage and dates for others; a secret case exists for its holder only."""
    gate = visible_gate(code)
    if gate is None:
        abort(404)
    if holds(gate):
        return case_page(gate)
    return stage_page(gate, Form(), url_for("public.find_case"))


@bp.get(
    "/lacak/<code>/<any(konfirmasi,sanggahan,pesan,jawaban,ingatkan,'buka-kembali','aktifkan-kembali',"
    "ombudsman,batalkan,tutup):_act>"
)
def case_again(code: str, _act: str) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("public.case", code=code), 303)


@bp.get("/lacak/<code>/pencabutan")
@limiter.limit(look_up_limit)
def withdraw_page(code: str) -> ResponseReturnValue:
    """What withdrawing means, before it is done."""
    gate = held_gate(code)
    if not offers(gate, Action.WITHDRAW):
        flash(gettext("Laporan ini tidak dapat dicabut sekarang."), "info")
        return redirect(url_for("public.case", code=show_code(gate.code)), 303)
    return withdrawal(gate, Form())


def withdrawal(gate: Gate, form: Form) -> str:
    """The page of the withdrawal, with its form."""
    state = StandingStore(services().database).of(gate.case_id).state
    return render_template(
        "public/withdraw.html",
        code=show_code(gate.code),
        form=form,
        version=state.version,
        goes_on=state.kind is Kind.COMPLAINT_OVERSIGHT,
    )


def held_gate(code: str) -> Gate:
    """The case, for the holder of its key alone; a 404 for anybody who may not even know of it."""
    gate = visible_gate(code)
    if gate is None:
        abort(404)
    if not holds(gate):
        abort(403)
    return gate
