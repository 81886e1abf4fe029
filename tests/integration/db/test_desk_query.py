from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from db import desk_query, directory_store
from db.database import Database
from db.desk_query import DeskFilter, DeskMoment, DeskPage, DeskQuery, DeskView, Place
from domain.access import Holding, Membership, may_see, staff_actor
from domain.case import Action, Kind, Relation, Role, Stage
from domain.decide import allowed_actions
from domain.state import CaseState
from tests.factories import CaseFactory, MadeCase, long_ago
from tests.offices import Offices

AGENCY_OF = {"pu": "kota", "hub": "kota", "didik": "hulu"}
HOLDERS = ("nasional", "kota", "pu", "hub", "hulu", "didik")
TURN = {Relation.VERIFIER, Relation.LIAISON, Relation.OPERATOR}


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
        made += [going, answered]
    return [known(factory, case) for case in made]


def held_by(
    factory: CaseFactory, holder: str, *, secret: bool = False, climbed: bool = False, title: str = "Laporan"
) -> MadeCase:
    agency = AGENCY_OF.get(holder, holder)
    case = factory.report(title, agency=None if agency == "nasional" else agency, secret=secret)
    if holder in AGENCY_OF:
        factory.dispose(case, f"{agency}.admin", holder)
    if climbed:
        factory.expire_next(case)
    return case


def moment(at: datetime | None = None) -> DeskMoment:
    at = at or datetime.now(UTC)
    return DeskMoment(at=at, day_ends_at=at + timedelta(hours=12), week_ends_at=at + timedelta(days=5))


def wanted(view: DeskView = DeskView.ALL, **more: object) -> DeskFilter:
    return DeskFilter(view=view, **{"moment": moment(), **more})  # type: ignore[arg-type]


def titles(page: DeskPage) -> list[str]:
    return [row.title for row in page.rows]


def walk(query: DeskQuery, roles: list[Membership], size: int) -> list[str]:
    """All codes, page by page, and every step checked against the way back."""
    page, codes = query.page(roles, wanted(), size=size), list[str]()
    while True:
        codes += [row.code for row in page.rows]
        if not page.more_after:
            return codes
        last = page.rows[-1]
        following = query.page(roles, wanted(), Place(due_at=last.due_at, case_id=last.case_id), size)
        first = following.rows[0]
        place = Place(due_at=first.due_at, case_id=first.case_id, backwards=True)
        assert query.page(roles, wanted(), place, size).rows == page.rows
        page = following


@dataclass(frozen=True)
class Known:
    """A case as the rules see it."""

    code: str
    state: CaseState
    holding: Holding

    def is_turn_of(self, roles: list[Membership]) -> bool:
        actor = staff_actor(1, roles, self.holding)
        return bool(actor.relations & TURN and allowed_actions(self.state, actor))


def known(factory: CaseFactory, case: MadeCase) -> Known:
    file = factory.reader.by_id(case.id)
    assert file is not None
    holder, level = file.state.holder.id, file.state.level
    with factory.offices.database.read() as session:
        held = directory_store.holding(session, holder, secret=file.secret, level=level)
    return Known(case.code, file.state, held)


def codes_in(query: DeskQuery, roles: list[Membership], view: DeskView = DeskView.ALL) -> set[str]:
    return {row.code for row in query.page(roles, wanted(view), size=1000).rows}


def check_against_the_rules(query: DeskQuery, population: list[Known], roles: list[Membership]) -> None:
    seen = {case.code for case in population if may_see(roles, case.holding)}
    mine = {case.code for case in population if case.is_turn_of(roles)}
    assert codes_in(query, roles) == seen
    assert codes_in(query, roles, DeskView.TO_ME) == mine
    assert query.counts(roles, moment())[DeskView.ALL] == len(seen)
    for case in population[::5]:
        assert (query.visible_case(roles, case.code) is not None) == (case.code in seen)


