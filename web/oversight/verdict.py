"""What a replay check found, in words: equal, different and where, or not checked and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.inspection import ReplayResult, Unchecked, Verdict
from web.text import LazyText, gettext, lazy_gettext

WHYS: Mapping[Unchecked, LazyText] = {
    Unchecked.BUSY: lazy_gettext("Pemeriksaan lain sedang berjalan. Ulangi sebentar lagi."),
    Unchecked.AWAY: lazy_gettext("Mesin tidak menjawab, dan riwayat yang tersimpan tidak ada."),
    Unchecked.NONE: lazy_gettext("Mesin tidak menyimpan riwayat kasus ini, dan berkasnya tidak ada."),
    Unchecked.UNREADABLE: lazy_gettext("Riwayat yang tersimpan tidak terbaca."),
    Unchecked.TOO_LONG: lazy_gettext("Riwayatnya terlalu panjang untuk diperiksa dari halaman ini."),
    Unchecked.TIME: lazy_gettext("Waktu pemeriksaan habis sebelum selesai."),
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A notice: its colour, heading and lines."""

    category: str
    heading: str
    lines: list[str]


def found_of(result: ReplayResult) -> Found:
    """The outcome for who asked."""
    if result.verdict is Verdict.EQUAL:
        return Found(category="success", heading=gettext("Pemeriksaan ulang: sama"), lines=_equal(result))
    if result.verdict is Verdict.DIFFERS:
        return Found(category="error", heading=gettext("Pemeriksaan ulang: berbeda"), lines=_differs(result))
    why = [] if result.why is None else [str(WHYS[result.why])]
    return Found(
        category="warning",
        heading=gettext("Pemeriksaan ulang: tidak dapat dipastikan"),
        lines=[*why, *([_until(result)] if result.runs else [])],
    )


def _equal(result: ReplayResult) -> list[str]:
    lines = [
        gettext("Program yang sekarang memutuskan persis seperti yang tercatat."),
        gettext(
            "%(events)d peristiwa mesin dalam %(runs)d potongan diputar ulang.",
            events=result.events,
            runs=result.runs,
        ),
    ]
    return [*lines, gettext("Riwayatnya dari berkas yang tersimpan.")] if result.exported else lines


def _differs(result: ReplayResult) -> list[str]:
    lines = [
        gettext(
            "Perbedaan pertama di peristiwa mesin nomor %(number)d (%(type)s), potongan %(run)s.",
            number=result.number,
            type=result.type,
            run=result.run_id[:8],
        )
    ]
    if result.failure:
        lines.append(gettext("Program yang sekarang gagal di sana: %(type)s.", type=result.failure))
    else:
        lines.append(gettext("Program yang sekarang memutuskan lain di sana."))
    return [*lines, gettext("Kasus ini sendiri tidak berubah. Beri tahu pengelola sistem.")]


def _until(result: ReplayResult) -> str:
    return gettext(
        "Sampai di situ sama: %(events)d peristiwa mesin dalam %(runs)d potongan terbaru.",
        events=result.events,
        runs=result.runs,
    )
