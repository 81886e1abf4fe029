"""What an act at the desk has done, and what follows: who must act by when."""

from __future__ import annotations

from db import directory_store
from domain.case import Action, Stage
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
        return gettext("Laporan dikirim ke %(unit)s.", unit=_unit_name(command.body.unit.id))
    if command.body.follow_up is not None:
        return gettext("%(what)s terkirim ke pelapor.", what=str(FOLLOW_UPS[command.body.follow_up]))
    return gettext("Jawaban terkirim ke pelapor.")


def _follows(case: OpenCase, command: NewCommand) -> str:
    """From the case as it stands after the act."""
    after = services().reader.by_id(case.file.case_id)
    if after is None or command.id not in after.state.done or after.state.due is None:
        return ""
    due = services().reader.derivations(after.case_id).get(after.state.due.name)
    if due is None or due.due_at is None:
        return ""
    return _must(after.state.stage, _unit_name(after.state.holder.id), due)


def _must(stage: Stage, holder: str, due: Derivation) -> str:
    assert due.due_at is not None  # noqa: S101  the caller has looked
    values = {"holder": holder, "when": moment(due.due_at)}
    if stage is Stage.VERIFICATION:
        return gettext("%(holder)s harus memverifikasi paling lambat %(when)s.", **values)
    if stage is Stage.DISPOSED:
        return gettext("%(holder)s harus menindaklanjuti paling lambat %(when)s.", **values)
    if stage is Stage.IN_PROGRESS:
        return gettext("%(holder)s harus menjawab paling lambat %(when)s.", **values)
    return gettext(
        "Pelapor dapat menyatakan selesai atau belum sampai %(when)s; tanpa kabar, laporan ditutup.", **values
    )


def _unit_name(unit_id: int) -> str:
    with services().database.read() as session:
        return directory_store.unit_names(session, {unit_id}).get(unit_id, "")
