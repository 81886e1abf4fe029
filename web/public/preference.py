"""Which mails a reporter gets: chosen on a page, or ended by one click in a mail.

A token from a mail opens these pages and nothing else of the case. Looking changes nothing, because programs
that check links look too. Source: RFC 8058.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from db.vault_store import Gate
from domain.code import show_code
from mail.link import ForgedMailTokenError, MailPurpose
from schemas.mail import Wanted
from web.form import Form, MalformedFormError, posted_form
from web.language import LANGUAGES
from web.limit import act_limit, limiter, look_up_limit
from web.public.blueprint import bp
from web.public.case import held_gate
from web.public.mail_wanted import WANTED, preferences
from web.security import csrf
from web.services import services
from web.text import gettext


@bp.get("/surel/<token>")
@limiter.limit(look_up_limit)
def mail_choice(token: str) -> ResponseReturnValue:
    """The choice, for whoever reads the mails of the case."""
    return _choice_page(gate_of_mail(token), url_for("public.choose_mails", token=token))


@bp.post("/surel/<token>")
@limiter.limit(act_limit)
def choose_mails(token: str) -> ResponseReturnValue:
    """Keeps the choice and shows it."""
    _choose(gate_of_mail(token))
    return redirect(url_for("public.mail_choice", token=token), 303)


@bp.get("/lacak/<code>/surel")
@limiter.limit(look_up_limit)
def case_mail_choice(code: str) -> ResponseReturnValue:
    """The same for the holder of the key."""
    gate = held_gate(code)
    address = url_for("public.choose_case_mails", code=show_code(gate.code))
    return _choice_page(gate, address, back_url=url_for("public.case", code=show_code(gate.code)))


@bp.post("/lacak/<code>/surel")
@limiter.limit(act_limit)
def choose_case_mails(code: str) -> ResponseReturnValue:
    """Keeps the choice of the holder of the key and shows it."""
    gate = held_gate(code)
    _choose(gate)
    return redirect(url_for("public.case_mail_choice", code=show_code(gate.code)), 303)


@bp.get("/surel/<token>/berhenti")
@limiter.limit(look_up_limit)
def stop_mails_page(token: str) -> ResponseReturnValue:
    """A button, for those who open the one-click address in a browser."""
    gate = gate_of_mail(token)
    return _stop_page(gate, token, stopped=preferences().of(gate.case_id).wanted is Wanted.NONE)


@bp.post("/surel/<token>/berhenti")
@limiter.exempt
def stop_mails(token: str) -> ResponseReturnValue:
    """Ends the mails of the case at once, for a mail program as well as for the button; safe to repeat.

    A program has no cookie and no form of ours: the signed token alone says that the mail was read.
    """
    gate = gate_of_mail(token)
    preferences().stop(gate.case_id)
    return _stop_page(gate, token, stopped=True)


csrf.exempt(stop_mails)


def gate_of_mail(token: str) -> Gate:
    """The case whose mails a token may choose or end. Raises: ForgedMailTokenError."""
    read = services().links.read(token, services().now(), MailPurpose.PREFERENCE)
    gate = services().vault.gate_of_case(read.case_id)
    if gate is None:
        raise ForgedMailTokenError
    return gate


def _choose(gate: Gate) -> None:
    """Keeps what was posted. Raises: MalformedFormError for a value that no page of ours offers."""
    form = posted_form(("wanted", "locale"))
    wanted, locale = form.text("wanted"), form.text("locale")
    if wanted not in set(Wanted) or locale not in LANGUAGES:
        raise MalformedFormError
    preferences().choose(gate.case_id, Wanted(wanted), locale)
    flash(gettext("Pilihan Anda tersimpan dan langsung berlaku."), "success")


def _choice_page(gate: Gate, action: str, back_url: str = "") -> str:
    chosen = preferences().of(gate.case_id)
    return render_template(
        "public/mail_preference.html",
        code=show_code(gate.code),
        form=Form(data={"wanted": chosen.wanted.value, "locale": chosen.locale}),
        chosen=chosen,
        options=list(WANTED.items()),
        action=action,
        back_url=back_url,
    )


def _stop_page(gate: Gate, token: str, *, stopped: bool) -> str:
    return render_template("public/mail_stop.html", code=show_code(gate.code), token=token, stopped=stopped)
