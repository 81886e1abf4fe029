"""What the address of a list asks for, and addresses of its neighbouring pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import url_for

from db.account_store import Person
from db.desk_query import DeskFilter, DeskMoment, DeskRow, DeskView, Place
from domain.case import Kind, Role, Stage
from domain.code import MalformedCodeError, parse_code
from domain.instant import day_ends
from web.language import ZONE, today
from web.services import services

ACTING_ROLES = frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN, Role.LIAISON, Role.OPERATOR})
LADDER_ROLES = frozenset({Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.INSPECTORATE, Role.NATIONAL_ADMIN})
NO_CODE = ""
"""No case has this code: what was typed into the search box is none."""
LONGEST_ROW = 10**7
E = TypeVar("E", bound=StrEnum)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; what makes no sense in it is left out."""

    wanted: DeskFilter
    data: dict[str, str]
    place: Place | None
    first: int

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view was asked for."""
        return any(value for name, value in self.data.items() if name != "view")


def asked_of(person: Person, arguments: Mapping[str, str], units: list[tuple[int, str]]) -> Asked:
    """What an address asks for; `units` are those that the person can meet."""
    view = _one_of(DeskView, arguments.get("view")) or _first_view(person)
    kind, stage = _one_of(Kind, arguments.get("kind")), _one_of(Stage, arguments.get("stage"))
    unit_id = next((unit_id for unit_id, _ in units if str(unit_id) == arguments.get("unit")), None)
    typed = arguments.get("q", "").replace("\x00", "").strip()[:40]
    code = _code(typed) if typed else None
    wanted = DeskFilter(
        moment=moment_of(services().now()),
        view=view if code is None else DeskView.ALL,
        kind=kind,
        stage=stage,
        unit_id=unit_id,
        code=code,
    )
    data = {"view": view.value, "q": typed, "kind": kind or "", "stage": stage or "", "unit": unit_id or ""}
    return Asked(
        wanted=wanted,
        data={name: str(value) for name, value in data.items()},
        place=_place(arguments),
        first=_number(arguments.get("n", ""), LONGEST_ROW) or 1,
    )


def _one_of(choices: type[E], text: str | None) -> E | None:
    return next((choice for choice in choices if choice.value == text), None)


def _code(typed: str) -> str:
    try:
        return parse_code(typed)
    except MalformedCodeError:
        return NO_CODE


def views_for(person: Person) -> list[DeskView]:
    """Views that can hold something for these roles."""
    roles = {member.role for member in person.memberships}
    hidden = set()
    if not roles & ACTING_ROLES:
        hidden.add(DeskView.TO_ME)
    if not roles & LADDER_ROLES:
        hidden.add(DeskView.ESCALATED)
    return [view for view in DeskView if view not in hidden]


def _first_view(person: Person) -> DeskView:
    """Where one's own work is; an overseer has none and sees all."""
    first = views_for(person)[0]
    return DeskView.ALL if first is DeskView.LATE else first


def moment_of(now: datetime) -> DeskMoment:
    """The end of the civil day in Jakarta, and of its Sunday."""
    zone, day = ZoneInfo(ZONE), today(now)
    sunday = day + timedelta(days=6 - day.weekday())
    return DeskMoment(at=now, day_ends_at=day_ends(day, zone), week_ends_at=day_ends(sunday, zone))


def place_url(asked: Asked, row: DeskRow, first: int, side: str) -> str:
    """The address of the page that begins after, or ends before, a row; `first` counts its first row."""
    due = "" if row.due_at is None else str(_microseconds(row.due_at))
    kept = {name: value for name, value in asked.data.items() if value}
    values: dict[str, Any] = {**kept, side: f"{due}~{row.case_id}", "n": first}
    return url_for("desk.cases", **values)


def _place(arguments: Mapping[str, str]) -> Place | None:
    """Where the page begins or ends, as `_place_url` wrote it."""
    side = "before" if "before" in arguments else "after"
    due, separator, case_id = arguments.get(side, "").partition("~")
    number, at = _number(case_id, 2**62), _number(due, 10**17)
    if not separator or number is None or (due and at is None):
        return None
    due_at = None if at is None else EPOCH + timedelta(microseconds=at)
    return Place(due_at=due_at, case_id=number, backwards=side == "before")


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _number(text: str, largest: int) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= largest else None
