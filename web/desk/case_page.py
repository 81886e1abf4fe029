"""The page of one case: words, clocks, people, what may be done, and what has been done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for

from domain.case import Action, Relation, Stage
from domain.clock import STAFF_CLOCKS
from domain.code import show_code
from domain.publication import PublicationAct, is_publishable
from web.desk.act_card import Shown, acts_of
from web.desk.came_from import list_again
from web.desk.case_command import refused_lines, waiting_lines
from web.desk.case_material import Material, material_of
from web.desk.case_people import ladder, people, related
from web.desk.choice import category_name
from web.desk.draft import drafts_of
from web.desk.duplicate import likely_twins
from web.desk.history import history
from web.desk.identity import identity_card
from web.desk.offer import offered, prepares
from web.desk.opened import OpenCase, is_overseen
from web.desk.preview import Preview
from web.desk.way import answer_beside, came_by
from web.form import Form
from web.language import day, moment
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import clock_chip, clock_view, due_of
from web.presenter.conversation import Letter, Reading, letters
from web.presenter.labels import CLOCKS, ENDS, KINDS, STAGES, reporter_mask
from web.text import LazyText, gettext


@dataclass(frozen=True, kw_only=True)
class CaseHead:
    """`case` in `desk/case.html`."""

    code: str
    title: str
    chip: Chip
    stage_label: LazyText
    kind_label: LazyText
    category: str
    place: str
    region: str
    reporter_mask: str
    holder: str
    received: str
    event_on: date | None
    anonymous: bool
    secret: bool
    publication: str
    last_message_id: str
    came_by: str
    answer_beside: str


def render_case(
    case: OpenCase, forms: Mapping[Action, Form] | None = None, preview: Preview | None = None
) -> str:
    """The page; `forms` are shown in place of fresh ones, with their words, errors and preview."""
    given = material_of(case)
    may = offered(case, given.waiting, given.now)
    shown = Shown(forms=forms or {}, preview=preview, drafts=drafts_of(case), prepares=prepares(case, may))
    acts = acts_of(case, may, shown)
    return render_template(
        "desk/case.html",
        case=_head(given),
        messages=_letters(given),
        clocks=[clock_view(one, given.now) for one in given.clocks],
        late=_late_lines(given),
        unreached=_unreached(given),
        ladder=ladder(given),
        people=people(given),
        identity=identity_card(case),
        related=related(given),
        twins=likely_twins(case, may),
        waiting=waiting_lines(given),
        refused=refused_lines(given),
        acts=acts,
        standing=_standing(given),
        claimer=given.claimer,
        history=history(given),
        back_url=list_again(),
        inspector_url=url_for("oversight.case", code=show_code(case.file.code)) if is_overseen(case) else "",
    )


def _head(given: Material) -> CaseHead:
    file, state, way = given.file, given.file.state, given.way
    return CaseHead(
        code=show_code(file.code),
        title=file.words.title,
        chip=_chip(given),
        stage_label=STAGES[state.stage],
        kind_label=KINDS[state.kind],
        category=category_name(state.facts.category_id),
        place=file.words.place,
        region=file.region,
        reporter_mask=reporter_mask(file.mask),
        holder=given.holder,
        received=day(file.received_at) if came_by(way) else moment(file.received_at),
        event_on=file.happened_on,
        anonymous=file.anonymous,
        secret=file.secret,
        publication=_publication(given),
        last_message_id=str(max((message.id for message in given.messages), default="")),
        came_by=came_by(way),
        answer_beside=answer_beside(way),
    )


def _chip(given: Material) -> Chip:
    state = given.file.state
    by_stage = stage_chip(state.stage, for_reporter=False)
    if by_stage is not None:
        return by_stage
    binding = [one for one in given.clocks if state.due is not None and one.clock.name is state.due.name]
    return clock_chip(binding[0], given.now) if binding else undated_chip()


def _publication(given: Material) -> str:
    """What is public of it now, or may become so; "" where nothing may."""
    file = given.file
    if not is_publishable(file.state, secret=file.secret):
        return ""
    last = given.publication[0].act if given.publication else None
    if last is None:
        return gettext("boleh, setelah disamarkan; belum tampil")
    if last is PublicationAct.UNPUBLISHED:
        return gettext("sudah ditarik; tidak tampil")
    return gettext("versi yang disamarkan sedang tampil")


def _letters(given: Material) -> list[Letter]:
    code = show_code(given.file.code)
    reading = Reading(
        reporter=reporter_mask(given.file.mask),
        unit_names=given.names,
        file_url=lambda file_id: url_for("desk.attachment", code=code, file_id=file_id),
        staff=True,
        came_at=given.file.received_at if came_by(given.way) else None,
    )
    return letters(given.messages, given.events, reading)


def _late_lines(given: Material) -> list[str]:
    """What is late, since when: the sentence for which a supervisor opens the page."""
    late = [
        (one.clock.name, due)
        for one in given.clocks
        if one.clock.name in STAFF_CLOCKS and (due := due_of(one)) is not None and given.now > due
    ]
    return [
        gettext("%(clock)s terlambat sejak %(since)s.", clock=str(CLOCKS[name]), since=moment(due))
        for name, due in late
    ]


def _unreached(given: Material) -> str:
    """That a mail did not reach the reporter, and on which day the case last heard so; else empty."""
    failed_at = given.file.state.facts.mail_failed_at
    if failed_at is None:
        return ""
    return gettext("Surel kepada pelapor tidak sampai (%(on)s).", on=day(failed_at))


def _standing(given: Material) -> str:
    """Whose turn it is, for those who have nothing to do that cannot wait."""
    if any(Relation.REPORTER not in entry.command.actor.relations for entry in given.waiting):
        return gettext("Ada tindakan yang menunggu diterapkan. Formulir lain kembali setelah itu.")
    state, stage = given.file.state, given.file.state.stage
    if state.end_reason is not None:
        reason = str(ENDS[state.end_reason])
        if stage is Stage.ARCHIVED:
            return gettext("Laporan ini diarsipkan: %(reason)s.", reason=reason)
        return gettext("Laporan ini sudah selesai: %(reason)s.", reason=reason)
    if stage is Stage.AWAITING_REPORTER:
        return gettext("Menunggu kelengkapan dari pelapor; tenggat unit berhenti selama itu.")
    if stage is Stage.AWAITING_CONFIRMATION:
        return gettext("Menunggu konfirmasi pelapor.")
    if stage is Stage.VERIFICATION and state.facts.in_arbitration:
        return gettext("Menunggu putusan penengah: %(unit)s.", unit=given.holder)
    if stage is Stage.VERIFICATION:
        return gettext("Menunggu verifikasi oleh %(unit)s.", unit=given.holder)
    return gettext("Sedang ditangani oleh %(unit)s.", unit=given.holder)
