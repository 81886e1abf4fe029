"""What an act at the desk has done, and what follows: who must act by when."""

from __future__ import annotations

from db import directory_store
from domain.case import Action, ClockName
from domain.derivation import Derivation
from schemas.command import NewCommand
from web.desk.opened import OpenCase
from web.language import moment
from web.presenter.labels import FOLLOW_UPS
from web.services import services
from web.text import gettext


def done_sentence(case: OpenCase, command: NewCommand) -> str:
    """Two sentences; the second is left out where the tables do not show the act yet."""
    return f"{_did(command)} {_follows(case, command)}".strip()


def _did(command: NewCommand) -> str:
    if command.action is Action.DISPOSE and command.body.unit is not None:
        return _disposed(command.body.unit.id)
    if command.body.follow_up is not None:
        return gettext("%(what)s terkirim ke pelapor.", what=str(FOLLOW_UPS[command.body.follow_up]))
    return gettext("Jawaban terkirim ke pelapor.")


def _disposed(unit_id: int) -> str:
    with services().database.read() as session:
        empty = unit_id in directory_store.units_without_staff(session, {unit_id})
    name = _unit_name(unit_id)
    if empty:
        return gettext(
            "Laporan dikirim ke %(unit)s. Di sana belum ada petugas, jadi tugasnya naik ke instansi induk.",
            unit=name,
        )
    return gettext("Laporan dikirim ke %(unit)s.", unit=name)


def _follows(case: OpenCase, command: NewCommand) -> str:
    """From the case as it stands after the act."""
    after = services().reader.by_id(case.file.case_id)
    if after is None or command.id not in after.state.done or after.state.due is None:
        return ""
    due = services().reader.derivations(after.case_id).get(after.state.due.name)
    if due is None or due.due_at is None:
        return ""
    return _must(after.state.due.name, _unit_name(after.state.holder.id), due)


def _must(awaited: ClockName, holder: str, due: Derivation) -> str:
    assert due.due_at is not None  # noqa: S101  the caller has looked
    values = {"holder": holder, "when": moment(due.due_at)}
    if awaited is ClockName.VERIFICATION:
        return gettext("%(holder)s harus memverifikasi paling lambat %(when)s.", **values)
    if awaited is ClockName.FIRST_FOLLOW_UP:
        return gettext("%(holder)s harus menindaklanjuti paling lambat %(when)s.", **values)
    if awaited is ClockName.RESOLUTION:
        return gettext("%(holder)s harus menjawab paling lambat %(when)s.", **values)
    return gettext(
        "Pelapor dapat menyatakan selesai atau belum sampai %(when)s; tanpa kabar, laporan ditutup.", **values
    )


def _unit_name(unit_id: int) -> str:
    with services().database.read() as session:
        return directory_store.unit_names(session, {unit_id}).get(unit_id, "")
