"""The pages of an act on many cases: what is about to happen, and what became of each case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from db import directory_store
from db.account_store import Person
from db.bulk_store import Bulk, BulkLine, LeftOut
from domain.act.raising import LAST_BY_HAND
from domain.case import Action
from domain.code import show_code
from domain.command import RefusalReason
from web.desk.bulk_act import BULK
from web.desk.bulk_case import Chosen, shared_fields, shared_options
from web.desk.came_from import came_from, list_again
from web.desk.field import Field, Option
from web.desk.opened import OpenCase, desk_query, onlooker, rung_above
from web.form import Form
from web.presenter.labels import ACTIONS, RUNGS
from web.presenter.refusal import REFUSALS, refusal_sentence, units_of_refusal
from web.services import services
from web.text import LazyText, gettext, lazy_gettext, ngettext

LEFT_OUT: Mapping[LeftOut, LazyText] = {
    LeftOut.NOT_NOW: lazy_gettext(
        "Tindakan ini tidak berlaku untuk laporan ini sekarang, atau bukan peran Anda."
    ),
    LeftOut.WRONG_STAGE: REFUSALS[RefusalReason.WRONG_STAGE],
    LeftOut.NOT_YOURS: REFUSALS[RefusalReason.NOT_YOURS],
    LeftOut.ALREADY: lazy_gettext("Sudah begitu; tidak ada yang perlu diubah."),
    LeftOut.NOT_FIT: lazy_gettext("Pilihan itu tidak cocok untuk laporan ini; buka laporannya."),
}
OUTCOMES: Mapping[str, tuple[str, LazyText]] = {
    "applied": ("on_time", lazy_gettext("Selesai")),
    "refused": ("late", lazy_gettext("Ditolak")),
    "waiting": ("waiting", lazy_gettext("Tercatat, belum diterapkan")),
    "cancelling": ("waiting", lazy_gettext("Sedang dibatalkan")),
    "cancelled": ("closed", lazy_gettext("Dibatalkan")),
}
"""The look of the chip and its words, by the outcome of a command."""
NOT_ASKED = ("closed", lazy_gettext("Tidak ikut"))


@dataclass(frozen=True, kw_only=True)
class ChosenLine:
    """A case in `desk/bulk.html`; `note` says what is special about it."""

    url: str
    code: str
    title: str
    why_not: LazyText | None
    address: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SharedField:
    """A field of the form, and what can be chosen in it."""

    field: Field
    options: list[Option]


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """A case in `desk/bulk_result.html`; `url` and `title` are "" where the person sees it no more."""

    url: str
    code: str
    title: str
    status: str
    outcome: LazyText
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResultPart:
    """How many cases ended in one way, in words."""

    status: str
    text: str


def confirm_page(action: Action, chosen: Sequence[Chosen], form: Form) -> dict[str, Any]:
    """The context of `desk/bulk.html`."""
    options = shared_options(action, chosen)
    notes = _notes(action, chosen)
    lines = [_chosen_line(one, notes.get(one.case.file.case_id, "")) for one in chosen]
    taking_part = [line for line in lines if line.why_not is None]
    act = BULK[action]
    return {
        "title": act.title,
        "button": act.button,
        "action": action.value,
        "form": form,
        "taking_part": taking_part,
        "left_out": [line for line in lines if line.why_not is not None],
        "reasons": _reasons(lines),
        "taken_over": _taken_over(action, len(notes)),
        "fields": [
            SharedField(field=field, options=options.get(field.name, [])) for field in shared_fields(action)
        ],
        "nothing_shared": bool(taking_part) and any(not found for found in options.values()),
        "back_url": list_again(),
    }


def _notes(action: Action, chosen: Sequence[Chosen]) -> dict[int, str]:
    """What is special about a case for that act: who else is on it, or the rung to which it would go."""
    cases = [one.case for one in chosen if one.left_out is None]
    if action is Action.RAISE_CASE:
        return {case.file.case_id: _rung_of(case) for case in cases}
    if action is not Action.CLAIM:
        return {}
    others = {case.file.case_id: case.taken_by_other for case in cases if case.taken_by_other is not None}
    names = desk_query().people([one for one in others.values() if one is not None])
    return {
        case_id: gettext("Diambil alih dari %(name)s", name=names.get(other or 0, ""))
        for case_id, other in others.items()
    }


def _rung_of(case: OpenCase) -> str:
    rung = rung_above(case) or LAST_BY_HAND
    where = {"level": rung, "who": str(RUNGS[rung - 1])}
    if case.file.secret:
        return gettext("Ke jenjang %(level)d: %(who)s, yang lalu dapat membaca laporan rahasia ini", **where)
    return gettext("Ke jenjang %(level)d: %(who)s", **where)


def _taken_over(action: Action, count: int) -> str:
    """For how many cases a claim takes them from somebody else."""
    if action is not Action.CLAIM or not count:
        return ""
    return ngettext(
        "%(num)d laporan sedang diambil petugas lain. Anda mengambil alihnya, dan petugas itu diberi tahu.",
        "%(num)d laporan sedang diambil petugas lain. Anda mengambil alihnya, dan petugas itu diberi tahu.",
        count,
    )


def _reasons(lines: Sequence[ChosenLine]) -> list[str]:
    """Why cases cannot take part, each reason once with how many it holds back."""
    counted = Counter(str(line.why_not) for line in lines if line.why_not is not None)
    return [
        f"{ngettext('%(num)d laporan', '%(num)d laporan', count)}: {reason}"
        for reason, count in counted.items()
    ]


def result_page(person: Person, bulk: Bulk) -> dict[str, Any]:
    """The context of `desk/bulk_result.html`, as the tables know it now."""
    titles = desk_query().titles(onlooker(person), [line.case_id for line in bulk.lines])
    names = _unit_names(bulk.lines)
    lines = [_result_line(line, titles, names) for line in bulk.lines]
    return {
        "label": ACTIONS[bulk.action],
        "at": bulk.created_at,
        "lines": lines,
        "parts": _parts(lines),
        "waiting": any(line.outcome == "waiting" for line in bulk.lines),
        "again_url": url_for("desk.bulk_result", bulk_id=bulk.id, **came_from()),
        "back_url": list_again(),
    }


def _chosen_line(one: Chosen, note: str) -> ChosenLine:
    code = show_code(one.case.file.code)
    return ChosenLine(
        url=url_for("desk.case", code=code),
        code=code,
        title=one.case.file.words.title,
        why_not=_why_not(one),
        address=one.address,
        note=note,
    )


def _why_not(one: Chosen) -> LazyText | None:
    """What the rules say; they know more than is kept of one that was left out."""
    if one.barred is not None:
        return REFUSALS[one.barred]
    return None if one.left_out is None else LEFT_OUT[one.left_out]


def _unit_names(lines: Sequence[BulkLine]) -> dict[int, str]:
    refusals = [line.refusal for line in lines if line.refusal is not None]
    units = {unit_id for refusal in refusals for unit_id in units_of_refusal(refusal)}
    with services().database.read() as session:
        return directory_store.unit_names(session, units)


def _result_line(line: BulkLine, titles: Mapping[int, str], names: Mapping[int, str]) -> ResultLine:
    status, outcome = NOT_ASKED if line.outcome is None else OUTCOMES[line.outcome]
    reason = "" if line.left_out is None else str(LEFT_OUT[line.left_out])
    if line.refusal is not None:
        reason = refusal_sentence(line.refusal, names)
    code = show_code(line.code)
    return ResultLine(
        url=url_for("desk.case", code=code) if line.case_id in titles else "",
        code=code,
        title=titles.get(line.case_id, ""),
        status=status,
        outcome=outcome,
        reason=reason,
    )


def _parts(lines: Sequence[ResultLine]) -> list[ResultPart]:
    """`8 selesai`, `1 ditolak`, in the order of the table."""
    counted = Counter((line.status, line.outcome) for line in lines)
    order = [*OUTCOMES.values(), NOT_ASKED]
    return [
        ResultPart(status=status, text=f"{counted[status, words]} {str(words).lower()}")
        for status, words in order
        if counted[status, words]
    ]
