"""What an act at the desk has done, and what follows: who must act by when."""

from __future__ import annotations

from collections.abc import Mapping

from db import directory_store
from domain.actor import UnitRef
from domain.case import Action, ClockName, Kind
from domain.clock import TOP_LEVEL
from domain.code import show_code
from domain.derivation import Derivation
from domain.table import RULES
from schemas.command import NewCommand
from web.desk.choice import category_name, unit_name
from web.desk.opened import OpenCase, desk_query, speaks_once_taken
from web.language import moment
from web.presenter.labels import FOLLOW_UPS, KINDS, RUNGS
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

DID: Mapping[Action, LazyText] = {
    Action.ASK: lazy_gettext(
        "Pertanyaan terkirim ke pelapor; tenggat unit berhenti sampai pelapor menjawab."
    ),
    Action.ANSWER: lazy_gettext("Jawaban terkirim ke pelapor."),
    Action.TAKE_BACK: lazy_gettext("Jawaban ditarik kembali; pelapor tidak lagi melihatnya."),
    Action.CORRECT_REPLY: lazy_gettext(
        "Ralat terkirim ke pelapor dan tampil di samping tanggapan yang lama."
    ),
    Action.ARCHIVE: lazy_gettext("Laporan diarsipkan, dan pelapor diberi tahu alasannya."),
    Action.UNMERGE: lazy_gettext("Laporan dipisahkan lagi dan berjalan sendiri."),
    Action.EXTEND: lazy_gettext("Tenggat penyelesaian diperpanjang, dan pelapor diberi tahu."),
    Action.CLAIM: lazy_gettext("Laporan Anda ambil. Petugas lain melihatnya dan tetap dapat bertindak."),
    Action.RELEASE: lazy_gettext("Laporan Anda lepaskan."),
    Action.URGE: lazy_gettext("Unit pemegang diingatkan; pengingat ini tercatat di riwayat."),
    Action.RAISE_CASE: lazy_gettext("Laporan naik ke jenjang berikutnya, yang diberi tahu."),
    Action.NOTE: lazy_gettext("Catatan tersimpan; hanya petugas yang membacanya."),
    Action.CONTRIBUTE: lazy_gettext("Masukan tersimpan; unit pemegang membacanya di halaman ini."),
    Action.REOPEN: lazy_gettext("Laporan dibuka kembali, dan pelapor diberi tahu."),
    Action.REVIVE: lazy_gettext("Laporan diaktifkan kembali, dan pelapor diberi tahu."),
    Action.CANCEL: lazy_gettext("Tindakan itu dibatalkan dan tidak akan dijalankan."),
}
"""Acts whose sentence does not depend on what the form says."""
MOVED: Mapping[Action, LazyText] = {
    Action.NOT_OURS: lazy_gettext("Laporan naik ke %(unit)s."),
    Action.RETURN_CASE: lazy_gettext("Laporan dikembalikan ke %(unit)s."),
    Action.REASSIGN: lazy_gettext("Laporan dialihkan ke %(unit)s."),
}


def done_sentence(case: OpenCase, command: NewCommand) -> str:
    """Two sentences; the second is left out where the tables do not show the act yet."""
    return f"{_did(case, command)} {_follows(case, command)}".strip()


def _did(case: OpenCase, command: NewCommand) -> str:
    body = command.body
    if command.action in {Action.DISPOSE, Action.REDISPOSE} and body.unit is not None:
        return _disposed(body.unit.id)
    if command.action is Action.CLAIM:
        return _claimed(case)
    if command.action is Action.RAISE_CASE:
        return _raised(case)
    if command.action in MOVED:
        return gettext(MOVED[command.action].source, unit=_new_holder(case, body.unit))
    if body.follow_up is not None:
        return gettext("%(what)s terkirim ke pelapor.", what=str(FOLLOW_UPS[body.follow_up]))
    if command.action is Action.RECLASSIFY:
        return _reclassified(body.kind) if body.kind else _recategorised(body.category_id)
    if body.other is not None:
        return gettext(
            "Laporan ini mengikuti laporan %(code)s; pelapornya diberi tahu.", code=show_code(body.other.code)
        )
    return str(DID[command.action])


