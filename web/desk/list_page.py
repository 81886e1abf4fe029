"""The list of the desk: saved views with counts, filters, one line a case, and the way to the next page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from flask import url_for

from db.account_store import Person
from db.desk_filter import DeskView
from db.desk_find import COUNTED_TO
from db.desk_query import PAGE_SIZE, DeskPage, DeskQuery
from db.desk_scope import Onlooker
from db.saved_view_store import SavedView
from domain.code import show_code
from web.desk.bulk_act import bulk_options
from web.desk.came_from import came_from
from web.desk.list_asked import Asked, asked_of, place_url, views_for
from web.desk.list_choice import ListChoices, in_region, list_choices
from web.desk.list_filter import filters_of
from web.desk.list_line import Beside, line_of
from web.desk.opened import desk_query, onlooker
from web.desk.search import Search, region_named, search
from web.form import Form
from web.services import services
from web.text import LazyText, gettext, lazy_gettext, ngettext

OWN_COUNTED = 8
"""So many of one's own views have a count beside them; a longer list would slow every page."""
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
KEYS: Mapping[DeskView, str] = {
    DeskView.TO_ME: "s",
    DeskView.ESCALATED: "n",
    DeskView.LATE: "t",
    DeskView.TODAY: "h",
    DeskView.THIS_WEEK: "m",
    DeskView.UNCLAIMED: "b",
    DeskView.AWAITING_REPORTER: "p",
    DeskView.ALL: "a",
}
"""The letters that lead to the views after `g`."""
EMPTY: Mapping[DeskView, LazyText] = {
    DeskView.TO_ME: lazy_gettext("Begitu ada laporan yang perlu tindakan Anda, ia muncul di sini."),
    DeskView.ESCALATED: lazy_gettext(
        "Laporan muncul di sini bila tenggatnya lewat, atau atasan menaikkannya, sampai ke Anda."
    ),
    DeskView.LATE: lazy_gettext("Tidak ada tenggat yang terlewat. Yang terlewat akan muncul di sini."),
    DeskView.TODAY: lazy_gettext("Tidak ada lagi tenggat yang jatuh hari ini."),
    DeskView.THIS_WEEK: lazy_gettext("Tidak ada lagi tenggat yang jatuh sampai Minggu malam."),
    DeskView.UNCLAIMED: lazy_gettext("Semua laporan yang terbuka sudah ada yang mengambil."),
    DeskView.AWAITING_REPORTER: lazy_gettext("Tidak ada laporan yang menunggu kabar dari pelapor."),
    DeskView.ALL: lazy_gettext("Laporan muncul di sini begitu ada yang masuk untuk unit Anda."),
}


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """A view in the left column; `key` follows `g` on the keyboard. One's own have no key."""

    label: LazyText | str
    url: str
    count_text: str
    current: bool
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class RegionLink:
    """All that lies in a region."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class DraftLink:
    """A case for which the person has an unsent draft."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Pager:
    """`macros/pager.html`."""

    text: str
    prev_url: str | None
    next_url: str | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What was asked for by whom, and what the search made of it."""

    person: Person
    query: DeskQuery
    who: Onlooker
    choices: ListChoices
    asked: Asked
    found: Search


def listing_of(person: Person, arguments: Mapping[str, str]) -> Listing:
    """What the address asks for; `found.case_code` if it is the page of one case."""
    query, who = desk_query(), onlooker(person)
    choices = list_choices(query, who, arguments)
    asked = asked_of(person, arguments, choices)
    found = Search(case_code=None, wanted=asked.wanted)
    if asked.typed:
        found = search(query, who, asked.typed, asked.wanted)
        asked = replace(asked, wanted=found.wanted)
    return Listing(person=person, query=query, who=who, choices=choices, asked=asked, found=found)


def list_page(listing: Listing) -> dict[str, Any]:
    """The context of `desk/list.html`."""
    asked, query, who = listing.asked, listing.query, listing.who
    wanted = asked.wanted
    counts = query.counts(who, wanted.moment)
    page = query.page(who, wanted, asked.place, PAGE_SIZE, asked.sort)
    total = query.count(who, wanted) if asked.narrowed else counts[wanted.view]
    own = _own_links(listing)
    chosen = next((link.label for link in own if link.current), None)
    current = None if asked.typed or chosen else wanted.view
    came, drafted = came_from() | {"view": asked.data["view"]}, services().drafts.cases_of(listing.person.id)
    beside = Beside(came=came, drafted=drafted)
    return {
        "heading": gettext("Hasil pencarian") if asked.typed else chosen or VIEWS[wanted.view],
        "views": [_link(view, counts[view], current) for view in views_for(listing.person)],
        "late": _late(counts[DeskView.LATE], current),
        "own_views": own,
        "filters": filters_of(asked, listing.choices),
        "typed": asked.typed,
        "any_word": listing.found.any_word,
        "region": _region_link(listing),
        "came": came,
        "drafts": _draft_links(listing, drafted),
        "rows": [line_of(row, page, wanted.moment.at, beside) for row in page.rows],
        "empty_text": EMPTY[wanted.view],
        "bulk_options": bulk_options(listing.person),
        "form": Form(),
        "pager": _pager(page, asked, total),
        "total_text": ngettext("%(n)s laporan", "%(n)s laporan", total, n=count_text(total)),
    }


def count_text(count: int) -> str:
    """`12`, `1.000+`."""
    if count > COUNTED_TO:
        return gettext("1.000+")
    return gettext("1.000") if count == COUNTED_TO else str(count)


def list_url(filters: Mapping[str, str]) -> str:
    """The address of a list with these filters."""
    values: dict[str, Any] = {**filters}
    return url_for("desk.cases", **values)


def _link(view: DeskView, count: int, current: DeskView | None) -> ViewLink:
    return ViewLink(
        label=VIEWS[view],
        url=url_for("desk.cases", view=view.value),
        count_text=count_text(count),
        current=view is current,
        key=KEYS[view],
    )


def _region_link(listing: Listing) -> RegionLink | None:
    """What was typed may be meant as a place: cases carry the region beside their words."""
    asked = listing.asked
    name = region_named(asked.typed) if asked.typed and not asked.region else None
    if name is None:
        return None
    return RegionLink(name=name, url=list_url({"view": DeskView.ALL.value, "region": asked.typed}))


def _draft_links(listing: Listing, case_ids: list[int]) -> list[DraftLink]:
    """Where the person's drafts are, of cases that they still see."""
    if not case_ids:
        return []
    titles = listing.query.titles(listing.who, case_ids)
    codes = listing.query.visible_codes(listing.who, case_ids)
    return [
        DraftLink(title=titles[one], url=url_for("desk.case", code=show_code(codes[one]), _anchor="tindakan"))
        for one in case_ids
        if one in titles and one in codes
    ]


def _late(count: int, current: DeskView | None) -> ViewLink | None:
    """The way to what is late, for whoever is not looking at it."""
    late = _link(DeskView.LATE, count, current)
    return late if count and not late.current else None


def _own_links(listing: Listing) -> list[ViewLink]:
    """The person's own views; the current one is that whose filters the address asks for."""
    asked = {name: value for name, value in listing.asked.data.items() if value}
    views = services().saved_views.of(listing.person.id)
    return [
        ViewLink(
            label=view.name,
            url=list_url(view.filters),
            count_text="" if count is None else count_text(count),
            current=view.filters == asked,
        )
        for view, count in zip_longest(views, _own_counts(listing, views[:OWN_COUNTED]))
    ]


def _own_counts(listing: Listing, views: list[SavedView]) -> list[int]:
    """How many cases each of these views holds now; one query for all."""
    wanted = [
        asked_of(listing.person, view.filters, in_region(listing.choices, view.filters)).wanted
        for view in views
    ]
    return listing.query.counts_of(listing.who, wanted)


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
