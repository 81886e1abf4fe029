"""What tests of the desk's lists ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.desk_filter import DeskFilter, DeskMoment
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.search_store import SearchWords
from tests.factories import CaseFactory


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