def _claimed(case: OpenCase) -> str:
    """From whom, and what a supervisor can do now."""
    did, taken_from = str(DID[Action.CLAIM]), case.taken_by_other
    if taken_from is not None:
        name = desk_query().people([taken_from]).get(taken_from, "")
        did = gettext("Laporan Anda ambil alih dari %(name)s, yang diberi tahu.", name=name)
    if not speaks_once_taken(case):
        return did
    now = gettext("Anda dapat menindaklanjuti dan menjawab atas nama unit.")
    return f"{did} {now}"


def _raised(case: OpenCase) -> str:
    """The rung that was really reached, vacant ones skipped."""
    after = services().reader.by_id(case.file.case_id)
    level = case.state.level if after is None else after.state.level
    if level <= case.state.level:
        return str(DID[Action.RAISE_CASE])
    who = str(RUNGS[min(level, TOP_LEVEL) - 1])
    return gettext("Laporan naik ke jenjang %(level)d: %(who)s diberi tahu.", level=level, who=who)


def _new_holder(case: OpenCase, predicted: UnitRef | None) -> str:
    """Where it really went: the rules may send it to an arbiter instead."""
    after = services().reader.by_id(case.file.case_id)
    moved = after is not None and after.state.holder.id != case.state.holder.id
    holder = after.state.holder if moved and after is not None else predicted
    return gettext("unit lain") if holder is None else unit_name(holder.id)


def _reclassified(kind: Kind) -> str:
    return gettext("Jenis laporan sekarang: %(kind)s. Pelapor diberi tahu.", kind=str(KINDS[kind]))


def _recategorised(category_id: int | None) -> str:
    name = category_name(category_id)
    return gettext("Kategori laporan sekarang: %(category)s. Pelapor diberi tahu.", category=name)


def _disposed(unit_id: int) -> str:
    with services().database.read() as session:
        empty = unit_id in directory_store.units_without_staff(session, {unit_id})
    name = unit_name(unit_id)
    if empty:
        return gettext(
            "Laporan dikirim ke %(unit)s. Di sana belum ada petugas, jadi tugasnya naik ke instansi induk.",
            unit=name,
        )
    return gettext("Laporan dikirim ke %(unit)s.", unit=name)


def _follows(case: OpenCase, command: NewCommand) -> str:
    """From the case as it stands after the act; acts that others need not know of change no duty."""
    after = services().reader.by_id(case.file.case_id)
    if not RULES[command.action].versioned or after is None or command.id not in after.state.done:
        return ""
    clock = after.state.due
    due = None if clock is None else services().reader.derivations(after.case_id).get(clock.name)
    if clock is None or due is None or due.due_at is None:
        return ""
    return _must(clock.name, unit_name(after.state.holder.id), due)


def _must(awaited: ClockName, holder: str, due: Derivation) -> str:
    assert due.due_at is not None  # noqa: S101  the caller has looked
    sentence = MUST.get(awaited)
    return "" if sentence is None else gettext(sentence.source, holder=holder, when=moment(due.due_at))


MUST: Mapping[ClockName, LazyText] = {
    ClockName.VERIFICATION: lazy_gettext("%(holder)s harus memverifikasi paling lambat %(when)s."),
    ClockName.FIRST_FOLLOW_UP: lazy_gettext("%(holder)s harus menindaklanjuti paling lambat %(when)s."),
    ClockName.RESOLUTION: lazy_gettext("%(holder)s harus menjawab paling lambat %(when)s."),
    ClockName.COMPLETION: lazy_gettext(
        "Pelapor dapat menjawab sampai %(when)s; tanpa kabar, laporan diarsipkan."
    ),
    ClockName.CONFIRMATION: lazy_gettext(
        "Pelapor dapat menyatakan selesai atau belum sampai %(when)s; tanpa kabar, laporan ditutup."
    ),
    ClockName.REVIVE_WINDOW: lazy_gettext("Laporan dapat diaktifkan kembali sampai %(when)s."),
    ClockName.REOPEN_WINDOW: lazy_gettext("Laporan dapat dibuka kembali sampai %(when)s."),
}
