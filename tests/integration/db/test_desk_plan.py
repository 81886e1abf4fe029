"""No list of the desk reads a table from one end to the other, whoever looks and whatever is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from itertools import combinations, cycle
from typing import Any

import pytest
from sqlalchemy import event, text

from db import desk_find
from db.database import Database
from db.desk_filter import Claimed, DeskFilter, DeskView
from db.desk_order import DeskSort
from db.desk_query import DeskQuery
from db.duplicate_query import DuplicateQuery, Sought
from db.publication_query import PublicationQuery, PublishedFilter, PublishedOrder
from db.search_store import SearchWords
from domain.case import Kind, Stage
from tests.factories import CaseFactory
from tests.integration.db.desk_lists import looker, moment
from tests.offices import Offices

LOOKERS = ("nasional.admin", "kota.admin", "kota.atasan", "pu.penghubung", "pu.atasan")
AT = moment()
GROWING = frozenset({"case_view", "report", "message", "case_due", "command", "search_token", "publication"})
WANTED = [
    *(DeskFilter(moment=AT, view=view) for view in DeskView),
    DeskFilter(moment=AT, kind=Kind.ASPIRATION),
    *(DeskFilter(moment=AT, stage=stage) for stage in (Stage.IN_PROGRESS, Stage.CLOSED)),
    DeskFilter(moment=AT, category_id=3),
    DeskFilter(moment=AT, region_code="32.76"),
    DeskFilter(moment=AT, level=1),
    DeskFilter(moment=AT, due_from=AT.at, due_until=AT.week_ends_at),
    *(DeskFilter(moment=AT, claimed=claimed) for claimed in Claimed),
    DeskFilter(moment=AT, view=DeskView.LATE, category_id=3, stage=Stage.IN_PROGRESS),
]


def asked(wanted: DeskFilter) -> list[tuple[str, Any]]:
    """What a filter asks beside its view."""
    plain = DeskFilter(moment=AT, view=wanted.view)
    names = (field.name for field in fields(DeskFilter))
    return [(name, getattr(wanted, name)) for name in names if getattr(wanted, name) != getattr(plain, name)]


def planned(database: Database, act: Callable[[], Any]) -> list[str]:
    """What reads a whole table among the plans of all queries that an act sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, given: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    act()
    event.remove(database.engine, "before_cursor_execute", note)
    return [line for statement, given in sent for line in _whole(database, statement, given)]


def _whole(database: Database, statement: str, given: Any) -> list[str]:
    """Tables are small here, so PostgreSQL is told to read none of them whole if it can help it."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        if not sqlite:
            connection.execute(text("set enable_seqscan to off"))
        explained = connection.exec_driver_sql(f"explain {'query plan ' * sqlite}{statement}", given)
        lines = [str(row[3 if sqlite else 0]) for row in explained]
    return [line for line in lines if _reads_whole(line, sqlite=sqlite)]


def _reads_whole(line: str, *, sqlite: bool) -> bool:
    words = line.replace("->", "").split()
    if sqlite:
        return words[0] == "SCAN" and words[1] in GROWING and "INDEX" not in words
    return words[:3] == ["Seq", "Scan", "on"] and words[3] in GROWING


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    made = CaseFactory(offices)
    for number in range(3):
        made.dispose(made.report(f"Laporan {number}"))
    return made


def test_the_search_for_whole_tables_sees_one(factory: CaseFactory) -> None:
    def read_all() -> None:
        with factory.offices.database.read() as session:
            session.execute(text("SELECT * FROM report WHERE channel = 'x'"))

    assert planned(factory.offices.database, read_all)


@pytest.mark.parametrize("gathered_to", [1_000, -1])
def test_every_list_is_led_by_an_index(
    factory: CaseFactory, gathered_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_find, "GATHERED_TO", gathered_to)
    database = factory.offices.database
    for login in LOOKERS:
        who = looker(factory, login)
        for wanted in WANTED:
            for sort in DeskSort:
                query = DeskQuery(database, factory.offices.keyring)
                found = planned(database, lambda: query.page(who, wanted, sort=sort))  # noqa: B023
                assert found == [], (login, wanted, sort)
        query = DeskQuery(database, factory.offices.keyring)
        assert planned(database, lambda: query.counts(who, AT)) == []  # noqa: B023


def test_walking_a_list_and_gathering_it_show_the_same(
    factory: CaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    pu, narrowed = factory.offices.units["pu"], {name: value for one in WANTED for name, value in asked(one)}
    narrowed |= {"unit_id": pu, "claimed": Claimed.NOBODY}
    mixed = [dict(pair) for pair in combinations(narrowed.items(), 2)]
    mixed += [{"view": view, name: value} for view in DeskView for name, value in narrowed.items()]
    sorts = cycle(DeskSort)
    for login in ("nasional.admin", "kota.atasan", "pu.penghubung"):
        who = looker(factory, login)
        for filters in mixed:
            wanted, sort = DeskFilter(moment=AT, **filters), next(sorts)
            shown = []
            for gathered_to in (1_000, -1):
                monkeypatch.setattr(desk_find, "GATHERED_TO", gathered_to)
                query = DeskQuery(factory.offices.database, factory.offices.keyring)
                shown.append([row.code for row in query.page(who, wanted, sort=sort).rows])
            assert shown[0] == shown[1], (login, filters, sort)


def test_a_search_and_a_comparison_are_led_by_an_index(factory: CaseFactory) -> None:
    offices = factory.offices
    tokens = SearchWords(offices.keyring).asked("laporan jalan")

    def search(login: str, *, any_word: bool) -> None:
        query = DeskQuery(offices.database, offices.keyring)
        sought = query.sought(tokens, any_of_them=any_word)
        query.page(looker(factory, login), DeskFilter(moment=AT, sought=sought), sort=DeskSort.NEWEST)

    def compare(login: str, agency_id: int | None) -> None:
        sought = Sought(case_id=1, secret=False, agency_id=agency_id)
        DuplicateQuery(offices.database, offices.keyring).candidates(looker(factory, login), sought)

    for login in LOOKERS:
        for any_word in (False, True):
            assert planned(offices.database, lambda: search(login, any_word=any_word)) == []  # noqa: B023
        for agency_id in (None, offices.units["kota"]):
            assert planned(offices.database, lambda: compare(login, agency_id)) == []  # noqa: B023


def test_public_lists_are_led_by_an_index(factory: CaseFactory) -> None:
    query, database = PublicationQuery(factory.offices.database), factory.offices.database
    for order in PublishedOrder:
        for wanted in (
            PublishedFilter(order=order),
            PublishedFilter(order=order, words="jalan laporan"),
            PublishedFilter(order=order, kind=Kind.ASPIRATION),
            *(PublishedFilter(order=order, stage=stage) for stage in Stage),
            *(PublishedFilter(order=order, stage=stage, agency_id=2) for stage in Stage),
            PublishedFilter(order=order, agency_id=2, category_id=3),
            PublishedFilter(order=order, region_code="32"),
        ):
            assert planned(database, lambda: query.page(wanted)) == [], wanted  # noqa: B023
