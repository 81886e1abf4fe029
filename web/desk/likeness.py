"""How alike two reports are, and by what: a figure to order them, and reasons that people can check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz

from db.duplicate_query import Candidate
from db.search_text import stems
from web.language import today
from web.text import gettext, ngettext

ALIKE = 60.0
"""From this likeness on a case is shown."""
SAME_CATEGORY, SAME_REGION, SAME_PLACE, SAME_WEEK = 12.0, 10.0, 20.0, 6.0
PLACE_ALIKE = 85.0
WEEK_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Features:
    """What of a report is compared with others."""

    title: str
    place: str
    category_id: int | None
    region_code: str | None
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A candidate that is like enough, and why."""

    candidate: Candidate
    likeness: float
    reasons: list[str]


def likest(mine: Features, candidates: list[Candidate], most: int) -> list[Alike]:
    """The candidates that are like enough, the likest first."""
    title = stems(mine.title)
    compared = (_compared(mine, title, one) for one in candidates)
    found = [alike for alike in compared if alike is not None]
    return sorted(found, key=lambda alike: -alike.likeness)[:most]


def _compared(mine: Features, title: list[str], other: Candidate) -> Alike | None:
    theirs = stems(other.title)
    shared = len(set(title) & set(theirs))
    same_place = bool(mine.place and other.place) and (
        fuzz.token_set_ratio(mine.place.casefold(), other.place.casefold()) >= PLACE_ALIKE
    )
    if not shared:
        return None
    same_category = mine.category_id is not None and mine.category_id == other.category_id
    same_region = mine.region_code is not None and mine.region_code == other.region_code
    days = (today(other.received_at) - today(mine.received_at)).days
    likeness = (
        fuzz.token_sort_ratio(" ".join(sorted(title)), " ".join(sorted(theirs))) * 0.75
        + SAME_CATEGORY * same_category
        + SAME_REGION * same_region
        + SAME_PLACE * same_place
        + SAME_WEEK * (abs(days) <= WEEK_DAYS)
    )
    if likeness < ALIKE:
        return None
    reasons = [
        gettext("kategori sama") if same_category else "",
        gettext("wilayah sama") if same_region else "",
        gettext("tempat serupa") if same_place else "",
        ngettext("%(num)d kata judul sama", "%(num)d kata judul sama", shared),
        _days_apart(days),
    ]
    return Alike(candidate=other, likeness=likeness, reasons=[reason for reason in reasons if reason])


def _days_apart(days: int) -> str:
    if days == 0:
        return gettext("hari yang sama")
    if days < 0:
        return ngettext("%(num)d hari sebelumnya", "%(num)d hari sebelumnya", -days)
    return ngettext("%(num)d hari sesudahnya", "%(num)d hari sesudahnya", days)
