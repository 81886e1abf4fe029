"""Comments below a published report: taken in by anybody, shown once a person has read them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from db.command_store import OtherBodySentError
from db.comment_store import CommentStore, CommentWords, TooManyCommentsError
from domain.publication import COMMENT_MOST, NAME_MOST
from web.answer_page import already_sent
from web.form import Form, MalformedFormError, posted_form
from web.limit import allowance, limiter
from web.public.blueprint import bp
from web.public.published import render_published, shown_report
from web.public.trap import trapped
from web.services import services
from web.text import gettext


def comment_limit() -> str:
    """For writing comments."""
    return allowance(10, 3)


@bp.post("/laporan/<slug>/komentar")
@limiter.limit(comment_limit)
def comment(slug: str) -> ResponseReturnValue:
    """Puts a comment into the queue of the office that holds the case; the same form does so once.

    303 when it waits there, 400 or 422 for what has to be put right, 409 for a form that brought other words.
    """
    report = shown_report(slug)
    if "command_id" not in request.form:
        raise MalformedFormError
    form = posted_form(("name", "text"))
    form.errors.update(_errors(form))
    if form.errors:
        return render_published(report, form), 400
    words = CommentWords(name=form.text("name"), text=form.text("text"))
    if trapped():
        return render_published(report, form), 422
    try:
        CommentStore(services().database, services().keyring).add(report.id, form.command_id, words)
    except OtherBodySentError:
        flash(already_sent(), "warning")
        return render_published(report, form.renewed()), 409
    except TooManyCommentsError:
        form.errors["text"] = gettext(
            "Terlalu banyak komentar laporan ini sedang menunggu diperiksa. Coba lagi besok."
        )
        return render_published(report, form), 429
    flash(gettext("Komentar Anda diterima. Komentar tampil setelah diperiksa petugas."), "success")
    return redirect(url_for("public.published_report", slug=slug), 303)


def _errors(form: Form) -> dict[str, str]:
    found = {}
    if len(form.text("name")) > NAME_MOST:
        found["name"] = gettext("Nama paling panjang %(most)d huruf.", most=NAME_MOST)
    if not form.text("text"):
        found["text"] = gettext("Tulis komentar Anda.")
    elif len(form.text("text")) > COMMENT_MOST:
        found["text"] = gettext("Komentar paling panjang %(most)d huruf.", most=COMMENT_MOST)
    return found
