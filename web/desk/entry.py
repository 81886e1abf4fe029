"""Entering a report for somebody at the counter, on paper or on the telephone."""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from db import directory_store
from db.desk_draft_store import EntryDraft
from db.intake_store import Intake, OtherReportSentError
from db.region_store import Region
from schemas.report import NewReport
from web.auth.person import ENTERS, staff
from web.desk.blueprint import bp
from web.desk.draft import saved_line
from web.desk.duplicate import twins_of_entry
from web.desk.entry_doubt import Doubts, late_dates
from web.desk.entry_form import (
    ADDRESS_MAX,
    CHANNELS,
    FIELDS,
    Desk,
    check_entry,
    empty_entry,
    entered_report,
    receipt_instant,
)
from web.desk.entry_receipt import show_key
from web.desk.step import JSON, Step, posted_step
from web.form import Form, checked_id, new_id, posted_form
from web.language import language
from web.public.region import settle_region
from web.public.report_choices import choices
from web.public.report_form import FILES, TICKS
from web.public.upload import kept_uploads, read_uploads
from web.services import services
from web.text import gettext

log = logging.getLogger(__name__)


@bp.get("/desk/catat")
def enter() -> ResponseReturnValue:
    """The empty form, or what this person has left unsent."""
    desk = _desk()
    kept = _unsent(desk)
    if kept is None:
        return _page(desk, empty_entry(desk), new_id())
    form = Form(data=dict(kept.fields), uploads=kept_uploads(kept.intake_id))
    return _page(desk, form, kept.intake_id, saved=saved_line(kept.saved_at))


@bp.post("/desk/catat")
def take_entry() -> ResponseReturnValue:
    """Takes the report in: 303 to its receipt, 400 with errors, 409 for a form that was used before.

    Reports that may be the same, and dates that are over already, are shown once before; whoever sends the
    form again records it anyway.
    """
    desk, form = _desk(), posted_form(FIELDS)
    intake_id = checked_id(request.form.get("intake_id", ""))
    form.data |= {name: request.form.get(name) == "1" for name in TICKS}
    form.uploads = read_uploads(FILES)
    step = posted_step()
    if step is not None:
        return _aside(desk, form, intake_id, step)
    if request.form.get("find"):
        return _page(desk, form, intake_id, regions=settle_region(form))
    checked = check_entry(form, choices(), desk)
    if form.errors:
        return _page(desk, form, intake_id, regions=checked.regions), 400
    policy = "demo" if services().settings.demo else "standard"
    report = entered_report(form, intake_id, language(), policy, desk)
    received_at = receipt_instant(form, desk)
    doubts = _doubts(report, received_at, desk)
    if doubts:
        _keep_draft(desk, intake_id, form)
        return _page(desk, form, intake_id, doubts=doubts)
    try:
        intake = services().intakes.receive(report, received_at=received_at)
    except OtherReportSentError:
        flash(
            gettext("Formulir ini sudah menjadi satu laporan; yang di bawah ini belum terkirim."), "warning"
        )
        return _page(desk, form, new_id()), 409
    _start(intake)
    show_key(intake_id)
    _forget_draft(desk, intake_id)
    return redirect(url_for("desk.entry_receipt", intake_id=intake_id), 303)


def _unsent(desk: Desk) -> EntryDraft | None:
    """What was left last; what has become a report since, or came after its own report, goes."""
    given = services()
    kept = given.drafts.entry(desk.person_id)
    while kept is not None and given.intakes.find(kept.intake_id) is not None:
        given.drafts.discard_entry(desk.person_id, kept.intake_id)
        kept = given.drafts.entry(desk.person_id)
    return kept


def _doubts(report: NewReport, received_at: datetime | None, desk: Desk) -> Doubts:
    """Reports that may be the same, and dates over already: what was not shown yet of a report not in yet."""
    if services().intakes.find(report.intake_id) is not None:
        return Doubts()
    seen = request.form.get("warned"), request.form.get("late_seen") == request.form.get("received_on")
    return Doubts(
        twins=[] if seen[0] else twins_of_entry(staff(), report, received_at or desk.now),
        late=[] if seen[1] or received_at is None else late_dates(report, received_at, desk.now),
    )


def _keep_draft(desk: Desk, intake_id: str, form: Form) -> None:
    """Whoever goes to look at another report comes back to what they have typed."""
    try:
        services().drafts.save_entry(desk.person_id, intake_id, _filled(form))
    except OperationalError:
        log.warning("a report in the making is not kept as a draft")


def _filled(form: Form) -> dict[str, str | bool]:
    return {name: value for name, value in form.data.items() if value}


def _forget_draft(desk: Desk, intake_id: str) -> None:
    """The report is there: nothing that fails now may look as if it were not."""
    try:
        services().drafts.discard_entry(desk.person_id, intake_id)
    except OperationalError:
        log.warning("the draft of a report that was entered stays")


def _desk() -> Desk:
    """Ends the request with 403 for those who enter no reports."""
    person = staff()
    unit_id = next((member.unit_id for member in person.memberships if member.role in ENTERS), None)
    if unit_id is None:
        abort(403)
    with services().database.read() as session:
        unit = directory_store.unit(session, unit_id)
        assert unit is not None  # noqa: S101  a membership names a unit that exists
        zone = directory_store.calendar_of(session, unit.agency_id).zone
    return Desk(person_id=person.id, agency_id=unit.agency_id, zone=ZoneInfo(zone), now=services().now())


def _aside(desk: Desk, form: Form, intake_id: str, step: Step) -> ResponseReturnValue:
    """Keeps what was typed, or forgets it; what comes after its own report is no draft any more."""
    said = ""
    if step is Step.DRAFT and services().intakes.find(intake_id) is None:
        said = saved_line(services().drafts.save_entry(desk.person_id, intake_id, _filled(form)))
    elif step is Step.DISCARD:
        services().drafts.discard_entry(desk.person_id, intake_id)
    if request.accept_mimetypes.best == JSON:
        return jsonify(saved=said)
    flash(
        gettext("%(saved)s. Belum ada yang terkirim.", saved=said) if said else gettext("Draf dibuang."),
        "info",
    )
    return redirect(url_for("desk.enter"), 303)


def _start(intake: Intake) -> None:
    """Starts the case. Whatever fails here is made good by the sweeper: the report is committed."""
    given = services()
    try:
        if not given.commands.is_started(intake.case_id) and given.cases.start(intake.start):
            given.intakes.mark_started(intake.case_id)
    except OperationalError:
        log.warning("a report was committed and not marked as started; the sweeper does it")


def _page(
    desk: Desk,
    form: Form,
    intake_id: str,
    *,
    saved: str = "",
    regions: list[Region] | None = None,
    doubts: Doubts | None = None,
) -> str:
    doubts = doubts or Doubts()
    with services().database.read() as session:
        agency = directory_store.unit_names(session, {desk.agency_id}).get(desk.agency_id, "")
    return render_template(
        "desk/entry.html",
        form=form,
        intake_id=intake_id,
        saved=saved,
        twins=doubts.twins,
        warned=bool(doubts.twins or request.form.get("warned")),
        late=doubts.late,
        late_seen=form.text("received_on") if doubts.late else request.form.get("late_seen", ""),
        found=[(region.code, region.path) for region in regions or ()],
        channels=[(channel.value, label) for channel, label in CHANNELS.items()],
        agency=agency,
        today=desk.today.isoformat(),
        address_max=ADDRESS_MAX,
        **{
            name: value
            for name, value in choices().for_page().items()
            if name in {"kinds", "categories", "limits"}
        },
    )
