from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import delete, func, select

from db.case_table import CommandRow, MessageRow
from db.database import Database
from db.desk_table import BulkItemRow, BulkRow, SavedViewRow
from db.keyring import Keyring
from db.search_store import SearchStore, SearchWords
from db.search_table import SearchedCaseRow, SearchTokenRow
from domain.case import Action, Role
from tests.factories import CaseFactory, MadeCase
from tests.integration.db.desk_lists import codes_with
from tests.offices import Offices

CANARY = "zxkanari"
TABLES = [
    row.__table__ for row in (SearchTokenRow, SearchedCaseRow, SavedViewRow, BulkRow, BulkItemRow, CommandRow)
]


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def forget_search(database: Database) -> None:
    """As in a database of an older version."""
    with database.write() as session:
        session.execute(delete(SearchTokenRow))
        session.execute(delete(SearchedCaseRow))


def token_rows(database: Database) -> set[tuple[int, int]]:
    with database.read() as session:
        return set(session.execute(select(SearchTokenRow.token, SearchTokenRow.case_id)).tuples())


def fill(offices: Offices, limit: int = 2) -> int:
    """Everything, in small pieces; how many there were."""
    store, after, pieces = SearchStore(offices.database, offices.keyring), 0, 0
    while (last := store.fill(limit, after)) is not None:
        after, pieces = last, pieces + 1
    return pieces


def test_a_case_is_found_by_all_words_in_title_text_and_place(factory: CaseFactory) -> None:
    wanted = factory.report("Trotoar rusak di Mawar")
    factory.report("Trotoar sempit")
    for words in ("trotoar rusak", "kerusakan mawar", "TROTOAR", "rusak jalan uji"):
        assert wanted.code in codes_with(factory, "kota.admin", words), words
    assert codes_with(factory, "kota.admin", "trotoar rusak") == [wanted.code]
    assert codes_with(factory, "kota.admin", "trotoar gajah") == []
    assert len(codes_with(factory, "kota.admin", "trotoar gajah", any_word=True)) == 2
    assert codes_with(factory, "kota.admin", "!!!") == []


def test_words_of_the_conversation_count_from_their_draft_on(factory: CaseFactory) -> None:
    case = factory.report()
    factory.dispose(case, words="Mohon periksa gardu.")
    factory.command(case, "pu.penghubung", Action.NOTE, words="Kabel tertimbun longsor.")
    factory.act(case, None, Action.MESSAGE, words="Sekarang pohon tumbang.")
    for words in ("gardu", "longsor", "tumbang lampu"):
        assert codes_with(factory, "pu.penghubung", words) == [case.code], words


def test_the_search_holds_numbers_and_never_a_word(factory: CaseFactory) -> None:
    case = factory.report(f"Laporan {CANARY}")
    factory.act(case, None, Action.MESSAGE, words=f"Pesan {CANARY}")
    database = factory.offices.database
    assert codes_with(factory, "kota.admin", CANARY) == [case.code]
    with database.read() as session:
        for table in TABLES:
            assert CANARY not in repr(session.execute(select(table)).all()).lower(), table.name
        types = {type(value) for row in session.execute(select(SearchTokenRow.token)) for value in row}
    assert types == {int}


def test_without_the_key_the_numbers_say_nothing() -> None:
    ours, theirs = SearchWords(Keyring(bytes(range(32)))), SearchWords(Keyring(bytes(32)))
    assert ours.tokens("lampu jalan") == ours.tokens("jalan", "LAMPU")
    assert not set(ours.tokens("lampu jalan")) & set(theirs.tokens("lampu jalan"))


def test_nobody_finds_what_the_list_would_not_show(factory: CaseFactory) -> None:
    cases = {
        (holder, secret): made(factory, holder, secret=secret)
        for holder, secret in product(("nasional", "kota", "pu", "didik"), (False, True))
    }
    accused = factory.report(f"Tentang {CANARY}")
    factory.dispose(accused, unit="hub", accused_person_id=factory.offices.people["hub.penghubung"])
    factory.add_person("ombudsman", [("nasional", Role.OVERSEER)])
    sees = {
        "nasional.admin": {("nasional", False), ("nasional", True), ("kota", False), ("pu", False)}
        | {("didik", False)},
        "kota.admin": {("kota", False), ("kota", True), ("pu", False)},
        "pu.operator": {("pu", False), ("pu", True)},
        "hub.penghubung": set(),
        "ombudsman": {("nasional", False), ("kota", False), ("pu", False), ("didik", False)},
    }
    for login, seen in sees.items():
        found = set(codes_with(factory, login, CANARY)) - {accused.code}
        assert found == {cases[key].code for key in seen}, login
    assert accused.code not in codes_with(factory, "hub.penghubung", CANARY)
    assert accused.code in codes_with(factory, "kota.admin", CANARY)


def made(factory: CaseFactory, holder: str, *, secret: bool) -> MadeCase:
    agency = {"nasional": None, "pu": "kota", "didik": "hulu"}.get(holder, holder)
    case = factory.report(f"Laporan {CANARY}", agency=agency, secret=secret)
    if holder in {"pu", "didik"}:
        factory.dispose(case, f"{agency}.admin", holder)
    return case


def test_what_was_received_before_comes_into_the_search_once(factory: CaseFactory) -> None:
    offices = factory.offices
    cases = [factory.report(f"Laporan {CANARY} {number}") for number in range(5)]
    factory.act(cases[0], None, Action.MESSAGE, words="Sekarang pohon tumbang.")
    known = token_rows(offices.database)
    forget_search(offices.database)
    factory.act(cases[4], None, Action.MESSAGE, words="Bocor.")
    assert codes_with(factory, "kota.admin", CANARY) == []
    assert fill(offices) == 3
    assert known < token_rows(offices.database)
    assert set(codes_with(factory, "kota.admin", CANARY)) == {case.code for case in cases}
    assert codes_with(factory, "kota.admin", f"{CANARY} tumbang") == [cases[0].code]
    assert fill(offices) == 0


def test_a_case_that_cannot_be_opened_holds_back_no_other(factory: CaseFactory) -> None:
    offices = factory.offices
    broken, whole = factory.report(f"Satu {CANARY}"), factory.report(f"Dua {CANARY}")
    forget_search(offices.database)
    with offices.database.write() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.case_id == broken.id)).one()
        message.sealed = b"\x01" + bytes(40)
    fill(offices, limit=1)
    with offices.database.read() as session:
        assert list(session.scalars(select(SearchedCaseRow.case_id))) == [whole.id]
        assert session.scalar(select(func.count(SearchTokenRow.token))) or 0 > 0
