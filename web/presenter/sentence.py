"""The one plain sentence on what happens now and who must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.case import ClockName, EndReason, Stage
from domain.state import CaseState
from web.language import moment
from web.text import gettext

AWAITED: Mapping[Stage, ClockName] = {
    Stage.VERIFICATION: ClockName.VERIFICATION,
    Stage.DISPOSED: ClockName.FIRST_FOLLOW_UP,
    Stage.IN_PROGRESS: ClockName.RESOLUTION,
    Stage.AWAITING_CONFIRMATION: ClockName.CONFIRMATION,
    Stage.CLOSED: ClockName.REOPEN_WINDOW,
}


def now_sentence(state: CaseState, holder: str, due_at: datetime | None, now: datetime) -> str:
    """For the reporter. `due_at` is the date that binds whoever must act; None while it is being computed."""
    if state.stage is Stage.CLOSED:
        return _ended(state)
    if due_at is not None and due_at < now and state.stage is not Stage.AWAITING_CONFIRMATION:
        return gettext(
            "%(unit)s terlambat: batasnya %(due)s. Atasannya sudah diberi tahu; laporan Anda tetap berjalan.",
            unit=holder,
            due=moment(due_at),
        )
    return _acting(state, holder, _until(due_at))


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


def _ended(state: CaseState) -> str:
    if state.end_reason is EndReason.SILENCE:
        return gettext(
            "Laporan ditutup karena tidak ada kabar dari Anda. Ini tidak dihitung sebagai kepuasan."
        )
    return gettext("Laporan selesai: Anda sendiri yang menyatakannya.")
