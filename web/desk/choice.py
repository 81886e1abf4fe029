"""What can be chosen in the forms of a case: units within reach, replies, kinds and reasons."""

from __future__ import annotations

from db import accused_store, category_store, directory_store
from db.directory_store import Unit
from domain.actor import UnitRef
from domain.case import ARCHIVE_REASONS, EndReason, Kind, Role, UnitLevel
from web.desk.field import Option
from web.desk.opened import OpenCase
from web.language import language, moment
from web.presenter.labels import ENDS, FOLLOW_UPS, KINDS
from web.services import services
from web.text import gettext

QUOTED = 60
"""So many letters of a reply tell it from others."""


def targets(case: OpenCase) -> list[Unit]:
    """Where a verifier may send the case: to agencies or to an agency's own offices; never to the accused."""
    holder = case.state.holder
    wanted = UnitLevel.AGENCY if holder.level is UnitLevel.NATIONAL else UnitLevel.DEPARTMENT
    return [unit for unit in _below(holder.id) if unit.level is wanted and not _is_accused(case, unit)]


def target_options(case: OpenCase) -> list[Option]:
    """The targets; those where nobody works yet say what follows from that."""
    return _with_staff(case, targets(case))


def sub_units(case: OpenCase) -> list[Unit]:
    """The offices below the holder, without the accused."""
    below = _below(case.state.holder.id)
    return [unit for unit in below if unit.level is UnitLevel.DEPARTMENT and not _is_accused(case, unit)]


def sub_unit_options(case: OpenCase) -> list[Option]:
    """The offices below the holder."""
    return _with_staff(case, sub_units(case))


def reach_options(case: OpenCase) -> list[Option]:
    """Who can be given the case: the units of its agency; for the national admin, all. Never the accused."""
    national = case.actor.role is Role.NATIONAL_ADMIN
    top = case.state.national_id if national else case.state.holder.agency_id
    units = [unit for unit in _and_below(top) if unit.level is not UnitLevel.NATIONAL]
    names = {unit.id: unit.name for unit in units if unit.level is UnitLevel.AGENCY}
    fit = [unit for unit in units if unit.id != case.state.holder.id and not _is_accused(case, unit)]
    return [(str(unit.id), _name_in(unit, names) if national else unit.name) for unit in fit]


def office_options(case: OpenCase) -> list[Option]:
    """The units of which a report may speak, or that may help: all below the holder."""
    return [(str(unit.id), unit.name) for unit in _below(case.state.holder.id)]


def category_options(case: OpenCase) -> list[Option]:
    """What a report can be about, group by group; the one that it has stays, even if no more offered."""
    with services().database.read() as session:
        found = category_store.categories(session)
        known = category_store.category(session, case.state.facts.category_id)
    if known is not None and known.id not in {one.id for one in found}:
        found.append(known)
    english = language() == "en"
    return [
        (str(one.id), one.name_en if english else one.name, one.group_en if english else one.group)
        for one in found
    ]


def category_name(category_id: int | None) -> str:
    """The category with its group, in the reader's language; "" without one."""
    with services().database.read() as session:
        found = category_store.category(session, category_id)
    if found is None:
        return ""
    parts = (found.group_en, found.name_en) if language() == "en" else (found.group, found.name)
    return " – ".join(dict.fromkeys(parts))


def accused_options(case: OpenCase) -> list[Option]:
    """The staff of the units below the holder, unit by unit: whom a report may accuse."""
    with services().database.read() as session:
        units = directory_store.units_below(session, case.state.holder.id)
        people = accused_store.staff_by_unit(session, [unit.id for unit in units])
    return [(str(one.id), one.name, unit.name) for unit in units for one in people.get(unit.id, ())]


def works_in(person_id: int, unit_id: int) -> bool:
    """Whether somebody has a role in exactly that unit."""
    with services().database.read() as session:
        roles = directory_store.memberships(session, person_id)
    return any(member.unit_id == unit_id for member in roles)


