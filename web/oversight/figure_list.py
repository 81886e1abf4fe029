"""Lists with counts: what is late, has climbed, bounces, waits longest or is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from db.desk_filter import DeskFilter, DeskView, Mark
from db.desk_order import DeskSort
from web.desk.list_asked import moment_of
from web.desk.list_page import count_text
from web.desk.opened import desk_query
from web.language import day
from web.oversight.figure_asked import FigureAsked
from web.services import services
from web.text import LazyText, gettext, lazy_gettext


@dataclass(frozen=True, kw_only=True)
class ListTile:
    """A list of cases. `bad`: any number but 0 is bad news."""

    title: LazyText
    count: str
    any: bool
    bad: bool
    sentence: str
    url: str


def list_tiles(asked: FigureAsked) -> list[ListTile]:
    """The lists of the unit and all below it, counted now; two queries."""
    moment, unit_id = moment_of(services().now()), asked.unit.id
    wanted = {
        "late": DeskFilter(moment=moment, unit_id=unit_id, view=DeskView.LATE),
        "climbed": DeskFilter(moment=moment, unit_id=unit_id, level=1),
        "bounced": DeskFilter(moment=moment, unit_id=unit_id, mark=Mark.BOUNCED),
        "open": DeskFilter(moment=moment, unit_id=unit_id, mark=Mark.OPEN),
        "stuck": DeskFilter(moment=moment, unit_id=unit_id, mark=Mark.STUCK),
    }
    query = desk_query()
    counts = dict(zip(wanted, query.counts_of(asked.who, list(wanted.values())), strict=True))
    oldest = query.oldest(asked.who, wanted["open"]) if counts["open"] else None
    return [
        _tile(lazy_gettext("Terlambat"), counts["late"], _desk(unit_id, view=DeskView.LATE), LATE),
        _tile(lazy_gettext("Sudah naik jenjang"), counts["climbed"], _desk(unit_id, level=1), CLIMBED),
        _tile(
            lazy_gettext("Dua kali dikembalikan"),
            counts["bounced"],
            _desk(unit_id, mark=Mark.BOUNCED),
            BOUNCED,
        ),
        _tile(
            lazy_gettext("Macet di mesin"), counts["stuck"], url_for("oversight.stuck", unit=unit_id), STUCK
        ),
        ListTile(
            title=lazy_gettext("Masih terbuka"),
            count=count_text(counts["open"]),
            any=counts["open"] > 0,
            bad=False,
            sentence=_oldest(oldest),
            url=_desk(unit_id, mark=Mark.OPEN, sort=DeskSort.OLDEST),
        ),
    ]


LATE = lazy_gettext("Tenggatnya sudah lewat dan petugas masih harus bertindak.")
CLIMBED = lazy_gettext(
    "Atasan di jenjang berikutnya sudah diberi tahu: tenggatnya lewat, jawabannya disanggah, "
    "atau laporannya dibuka kembali."
)
BOUNCED = lazy_gettext("Dioper ke sana kemari: dikembalikan dua kali atau lebih, dan belum selesai.")
STUCK = lazy_gettext("Bukan soal petugas: mesin, antrean, atau catatannya bermasalah.")


def _tile(title: LazyText, count: int, url: str, sentence: LazyText) -> ListTile:
    return ListTile(
        title=title, count=count_text(count), any=count > 0, bad=True, sentence=str(sentence), url=url
    )


def _desk(unit_id: int, **filters: object) -> str:
    asked = {"view": DeskView.ALL.value, "unit": unit_id, **filters}
    values: dict[str, Any] = {name: str(value) for name, value in asked.items()}
    return url_for("desk.cases", **values)


def _oldest(at: datetime | None) -> str:
    if at is None:
        return gettext("Tidak ada laporan yang menunggu.")
    return gettext("Yang paling lama menunggu diterima %(day)s.", day=day(at))
