"""`Saya juga mengalami`: one browser counts once for a report, and may take it back."""

from __future__ import annotations

from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from web.limit import allowance, limiter
from web.public.blueprint import bp
from web.public.published import shown_report
from web.public.supporter import new_supporter, support_store, supporter
from web.text import gettext


def support_limit() -> str:
    """For supporting: whoever throws away the cookie may still not count often."""
    return allowance(60, 10)


@bp.post("/laporan/<slug>/dukung")
@limiter.limit(support_limit)
def support(slug: str) -> ResponseReturnValue:
    """Counts this browser. Safe to repeat."""
    report = shown_report(slug)
    response = make_response(redirect(url_for("public.published_report", slug=slug, _anchor="dukungan"), 303))
    support_store().give(report.id, supporter() or new_supporter(response))
    flash(gettext("Tercatat: Anda juga mengalami hal ini."), "success")
    return response


@bp.post("/laporan/<slug>/batal-dukung")
@limiter.limit(support_limit)
def withdraw_support(slug: str) -> ResponseReturnValue:
    """Counts this browser no more. Safe to repeat."""
    report, known = shown_report(slug), supporter()
    if known is not None:
        support_store().take_back(report.id, known)
    flash(gettext("Dukungan Anda dibatalkan."), "success")
    return redirect(url_for("public.published_report", slug=slug, _anchor="dukungan"), 303)
