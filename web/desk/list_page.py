"""The list of the desk: saved views with counts, filters, one line a case, and the way to the next page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_timedelta  # type: ignore[import-untyped]

from db.account_store import Person
from db.desk_query import COUNTED_TO, PAGE_SIZE, DeskFilter, DeskPage, DeskRow, DeskView
from domain.case import Kind, Stage
from domain.clock import Clock
from domain.code import show_code
from web.desk.list_asked import NO_CODE, Asked, asked_of, place_url, views_for
from web.desk.opened import desk_query, onlooker
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import Running, clock_chip
from web.presenter.happening import EVENTS
from web.presenter.labels import KINDS, STAGES, reporter_mask
from web.text import LazyText, gettext, lazy_gettext

VIEWS: Mapping[DeskView, LazyText] = {
    DeskView.TO_ME: lazy_gettext("Perlu tindakan saya"),
    DeskView.ESCALATED: lazy_gettext("Naik ke saya"),
    DeskView.LATE: lazy_gettext("Terlambat"),
    DeskView.TODAY: lazy_gettext("Hari ini"),
    DeskView.THIS_WEEK: lazy_gettext("Minggu ini"),
    DeskView.UNCLAIMED: lazy_gettext("Belum diambil"),
    DeskView.AWAITING_REPORTER: lazy_gettext("Menunggu pelapor"),
    DeskView.ALL: lazy_gettext("Semua"),
}


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """A saved view in the left column."""

    label: LazyText
    url: str
    count_text: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`filters` in `desk/list.html`."""

    data: dict[str, str]
    kinds: list[tuple[str, LazyText]]
    stages: list[tuple[str, LazyText]]
    units: list[tuple[str, str]]
    active: bool
    clear_url: str
    not_a_code: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row in `desk/list.html`."""

    url: str
    code: str
    title: str
    chip: Chip
    stage_label: LazyText
    kind_label: LazyText
    category: str
    place: str
    reporter_mask: str
    holder: str
    assignee: str
    last_event: LazyText
    last_at: datetime
    last_ago: str
    secret: bool
    waiting: bool


@dataclass(frozen=True, kw_only=True)
class Pager:
    """`macros/pager.html`."""

    text: str
    prev_url: str | None
    next_url: str | None


def list_page(person: Person, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The context of `desk/list.html` for a person and the arguments of the address."""
    query, who = desk_query(), onlooker(person)
    units = query.units(who)
    asked = asked_of(person, arguments, units)
    page = query.page(who, asked.wanted, asked.place)
    counts = query.counts(who, asked.wanted.moment)
    total = query.count(who, asked.wanted) if asked.narrowed else counts[asked.wanted.view]
    return {
        "heading": VIEWS[asked.wanted.view],
        "views": [_link(view, counts[view], asked.wanted.view) for view in views_for(person)],
        "filters": _filters(asked, units),
        "rows": [_line(row, page, asked.wanted) for row in page.rows],
        "pager": _pager(page, asked, total),
    }


def count_text(count: int) -> str:
    """`12`, `1.000+`."""
    if count > COUNTED_TO:
        return gettext("1.000+")
    return gettext("1.000") if count == COUNTED_TO else str(count)


def _link(view: DeskView, count: int, current: DeskView) -> ViewLink:
    url = url_for("desk.cases", view=view.value)
    return ViewLink(label=VIEWS[view], url=url, count_text=count_text(count), current=view is current)


def _filters(asked: Asked, units: list[tuple[int, str]]) -> Filters:
    return Filters(
        data=asked.data,
        kinds=[(kind.value, KINDS[kind]) for kind in Kind],
        stages=[(stage.value, STAGES[stage]) for stage in Stage],
        units=[(str(unit_id), name) for unit_id, name in units],
        active=asked.narrowed,
        clear_url=url_for("desk.cases", view=asked.data["view"]),
        not_a_code=asked.wanted.code == NO_CODE,
    )


def _line(row: DeskRow, page: DeskPage, wanted: DeskFilter) -> Line:
    now = wanted.moment.at
    return Line(
        url=url_for("desk.case", code=show_code(row.code), view=wanted.view.value),
        code=show_code(row.code),
        title=row.title,
        chip=_chip(row, page, now),
        stage_label=STAGES[row.stage],
        kind_label=KINDS[row.kind],
        category="",
        place=row.place,
        reporter_mask=reporter_mask(row.mask),
        holder=row.holder,
        assignee=row.claimer,
        last_event=EVENTS[row.last_kind],
        last_at=row.last_at,
        last_ago=str(format_timedelta(row.last_at - now, add_direction=True)),
        secret=row.secret,
        waiting=row.waiting,
    )


def _chip(row: DeskRow, page: DeskPage, now: datetime) -> Chip:
    by_stage = stage_chip(row.stage, for_reporter=False)
    if by_stage is not None:
        return by_stage
    derivation = row.derivation
    if derivation is None or row.due_clock is None:
        return undated_chip()
    calendar = page.calendars[derivation.calendar_id, derivation.calendar_version]
    clock = Clock(
        name=row.due_clock,
        unit_id=0,
        amount=derivation.amount,
        started_at=derivation.start_at,
        due_at=row.due_at,
    )
    return clock_chip(Running(clock=clock, derivation=derivation, calendar=calendar), now)


def _pager(page: DeskPage, asked: Asked, total: int) -> Pager | None:
    if not page.rows or not (page.more_before or page.more_after):
        return None
    last = asked.first + len(page.rows) - 1
    text = gettext("%(first)d–%(last)d dari %(total)s", first=asked.first, last=last, total=count_text(total))
    before = place_url(asked, page.rows[0], max(1, asked.first - PAGE_SIZE), "before")
    after = place_url(asked, page.rows[-1], last + 1, "after")
    return Pager(
        text=text,
        prev_url=before if page.more_before else None,
        next_url=after if page.more_after else None,
    )
