"""The page of one case: words, clocks, people, what may be done, and what has been done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import render_template, request, url_for

from db.case_reader import CommandEntry
from domain.case import Action, Kind, Relation, Stage
from domain.clock import STAFF_CLOCKS
from domain.code import show_code
from domain.event import EventKind
from web.desk.act_form import fresh, may_plan, plan_until, target_choices
from web.desk.case_material import Material, due_of, material_of
from web.desk.history import history
from web.desk.opened import OpenCase, desk_query
from web.form import Form
from web.language import moment, today
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import ClockView, clock_chip, clock_view
from web.presenter.conversation import Letter, Reading, letters
from web.presenter.labels import ACTIONS, CLOCKS, KINDS, STAGES, actor_label, refusal_sentence, reporter_mask
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
    reporter_mask: str
    holder: str
    received_at: datetime
    event_on: date | None
    anonymous: bool
    secret: bool
    version: int
    last_message_id: str


@dataclass(frozen=True, kw_only=True)
class ActionCard:
    """An action that is offered, with its form."""

    verb: str
    form: Form


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Somebody who has a part in the case."""

    label: str
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """An act without effect so far: `at` is when it was sent."""

    label: LazyText
    by: str
    at: datetime
    reason: str
    text: str

    @property
    def since(self) -> datetime:
        """How long it waits."""
        return self.at


def render_case(case: OpenCase, forms: Mapping[Action, Form] | None = None) -> str:
    """The page; `forms` are shown in place of fresh ones, with their words and errors."""
    given = material_of(case)
    return render_template(
        "desk/case.html",
        case=_head(given),
        messages=_letters(given),
        clocks=_clock_views(given),
        late=_late_lines(given),
        people=_people(given),
        waiting=[_command_line(entry, given) for entry in given.waiting],
        refused=[_command_line(entry, given) for entry in given.refused],
        nothing=_nothing(given),
        history=history(given.log, given.messages, given.names),
        back_url=_back_url(),
        **_choices(given, forms or {}),
    )


def _choices(given: Material, forms: Mapping[Action, Form]) -> dict[str, object]:
    """The actions and what can be chosen in them. While an act of the staff waits there is no second form."""
    case = given.case
    blocked = any(Relation.REPORTER not in entry.command.actor.relations for entry in given.waiting)
    offered = () if blocked else case.actions
    return {
        "actions": [
            ActionCard(verb=action.value, form=forms.get(action) or fresh(case, action)) for action in offered
        ],
        "units": target_choices(case) if Action.DISPOSE in offered else [],
        "kinds": [(kind.value, KINDS[kind]) for kind in Kind],
        "may_plan": may_plan(case),
        "today": today(given.now).isoformat(),
        "plan_until": plan_until(today(given.now)).isoformat(),
    }


def _head(given: Material) -> CaseHead:
    file, state = given.file, given.file.state
    return CaseHead(
        code=show_code(file.code),
        title=file.words.title,
        chip=_chip(given),
        stage_label=STAGES[state.stage],
        kind_label=KINDS[state.kind],
        category="",
        place=file.words.place,
        reporter_mask=reporter_mask(file.mask),
        holder=given.holder,
        received_at=file.received_at,
        event_on=file.happened_on,
        anonymous=file.anonymous,
        secret=file.secret,
        version=state.version,
        last_message_id=str(max((message.id for message in given.messages), default="")),
    )


def _chip(given: Material) -> Chip:
    state = given.file.state
    by_stage = stage_chip(state, for_reporter=False)
    if by_stage is not None:
        return by_stage
    binding = [one for one in given.clocks if state.due is not None and one.clock.name is state.due.name]
    return clock_chip(binding[0], given.now) if binding else undated_chip()


def _letters(given: Material) -> list[Letter]:
    """What the reporter does not see says so."""
    shown = letters(given.messages, given.events, _reading(given))
    inside = {message.id for message in given.messages if not message.for_reporter}
    label = gettext("hanya petugas")
    return [
        replace(one, kind_label=f"{one.kind_label} · {label}") if one.id in inside else one for one in shown
    ]


def _reading(given: Material) -> Reading:
    code = show_code(given.file.code)
    return Reading(
        reporter=reporter_mask(given.file.mask),
        unit_names=given.names,
        file_url=lambda file_id: url_for("desk.attachment", code=code, file_id=file_id),
    )


def _clock_views(given: Material) -> list[ClockView]:
    return [clock_view(one, given.now) for one in given.clocks]


def _late_lines(given: Material) -> list[str]:
    """What is late, since when: the sentence for which a supervisor opens the page."""
    return [
        gettext(
            "%(clock)s terlambat sejak %(since)s.",
            clock=str(CLOCKS[one.clock.name]),
            since=moment(due_of(one)),
        )
        for one in given.clocks
        if one.clock.name in STAFF_CLOCKS and given.now > due_of(one)
    ]


def _people(given: Material) -> list[PersonLine]:
    """Holder, whoever disposed the case last, and the supervisors."""
    disposed = [event for event in given.events if event.kind is EventKind.DISPOSED]
    verifier = given.names.get(disposed[-1].actor.unit_id or 0) if disposed else None
    lines = [PersonLine(label=gettext("Pemegang"), name=given.holder)]
    if verifier:
        lines.append(PersonLine(label=gettext("Verifikator"), name=verifier))
    names = desk_query().supervisors(given.file.state.holder.id)
    return lines + [PersonLine(label=gettext("Atasan"), name=name) for name in names]


def _command_line(entry: CommandEntry, given: Material) -> CommandLine:
    refusal = entry.refusal
    return CommandLine(
        label=ACTIONS[entry.command.action],
        by=actor_label(entry.command.actor, given.names),
        at=entry.command.recorded_at,
        reason="" if refusal is None else refusal_sentence(refusal, given.names),
        text=entry.text,
    )


def _nothing(given: Material) -> str:
    """Why there is nothing to do for this person."""
    if given.waiting:
        return gettext("Ada tindakan yang menunggu diterapkan. Formulir kembali setelah itu.")
    stage = given.file.state.stage
    if stage is Stage.CLOSED:
        return gettext("Laporan ini sudah selesai.")
    if stage is Stage.AWAITING_CONFIRMATION:
        return gettext("Menunggu konfirmasi pelapor.")
    if stage is Stage.VERIFICATION:
        return gettext("Menunggu verifikasi oleh %(unit)s.", unit=given.holder)
    return gettext("Sedang ditangani oleh %(unit)s.", unit=given.holder)


def _back_url() -> str:
    view = request.args.get("view")
    return url_for("desk.cases", view=view) if view else url_for("desk.cases")