def test_the_list_holds_exactly_what_the_rule_lets_each_role_see(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    for unit, role in product(HOLDERS, Role):
        roles = [Membership(unit_id=factory.offices.units[unit], role=role)]
        check_against_the_rules(query, population, roles)


def test_the_list_agrees_with_the_rule_for_people_with_several_roles(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    units = factory.offices.units
    role = st.builds(lambda unit, role: (unit, role), st.sampled_from(HOLDERS), st.sampled_from(list(Role)))

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.lists(role, max_size=4, unique=True))
    def check(given_roles: list[tuple[str, Role]]) -> None:
        roles = [Membership(unit_id=units[unit], role=role) for unit, role in given_roles]
        check_against_the_rules(query, population, roles)

    check()


def test_pages_hold_every_case_once_forwards_and_backwards(
    factory: CaseFactory, query: DeskQuery, population: list[Known]
) -> None:
    ended = held_by(factory, "pu")
    factory.answer(ended)
    factory.expire_next(ended)
    factory.expire_next(ended)
    assert factory.view(ended).due_at is None
    roles = factory.memberships("kota.atasan")
    everything = query.page(roles, wanted(), size=1000).rows
    codes = [row.code for row in everything]
    assert codes[-1] == ended.code
    assert len(codes) == len(set(codes)) >= 10
    dues = [row.due_at for row in everything if row.due_at is not None]
    assert dues == sorted(dues)
    for size in (3, len(codes)):
        assert walk(query, roles, size) == codes


def test_two_cases_without_a_due_have_an_order_of_their_own(factory: CaseFactory, query: DeskQuery) -> None:
    ended = [held_by(factory, "pu") for _ in range(3)]
    for case in ended:
        factory.answer(case)
        factory.expire_next(case)
        factory.expire_next(case)
    roles = factory.memberships("pu.penghubung")
    assert walk(query, roles, 1) == [case.code for case in ended]


def test_counting_stops_after_a_thousand(
    factory: CaseFactory, query: DeskQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        held_by(factory, "kota")
    roles = factory.memberships("kota.admin")
    assert query.count(roles, wanted()) == 5
    monkeypatch.setattr(desk_query, "COUNTED_TO", 3)
    assert query.count(roles, wanted()) == 4
    assert query.counts(roles, moment())[DeskView.TO_ME] == 4


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lower().startswith("select"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_costs_four_queries_however_many_rows_it_shows(factory: CaseFactory, query: DeskQuery) -> None:
    for number in range(6):
        held_by(factory, "kota", title=f"Laporan {number}")
    roles = factory.memberships("kota.admin")
    for size in (1, 6):
        with statements(factory.offices.database) as sent:
            page = query.page(roles, wanted(), size=size)
        assert titles(page) == [f"Laporan {number}" for number in range(size)]
        assert len(sent) == 4


def test_a_row_tells_what_a_line_shows(factory: CaseFactory, query: DeskQuery) -> None:
    case = held_by(factory, "pu", secret=True, title="Pungutan di loket")
    row = query.page(factory.memberships("pu.penghubung"), wanted()).rows[0]
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
    assert query.page(factory.memberships("pu.penghubung"), wanted()).rows[0].waiting


def test_late_today_and_this_week_follow_the_due_instant(factory: CaseFactory, query: DeskQuery) -> None:
    case = held_by(factory, "kota")
    roles, due_at = factory.memberships("kota.admin"), factory.view(case).due_at
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
        counts = query.counts(roles, moment(at))
        timed = (DeskView.LATE, DeskView.TODAY, DeskView.THIS_WEEK)
        assert {view for view in timed if counts[view]} == views
        assert counts[DeskView.ALL] == 1


def test_a_case_that_waits_for_its_reporter_is_never_late_for_staff(
    factory: CaseFactory, query: DeskQuery
) -> None:
    case = held_by(factory, "pu")
    factory.answer(case)
    roles, due_at = factory.memberships("pu.penghubung"), factory.view(case).due_at
    assert due_at is not None
    counts = query.counts(roles, moment(due_at + timedelta(days=1)))
    assert counts[DeskView.AWAITING_REPORTER] == 1
    assert not counts[DeskView.LATE] and not counts[DeskView.TO_ME]


def test_what_has_climbed_rises_in_the_supervisors_view_alone(factory: CaseFactory, query: DeskQuery) -> None:
    climbed, _quiet = held_by(factory, "pu", climbed=True), held_by(factory, "pu")
    for login in ("pu.atasan", "kota.atasan"):
        assert codes_in(query, factory.memberships(login), DeskView.ESCALATED) == {climbed.code}
    for login in ("pu.penghubung", "kota.admin"):
        assert not codes_in(query, factory.memberships(login), DeskView.ESCALATED)


def test_filters_narrow_and_never_widen(factory: CaseFactory, query: DeskQuery) -> None:
    ours = held_by(factory, "pu")
    theirs = held_by(factory, "didik")
    question = factory.report(kind=Kind.INFORMATION_REQUEST)
    roles = factory.memberships("kota.admin")

    def found(**narrowed: object) -> set[str]:
        return {row.code for row in query.page(roles, wanted(**narrowed)).rows}  # type: ignore[arg-type]

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
    assert query.visible_case(factory.memberships("kota.admin"), case.code) == case.id
    for login in ("hulu.admin", "pu.penghubung", "nasional.admin"):
        assert query.visible_case(factory.memberships(login), case.code) is None


def test_units_in_reach_are_ones_own_and_those_below_where_the_role_reaches(
    factory: CaseFactory, query: DeskQuery
) -> None:
    def names(login: str) -> list[str]:
        return [name for _, name in query.units(factory.memberships(login))]

    assert names("kota.admin") == ["Dinas hub", "Dinas pu", "Instansi kota"]
    assert names("pu.penghubung") == ["Dinas pu"]


def test_somebody_without_a_role_sees_nothing(factory: CaseFactory, query: DeskQuery) -> None:
    held_by(factory, "nasional")
    factory.add_person("tamu", [])
    assert query.page(factory.memberships("tamu"), wanted()).rows == ()
    assert set(query.counts([], moment()).values()) == {0}
