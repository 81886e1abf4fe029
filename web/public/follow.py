"""`Ikuti lewat surel`: asked for by anybody with an address, begun and ended by the links of its mails.

The answer to an address is always the same, so that nobody learns who follows. Looking at a link changes
nothing, because programs that check links look too. Source: RFC 8058.
"""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from db.subscription_store import Subscription, SubscriptionStore
from mail.link import ForgedMailTokenError, MailPurpose
from web.form import Form, posted_form
from web.language import language
from web.limit import act_limit, allowance, limiter, look_up_limit
from web.public.blueprint import bp
from web.public.published import render_published, shown_report
from web.public.trap import trapped
from web.security import csrf
from web.services import services
from web.text import gettext

ADDRESS_MOST = 254


def follow_limit() -> str:
    """For asking addresses."""
    return allowance(10, 3)


@bp.post("/laporan/<slug>/ikuti")
@limiter.limit(follow_limit)
def follow(slug: str) -> ResponseReturnValue:
    """Asks an address whether it wants to follow, unless it was asked lately or follows already."""
    report, form = shown_report(slug), posted_form(("email",))
    address = _address(form.text("email"))
    if address is None:
        form.errors["email"] = gettext("Alamat surel tidak lengkap atau salah. Contoh: nama@contoh.id.")
        return render_published(report, Form(), form), 400
    if trapped():
        return render_published(report, Form(), form), 422
    _store().ask(report.id, address, language())
    flash(
        gettext("Jika alamat itu benar, kami kirim surel untuk memastikan. Buka tautannya untuk mulai."),
        "success",
    )
    return redirect(url_for("public.published_report", slug=slug), 303)


@bp.get("/ikuti/<token>")
@limiter.limit(look_up_limit)
def follow_page(token: str) -> ResponseReturnValue:
    """Where a subscription stands, with the button that begins or ends it."""
    return render_template("public/follow.html", found=_subscription(token), token=token)


@bp.post("/ikuti/<token>")
@limiter.limit(act_limit)
def confirm_following(token: str) -> ResponseReturnValue:
    """Begins the subscription that was asked for. Safe to repeat."""
    _store().confirm(_subscription(token).id)
    return redirect(url_for("public.follow_page", token=token), 303)


@bp.get("/ikuti/<token>/berhenti")
@limiter.limit(look_up_limit)
def stop_following_page(token: str) -> ResponseReturnValue:
    """The same page, for those who open the one-click address in a browser."""
    return follow_page(token)


@bp.post("/ikuti/<token>/berhenti")
@limiter.exempt
def stop_following(token: str) -> ResponseReturnValue:
    """Ends the subscription at once, for a mail program as well as for the button; safe to repeat.

    A program has no cookie and no form of ours: the signed token alone says that the mail was read.
    """
    _store().stop(_subscription(token).id)
    return render_template("public/follow.html", found=_subscription(token), token=token)


csrf.exempt(stop_following)


def _subscription(token: str) -> Subscription:
    """Raises: ForgedMailTokenError."""
    read = services().links.read(token, services().now(), MailPurpose.SUBSCRIPTION)
    found = _store().find(read.case_id)
    if found is None:
        raise ForgedMailTokenError
    return found


def _store() -> SubscriptionStore:
    return SubscriptionStore(services().database, services().keyring)


def _address(typed: str) -> str | None:
    """The address in its usual spelling; None if it is none."""
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return checked.normalized if len(checked.normalized) <= ADDRESS_MOST else None
