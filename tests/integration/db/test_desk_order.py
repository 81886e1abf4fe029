"""Pages of a list in each order: every case once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from db.desk_filter import Claimed, DeskFilter
from db.desk_order import DeskSort, Place
from db.desk_query import DeskPage, DeskQuery
from domain.case import Action
from tests.factories import CaseFactory, MadeCase, long_ago
from tests.integration.db.desk_lists import looker, moment
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest.fixture
def query(offices: Offices) -> DeskQuery:
    return DeskQuery(offices.database, offices.keyring)


@pytest.fixture
def cases(factory: CaseFactory) -> list[MadeCase]:
    """Seven cases of one agency; something happened with some of them, and one has no due any more."""
    found = [factory.report(f"Laporan {number}", at=long_ago(hours=9 - number)) for number in range(7)]
    for case in (found[2], found[5], found[0]):
        factory.dispose(case)
    factory.answer(found[0])
    factory.expire_next(found[0])
    factory.expire_next(found[0])
    return found


def place_of(page: DeskPage, sort: DeskSort, *, backwards: bool) -> Place:
    row = page.rows[0 if backwards else -1]
    at = {DeskSort.DUE: row.due_at, DeskSort.LAST_EVENT: row.last_at}.get(sort)
    return Place(at=at, case_id=row.case_id, backwards=backwards)


@pytest.mark.parametrize("sort", list(DeskSort))
def test_walking_visits_each_case_once_and_back_again(
    factory: CaseFactory, query: DeskQuery, cases: list[MadeCase], sort: DeskSort
) -> None:
    who, wanted = looker(factory, "kota.admin"), DeskFilter(moment=moment())
    everything = [row.code for row in query.page(who, wanted, size=100, sort=sort).rows]
    assert set(everything) == {case.code for case in cases}
    for size in (1, 3):
        pages = [query.page(who, wanted, size=size, sort=sort)]
        while pages[-1].more_after:
            pages.append(query.page(who, wanted, place_of(pages[-1], sort, backwards=False), size, sort))
        assert [row.code for page in pages for row in page.rows] == everything
        for before, page in pairwise(pages):
            back = query.page(who, wanted, place_of(page, sort, backwards=True), size, sort)
            assert back.rows == before.rows


@pytest.mark.parametrize("sort", list(DeskSort))
def test_what_comes_in_meanwhile_makes_no_case_appear_twice_or_vanish(
    factory: CaseFactory, query: DeskQuery, cases: list[MadeCase], sort: DeskSort
) -> None:
    who, wanted = looker(factory, "kota.admin"), DeskFilter(moment=moment())
    page, seen = query.page(who, wanted, size=2, sort=sort), list[str]()
    while True:
        seen += [row.code for row in page.rows]
        if not page.more_after:
            break
        if len(seen) < 6:
            factory.report("Yang baru")
        page = query.page(who, wanted, place_of(page, sort, backwards=False), 2, sort)
    assert len(seen) == len(set(seen))
    assert {case.code for case in cases} <= set(seen)


def test_the_newest_report_and_the_latest_event_come_first(
    factory: CaseFactory, query: DeskQuery, cases: list[MadeCase]
) -> None:
    who, wanted = looker(factory, "kota.admin"), DeskFilter(moment=moment())
    newest = query.page(who, wanted, sort=DeskSort.NEWEST).rows
    assert [row.code for row in newest] == [case.code for case in reversed(cases)]
    latest = query.page(who, wanted, sort=DeskSort.LAST_EVENT).rows
    events = [row.last_at for row in latest]
    assert events == sorted(events, reverse=True) and latest[0].code == cases[0].code


def test_due_dates_rungs_and_claims_narrow_the_list(factory: CaseFactory, cases: list[MadeCase]) -> None:
    who, now = looker(factory, "kota.admin"), moment()

    def found(**narrowed: object) -> set[str]:
        wanted = DeskFilter(moment=now, **narrowed)  # type: ignore[arg-type]
        query = DeskQuery(factory.offices.database, factory.offices.keyring)
        count = query.count(who, wanted)
        rows = query.page(who, wanted).rows
        assert count == len(rows) and query.holds_any(who, wanted) == bool(rows)
        return {row.code for row in rows}

    due_at = factory.view(cases[3]).due_at
    assert due_at is not None
    day = timedelta(days=1)
    assert cases[3].code in found(due_from=due_at, due_until=due_at)
    assert cases[3].code not in found(due_from=due_at + day) | found(due_until=due_at - day)
    assert found(level=1) == set()
    factory.expire_next(cases[3])
    assert found(level=1) == {cases[3].code}
    factory.act(cases[4], "kota.admin", Action.CLAIM)
    factory.act(cases[2], "pu.penghubung", Action.CLAIM)
    assert found(claimed=Claimed.ME) == {cases[4].code}
    assert found(claimed=Claimed.SOMEBODY) == {cases[4].code, cases[2].code}
    assert not found(claimed=Claimed.NOBODY) & {cases[4].code, cases[2].code}


def test_the_beginning_of_a_code_finds_it_for_those_who_may_see_it(
    factory: CaseFactory, query: DeskQuery
) -> None:
    case = factory.report()
    ours, theirs = looker(factory, "kota.admin"), looker(factory, "hulu.admin")
    for length in (4, 6, 10):
        assert query.codes_that_begin(ours, case.code[:length]) == [case.code]
        assert query.codes_that_begin(theirs, case.code[:length]) == []
        wanted = DeskFilter(moment=moment(), code=case.code[:length])
        assert [row.code for row in query.page(ours, wanted).rows] == [case.code]


def test_titles_are_told_only_of_cases_that_one_may_see(factory: CaseFactory, query: DeskQuery) -> None:
    ours, theirs = factory.report("Punya kota"), factory.report("Punya hulu", agency="hulu")
    found = query.titles(looker(factory, "kota.admin"), [ours.id, theirs.id])
    assert found == {ours.id: "Punya kota"}
