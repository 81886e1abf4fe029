"""Finding a case: by its code, which shows the stage, or by its key, which opens it."""

from __future__ import annotations

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.vault_store import Gate
from domain.code import MalformedCodeError, parse_code, show_code
from web.form import Form, clean, posted_form
from web.limit import act_limit, key_limit, limiter, look_up_limit
from web.public.blueprint import bp
from web.public.case_page import stage_page
from web.public.grant import forget, grant, holds
from web.services import services
from web.text import gettext

KEY_LETTERS = 32
_KEY = re.compile(r"[0-9a-f]{16,}")
"""A key, or so much of one that it cannot be a code; also inside what was copied along with it."""


def find_limit() -> str:
    """For the forms of the look-up page: one sends a code alone, the other a key."""
    return key_limit() if "key" in request.form else look_up_limit()


@bp.get("/lacak")
@limiter.limit(look_up_limit)
def track() -> ResponseReturnValue:
    """The look-up box; with `?code=` on to the case. A secret case is as unknown as one that is not there."""
    typed = request.args.get("code")
    if typed is None:
        return _page(Form())
    if _key_in(typed):
        wrong = gettext(
            "Ini kunci, bukan kode. Tulis kunci di sini, jangan di alamat halaman: alamat dapat terbaca "
            "orang lain."
        )
        return _page(Form(errors={"key": wrong})), 404
    return _by_code(typed)


@bp.post("/lacak")
@limiter.limit(find_limit)
def find_case() -> ResponseReturnValue:
    """To the case of a code or of a key; a key in the box for codes opens its case too, as was meant.

    Forms are posted, so that no key stands in an address. A wrong key shows the stage again if the code
    alone shows it, else the box.
    """
    form = posted_form(("code", "key"))
    typed = form.text("code")
    if "key" in request.form:
        wrong = gettext("Kunci ini tidak membuka laporan itu. Periksa lagi tiap huruf dan angkanya.")
        return _by_key(form, wrong)
    if not _key_in(typed):
        return _by_code(typed)
    wrong = gettext(
        "Yang Anda tulis ini kunci, bukan kode, dan tidak kami kenal. Periksa lagi tiap huruf dan angkanya."
    )
    return _by_key(Form(data={"key": typed}), wrong)


@bp.get("/l/<key>")
@limiter.limit(key_limit)
def open_with_key(key: str) -> ResponseReturnValue:
    """The address behind a receipt's QR code: remembers the right and leads to an address without the key."""
    gate = gate_of_key(key)
    if gate is None:
        return _page(Form(errors={"key": gettext("Kunci ini tidak kami kenal.")})), 404
    grant(gate)
    return redirect(url_for("public.case", code=show_code(gate.code)), 303)


@bp.post("/lacak/<code>/tutup")
@limiter.limit(act_limit)
def forget_here(code: str) -> ResponseReturnValue:
    """A public computer forgets a case; its key opens it again, here and everywhere."""
    gate = visible_gate(code)
    if gate is None:
        abort(404)
    forget(gate)
    flash(
        gettext("Laporan ini sudah ditutup di perangkat ini. Dengan kuncinya, Anda membukanya lagi."),
        "success",
    )
    return redirect(url_for("public.track"), 303)


def gate_of_key(typed: str) -> Gate | None:
    """The case that a key opens; spaces, capitals and what was copied along with it are forgiven."""
    key = _key_in(typed)
    code = services().reader.code_of_key(key) if key else None
    return None if code is None else services().vault.gate(code)


def visible_gate(typed: str) -> Gate | None:
    """The case of a code, if this browser may know that it exists."""
    try:
        gate = services().vault.gate(parse_code(typed))
    except MalformedCodeError:
        return None
    if gate is None or (gate.secret and not holds(gate)):
        return None
    return gate


def _key_in(typed: str) -> str:
    """What of the typed looks like a key, in its one spelling; "" without any."""
    found = _KEY.search("".join(typed.split()).replace("-", "").lower())
    return "" if found is None else found[0][-KEY_LETTERS:]


def _by_key(form: Form, wrong: str) -> ResponseReturnValue:
    gate = gate_of_key(form.text("key"))
    if gate is not None and _same_case(form.text("code"), gate):
        grant(gate)
        return redirect(url_for("public.case", code=show_code(gate.code)), 303)
    form.errors["key"] = wrong
    shown = visible_gate(form.text("code"))
    if shown is not None:
        return stage_page(shown, form, url_for("public.find_case")), 403
    return _page(form), 404


def _by_code(typed: str) -> ResponseReturnValue:
    gate = visible_gate(typed)
    if gate is not None:
        return redirect(url_for("public.case", code=show_code(gate.code)), 303)
    return _page(Form(data={"code": clean(typed)[:40]}, errors={"code": _code_error(typed)})), 404


def _same_case(typed: str, gate: Gate) -> bool:
    """A key typed beside a code must belong to it; a key alone is enough."""
    if not typed:
        return True
    try:
        return parse_code(typed) == gate.code
    except MalformedCodeError:
        return False


def _code_error(typed: str) -> str:
    if not typed.strip():
        return gettext("Tulis kode laporan.")
    return gettext("Kode ini tidak kami kenal. Periksa lagi tiap huruf dan angkanya, atau pakai kunci Anda.")


def _page(form: Form) -> str:
    return render_template("public/track.html", form=form)
