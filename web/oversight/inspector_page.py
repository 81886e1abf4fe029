"""The history inspector: one timeline of a case, where it comes from, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from db import directory_store
from domain.code import show_code
from schemas.inspection import ReplayResult
from web.desk.opened import OpenCase
from web.engine_ui.address import workflow_url
from web.form import Form
from web.oversight.asked import GROUPS, Asked, asked_of
from web.oversight.blueprint import bp
from web.oversight.item import Source
from web.oversight.opened import overseen_case
from web.oversight.section import sections
from web.oversight.source import Opened, Why, open_history
from web.oversight.standing import standing_of
from web.oversight.timeline import Timeline, timeline
from web.oversight.verdict import found_of
from web.presenter.chip import Chip, ChipStatus, stage_chip
from web.presenter.labels import KINDS, STAGES
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

SOURCES: dict[Source, LazyText] = {
    Source.ENGINE: lazy_gettext("Riwayat alur kerja di mesin"),
    Source.EXPORT: lazy_gettext("Riwayat alur kerja yang tersimpan"),
    Source.LOG: lazy_gettext("Log laporan di basis data"),
}
READ: dict[Source, LazyText] = {
    Source.ENGINE: lazy_gettext("dibaca"),
    Source.EXPORT: lazy_gettext("disimpan"),
    Source.LOG: lazy_gettext("dibaca"),
}
WHYS: dict[Why, LazyText] = {
    Why.ASKED: lazy_gettext("Anda memilih log; peristiwa mesin tidak ada di dalamnya."),
    Why.AWAY: lazy_gettext("Mesin tidak menjawab, jadi yang tampil bukan dari mesin."),
    Why.GONE: lazy_gettext("Mesin tidak lagi menyimpan riwayat laporan ini."),
    Why.LONG: lazy_gettext("Riwayat di mesin terlalu panjang untuk satu halaman, jadi yang tampil dari log."),
    Why.BROKEN: lazy_gettext("Berkas riwayat yang tersimpan tidak terbaca, jadi yang tampil dari log."),
    Why.NOT_STARTED: lazy_gettext("Mesin belum mengambil laporan ini; ia mengambilnya begitu siap."),
}


@dataclass(frozen=True, kw_only=True)
class Head:
    """`case` in the pages of one case."""

    code: str
    title: str
    chip: Chip | None
    stage_label: LazyText
    kind_label: LazyText
    holder: str
    secret: bool
    received_at: datetime


@bp.get("/kasus/<code>")
def case(code: str) -> ResponseReturnValue:
    """The inspector of a case, newest first; `?q=`, `?jenis=`, `?mesin=1`, `?sebelum=`, `?sumber=log`."""
    found = overseen_case(code)
    return render_inspector(found, asked_of(show_code(found.file.code), request.args))


def render_inspector(found: OpenCase, asked: Asked, replayed: ReplayResult | None = None) -> str:
    """The page; `replayed` is what a check has just found."""
    opened = open_history(found.file, asked.place, log_only=asked.log_only)
    page, now = timeline(found.file, opened, asked), services().now()
    first = asked.place is None
    return render_template(
        "oversight/case.html",
        case=head_of(found),
        source=_source(opened, asked),
        sections=sections(page.lines, fold=not asked.narrowed),
        standing=standing_of(found.file, opened.first.run, opened.first.live, now) if first else None,
        asked=asked,
        clear_url=Asked(code=asked.code, log_only=asked.log_only, machine=asked.machine).url(),
        groups=[(group.value, GROUPS[group], group in asked.groups) for group in asked.kinds],
        pager=_pager(page, asked),
        cut_short=page.cut_short,
        workflow_url=workflow_url(found.file.code),
        raw_urls=_raw_urls(opened, page, asked),
        replayed=None if replayed is None else found_of(replayed),
        form=Form(),
        now=now,
    )


def head_of(found: OpenCase) -> Head:
    """What stands above every page of one case."""
    file, state = found.file, found.file.state
    with services().database.read() as session:
        names = directory_store.unit_names(session, {state.holder.id})
    late = state.due is not None and state.due.expired_at is not None
    chip = (
        Chip(ChipStatus.LATE, gettext("terlambat")) if late else stage_chip(state.stage, for_reporter=False)
    )
    return Head(
        code=show_code(file.code),
        title=file.words.title,
        chip=chip,
        stage_label=STAGES[state.stage],
        kind_label=KINDS[state.kind],
        holder=names.get(state.holder.id, ""),
        secret=file.secret,
        received_at=file.received_at,
    )


def _source(opened: Opened, asked: Asked) -> dict[str, Any]:
    other = asked.url(log=opened.source is not Source.LOG)
    switch = opened.source is not Source.LOG or opened.why is Why.ASKED
    partial = opened.exported is not None and not opened.exported.whole
    return {
        "name": SOURCES[opened.source],
        "read": READ[opened.source],
        "as_of": opened.as_of,
        "why": "" if opened.why is None else str(WHYS[opened.why]),
        "warns": opened.why in {Why.AWAY, Why.BROKEN},
        "partial": partial,
        "other_url": other if switch else "",
        "is_log": opened.source is Source.LOG,
    }


def _pager(page: Timeline, asked: Asked) -> dict[str, Any] | None:
    """Older lines, and the way back to the newest."""
    if page.older is None and asked.place is None:
        return None
    shown = gettext("%(num)d baris di halaman ini", num=len(page.lines))
    return {
        "text": shown,
        "newest_url": None if asked.place is None else asked.url(),
        "older_url": None if page.older is None else asked.url(before=page.older),
    }


def _raw_urls(opened: Opened, page: Timeline, asked: Asked) -> list[tuple[str, int]]:
    if opened.source is Source.LOG:
        return [(url_for("oversight.raw", code=asked.code, sumber="log"), 0)]
    return [
        (url_for("oversight.raw", code=asked.code, bagian=run.run_id), run.event_count) for run in page.runs
    ]
