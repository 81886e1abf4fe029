"""What the engine's events are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from domain.agenda import AgendaKind
from schemas.inspection import Entry, EntryKind, Timer, TimerPurpose
from web.presenter.labels import ACTIONS, CLOCKS
from web.text import LazyText, gettext, lazy_gettext

ENTRIES: Mapping[EntryKind, LazyText] = {
    EntryKind.HAPPENED: lazy_gettext("Peristiwa kasus"),
    EntryKind.RUN_STARTED: lazy_gettext("Alur kerja kasus dimulai"),
    EntryKind.RUN_COMPLETED: lazy_gettext("Alur kerja kasus berakhir"),
    EntryKind.RUN_CONTINUED: lazy_gettext("Riwayat dipotong; potongan berikutnya melanjutkan"),
    EntryKind.RUN_BROKEN_OFF: lazy_gettext("Alur kerja terputus sebelum berakhir"),
    EntryKind.CANCEL_REQUESTED: lazy_gettext("Penghentian alur kerja diminta"),
    EntryKind.TIMER_SET: lazy_gettext("Pewaktu dipasang"),
    EntryKind.TIMER_MOVED: lazy_gettext("Pewaktu dipindah"),
    EntryKind.TIMER_KEPT: lazy_gettext("Pewaktu dipasang lagi untuk saat yang sama"),
    EntryKind.TIMER_BRIEF: lazy_gettext("Pewaktu sesaat"),
    EntryKind.TIMER_CANCELED: lazy_gettext("Pewaktu dilepas"),
    EntryKind.TIMER_FIRED: lazy_gettext("Pewaktu berbunyi"),
    EntryKind.COMMAND_TAKEN: lazy_gettext("Perintah sampai di alur kerja"),
    EntryKind.COMMAND_DONE: lazy_gettext("Perintah diputuskan"),
    EntryKind.COMMAND_REFUSED: lazy_gettext("Perintah ditolak alur kerja"),
    EntryKind.SIGNALED: lazy_gettext("Kabar sampai di alur kerja"),
    EntryKind.RECORD_SCHEDULED: lazy_gettext("Pencatatan dijadwalkan"),
    EntryKind.RECORD_STARTED: lazy_gettext("Pencatatan dimulai"),
    EntryKind.RECORD_DONE: lazy_gettext("Pencatatan selesai"),
    EntryKind.RECORD_FAILED: lazy_gettext("Pencatatan gagal"),
    EntryKind.TASK_SCHEDULED: lazy_gettext("Giliran memutuskan dijadwalkan"),
    EntryKind.TASK_STARTED: lazy_gettext("Giliran diambil pekerja"),
    EntryKind.TASK_DONE: lazy_gettext("Giliran selesai"),
    EntryKind.TASK_FAILED: lazy_gettext("Giliran memutuskan gagal"),
    EntryKind.DISPLAYED: lazy_gettext("Keterangan di daftar mesin diperbarui"),
    EntryKind.MARKED: lazy_gettext("Versi aturan ditandai"),
    EntryKind.OPTIONS_CHANGED: lazy_gettext("Pengaturan alur kerja diubah"),
    EntryKind.UNKNOWN: lazy_gettext("Peristiwa yang tidak dikenal versi ini"),
}
AGENDA: Mapping[AgendaKind, LazyText] = {
    AgendaKind.EXPIRE: lazy_gettext("batas %(clock)s"),
    AgendaKind.WARN: lazy_gettext("peringatan %(clock)s"),
    AgendaKind.OFFER: lazy_gettext("tawaran Ombudsman"),
}
SIGNALS: Mapping[str, LazyText] = {
    "outage_ended": lazy_gettext("sistem sempat berhenti"),
    "calendar_changed": lazy_gettext("kalender kerja berubah"),
    "mail_failed": lazy_gettext("surel tidak sampai"),
}
"""What machines tell; what people tell is named after their act."""


def entry_label(entry: Entry) -> str:
    """What an engine event is, in one sentence without its end mark."""
    label, more = str(ENTRIES[entry.kind]), _more(entry)
    return f"{label}: {more}" if more else label


def _more(entry: Entry) -> str:
    if entry.timer is not None:
        return timer_label(entry.timer)
    if entry.first_seq and entry.first_seq == entry.last_seq:
        return gettext("peristiwa nomor %(seq)d", seq=entry.first_seq)
    if entry.first_seq:
        return gettext("peristiwa nomor %(first)d–%(last)d", first=entry.first_seq, last=entry.last_seq)
    return name_label(entry.name) if entry.name else ""


def name_label(name: str) -> str:
    """What people or machines ask for or tell; its name in the engine if we know no better."""
    if name in SIGNALS:
        return str(SIGNALS[name])
    actions = {action.value: label for action, label in ACTIONS.items()}
    return str(actions[name]) if name in actions else name


def timer_label(timer: Timer) -> str:
    """What a timer waits for."""
    return gettext("tujuan tidak tertulis") if timer.purpose is None else purpose_label(timer.purpose)


def purpose_label(purpose: TimerPurpose) -> str:
    """`peringatan Verifikasi`."""
    text = agenda_label(purpose.kind, str(CLOCKS[purpose.clock]))
    return gettext("tenggang sesudah gangguan, sebelum %(what)s", what=text) if purpose.grace else text


def agenda_label(kind: AgendaKind, clock: str) -> str:
    """What comes at an instant of the agenda."""
    if kind is AgendaKind.OFFER:
        return str(AGENDA[kind])
    return gettext(AGENDA[kind].source, clock=clock)
