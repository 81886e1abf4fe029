"""What happened to a case, in words: the lines of its history."""

from __future__ import annotations

from collections.abc import Mapping

from domain.clock import RAISED_BY, TOP_LEVEL
from domain.event import Event, EventKind
from web.presenter.labels import CLOCKS, FOLLOW_UPS
from web.text import LazyText, gettext, lazy_gettext

EVENTS: Mapping[EventKind, LazyText] = {
    EventKind.RECEIVED: lazy_gettext("Laporan diterima"),
    EventKind.DISPOSED: lazy_gettext("Laporan didisposisikan"),
    EventKind.ASKED: lazy_gettext("Pelapor diminta melengkapi"),
    EventKind.COMPLETED: lazy_gettext("Pelapor melengkapi laporan"),
    EventKind.NOT_OURS: lazy_gettext("Dinyatakan bukan wewenang"),
    EventKind.RETURNED: lazy_gettext("Laporan dikembalikan"),
    EventKind.REDISPOSED: lazy_gettext("Laporan didisposisikan ke unit di bawah"),
    EventKind.FOLLOWED_UP: lazy_gettext("Laporan ditindaklanjuti"),
    EventKind.ANSWERED: lazy_gettext("Laporan dijawab"),
    EventKind.ANSWER_TAKEN_BACK: lazy_gettext("Jawaban ditarik kembali"),
    EventKind.REPLY_CORRECTED: lazy_gettext("Tanggapan diralat"),
    EventKind.CONFIRMED: lazy_gettext("Pelapor menyatakan selesai"),
    EventKind.DISPUTED: lazy_gettext("Pelapor menyatakan belum selesai"),
    EventKind.CLOSED_BY_SILENCE: lazy_gettext("Laporan ditutup karena tidak ada kabar dari pelapor"),
    EventKind.ARCHIVED: lazy_gettext("Laporan diarsipkan"),
    EventKind.ARCHIVED_BY_SILENCE: lazy_gettext("Laporan diarsipkan karena tidak dilengkapi pelapor"),
    EventKind.WITHDRAWN: lazy_gettext("Pelapor mencabut laporan"),
    EventKind.WITHDRAWAL_NOTED: lazy_gettext("Pencabutan dicatat; pemeriksaan tetap berjalan"),
    EventKind.MERGED: lazy_gettext("Laporan digabungkan ke laporan yang lebih dahulu"),
    EventKind.UNMERGED: lazy_gettext("Laporan dipisahkan lagi"),
    EventKind.FOLLOWER_JOINED: lazy_gettext("Laporan ganda ikut bergabung"),
    EventKind.FOLLOWER_LEFT: lazy_gettext("Laporan ganda dipisahkan lagi"),
    EventKind.REASSIGNED: lazy_gettext("Laporan dialihkan"),
    EventKind.EXTENDED: lazy_gettext("Tenggat penyelesaian diperpanjang"),
    EventKind.RECLASSIFIED: lazy_gettext("Jenis laporan diubah"),
    EventKind.CLAIMED: lazy_gettext("Laporan diambil"),
    EventKind.TAKEN_OVER: lazy_gettext("Laporan diambil alih dari petugas lain"),
    EventKind.RELEASED: lazy_gettext("Laporan dilepaskan"),
    EventKind.NUDGED: lazy_gettext("Pelapor mengingatkan"),
    EventKind.URGED: lazy_gettext("Atasan mengingatkan unit pemegang"),
    EventKind.RAISED: lazy_gettext("Atasan menaikkan jenjang laporan"),
    EventKind.NOTED: lazy_gettext("Catatan internal ditulis"),
    EventKind.CONTRIBUTED: lazy_gettext("Unit pendukung memberi masukan"),
    EventKind.MESSAGE_RECEIVED: lazy_gettext("Pelapor mengirim pesan"),
    EventKind.REOPENED: lazy_gettext("Laporan dibuka kembali"),
    EventKind.REVIVED: lazy_gettext("Laporan diaktifkan kembali"),
    EventKind.OMBUDSMAN_OFFERED: lazy_gettext("Penyerahan ke Ombudsman ditawarkan kepada pelapor"),
    EventKind.TRANSFERRED_TO_OMBUDSMAN: lazy_gettext("Laporan diserahkan ke Ombudsman"),
    EventKind.COMMAND_CANCELLED: lazy_gettext("Tindakan yang menunggu dibatalkan"),
    EventKind.CLOCK_WARNED: lazy_gettext("Tenggat sudah dekat"),
    EventKind.CLOCK_EXPIRED: lazy_gettext("Batas waktu terlewati; atasan diberi tahu"),
    EventKind.OUTAGE_SHIFTED: lazy_gettext("Waktu digeser karena sistem sempat berhenti"),
    EventKind.CLOCKS_RECOUNTED: lazy_gettext("Tenggat dihitung ulang karena kalender kerja berubah"),
    EventKind.MAIL_FAILED: lazy_gettext("Surel kepada pelapor tidak sampai"),
    EventKind.LIFE_ENDED: lazy_gettext("Masa buka kembali berakhir"),
}


def event_label(event: Event, unit_names: Mapping[int, str]) -> str:
    """What happened, in one sentence without its end mark; a case that moves names its new holder."""
    unit = unit_names.get(event.holder.id)
    if event.kind in _MOVES and unit:
        return gettext(_MOVES[event.kind].source, unit=unit)
    if event.kind is EventKind.FOLLOWED_UP and event.follow_up is not None:
        return str(FOLLOW_UPS[event.follow_up])
    if event.kind is EventKind.CLOCK_WARNED and event.clock is not None:
        return gettext("Tenggat %(clock)s sudah dekat", clock=str(CLOCKS[event.clock]))
    if event.kind is EventKind.CLOCK_EXPIRED and event.clock is not None:
        return _expired(event)
    return str(EVENTS[event.kind])


def units_of_log(events: list[Event]) -> set[int]:
    """The ids of all units that a log speaks of."""
    actors = {event.actor.unit_id for event in events if event.actor.unit_id is not None}
    return actors | {event.holder.id for event in events}


_MOVES: Mapping[EventKind, LazyText] = {
    EventKind.DISPOSED: lazy_gettext("Laporan didisposisikan ke %(unit)s"),
    EventKind.NOT_OURS: lazy_gettext("Dinyatakan bukan wewenang; laporan naik ke %(unit)s"),
    EventKind.RETURNED: lazy_gettext("Laporan dikembalikan ke %(unit)s"),
    EventKind.REDISPOSED: lazy_gettext("Laporan didisposisikan ke %(unit)s"),
    EventKind.REASSIGNED: lazy_gettext("Laporan dialihkan ke %(unit)s"),
}


def _expired(event: Event) -> str:
    """Which rung was really reached is known only once the vacant ones are skipped: see the ladder."""
    assert event.clock is not None  # noqa: S101  the caller has looked
    if event.clock not in RAISED_BY:
        return gettext("Batas waktu %(clock)s terlewati; atasan diberi tahu", clock=str(CLOCKS[event.clock]))
    level = max((clock.level for clock in event.clocks), default=0)
    if level >= TOP_LEVEL:
        return gettext("Masih terlambat; semua jenjang sudah diberi tahu")
    return gettext("Masih terlambat; laporan naik ke jenjang berikutnya")
