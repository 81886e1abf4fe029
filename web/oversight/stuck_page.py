"""Cases that are stuck for a reason that no officer can help: what it is, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.desk_filter import Mark
from db.stuck_query import StuckCase, StuckQuery, Within
from domain.code import show_code
from engine.history import EngineAwayError
from schemas.upkeep import FindingKind
from web.auth.person import staff
from web.desk.opened import desk_query
from web.oversight.blueprint import bp
from web.oversight.figure_asked import figure_asked
from web.services import services
from web.text import LazyText, gettext, lazy_gettext, ngettext

SHOWN = 50
FINDINGS: Mapping[FindingKind, LazyText] = {
    FindingKind.LOST_CASE: lazy_gettext("Laporan ini tidak punya alur kerja maupun catatan."),
    FindingKind.LOST_WORKFLOW: lazy_gettext("Alur kerjanya hilang; tidak ada yang menjaga tenggatnya."),
    FindingKind.VIEW_DIFFERS: lazy_gettext("Daftar menunjukkan hal lain daripada alur kerjanya."),
    FindingKind.LOG_GAP: lazy_gettext("Ada nomor yang hilang di buku log."),
    FindingKind.CHAIN_BROKEN: lazy_gettext("Buku log tidak lagi seperti waktu ditulis."),
    FindingKind.STANDS_STILL: lazy_gettext("Laporan terbuka tanpa tenggat yang berjalan."),
    FindingKind.MAIL_STUCK: lazy_gettext("Sebuah pesan tertahan dalam pengiriman."),
    FindingKind.COMMAND_STUCK: lazy_gettext("Sebuah tindakan menunggu lebih dari 72 jam."),
    FindingKind.HEAD_DIFFERS: lazy_gettext("Buku log sehari tidak lagi cocok dengan ringkasannya."),
}


@dataclass(frozen=True, kw_only=True)
class StuckLine:
    """A stuck case; `reasons` in words."""

    code: str
    title: str
    url: str
    since: datetime | None
    reasons: tuple[str, ...]


@bp.get("/macet")
def stuck() -> ResponseReturnValue:
    """`?unit=` as on the front page."""
    asked, at = figure_asked(staff(), request.args), services().now()
    query, within = StuckQuery(services().database), Within(who=asked.who, unit_id=asked.unit.id, at=at)
    failing, engine = _engine()
    cases = query.cases(within, failing, SHOWN)
    titles = desk_query().titles(asked.who, [one.case_id for one in cases])
    return render_template(
        "oversight/stuck.html",
        unit_name=asked.unit.name,
        lines=[_line(one, titles.get(one.case_id, "")) for one in cases],
        not_started=_not_started(query.not_started(within, SHOWN)),
        engine=engine,
        list_url=_list_url(asked.unit.id),
        back_url=asked.url(),
        now=at,
        most=SHOWN,
    )


def _line(one: StuckCase, title: str) -> StuckLine:
    reasons = [str(FINDINGS[kind]) for kind in one.findings]
    if one.failing:
        reasons.append(gettext("Langkah alur kerjanya gagal berulang di mesin."))
    if one.waiting:
        reasons.append(
            ngettext(
                "%(num)d tindakan sudah tercatat tetapi belum sampai ke alur kerjanya.",
                "%(num)d tindakan sudah tercatat tetapi belum sampai ke alur kerjanya.",
                one.waiting,
            )
        )
    code = show_code(one.code)
    return StuckLine(
        code=code,
        title=title,
        url=url_for("oversight.case", code=code),
        since=one.since,
        reasons=tuple(reasons),
    )


def _not_started(codes: list[str]) -> list[tuple[str, str]]:
    shown = [show_code(code) for code in codes]
    return [(code, url_for("oversight.case", code=code)) for code in shown]


def _engine() -> tuple[list[str], str]:
    """The cases that the engine names, and what it says in words: also that it is away."""
    try:
        failing = services().failing.codes(SHOWN)
    except EngineAwayError:
        return [], gettext(
            "Mesin tidak menjawab, jadi alur kerja yang gagal berulang tidak dapat ditanyakan sekarang."
        )
    if failing is None:
        return [], gettext("Mesin ini tidak mencatat alur kerja yang gagal berulang.")
    if not failing:
        return [], gettext("Mesin menjawab: tidak ada alur kerja yang gagal berulang.")
    return failing, gettext("Mesin menjawab; yang gagal berulang dan dapat Anda lihat ada di bawah.")


def _list_url(unit_id: int) -> str:
    values: dict[str, Any] = {"view": "all", "mark": Mark.STUCK.value, "unit": unit_id}
    return url_for("desk.cases", **values)
