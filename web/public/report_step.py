"""The report form in four steps. Every step is kept on the server before the next one is shown."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from db.draft_store import KEPT_FOR, ReportDraft
from db.region_store import Region
from web.form import Form, checked_id, clean, posted_form
from web.language import is_switching
from web.limit import limiter, step_limit, step_page_limit
from web.public.blueprint import bp
from web.public.grant import another_form_id, form_id
from web.public.region import settle_region
from web.public.report import report_again
from web.public.report_check import check_page
from web.public.report_choices import Choices, choices
from web.public.report_draft import keep_answers, next_step, own_draft, own_id, sent_ahead, throw_away
from web.public.report_form import FILES, TICKS, WHAT, WHERE, WHO, file_errors, find_errors
from web.public.upload import Uploads, kept_uploads, read_uploads
from web.text import LazyText, gettext, lazy_gettext

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A page of the form: what it asks."""

    number: int
    title: LazyText
    fields: tuple[str, ...]
    ticks: tuple[str, ...] = ()

    @property
    def has_files(self) -> bool:
        """Whether files are chosen here."""
        return FILES in self.fields


STEPS = {
    step.number: step
    for step in (
        Step(number=1, title=lazy_gettext("Apa yang terjadi?"), fields=(*WHAT, FILES)),
        Step(number=2, title=lazy_gettext("Di mana dan kapan?"), fields=WHERE),
        Step(number=3, title=lazy_gettext("Tentang Anda"), fields=WHO, ticks=TICKS),
    )
}
CHECK = 4


@bp.route("/lapor", methods=["GET", "POST"])
def report_form() -> ResponseReturnValue:
    """The first step, or with words from the front door; for those who have begun, the way back into it."""
    if request.args.get("beside"):
        return report_again(request.args["beside"])
    draft = own_draft()
    text = clean(request.values.get("text", ""))
    if draft is not None and not text:
        return _offer(draft)
    intake_id = form_id() if draft is None or draft.answers.get("text") == text else another_form_id()
    return _first_page(intake_id, text)


@bp.get("/lapor/langkah/<int:number>")
@limiter.limit(step_page_limit)
def report_step(number: int) -> ResponseReturnValue:
    """A step with what was answered before; the last one shows all of it."""
    if number != CHECK and number not in STEPS:
        abort(404)
    draft = own_draft()
    if draft is None:
        return _first_page(form_id()) if number == 1 else _to(url_for("public.report_form"))
    form = Form(data=dict(draft.answers), uploads=kept_uploads(draft.intake_id))
    wrong = _first_wrong(form, number)
    if wrong is not None:
        flash(gettext("Langkah ini belum lengkap. Lengkapi dahulu, lalu lanjutkan."), "warning")
        return _to(url_for("public.report_step", number=wrong))
    return (
        check_page(form, draft.intake_id) if number == CHECK else _page(STEPS[number], form, draft.intake_id)
    )


@bp.post("/lapor/langkah/<int:number>")
@limiter.limit(step_limit)
def answer_step(number: int) -> ResponseReturnValue:
    """Keeps the answers of a step: 303 onward or back, 422 with errors, 503 if nothing could be kept."""
    step = STEPS.get(number)
    if step is None:
        abort(404)
    form = posted_form(name for name in step.fields if name != FILES)
    form.data |= {name: request.form.get(name) == "1" for name in step.ticks}
    intake_id = checked_id(request.form.get("intake_id", ""))
    try:
        return _answered(step, form, own_id(intake_id))
    except OperationalError:
        log.error("the answers of a step could not be kept: the database is away")
        flash(
            gettext(
                "Isian belum tersimpan: basis data kami sedang tidak dapat dipakai. Semua isian Anda masih "
                "ada di bawah. Tunggu satu menit, lalu lanjutkan lagi."
            ),
            "error",
        )
        return _page(step, form, intake_id), 503


@bp.post("/lapor/buang")
def discard_draft() -> ResponseReturnValue:
    """Throws away what this browser has begun."""
    throw_away(checked_id(request.form.get("intake_id", "")))
    flash(gettext("Isian yang belum terkirim sudah dibuang."), "success")
    return _to(url_for("public.report_form"))


def _answered(step: Step, form: Form, intake_id: str) -> ResponseReturnValue:
    """Where the answers lead. Raises: OperationalError."""
    found = settle_region(form) if step.fields is WHERE else []
    form.uploads = read_uploads(FILES, intake_id) if step.has_files else None
    if is_switching():
        form.errors = file_errors(form.uploads)
        return _page(step, form, intake_id, found)
    errors = _errors(step, form, choices())
    onward = CHECK if request.form.get("then") == "check" else step.number + 1
    keep_answers(intake_id, form, step.number if errors else onward)
    if "back" in request.form:
        return _to(_before(step))
    if "find" in request.form and (found or not errors):
        return _page(step, form, intake_id, found)
    form.errors = errors
    if errors:
        return _page(step, form, intake_id, found), 422
    return _to(url_for("public.report_step", number=onward))


def _page(step: Step, form: Form, intake_id: str, found: list[Region] | None = None) -> str:
    return render_template(
        "public/report_step.html",
        form=form,
        step=step,
        last=CHECK,
        intake_id=intake_id,
        then="check" if "check" in request.values.getlist("then") else "",
        found=[(region.code, region.path) for region in found or []],
        files_lost=form.uploads is not None and form.uploads.chosen,
        **choices().for_page(),
    )


def _first_page(intake_id: str, text: str = "") -> str:
    """The first step of a form without answers, with the files that were sent ahead for it."""
    return _page(STEPS[1], Form(data={"text": text}, uploads=sent_ahead(intake_id)), intake_id)


def _offer(draft: ReportDraft) -> str:
    return render_template(
        "public/report_resume.html",
        title=draft.answers.get("title") or "",
        text=draft.answers.get("text") or "",
        changed_at=draft.changed_at,
        until=draft.changed_at + KEPT_FOR - timedelta(minutes=1),
        intake_id=draft.intake_id,
        number=next_step(draft),
    )


def _first_wrong(form: Form, before: int) -> int | None:
    """The first earlier step whose answers would be refused."""
    known = choices()
    return next(
        (step.number for step in STEPS.values() if step.number < before and _errors(step, form, known)), None
    )


def _errors(step: Step, form: Form, known: Choices) -> dict[str, str]:
    found = find_errors(form, form.uploads or Uploads(), known.setting)
    return {name: error for name, error in found.items() if name in step.fields}


def _before(step: Step) -> str:
    if step.number == 1:
        return url_for("public.home")
    return url_for("public.report_step", number=step.number - 1)


def _to(address: str) -> ResponseReturnValue:
    return redirect(address, 303)
