"""The front of oversight: are promises kept, where is it stuck, what becomes worse."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.figure_query import FigureScope
from domain.code import show_code
from domain.figure import figures
from web.auth.person import staff
from web.engine_ui.address import engine_pages_url
from web.form import Form, clean
from web.oversight.blueprint import bp
from web.oversight.figure_asked import PERIODS, FigureAsked, figure_asked
from web.oversight.figure_card import cards, small_cards
from web.oversight.figure_list import list_tiles
from web.oversight.figure_target import source_text
from web.oversight.figure_trend import charts
from web.oversight.figure_unit import unit_lines
from web.oversight.opened import find_overseen
from web.presenter.month import months_name
from web.services import services
from web.text import gettext

LONGEST_CODE = 40


@bp.get("", strict_slashes=False)
def landing() -> ResponseReturnValue:
    """`?unit=` and `?bulan=1|3|12` choose the figures; `?kode=` leads to the inspector of that case."""
    form = Form(data={"kode": clean(request.args.get("kode", ""))[:LONGEST_CODE]})
    if form.text("kode"):
        found = find_overseen(staff(), form.text("kode"))
        if found is not None:
            return redirect(url_for("oversight.case", code=show_code(found.file.code)), 303)
        form.errors["kode"] = gettext(
            "Kode ini tidak kami kenal, atau bukan laporan yang dapat Anda lihat. Periksa lagi."
        )
    asked = figure_asked(staff(), request.args)
    page = render_template("oversight/landing.html", form=form, **_context(asked))
    return page, 404 if form.errors else 200


def _context(asked: FigureAsked) -> dict[str, Any]:
    scope = FigureScope(
        who=asked.who,
        unit_id=asked.unit.id,
        whole=asked.unit.parent_id is None,
        months=asked.counted,
        unit_month=asked.before[0],
    )
    counted = services().oversight.snapshot(scope, services().now())
    found = figures(counted.cells, asked.months)
    drawn = charts(asked, counted.cells, counted.targets)
    units, more_units = unit_lines(asked, counted)
    return {
        "unit_name": asked.unit.name,
        "path": [(unit.name, asked.url(unit_id=unit.id)) for unit in asked.path],
        "others": [(name, asked.url(unit_id=one)) for one, name in asked.roots if one != asked.unit.id],
        "periods": [
            (str(label), asked.url(period=period), period == asked.period)
            for period, label in PERIODS.items()
        ],
        "period_name": months_name(asked.months),
        "before_name": months_name(asked.before),
        "as_of": counted.as_of,
        "cards": cards(asked, found, counted.targets),
        "small_cards": small_cards(asked, found),
        "tiles": list_tiles(asked),
        "units": units,
        "more_units": more_units,
        "charts": drawn,
        "has_trend": any(chart.drawn for chart in drawn),
        "worse": [chart for chart in drawn if chart.worse],
        "compared": any(chart.worse is not None for chart in drawn),
        "engine_url": engine_pages_url(),
        "sources": sorted({source_text(target) for target in counted.targets.values()}),
    }
