"""The queue of comments: somebody of the office reads each before everybody can."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.comment_store import Comment, CommentStore, Verdict, WaitingComment
from domain.code import show_code
from domain.publication import RejectionReason, may_publish
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.opened import onlooker, open_case
from web.form import Form, posted_form
from web.presenter.published import REJECTIONS
from web.services import services
from web.text import gettext

APPROVE = "approve"


@dataclass(frozen=True, kw_only=True)
class QueuedComment:
    """A comment in `desk/moderation.html` with its form; `prefix` keeps the ids of fields apart."""

    comment: Comment
    title: str
    case_url: str
    public_url: str
    form: Form
    prefix: str


@bp.get("/desk/komentar")
def comments() -> ResponseReturnValue:
    """What waits for this person's eye, the longest waiting first."""
    return _page({})


@bp.get("/desk/komentar/<int(max=9223372036854775807):comment_id>")
def comments_again(comment_id: int) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("desk.comments"), 303)


@bp.post("/desk/komentar/<int(max=9223372036854775807):comment_id>")
def decide_comment(comment_id: int) -> ResponseReturnValue:
    """Shows a comment or refuses it with a reason; once, and then for good."""
    code = _store().case_of(comment_id)
    if code is None:
        abort(404)
    case = open_case(code)
    if not may_publish(case.actor):
        abort(403)
    form = posted_form(("reason",))
    shows = request.form.get("verdict") == APPROVE
    reason = next((one for one in RejectionReason if one.value == form.text("reason")), None)
    if not shows and reason is None:
        form.errors["reason"] = gettext("Pilih alasan penolakan.")
        return _page({comment_id: form}), 400
    verdict = Verdict(
        form_id=form.command_id,
        comment_id=comment_id,
        actor=case.actor,
        reason=None if shows else reason,
    )
    if not _store().decide(verdict):
        flash(gettext("Komentar itu sudah diputuskan; putusan pertama tetap."), "info")
    elif shows:
        flash(gettext("Komentar sekarang tampil."), "success")
    else:
        flash(gettext("Komentar ditolak dan tidak ditampilkan."), "success")
    return redirect(url_for("desk.comments"), 303)


def _store() -> CommentStore:
    return CommentStore(services().database, services().keyring)


def _page(forms: dict[int, Form]) -> str:
    waiting = _store().waiting(onlooker(staff()))
    return render_template(
        "desk/moderation.html",
        queue=[_queued(one, forms) for one in waiting],
        reasons=[(reason.value, label) for reason, label in REJECTIONS.items()],
    )


def _queued(one: WaitingComment, forms: dict[int, Form]) -> QueuedComment:
    return QueuedComment(
        comment=one.comment,
        title=one.title,
        case_url=url_for("desk.case", code=show_code(one.case_code)),
        public_url=url_for("public.published_report", slug=one.slug),
        form=forms.get(one.comment.id) or Form(),
        prefix=f"komentar-{one.comment.id}-",
    )
