"""The bar of filters over the list, filled with what the address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from db.desk_filter import Claimed, Mark
from db.desk_order import DeskSort
from domain.case import Kind, Stage
from web.desk.list_asked import HIGHEST_RUNG, Asked
from web.desk.list_choice import ListChoices
from web.desk.list_figure import figure_of
from web.presenter.labels import KINDS, STAGES
from web.presenter.month import months_name
from web.text import LazyText, gettext, lazy_gettext

CLAIMED: Mapping[Claimed, LazyText] = {
    Claimed.ME: lazy_gettext("Saya"),
    Claimed.NOBODY: lazy_gettext("Belum ada"),
    Claimed.SOMEBODY: lazy_gettext("Sudah ada"),
}
SORTS: Mapping[DeskSort, LazyText] = {
    DeskSort.DUE: lazy_gettext("Tenggat terdekat"),
    DeskSort.NEWEST: lazy_gettext("Terakhir dicatat"),
    DeskSort.OLDEST: lazy_gettext("Paling dulu dicatat"),
    DeskSort.LAST_EVENT: lazy_gettext("Kejadian terakhir"),
}
MARKS: Mapping[Mark, LazyText] = {
    Mark.OPEN: lazy_gettext("Masih terbuka"),
    Mark.BOUNCED: lazy_gettext("Dua kali dikembalikan"),
    Mark.STUCK: lazy_gettext("Macet di mesin"),
}
FOLDED = ("category", "region", "from", "until", "level", "claimed", "mark")
"""Filters that stand under a fold until one of them is used."""
Options = list[tuple[str, LazyText]]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`filters` in `desk/list.html`. `unknown_region` is what no region is called; "" if all is well."""

    data: dict[str, str]
    kinds: Options
    stages: Options
    units: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    claimed: Options
    marks: Options
    figure: str
    sorts: Options
    sort: str
    region: str
    unknown_region: str
    unfolded: bool
    active: bool
    clear_url: str
    keepable: dict[str, str]


def filters_of(asked: Asked, choices: ListChoices) -> Filters:
    """The bar as it stands."""
    data, kept = asked.data, {name: value for name, value in asked.data.items() if value and name != "q"}
    return Filters(
        data=data,
        kinds=[(kind.value, KINDS[kind]) for kind in Kind],
        stages=[(stage.value, STAGES[stage]) for stage in Stage if stage in STAGES],
        units=choices.unit_options,
        categories=choices.category_options,
        levels=[(str(level), _level(level)) for level in range(1, HIGHEST_RUNG + 1)],
        claimed=[(claimed.value, CLAIMED[claimed]) for claimed in Claimed],
        marks=[(mark.value, MARKS[mark]) for mark in Mark],
        figure=_figure(asked),
        sorts=[(sort.value, SORTS[sort]) for sort in DeskSort],
        sort=asked.sort.value,
        region=asked.region,
        unknown_region="" if asked.region else data["region"],
        unfolded=any(data[name] for name in FOLDED),
        active=asked.narrowed,
        clear_url=url_for("desk.cases", view=data["view"]),
        keepable=kept,
    )


def _figure(asked: Asked) -> str:
    """`Tidak ditindaklanjuti tepat waktu, September–November 2026`; "" for a list of no figure."""
    found = figure_of(asked.data["figure"])
    if found is None:
        return ""
    figure, counted = found
    return f"{figure.label}, {months_name([counted.first_month, counted.last_month])}"


def _level(level: int) -> str:
    return gettext("Tingkat %(level)d ke atas", level=level)
