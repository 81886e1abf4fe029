from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from db import desk_find, directory_store
from db.database import Database
from db.desk_filter import DeskFilter, DeskView
from db.desk_order import Place
from db.desk_query import DeskPage, DeskQuery
from db.desk_scope import Onlooker
from domain.access import Holding, Membership, may_see, staff_actor
from domain.case import Action, Kind, Relation, Role, Stage
from domain.state import CaseState
from tests.factories import CaseFactory, MadeCase, long_ago
from tests.integration.db.desk_lists import codes_in, held_by, looker, moment
from tests.offices import Offices

HOLDERS = ("nasional", "kota", "pu", "hub", "hulu", "didik")
HOLDERS_TURN = frozenset({Relation.LIAISON, Relation.OPERATOR})
TURN = {
    Stage.VERIFICATION: frozenset({Relation.VERIFIER}),
    Stage.DISPOSED: HOLDERS_TURN,
    Stage.IN_PROGRESS: HOLDERS_TURN,
}
"""Who must act, by the stage; in the others it is the reporter's turn, or nobody's."""
ACCUSED = "hub.penghubung"


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest.fixture
def query(offices: Offices) -> DeskQuery:
    return DeskQuery(offices.database, offices.keyring)


@pytest.fixture
def population(factory: CaseFactory) -> list[Known]:
    """A case for every holder, open or secret, climbed or not; one of each holder further in its life."""
    made = [
        held_by(factory, holder, secret=secret, climbed=climbed)
        for holder, secret, climbed in product(HOLDERS, (False, True), (False, True))
    ]
    for login, holder in (("pu.penghubung", "pu"), ("didik.penghubung", "didik")):
        going, answered = held_by(factory, holder), held_by(factory, holder)
        factory.follow_up(going, login)
        factory.answer(answered, login)
        asked = held_by(factory, holder, secret=True)
        factory.ask(asked, login)
        made += [going, answered, asked, *climbed_ones(factory, holder)]
    made += [helped(factory), accusing(factory)]
    return [known(factory, case) for case in made]


def climbed_ones(factory: CaseFactory, holder: str) -> list[MadeCase]:
    """A secret case on every rung of the ladder."""
    found = [held_by(factory, holder, secret=True) for _ in range(4)]
    for level, case in enumerate(found, start=1):
        factory.climb(case, level)
    return found


def helped(factory: CaseFactory) -> MadeCase:
    """A secret case with which an office of another agency helps."""
    case = factory.report(secret=True)
    factory.dispose(case, assisting=(factory.offices.units["didik"], factory.offices.units["hub"]))
    return case


def accusing(factory: CaseFactory) -> MadeCase:
    """A case about a person who would else see it."""
    case = factory.report()
    factory.dispose(case, unit="hub", accused_person_id=factory.offices.people[ACCUSED])
    return case


def member(factory: CaseFactory, unit: str, role: Role) -> Membership:
    return Membership(unit_id=factory.offices.units[unit], role=role)


def wanted(view: DeskView = DeskView.ALL, **more: object) -> DeskFilter:
    return DeskFilter(view=view, **{"moment": moment(), **more})  # type: ignore[arg-type]


def titles(page: DeskPage) -> list[str]:
    return [row.title for row in page.rows]


def walk(query: DeskQuery, who: Onlooker, size: int) -> list[str]:
    """All codes, page by page, and every step checked against the way back."""
    page, codes = query.page(who, wanted(), size=size), list[str]()
    while True:
        codes += [row.code for row in page.rows]
        if not page.more_after:
            return codes
        last = page.rows[-1]
        following = query.page(who, wanted(), Place(at=last.due_at, case_id=last.case_id), size)
        first = following.rows[0]
        place = Place(at=first.due_at, case_id=first.case_id, backwards=True)
        assert query.page(who, wanted(), place, size).rows == page.rows
        page = following


@dataclass(frozen=True)
class Known:
    """A case as the rules see it."""

    code: str
    state: CaseState
    holding: Holding

    def is_seen_by(self, who: Onlooker) -> bool:
        accused = self.holding.accused_person_id
        unbiased = accused is None or accused != who.person_id
        return unbiased and may_see(list(who.memberships), self.holding)

    def is_turn_of(self, who: Onlooker) -> bool:
        actor = staff_actor(who.person_id or 0, list(who.memberships), self.holding)
        return bool(actor.relations & TURN.get(self.state.stage, frozenset()))


def known(factory: CaseFactory, case: MadeCase) -> Known:
    file = factory.reader.by_id(case.id)
    assert file is not None
    with factory.offices.database.read() as session:
        held = directory_store.holding_of(session, file.state, secret=file.secret)
    return Known(case.code, file.state, held)


