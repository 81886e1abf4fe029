"""What the address of a list asks for, and addresses of its neighbouring pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import url_for

from db.account_store import Person
from db.desk_filter import Claimed, DeskFilter, DeskMoment, DeskView, Mark
from db.desk_order import DeskSort, Place
from db.desk_query import DeskRow
from domain.case import Kind, Role, Stage
from domain.instant import day_begins, day_ends
from web.desk.list_choice import ListChoices
from web.desk.list_figure import figure_of
from web.desk.search import LONGEST_SEARCH
from web.language import ZONE, today
from web.services import services

ACTING_ROLES = frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.LIAISON, Role.OPERATOR})
LADDER_ROLES = frozenset({Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.INSPECTORATE, Role.NATIONAL_ADMIN})
HIGHEST_RUNG = 5
LONGEST_ROW = 10**7
NO_FILTERS = frozenset({"view", "sort"})
E = TypeVar("E", bound=StrEnum)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; what makes no sense in it is left out.

    Attributes:
        data: the arguments that make sense, as they were written; "" for what is not asked.
        typed: what is searched for; "" for a plain list.
        region: the name of the region that was found for what was typed.
    """

    wanted: DeskFilter
    data: dict[str, str]
    typed: str
    region: str
    sort: DeskSort
    place: Place | None
    first: int

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view and an order was asked for."""
        return any(value for name, value in self.data.items() if name not in NO_FILTERS)


def asked_of(person: Person, arguments: Mapping[str, str], choices: ListChoices) -> Asked:
    """What an address asks for, of what this person can choose."""
    typed = _text(arguments, "q", LONGEST_SEARCH)
    view, sort = _one_of(DeskView, arguments.get("view")), _one_of(DeskSort, arguments.get("sort"))
    kind, stage = _one_of(Kind, arguments.get("kind")), _one_of(Stage, arguments.get("stage"))
    claimed, mark = _one_of(Claimed, arguments.get("claimed")), _one_of(Mark, arguments.get("mark"))
    unit_id, category_id = choices.unit(arguments.get("unit")), choices.category(arguments.get("category"))
    since, until = _day(arguments, "from"), _day(arguments, "until")
    figure, region = figure_of(arguments.get("figure")), choices.region
    zone, view = ZoneInfo(ZONE), view or _first_view(person)
    wanted = DeskFilter(
        moment=moment_of(services().now()),
        view=DeskView.ALL if typed else view,
        kind=kind,
        stage=stage,
        unit_id=unit_id,
        category_id=category_id,
        region_code=region.code if region else None,
        due_from=day_begins(since, zone) if since else None,
        due_until=day_ends(until, zone) if until else None,
        level=_number(arguments.get("level", ""), HIGHEST_RUNG) or None,
        claimed=claimed,
        mark=mark,
        counted=figure[1] if figure else None,
    )
    data = {
        "view": view,
        "q": typed,
        "kind": kind,
        "stage": stage,
        "unit": unit_id,
        "category": category_id,
        "region": choices.typed_region,
        "from": since,
        "until": until,
        "level": wanted.level,
        "claimed": claimed,
        "mark": mark,
        "figure": arguments.get("figure") if figure else None,
        "sort": sort,
    }
    return Asked(
        wanted=wanted,
        data={name: "" if value is None else str(value) for name, value in data.items()},
        typed=typed,
        region=region.path if region else "",
        sort=sort or (DeskSort.NEWEST if typed else DeskSort.DUE),
        place=_place(arguments),
        first=_number(arguments.get("n", ""), LONGEST_ROW) or 1,
    )


def views_for(person: Person) -> list[DeskView]:
    """Views that can hold something for these roles."""
    roles = {member.role for member in person.memberships}
    hidden = set()
    if not roles & ACTING_ROLES:
        hidden.add(DeskView.TO_ME)
    if not roles & LADDER_ROLES:
        hidden.add(DeskView.ESCALATED)
    return [view for view in DeskView if view not in hidden]


def moment_of(now: datetime) -> DeskMoment:
    """The end of the civil day in Jakarta, and of its Sunday."""
    zone, day = ZoneInfo(ZONE), today(now)
    sunday = day + timedelta(days=6 - day.weekday())
    return DeskMoment(at=now, day_ends_at=day_ends(day, zone), week_ends_at=day_ends(sunday, zone))


def place_url(asked: Asked, row: DeskRow, first: int, side: str) -> str:
    """The address of the page that begins after, or ends before, a row; `first` counts its first row."""
    at = {DeskSort.DUE: row.due_at, DeskSort.LAST_EVENT: row.last_at}.get(asked.sort)
    written = "" if at is None else str(_microseconds(at))
    kept = {name: value for name, value in asked.data.items() if value}
    values: dict[str, Any] = {**kept, side: f"{written}~{row.case_id}", "n": first}
    return url_for("desk.cases", **values)


def _first_view(person: Person) -> DeskView:
    """Where one's own work is; an overseer has none and sees all."""
    first = views_for(person)[0]
    return DeskView.ALL if first is DeskView.LATE else first


def _one_of(choices: type[E], text: str | None) -> E | None:
    return next((choice for choice in choices if choice.value == text), None)


def _text(arguments: Mapping[str, str], name: str, longest: int) -> str:
    return " ".join(arguments.get(name, "").replace("\x00", "").split())[:longest]


def _day(arguments: Mapping[str, str], name: str) -> date | None:
    """A day of this century; databases and zones end not far beyond it."""
    try:
        day = date.fromisoformat(arguments.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def _place(arguments: Mapping[str, str]) -> Place | None:
    """Where the page begins or ends, as `place_url` wrote it."""
    side = "before" if "before" in arguments else "after"
    written, separator, case_id = arguments.get(side, "").partition("~")
    number, since_epoch = _number(case_id, 2**62), _number(written, 10**17)
    if not separator or number is None or (written and since_epoch is None):
        return None
    at = None if since_epoch is None else EPOCH + timedelta(microseconds=since_epoch)
    return Place(at=at, case_id=number, backwards=side == "before")


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _number(text: str, largest: int) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= largest else None
