"""What tests of the desk's lists ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.desk_filter import DeskFilter, DeskMoment, DeskView
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.search_store import SearchWords
from tests.factories import CaseFactory, MadeCase

AGENCY_OF = {"pu": "kota", "hub": "kota", "didik": "hulu"}


def moment(at: datetime | None = None) -> DeskMoment:
    """An instant, or now; the day ends in twelve hours."""
    at = at or datetime.now(UTC)
    return DeskMoment(at=at, day_ends_at=at + timedelta(hours=12), week_ends_at=at + timedelta(days=5))


def looker(factory: CaseFactory, login: str) -> Onlooker:
    """Somebody with an account."""
    person_id = factory.offices.people[login]
    return Onlooker(memberships=tuple(factory.memberships(login)), person_id=person_id)


def codes_with(factory: CaseFactory, login: str, words: str, *, any_word: bool = False) -> list[str]:
    """The codes that somebody finds by words, in the order of the list."""
    query = DeskQuery(factory.offices.database, factory.offices.keyring)
    sought = query.sought(SearchWords(factory.offices.keyring).asked(words), any_of_them=any_word)
    wanted = DeskFilter(moment=moment(), sought=sought)
    return [row.code for row in query.page(looker(factory, login), wanted, size=1000).rows]


def held_by(
    factory: CaseFactory, holder: str, *, secret: bool = False, climbed: bool = False, title: str = "Laporan"
) -> MadeCase:
    """A case that a unit holds; `climbed`: its nearest clock has run out."""
    agency = AGENCY_OF.get(holder, holder)
    case = factory.report(title, agency=None if agency == "nasional" else agency, secret=secret)
    if holder in AGENCY_OF:
        factory.dispose(case, f"{agency}.admin", holder)
    if climbed:
        factory.expire_next(case)
    return case


def codes_in(query: DeskQuery, who: Onlooker, view: DeskView = DeskView.ALL) -> set[str]:
    """All codes of a view for somebody."""
    wanted = DeskFilter(moment=moment(), view=view)
    return {row.code for row in query.page(who, wanted, size=1000).rows}