def kind_options(case: OpenCase) -> list[Option]:
    """The kinds of reports."""
    return [(kind.value, str(KINDS[kind])) for kind in Kind]


def other_kind_options(case: OpenCase) -> list[Option]:
    """The kinds that the report is not."""
    return [(kind.value, str(KINDS[kind])) for kind in Kind if kind is not case.state.kind]


def archive_options(case: OpenCase) -> list[Option]:
    """Why a person may archive."""
    return [(one.value, str(ENDS[one]).capitalize()) for one in EndReason if one in ARCHIVE_REASONS]


def reply_options(case: OpenCase) -> list[Option]:
    """The replies that can be corrected, the newest first, with their first words."""
    messages = services().reader.messages(case.file.case_id, for_reporter=True)
    events = {entry.event.seq: entry.event for entry in services().reader.log(case.file.case_id)}
    found: list[Option] = []
    for message in reversed(messages):
        event = events.get(message.seq or 0)
        if event is None or message.seq not in case.state.facts.replies:
            continue
        what = gettext("Jawaban") if event.follow_up is None else str(FOLLOW_UPS[event.follow_up])
        found.append((str(event.seq), f"{what}, {moment(event.at)}: {_quoted(message.text)}"))
    return found


def parent_of(case: OpenCase) -> Unit | None:
    """The unit one level above the holder."""
    with services().database.read() as session:
        holder = directory_store.unit(session, case.state.holder.id)
        above = None if holder is None else holder.parent_id
        return None if above is None else directory_store.unit(session, above)


def unit_ref(text: str) -> UnitRef | None:
    """The unit of a posted id."""
    if not (text.isdecimal() and len(text) < 10):
        return None
    with services().database.read() as session:
        unit = directory_store.unit(session, int(text))
    return None if unit is None else unit.ref


def can_open_there(case: OpenCase, unit: UnitRef, accused: int | None = None) -> bool:
    """Whether anybody active acts in a unit that is to hold the case.

    The accused does not count: the one of the case, or who is to be.
    """
    with services().database.read() as session:
        but = accused or case.state.facts.accused_person_id
        return not directory_store.units_without_staff(session, {unit.id}, but=but)


def unit_name(unit_id: int) -> str:
    """The name of a unit."""
    with services().database.read() as session:
        return directory_store.unit_names(session, {unit_id}).get(unit_id, "")


def _below(unit_id: int) -> list[Unit]:
    with services().database.read() as session:
        return directory_store.units_below(session, unit_id)


def _and_below(unit_id: int) -> list[Unit]:
    with services().database.read() as session:
        top = directory_store.unit(session, unit_id)
        return [*([top] if top else []), *directory_store.units_below(session, unit_id)]


def _without_staff(case: OpenCase, unit_ids: set[int]) -> set[int]:
    accused = case.state.facts.accused_person_id
    with services().database.read() as session:
        return directory_store.units_without_staff(session, unit_ids, but=accused)


def _is_accused(case: OpenCase, unit: Unit) -> bool:
    return unit.id == case.state.accused_unit_id


def _with_staff(case: OpenCase, units: list[Unit]) -> list[Option]:
    empty = _without_staff(case, {unit.id for unit in units})
    lacking = gettext("belum ada petugas; tugas naik ke instansi induk")
    if case.file.secret:
        lacking = gettext("belum ada petugas; tidak dapat menerima laporan rahasia")
    return [(str(unit.id), f"{unit.name} – {lacking}" if unit.id in empty else unit.name) for unit in units]


def _name_in(unit: Unit, agencies: dict[int, str]) -> str:
    """An office with its agency, so that two of the same name can be told apart."""
    agency = agencies.get(unit.agency_id)
    return unit.name if agency is None or unit.id == unit.agency_id else f"{unit.name} – {agency}"


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTED else f"{flat[:QUOTED].rstrip()} …"
