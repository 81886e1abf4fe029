"""The one plain sentence on what happens now and who must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.case import REPORTER_STAGES, ClockName, EndReason, Stage
from domain.state import CaseState
from web.language import moment
from web.text import LazyText, gettext, lazy_gettext

AWAITED: Mapping[Stage, ClockName] = {
    Stage.VERIFICATION: ClockName.VERIFICATION,
    Stage.AWAITING_REPORTER: ClockName.COMPLETION,
    Stage.DISPOSED: ClockName.FIRST_FOLLOW_UP,
    Stage.IN_PROGRESS: ClockName.RESOLUTION,
    Stage.AWAITING_CONFIRMATION: ClockName.CONFIRMATION,
    Stage.CLOSED: ClockName.REOPEN_WINDOW,
    Stage.ARCHIVED: ClockName.REVIVE_WINDOW,
}
ENDED: Mapping[EndReason, LazyText] = {
    EndReason.RESOLVED: lazy_gettext("Laporan selesai: Anda sendiri yang menyatakannya."),
    EndReason.ANSWERED: lazy_gettext("Laporan diarsipkan karena yang Anda tanyakan sudah terjawab."),
    EndReason.SILENCE: lazy_gettext(
        "Laporan ditutup karena tidak ada kabar dari Anda. Ini tidak dihitung sebagai kepuasan."
    ),
    EndReason.WITHDRAWN: lazy_gettext("Laporan dicabut atas permintaan Anda."),
    EndReason.DUPLICATE: lazy_gettext(
        "Laporan ini mengikuti laporan lain tentang hal yang sama, yang diterima lebih dahulu."
    ),
    EndReason.NOT_COMPETENT: lazy_gettext(
        "Laporan diarsipkan karena bukan kewenangan instansi mana pun di sini."
    ),
    EndReason.INCOMPLETE: lazy_gettext("Laporan diarsipkan karena belum cukup lengkap untuk ditangani."),
    EndReason.SPAM: lazy_gettext("Laporan diarsipkan karena dinilai bukan laporan yang sungguh-sungguh."),
    EndReason.TRANSFERRED_TO_OMBUDSMAN: lazy_gettext(
        "Laporan diserahkan ke Ombudsman dengan persetujuan Anda; Ombudsman yang melanjutkannya."
    ),
}


def now_sentence(state: CaseState, holder: str, due_at: datetime | None, now: datetime) -> str:
    """For the reporter. `due_at` is the date that binds whoever must act; None while it is being computed."""
    if state.end_reason is not None:
        return _ended(state, due_at)
    late = due_at is not None and due_at < now and state.stage not in REPORTER_STAGES
    sentence = _late(holder, due_at) if late and due_at else _acting(state, holder, _until(due_at))
    if not state.facts.withdrawal_noted:
        return sentence
    noted = gettext("Pencabutan Anda sudah dicatat; pengaduan berkadar pengawasan tetap diperiksa.")
    return f"{sentence} {noted}"


def _late(holder: str, due_at: datetime) -> str:
    return gettext(
        "%(unit)s terlambat: batasnya %(due)s. Atasannya sudah diberi tahu; laporan Anda tetap berjalan.",
        unit=holder,
        due=moment(due_at),
    )


def _acting(state: CaseState, holder: str, until: str) -> str:
    """The date is that of the due clock, so the verb is too."""
    awaited = awaited_of(state)
    if awaited is ClockName.VERIFICATION:
        return gettext("%(unit)s memeriksa laporan Anda%(until)s.", unit=holder, until=until)
    if awaited is ClockName.FIRST_FOLLOW_UP and state.dispute_count:
        return gettext("%(unit)s menindaklanjuti laporan Anda kembali%(until)s.", unit=holder, until=until)
    if awaited is ClockName.FIRST_FOLLOW_UP:
        return gettext("%(unit)s mulai menindaklanjuti laporan Anda%(until)s.", unit=holder, until=until)
    if awaited is ClockName.RESOLUTION:
        return gettext("%(unit)s menangani laporan Anda dan menjawabnya%(until)s.", unit=holder, until=until)
    if awaited is ClockName.COMPLETION:
        return gettext(
            "%(unit)s bertanya kepada Anda. Jawablah%(until)s; tanpa kabar, laporan diarsipkan.",
            unit=holder,
            until=until,
        )
    return gettext(
        "%(unit)s sudah menjawab. Nyatakan selesai atau belum%(until)s; tanpa kabar, laporan ditutup.",
        unit=holder,
        until=until,
    )


def awaited_of(state: CaseState) -> ClockName:
    """What somebody must do next: what the due clock measures; while it is undated, what the stage is for."""
    return AWAITED[state.stage] if state.due is None else state.due.name


def _until(due_at: datetime | None) -> str:
    return "" if due_at is None else gettext(", paling lambat %(due)s", due=moment(due_at))


def _ended(state: CaseState, due_at: datetime | None) -> str:
    """Why it ended, and until when that can be undone."""
    assert state.end_reason is not None  # noqa: S101  the caller has looked
    reason, ending = state.end_reason, state.facts.ending
    why = str(ENDED[reason])
    if state.stage is Stage.ARCHIVED and ending is not None and ending.lapsed is not None:
        why = gettext("Laporan diarsipkan karena belum Anda lengkapi pada waktunya.")
    if state.ended or due_at is None or reason in _FINAL:
        return why
    if state.stage is Stage.ARCHIVED:
        again = gettext("Anda dapat mengaktifkannya kembali sampai %(due)s.", due=moment(due_at))
    else:
        again = gettext("Anda dapat membukanya kembali sampai %(due)s.", due=moment(due_at))
    return f"{why} {again}"


_FINAL = frozenset({EndReason.DUPLICATE, EndReason.TRANSFERRED_TO_OMBUDSMAN})
"""Ends that the reporter alone cannot undo."""