def check_against_the_rules(query: DeskQuery, population: list[Known], who: Onlooker) -> None:
    seen = {case.code for case in population if case.is_seen_by(who)}
    mine = {case.code for case in population if case.is_turn_of(who)}
    assert codes_in(query, who) == seen
    assert codes_in(query, who, DeskView.TO_ME) == mine
    assert query.counts(who, moment())[DeskView.ALL] == len(seen)
    for case in population[::5]:
        assert (query.visible_case(who, case.code) is not None) == (case.code in seen)


def test_the_list_holds_exactly_what_the_rule_lets_each_role_see(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    for unit, role in product(HOLDERS, Role):
        check_against_the_rules(query, population, Onlooker(memberships=(member(factory, unit, role),)))


def test_the_list_agrees_with_the_rule_for_people_with_several_roles(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    accused = factory.offices.people[ACCUSED]
    role = st.builds(lambda unit, role: (unit, role), st.sampled_from(HOLDERS), st.sampled_from(list(Role)))

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.lists(role, max_size=4, unique=True))
    def check(given_roles: list[tuple[str, Role]]) -> None:
        roles = tuple(member(factory, unit, role) for unit, role in given_roles)
        check_against_the_rules(query, population, Onlooker(memberships=roles, person_id=accused))

    check()


def test_pages_hold_every_case_once_forwards_and_backwards(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    ended = held_by(factory, "pu")
    factory.answer(ended)
    factory.expire_next(ended)
    factory.expire_next(ended)
    assert factory.view(ended).due_at is None
    who = looker(factory, "kota.atasan")
    everything = query.page(who, wanted(), size=1000).rows
    codes = [row.code for row in everything]
    assert codes[-1] == ended.code
    assert len(codes) == len(set(codes)) >= 10
    dues = [row.due_at for row in everything if row.due_at is not None]
    assert dues == sorted(dues)
    for size in (3, len(codes)):
        assert walk(query, who, size) == codes


def test_two_cases_without_a_due_have_an_order_of_their_own(factory: CaseFactory, query: DeskQuery) -> None:
    ended = [held_by(factory, "pu") for _ in range(3)]
    for case in ended:
        factory.answer(case)
        factory.expire_next(case)
        factory.expire_next(case)
    who = looker(factory, "pu.penghubung")
    assert walk(query, who, 1) == [case.code for case in ended]


def test_counting_stops_after_a_thousand(
    factory: CaseFactory, query: DeskQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        held_by(factory, "kota")
    who = looker(factory, "kota.admin")
    assert query.count(who, wanted()) == 5
    monkeypatch.setattr(desk_find, "COUNTED_TO", 3)
    fresh = DeskQuery(factory.offices.database, factory.offices.keyring)
    assert fresh.count(who, wanted()) == 4
    assert fresh.counts(who, moment())[DeskView.TO_ME] == 4


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lower().startswith("select"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_costs_five_queries_however_many_rows_it_shows(factory: CaseFactory, offices: Offices) -> None:
    for number in range(6):
        held_by(factory, "kota", title=f"Laporan {number}")
    who = looker(factory, "kota.admin")
    for size in (1, 6):
        query = DeskQuery(offices.database, offices.keyring)
        with statements(factory.offices.database) as sent:
            page = query.page(who, wanted(), size=size)
        assert titles(page) == [f"Laporan {number}" for number in range(size)]
        assert len(sent) == 5


def test_a_row_tells_what_a_line_shows(factory: CaseFactory, query: DeskQuery) -> None:
    case = held_by(factory, "pu", secret=True, title="Pungutan di loket")
    row = query.page(looker(factory, "pu.penghubung"), wanted()).rows[0]
    assert (row.code, row.mask, row.title, row.place) == (
        case.code,
        case.mask,
        "Pungutan di loket",
        "Jalan Uji 1",
    )
    assert (row.stage, row.kind, row.secret, row.level) == (Stage.DISPOSED, Kind.COMPLAINT, True, 0)
    assert (row.holder, row.last_kind.value, row.waiting) == ("Dinas pu", "disposed", False)
    assert row.derivation is not None
    assert row.derivation.due_at == row.due_at == factory.view(case).due_at
    factory.command(case, "pu.penghubung", Action.ANSWER, words="Sudah selesai.")
    assert query.page(looker(factory, "pu.penghubung"), wanted()).rows[0].waiting


def test_late_today_and_this_week_follow_the_due_instant(factory: CaseFactory, query: DeskQuery) -> None:
    case = held_by(factory, "kota")
    who, due_at = looker(factory, "kota.admin"), factory.view(case).due_at
    assert due_at is not None
    minute = timedelta(minutes=1)
    expected = {
        due_at + minute: {DeskView.LATE},
        due_at: {DeskView.TODAY, DeskView.THIS_WEEK},
        due_at - timedelta(hours=12): {DeskView.TODAY, DeskView.THIS_WEEK},
        due_at - timedelta(hours=12) - minute: {DeskView.THIS_WEEK},
        due_at - timedelta(days=5) - minute: set(),
    }
    for at, views in expected.items():
        counts = query.counts(who, moment(at))
        timed = (DeskView.LATE, DeskView.TODAY, DeskView.THIS_WEEK)
        assert {view for view in timed if counts[view]} == views
        assert counts[DeskView.ALL] == 1


def test_a_case_that_waits_for_its_reporter_is_never_late_for_staff(
    factory: CaseFactory, query: DeskQuery
) -> None:
    case = held_by(factory, "pu")
    factory.answer(case)
    who, due_at = looker(factory, "pu.penghubung"), factory.view(case).due_at
    assert due_at is not None
    counts = query.counts(who, moment(due_at + timedelta(days=1)))
    assert counts[DeskView.AWAITING_REPORTER] == 1
    assert not counts[DeskView.LATE] and not counts[DeskView.TO_ME]


def test_whoever_sees_much_is_shown_the_same(
    factory: CaseFactory, query: DeskQuery, population: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_find, "GATHERED_TO", -1)
    for unit, role in product(("kota", "pu", "nasional"), Role):
        check_against_the_rules(query, population, Onlooker(memberships=(member(factory, unit, role),)))


def test_the_accused_finds_neither_case_nor_count(factory: CaseFactory, query: DeskQuery) -> None:
    case, who = accusing(factory), looker(factory, ACCUSED)
    assert codes_in(query, who) == set() and query.visible_case(who, case.code) is None
    assert query.visible_codes(who, [case.id]) == {}
    assert set(query.counts(who, moment()).values()) == {0}
    others = looker(factory, "kota.admin")
    assert query.visible_codes(others, [case.id]) == {case.id: case.code}


def test_a_claim_takes_a_case_out_of_the_unclaimed_and_names_who_has_it(
    factory: CaseFactory, query: DeskQuery
) -> None:
    case, who = held_by(factory, "pu"), looker(factory, "pu.penghubung")
    assert codes_in(query, who, DeskView.UNCLAIMED) == {case.code}
    factory.act(case, "pu.operator", Action.CLAIM)
    assert codes_in(query, who, DeskView.UNCLAIMED) == set()
    assert query.page(who, wanted()).rows[0].claimer == "Akun pu.operator"


def test_a_case_whose_reporter_was_asked_waits_and_is_nobodys_turn(
    factory: CaseFactory, query: DeskQuery
) -> None:
    case, who = held_by(factory, "pu"), looker(factory, "pu.penghubung")
    factory.ask(case)
    assert codes_in(query, who, DeskView.AWAITING_REPORTER) == {case.code}
    for view in (DeskView.TO_ME, DeskView.UNCLAIMED, DeskView.LATE):
        assert codes_in(query, who, view) == set()
    factory.act(case, None, Action.COMPLETE, words="Di depan pasar.")
    assert codes_in(query, who, DeskView.TO_ME) == {case.code}


def test_filters_narrow_and_never_widen(factory: CaseFactory, query: DeskQuery) -> None:
    ours = held_by(factory, "pu")
    theirs = held_by(factory, "didik")
    question = factory.report(kind=Kind.INFORMATION_REQUEST)
    who = looker(factory, "kota.admin")

    def found(**narrowed: object) -> set[str]:
        return {row.code for row in query.page(who, wanted(**narrowed)).rows}  # type: ignore[arg-type]

    units = factory.offices.units
    assert found(kind=Kind.INFORMATION_REQUEST) == {question.code}
    assert found(stage=Stage.DISPOSED) == {ours.code}
    assert found(unit_id=units["pu"]) == {ours.code}
    assert found(unit_id=units["kota"]) == {ours.code, question.code}
    assert found(unit_id=units["hulu"]) == set()
    assert found(code=ours.code) == {ours.code}
    assert found(code=theirs.code) == set()


def test_a_report_that_is_not_started_yet_is_its_verifiers(factory: CaseFactory, query: DeskQuery) -> None:
    case = factory.report(started=False, at=long_ago(hours=1), secret=True)
    assert query.visible_case(looker(factory, "kota.admin"), case.code) == case.id
    for login in ("hulu.admin", "pu.penghubung", "nasional.admin"):
        assert query.visible_case(looker(factory, login), case.code) is None


def test_units_in_reach_are_ones_own_and_those_below_where_the_role_reaches(
    factory: CaseFactory, query: DeskQuery
) -> None:
    def names(login: str) -> list[str]:
        return [name for _, name in query.units(looker(factory, login))]

    assert names("kota.admin") == ["Dinas hub", "Dinas pu", "Instansi kota"]
    assert names("pu.penghubung") == ["Dinas pu"]


def test_somebody_without_a_role_sees_nothing(factory: CaseFactory, query: DeskQuery) -> None:
    held_by(factory, "nasional")
    factory.add_person("tamu", [])
    assert query.page(looker(factory, "tamu"), wanted()).rows == ()
    assert set(query.counts(Onlooker(memberships=()), moment()).values()) == {0}
