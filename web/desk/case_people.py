"""Who has a part in a case, how far it has climbed, and which other cases belong to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from domain.case import Role
from domain.clock import RAISED_BY, TOP_LEVEL
from domain.code import show_code
from domain.event import EventKind
from web.desk.case_material import Material
from web.desk.opened import desk_query, onlooker
from web.language import moment
from web.presenter.labels import RUNGS
from web.text import gettext


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Somebody who has a part in the case."""

    label: str
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RelatedCase:
    """Another case; without an address for those who may not see it."""

    label: str
    code: str
    url: str


KNOW_THE_ACCUSED = frozenset(
    {Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.LIAISON, Role.SUPERVISOR, Role.INSPECTORATE}
)
"""Who reads the name of the accused; those who only help or look on do not need it."""


def people(given: Material) -> list[PersonLine]:
    """Holder, helpers, whoever disposed the case last, who took it, and the supervisors."""
    facts = given.file.state.facts
    lines = [PersonLine(label=gettext("Pemegang"), name=given.holder)]
    if given.claimer:
        lines.append(PersonLine(label=gettext("Diambil oleh"), name=given.claimer))
    disposed = [event for event in given.events if event.kind is EventKind.DISPOSED]
    verifier = given.names.get(disposed[-1].actor.unit_id or 0) if disposed else None
    if verifier:
        lines.append(PersonLine(label=gettext("Verifikator"), name=verifier))
    supervisors = desk_query().supervisors(given.file.state.holder.id)
    lines += [PersonLine(label=gettext("Atasan"), name=name) for name in supervisors]
    helpers = [given.names[one] for one in facts.assisting if one in given.names]
    lines += [PersonLine(label=gettext("Unit pendukung"), name=name) for name in helpers]
    return [*lines, *_accused(given)]


def _accused(given: Material) -> list[PersonLine]:
    """The unit to all who see the case, the person only to those who decide about it."""
    unit = given.names.get(given.file.state.accused_unit_id or 0)
    lines = [PersonLine(label=gettext("Unit terlapor"), name=unit)] if unit else []
    person_id = given.file.state.facts.accused_person_id
    if person_id is None or not KNOW_THE_ACCUSED & {one.role for one in given.case.person.memberships}:
        return lines
    name = desk_query().people([person_id]).get(person_id, "")
    note = gettext("Tidak melihat laporan ini.")
    return [*lines, PersonLine(label=gettext("Orang terlapor"), name=name, note=note)]


def ladder(given: Material) -> list[str]:
    """How far the case has climbed, when it climbs on, and whether the Ombudsman was offered."""
    state, lines = given.file.state, []
    if state.level:
        rung = min(state.level, TOP_LEVEL)
        lines.append(gettext("Jenjang %(level)d: %(who)s.", level=rung, who=str(RUNGS[rung - 1])))
    nexts = [clock.due_at for clock in state.live_clocks if clock.name in RAISED_BY and clock.due_at]
    if nexts and state.level < TOP_LEVEL:
        lines.append(gettext("Tanpa tindakan naik lagi %(when)s.", when=moment(min(nexts))))
    if state.facts.offered_at is not None:
        offered = moment(state.facts.offered_at)
        lines.append(gettext("Ombudsman ditawarkan kepada pelapor sejak %(when)s.", when=offered))
    return lines


def related(given: Material) -> list[RelatedCase]:
    """The elder case that this one follows, and the younger ones that follow it; a code only if visible."""
    facts = given.file.state.facts
    elder = () if facts.merged_into is None else (facts.merged_into,)
    codes = desk_query().visible_codes(onlooker(given.case.person), (*elder, *facts.followers))
    lines = [_related(gettext("Mengikuti laporan"), codes.get(one)) for one in elder]
    return lines + [_related(gettext("Diikuti laporan ganda"), codes.get(one)) for one in facts.followers]


def _related(label: str, code: str | None) -> RelatedCase:
    if code is None:
        return RelatedCase(label=label, code=gettext("laporan di luar jangkauan Anda"), url="")
    return RelatedCase(label=label, code=show_code(code), url=url_for("desk.case", code=show_code(code)))
