"""The links in a reporter's mails. A mistyped address must give nobody a case.

Source: CASE, "Code, key, links".
"""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from db.vault_store import Gate
from domain.code import show_code
from mail.link import ForgedMailTokenError
from web.form import Form, posted_form
from web.limit import key_limit, limiter, look_up_limit
from web.public.blueprint import bp
from web.public.case_page import stage_page
from web.public.grant import grant, holds
from web.public.track import gate_of_key
from web.services import services
from web.text import gettext


@bp.get("/m/<token>")
@limiter.limit(look_up_limit)
def open_from_mail(token: str) -> ResponseReturnValue:
    """The case if the address is proved or this browser holds the key, which proves it; else its stage."""
    gate = _gate(token)
    if holds(gate):
        services().vault.confirm_address(gate.case_id)
    elif not services().vault.is_confirmed(gate.case_id):
        return stage_page(gate, Form(), request.path)
    return _open(gate)


@bp.post("/m/<token>")
@limiter.limit(key_limit)
def prove_from_mail(token: str) -> ResponseReturnValue:
    """The key, entered on the page of a mail: proves the address and opens the case."""
    gate = _gate(token)
    form = posted_form(("key",))
    if gate_of_key(form.text("key")) != gate:
        form.errors["key"] = gettext(
            "Kunci ini tidak membuka laporan itu. Periksa lagi tiap huruf dan angkanya."
        )
        return stage_page(gate, form, request.path), 403
    services().vault.confirm_address(gate.case_id)
    return _open(gate)


def _gate(token: str) -> Gate:
    """Raises: ForgedMailTokenError, ExpiredMailTokenError."""
    read = services().links.read(token, services().now())
    gate = services().vault.gate_of_case(read.case_id)
    if gate is None:
        raise ForgedMailTokenError
    return gate


def _open(gate: Gate) -> ResponseReturnValue:
    grant(gate)
    return redirect(url_for("public.case", code=show_code(gate.code)), 303)
