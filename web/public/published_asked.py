"""What the address of the public list asks for, and addresses that ask for something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for

from db.publication_query import PublishedFilter, PublishedOrder, PublishedPlace, PublishedReport
from domain.case import Kind, Stage
from web.form import clean

WORDS_MOST = 120
CODE_MOST = 13
ID_MOST = 2**31 - 1
PLACE_MOST = 2**63 - 1
FEED_FIELDS = ("agency", "category", "region")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filter of an address, and its fields as they are shown again."""

    wanted: PublishedFilter
    place: PublishedPlace | None
    data: dict[str, str]


def asked_of(arguments: Mapping[str, str]) -> Asked:
    """What an address asks for; what it cannot mean is left out."""
    words = clean(arguments.get("q", ""))[:WORDS_MOST]
    wanted = PublishedFilter(
        words=words,
        kind=_member(Kind, arguments.get("kind")),
        stage=_member(Stage, arguments.get("stage")),
        agency_id=_number(arguments.get("agency"), ID_MOST),
        category_id=_number(arguments.get("category"), ID_MOST),
        region_code=_region(arguments.get("region")),
        order=_member(PublishedOrder, arguments.get("sort")) or PublishedOrder.NEWEST,
    )
    return Asked(wanted=wanted, place=_place(arguments), data=_data(wanted))


def list_url(asked: Asked, **changes: str) -> str:
    """The list with some fields changed; empty ones are left out of the address."""
    fields: dict[str, Any] = {name: value for name, value in (asked.data | changes).items() if value}
    return url_for("public.published", **fields)


def place_url(asked: Asked, row: PublishedReport, direction: str) -> str:
    """The page `after` or `before` a report."""
    return list_url(asked, **{direction: f"{row.supports}.{row.id}"})


def feed_url(asked: Asked) -> str:
    """The feed of the agency, subject and region that the list is narrowed to."""
    fields: dict[str, Any] = {name: asked.data[name] for name in FEED_FIELDS if asked.data[name]}
    return url_for("public.feed", **fields)


def _data(wanted: PublishedFilter) -> dict[str, str]:
    found = {
        "q": wanted.words,
        "kind": wanted.kind,
        "stage": wanted.stage,
        "agency": wanted.agency_id,
        "category": wanted.category_id,
        "region": wanted.region_code,
        "sort": None if wanted.order is PublishedOrder.NEWEST else wanted.order,
    }
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _place(arguments: Mapping[str, str]) -> PublishedPlace | None:
    for name, backwards in (("after", False), ("before", True)):
        supports, _, row = arguments.get(name, "").partition(".")
        first, second = _number(supports, ID_MOST), _number(row, PLACE_MOST)
        if first is not None and second is not None:
            return PublishedPlace(supports=first, id=second, backwards=backwards)
    return None


def _member(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def _number(text: str | None, most: int) -> int | None:
    if not text or not text.isascii() or not text.isdecimal() or len(text) > len(str(most)):
        return None
    return int(text) if int(text) <= most else None


def _region(text: str | None) -> str | None:
    digits = (text or "").replace(".", "")
    known = text and len(text) <= CODE_MOST and digits.isascii() and digits.isdecimal()
    return text if known else None
