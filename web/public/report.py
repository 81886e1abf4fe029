"""Filing a report: the form, and what becomes of it when it is sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from db.intake_store import Intake, OtherReportSentError
from db.region_store import Region
from schemas.report import NewReport
from web.form import Form, checked_id, posted_form
from web.language import is_switching, language
from web.limit import intake_limit, limiter
from web.public.blueprint import bp
from web.public.grant import form_id, grant, is_fresh, own_forms, remember_receipt
from web.public.region import settle_region
from web.public.report_again import filled_again
from web.public.report_choices import choices
from web.public.report_draft import forget_draft, own_draft, sent_ahead
from web.public.report_form import FIELDS, FILES, TICKS, file_errors, find_errors, to_report
from web.public.trap import trapped
from web.public.upload import Uploads, kept_uploads, read_uploads
from web.services import services
from web.text import gettext

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form on its way in: its answers, its files and its id.

    Attributes:
        regions: what the typed region may mean.
        beside: the form whose report has the same content and is meant to stand beside this one; usually "".
    """

    form: Form
    intake_id: str
    beside: str = ""
    regions: tuple[Region, ...] = ()

    @property
    def uploads(self) -> Uploads:
        """Its files."""
        return self.form.uploads or Uploads()

    def under_new_id(self) -> Filled:
        """The same answers as another report."""
        return replace(self, intake_id=form_id())


SAME_WITHIN = timedelta(minutes=10)
"""Who sends the same words again so soon has pressed the back button, and means one report."""


@bp.get("/lapor/semua")
def report_all() -> ResponseReturnValue:
    """The whole form on one page, with what this browser has begun in it."""
    draft = own_draft()
    if draft is None:
        return _fresh_page()
    form = Form(data=dict(draft.answers), uploads=kept_uploads(draft.intake_id))
    return _page(Filled(form=form, intake_id=draft.intake_id))


def report_again(beside: str) -> str:
    """The form with the words of a report that this browser has just sent, to be sent as another one."""
    first = checked_id(beside)
    form = filled_again(first)
    if form is None:
        return _fresh_page()
    form.uploads = sent_ahead(intake_id := form_id())
    return _page(Filled(form=form, intake_id=intake_id, beside=first))


@bp.get("/reports")
def report_form_again() -> ResponseReturnValue:
    """For those who reload the address that takes the form, or switch its language."""
    return redirect(url_for("public.report_form"), 303)


@bp.post("/reports")
@limiter.limit(intake_limit)
def submit_report() -> ResponseReturnValue:
    """Takes a report in: 303 to its receipt, 422 with errors, 409 for a used form, 503 if it was not kept."""
    filled = _filled()
    if trapped():
        return _page(filled), 422
    if "find" in request.form or is_switching():
        filled.form.errors = file_errors(filled.uploads)
        return _page(filled)
    filled.form.errors = find_errors(filled.form, filled.uploads, choices().setting)
    if filled.form.errors:
        return _page(filled), 422
    report = _to_report(filled)
    try:
        first = services().intakes.twin(report, own_forms(), services().now() - SAME_WITHIN)
        if first not in {None, filled.intake_id, filled.beside}:
            return _to_receipt(first, same="1")
        intake = services().intakes.receive(report)
    except OtherReportSentError:
        return _used_form(filled)
    except OperationalError:
        return _nothing_kept(filled)
    _start(intake)
    forget_draft(filled.intake_id)
    return _to_receipt(filled.intake_id)


def _to_receipt(intake_id: str, same: str | None = None) -> ResponseReturnValue:
    """The receipt; for as long as it shows the key, the browser that sent the form opens the case too."""
    now = services().now()
    remember_receipt(intake_id, now)
    try:
        intake = services().intakes.find(intake_id)
        gate = None if intake is None else services().vault.gate_of_case(intake.case_id)
    except OperationalError:
        log.warning("a report was committed and its browser has to open it with the key")
        gate = None
    if gate is not None and is_fresh(intake_id, now):
        grant(gate)
    return redirect(url_for("public.receipt", intake_id=intake_id, same=same), 303)


def _filled() -> Filled:
    form = posted_form(FIELDS)
    form.data |= {name: request.form.get(name) == "1" for name in TICKS}
    intake_id = checked_id(request.form.get("intake_id", ""))
    form.uploads = read_uploads(FILES, request.form.get(f"{FILES}_form") or intake_id)
    return Filled(
        form=form,
        intake_id=intake_id,
        beside=request.form.get("beside", ""),
        regions=tuple(_regions(form)),
    )


def _regions(form: Form) -> list[Region]:
    """What the typed region may mean. Without the database it stays as it was typed and chosen."""
    try:
        return settle_region(form)
    except OperationalError:
        return []


def _to_report(filled: Filled) -> NewReport:
    policy_name = "demo" if services().settings.demo else "standard"
    return to_report(filled.form, filled.uploads, filled.intake_id, language(), policy_name)


def _start(intake: Intake) -> None:
    """Starts the case. Whatever fails here is made good by the sweeper: the report is committed."""
    given = services()
    try:
        if given.commands.is_started(intake.case_id):
            return
        if given.cases.start(intake.start):
            given.intakes.mark_started(intake.case_id)
    except OperationalError:
        log.warning("a report was committed and not marked as started; the sweeper does it")


def _used_form(filled: Filled) -> ResponseReturnValue:
    flash(
        gettext(
            "Formulir ini sudah terkirim dan menjadi satu laporan. Isian baru Anda di bawah belum terkirim; "
            "kirim hanya jika ini laporan lain."
        ),
        "warning",
    )
    return _page(filled.under_new_id()), 409


def _nothing_kept(filled: Filled) -> ResponseReturnValue:
    log.error("a report could not be stored: the database is away")
    flash(
        gettext(
            "Laporan belum tersimpan: basis data kami sedang tidak dapat dipakai. Semua isian Anda masih ada "
            "di bawah. Tunggu satu menit, lalu kirim lagi; tidak akan terkirim dua kali."
        ),
        "error",
    )
    return _page(filled), 503


def _fresh_page() -> str:
    """The form without answers, with the files that were sent ahead for it."""
    intake_id = form_id()
    return _page(Filled(form=Form(uploads=sent_ahead(intake_id)), intake_id=intake_id))


def _page(filled: Filled) -> str:
    return render_template(
        "public/report_form.html",
        form=filled.form,
        intake_id=filled.intake_id,
        beside=filled.beside,
        found=[(region.code, region.path) for region in filled.regions],
        files_lost=filled.uploads.chosen,
        **choices().for_page(),
    )
