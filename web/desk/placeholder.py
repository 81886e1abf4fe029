"""Places in a saved reply that the case at hand fills in: `{kode}`, `{judul}` and their like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from domain.case import ClockName
from domain.clock import STAFF_CLOCKS
from domain.code import show_code
from web.desk.choice import unit_name
from web.desk.opened import OpenCase
from web.language import ZONE, day
from web.text import LazyText, lazy_gettext

PLACE = re.compile(r"\{([^{}\n]{1,40})\}")


def _promised(case: OpenCase) -> str:
    """The last day of a plan, else that of the clock which binds the unit; nothing while it stands still."""
    clock = case.state.clock(ClockName.PROMISE)
    if clock is not None and clock.live and clock.until_on is not None:
        return day(clock.until_on)
    due = case.state.due
    if due is None or due.due_at is None or due.name not in STAFF_CLOCKS:
        return ""
    return day(due.due_at.astimezone(ZoneInfo(ZONE)).date())


VALUES: Mapping[str, Callable[[OpenCase], str]] = {
    "kode": lambda case: show_code(case.file.code),
    "judul": lambda case: case.file.words.title,
    "instansi": lambda case: unit_name(case.state.holder.id),
    "tanggal_janji": _promised,
    "nama_petugas": lambda case: case.person.name,
}
MEANINGS: Mapping[str, LazyText] = {
    "kode": lazy_gettext("kode laporan"),
    "judul": lazy_gettext("judul laporan"),
    "instansi": lazy_gettext("nama unit pemegang"),
    "tanggal_janji": lazy_gettext("tanggal rencana, atau tenggat yang sedang berjalan"),
    "nama_petugas": lazy_gettext("nama Anda"),
}
"""What each place stands for, for those who write saved replies."""


def unknown_places(text: str) -> list[str]:
    """The places that no case can fill in, each once, as they were written."""
    return [name for name in _places(text) if name not in VALUES]


def unfilled_places(text: str) -> list[str]:
    """The places that still wait for their words, each once."""
    return [name for name in _places(text) if name in VALUES]


def filled(text: str, case: OpenCase) -> str:
    """The text with all that the case knows; a place without a value stays, and stops the sending."""

    def value(found: re.Match[str]) -> str:
        known = VALUES.get(found[1])
        return (known(case) if known else "") or found[0]

    return PLACE.sub(value, text)


def spelled(names: list[str]) -> str:
    """Places as they are written, in one line."""
    return ", ".join(f"{{{name}}}" for name in names)


def _places(text: str) -> list[str]:
    return list(dict.fromkeys(PLACE.findall(text)))
