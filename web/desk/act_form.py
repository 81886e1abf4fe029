"""The forms of the desk: what was posted, what is wrong with it, and the command that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from db import directory_store
from domain.actor import UnitRef
from domain.case import Action, FollowUp, Kind, Relation, UnitLevel
from domain.command import Body
from schemas.command import NewCommand
from web.desk.opened import OpenCase
from web.form import Form, posted_form, posted_version
from web.language import today
from web.services import services
from web.text import gettext

NOTE_LENGTH = 2_000
WORDS_LENGTH = 8_000
FIELDS: Mapping[Action, tuple[str, ...]] = {
    Action.DISPOSE: ("unit", "kind", "note"),
    Action.FOLLOW_UP: ("type", "plan_on", "words"),
    Action.ANSWER: ("words", "last_message_id"),
}
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A posted form. `command` is None while something is wrong with the form."""

    form: Form
    command: NewCommand | None


def posted(case: OpenCase, action: Action) -> Posted:
    """The form of an action, checked. Raises: MalformedFormError for hidden fields that we did not make."""
    form = posted_form(FIELDS[action])
    base = NewCommand(
        id=form.command_id,
        case_id=case.file.case_id,
        action=action,
        actor=case.actor,
        version=posted_version(),
    )
    changes = _CHECKS[action](case, form)
    command = None if form.errors else base.model_copy(update=changes)
    return Posted(form=form, command=command)


def fresh(case: OpenCase, action: Action) -> Form:
    """An empty form, with what is already known filled in."""
    return Form(data={"kind": case.file.kind.value} if action is Action.DISPOSE else {})


def targets(case: OpenCase) -> list[directory_store.Unit]:
    """Where a verifier may send the case: to agencies or to an agency's own offices; never to the accused."""
    holder = case.state.holder
    wanted = UnitLevel.AGENCY if holder.level is UnitLevel.NATIONAL else UnitLevel.DEPARTMENT
    with services().database.read() as session:
        below = directory_store.units_below(session, holder.id)
    return [unit for unit in below if unit.level is wanted and unit.id != case.state.accused_unit_id]


def target_choices(case: OpenCase) -> list[tuple[int, str]]:
    """The targets as a list to choose from; those where nobody works yet say what follows from that."""
    units = targets(case)
    with services().database.read() as session:
        empty = directory_store.units_without_staff(session, {unit.id for unit in units})
    lacking = gettext("belum ada petugas; tugas naik ke instansi induk")
    return [(unit.id, f"{unit.name} – {lacking}" if unit.id in empty else unit.name) for unit in units]


def _check_dispose(case: OpenCase, form: Form) -> dict[str, object]:
    unit = _target(case, form.text("unit"), posted_version())
    kind = _chosen(Kind, form.text("kind"))
    if unit is None:
        form.errors["unit"] = gettext("Pilih unit tujuan dari daftar.")
    if kind is None:
        form.errors["kind"] = gettext("Pilih jenis laporan dari daftar.")
    _check_length(form, "note", NOTE_LENGTH)
    return {"body": Body(unit=unit, kind=kind), "words": form.text("note")}


def _check_follow_up(case: OpenCase, form: Form) -> dict[str, object]:
    chosen = _chosen(FollowUp, form.text("type"))
    if chosen is None:
        form.errors["type"] = gettext("Pilih jenis tindak lanjut.")
    elif chosen is FollowUp.PLAN and not may_plan(case):
        form.errors["type"] = gettext("Rencana diterbitkan oleh pejabat penghubung unit Anda.")
    plan_on = _plan_day(form) if chosen is FollowUp.PLAN else None
    _check_words(form)
    return {"body": Body(follow_up=chosen, promised_on=plan_on), "words": form.text("words")}


def _check_answer(case: OpenCase, form: Form) -> dict[str, object]:
    _check_words(form)
    return {"words": form.text("words")}


_CHECKS: Mapping[Action, Callable[[OpenCase, Form], dict[str, object]]] = {
    Action.DISPOSE: _check_dispose,
    Action.FOLLOW_UP: _check_follow_up,
    Action.ANSWER: _check_answer,
}


def may_plan(case: OpenCase) -> bool:
    """Plans bind the unit, so its liaison officer publishes them."""
    return Relation.LIAISON in case.actor.relations


def plan_until(day: date) -> date:
    """The last day of a plan that is published on a day: a year later. Beyond lie typing errors."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day + timedelta(days=365)


def _target(case: OpenCase, text: str, version: int) -> UnitRef | None:
    """One of today's choices. A form of an older version chose among others: the rules will tell it so."""
    found = next((unit.ref for unit in targets(case) if str(unit.id) == text), None)
    if found is not None or version == case.state.version or not (text.isdecimal() and len(text) < 10):
        return found
    with services().database.read() as session:
        unit = directory_store.unit(session, int(text))
    return None if unit is None else unit.ref


def _chosen(choices: type[E], text: str) -> E | None:
    return next((choice for choice in choices if choice.value == text), None)


def _plan_day(form: Form) -> date | None:
    try:
        day = date.fromisoformat(form.text("plan_on"))
    except ValueError:
        form.errors["plan_on"] = gettext("Tulis tanggal rencana selesai.")
        return None
    if day < today(services().now()):
        form.errors["plan_on"] = gettext("Tanggal rencana sudah lewat; pilih hari ini atau sesudahnya.")
    elif day > plan_until(today(services().now())):
        form.errors["plan_on"] = gettext(
            "Tanggal rencana terlalu jauh: paling lama satu tahun dari hari ini. Periksa tahunnya."
        )
    return day


def _check_words(form: Form) -> None:
    if not form.text("words"):
        form.errors["words"] = gettext("Tulis kata-kata untuk pelapor.")
    _check_length(form, "words", WORDS_LENGTH)


def _check_length(form: Form, name: str, longest: int) -> None:
    length = len(form.text(name))
    if length > longest:
        form.errors[name] = gettext(
            "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.", length=length, longest=longest
        )
