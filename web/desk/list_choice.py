"""What can be chosen to narrow a list: units, categories, and a region by what is typed of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.category_store import Category, categories
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.region_store import Region, find_regions
from web.language import language
from web.services import services

LONGEST_REGION = 80


@dataclass(frozen=True, kw_only=True)
class ListChoices:
    """The choices of one person.

    Attributes:
        typed_region: what was typed of a region's name; `region` is what it means, if anything.
    """

    units: list[tuple[int, str]]
    categories: list[Category]
    typed_region: str
    region: Region | None

    def unit(self, text: str | None) -> int | None:
        """The unit of that id, if it is one of them."""
        return next((unit_id for unit_id, _ in self.units if str(unit_id) == text), None)

    def category(self, text: str | None) -> int | None:
        """The category of that id, if it is one of them."""
        return next((one.id for one in self.categories if str(one.id) == text), None)

    @property
    def unit_options(self) -> list[tuple[str, str]]:
        """Value and name."""
        return [(str(unit_id), name) for unit_id, name in self.units]

    @property
    def category_options(self) -> list[tuple[str, str]]:
        """Value and name, in the language of the page."""
        english = language() == "en"
        return [(str(one.id), one.name_en if english else one.name) for one in self.categories]


def list_choices(query: DeskQuery, who: Onlooker, arguments: Mapping[str, str]) -> ListChoices:
    """What the person can choose, and which region the address means."""
    with services().database.read() as session:
        known = categories(session)
    choices = ListChoices(units=query.units(who), categories=known, typed_region="", region=None)
    return in_region(choices, arguments)


def in_region(choices: ListChoices, arguments: Mapping[str, str]) -> ListChoices:
    """The same choices with the region that another address means."""
    typed = " ".join(arguments.get("region", "").replace("\x00", "").split())[:LONGEST_REGION]
    if not typed:
        return replace(choices, typed_region="", region=None)
    with services().database.read() as session:
        found = find_regions(session, typed, 1)
    return replace(choices, typed_region=typed, region=found[0] if found else None)
