"""Whatever is asked of a list, in whatever order: the index that leads to it changes its speed alone."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, func, select, update

from db import desk_find, publication_filter
from db.case_table import CaseAssistantRow, CaseViewRow
from db.desk_filter import Claimed, DeskFilter, DeskView, Mark, Sought, matching
from db.desk_order import DeskSort, Place, ordered
from db.desk_query import DeskQuery, DeskRow
from db.desk_scope import Onlooker
from db.directory_table import UnitRow
from db.measure_filter import Counted
from db.publication_query import PublishedFilter, PublishedOrder, PublishedPlace, shown
from db.publication_table import PublicationRow
from db.search_store import SearchWords
from domain.access import Membership
from domain.case import OPEN_STAGES, EndReason, Kind, Role, Stage
from domain.clock import STAFF_CLOCKS
from domain.measure import Measure
from tests.factories import CaseFactory
from tests.integration.db.desk_lists import moment
from tests.offices import Offices
from tests.publications import Publisher

AT = moment()
CASES = 40
SUBJECTS = (3, 7)
REGIONS = ("32.76.01.1001", "32.76.02.1002", "35.78.01.1001")
UNITS = ("nasional", "kota", "pu", "hub", "hulu", "didik")
HOURS = (-30, -3, 2, 7, 40, 200)
DAYS = st.none() | st.sampled_from(HOURS).map(lambda hours: AT.at + timedelta(hours=hours))
TITLES = ("Jalan rusak", "Lampu padam", "Jalan gelap")
"""Words of which some stand in many reports and some in few."""
MUCH_OR_LITTLE = st.sampled_from([1_000, 5, -1])
WITHOUT_LIMIT = settings(
    max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def scatter(offices: Offices, case_ids: list[int]) -> None:
    """Each case gets columns by lot, so that every list holds some; what must agree agrees."""
    lot = random.Random(20261126)
    with offices.database.write() as session:
        units = session.execute(select(UnitRow.id, UnitRow.agency_id)).tuples()
        agency_of = {unit_id: agency_id for unit_id, agency_id in units}
        for case_id in case_ids:
            stage, holder_id = lot.choice(list(Stage)), offices.units[lot.choice(UNITS)]
            is_open = stage in OPEN_STAGES
            timed = is_open and lot.random() < 0.8
            columns = {
                "stage": stage.value,
                "kind": lot.choice(list(Kind)).value,
                "holder_id": holder_id,
                "agency_id": agency_of[holder_id],
                "secret": lot.random() < 0.2,
                "level": lot.choice([0, 0, 1, 3]),
                "due_at": AT.at + timedelta(hours=lot.choice(HOURS)) if timed else None,
                "due_clock": lot.choice(sorted(STAFF_CLOCKS)).value if timed else None,
                "end_reason": None if is_open else lot.choice(list(EndReason)).value,
                "claimed_by": lot.choice([None, *list(offices.people.values())[:2]]),
                "bounce_count": lot.choice([0, 0, 2]),
                "category_id": lot.choice([None, *SUBJECTS]),
                "region_code": lot.choice([None, *REGIONS]),
                "last_at": AT.at - timedelta(hours=lot.randrange(9)),
            }
            session.execute(update(CaseViewRow).where(CaseViewRow.case_id == case_id).values(**columns))
            if lot.random() < 0.3:
                helper = offices.units[lot.choice(UNITS[2:])]
                session.add(CaseAssistantRow(case_id=case_id, unit_id=helper))


def lookers(offices: Offices) -> st.SearchStrategy[Onlooker]:
    """Anybody, with up to three roles anywhere."""
    units, people = sorted(offices.units.values()), sorted(offices.people.values())[:2]
    role = st.builds(
        lambda unit, role: Membership(unit_id=unit, role=role),
        st.sampled_from(units),
        st.sampled_from(list(Role)),
    )
    several = st.lists(role, min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(
        lambda memberships, person: Onlooker(memberships=memberships, person_id=person),
        several,
        st.sampled_from(people),
    )


def asked(offices: Offices, tokens: list[int]) -> st.SearchStrategy[DeskFilter]:
    """Any filter: each of its parts is asked or is not."""
    unit = st.sampled_from(sorted(offices.units.values()))
    counted = st.builds(
        lambda measure, unit_id: Counted(
            measure=measure, outcomes=(), first_month=202601, last_month=202612, unit_id=unit_id
        ),
        st.sampled_from(list(Measure)),
        unit,
    )
    sought = st.builds(
        lambda some, any_of_them, common: Sought(tokens=tuple(some), any_of_them=any_of_them, common=common),
        st.lists(st.sampled_from(tokens), max_size=2, unique=True),
        st.booleans(),
        st.booleans(),
    )
    return st.builds(
        DeskFilter,
        moment=st.just(AT),
        view=st.sampled_from(list(DeskView)),
        kind=st.none() | st.sampled_from(list(Kind)),
        stage=st.none() | st.sampled_from(list(Stage)),
        unit_id=st.none() | unit,
        category_id=st.none() | st.sampled_from([*SUBJECTS, 9]),
        region_code=st.none() | st.sampled_from([*REGIONS, "32", "32.76"]),
        code=st.none() | st.sampled_from(["T", "K4"]),
        due_from=DAYS,
        due_until=DAYS,
        level=st.none() | st.integers(0, 4),
        claimed=st.none() | st.sampled_from(list(Claimed)),
        mark=st.none() | st.sampled_from(list(Mark)),
        counted=st.none() | counted,
        sought=st.none() | sought,
    )


def plainly(offices: Offices, who: Onlooker, wanted: DeskFilter, sort: DeskSort) -> list[str]:
    """The codes as one query without an index of its choice finds them."""
    query = select(CaseViewRow.code).where(*matching(who, wanted))
    with offices.database.read() as session:
        return list(session.scalars(query.order_by(*ordered(sort, CaseViewRow, backwards=False))))


def place_of(row: DeskRow, sort: DeskSort, *, backwards: bool) -> Place:
    at = {DeskSort.DUE: row.due_at, DeskSort.LAST_EVENT: row.last_at}.get(sort)
    return Place(at=at, case_id=row.case_id, backwards=backwards)


def some(data: st.DataObject, wanted: st.SearchStrategy[DeskFilter]) -> DeskFilter:
    """A filter with few parts: with many, every list would be empty."""
    full = data.draw(wanted)
    names = ["kind", "stage", "unit_id", "category_id", "region_code", "code", "due_from", "due_until"]
    names += ["level", "claimed", "mark", "counted", "sought"]
    kept = data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    return DeskFilter(moment=AT, view=full.view, **{name: getattr(full, name) for name in kept})


def test_any_list_of_the_desk_is_the_one_without_an_index(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = CaseFactory(offices)
    made = [factory.report(f"{title} {number}") for number, title in made_titles()]
    scatter(offices, [case.id for case in made])
    tokens = list(SearchWords(offices.keyring).asked("jalan lampu gelap rusak"))

    @WITHOUT_LIMIT
    @given(st.data(), lookers(offices), st.sampled_from(list(DeskSort)), MUCH_OR_LITTLE, st.integers(1, 60))
    def check(data: st.DataObject, who: Onlooker, sort: DeskSort, gathered_to: int, size: int) -> None:
        monkeypatch.setattr(desk_find, "GATHERED_TO", gathered_to)
        wanted = some(data, asked(offices, tokens))
        query = DeskQuery(offices.database, offices.keyring)
        expected = plainly(offices, who, wanted, sort)
        assert query.count(who, wanted) == len(expected)
        page = query.page(who, wanted, size=size, sort=sort)
        assert [row.code for row in page.rows] == expected[:size]
        assert page.more_after == (len(expected) > size)
        if page.rows:
            after = query.page(who, wanted, place_of(page.rows[-1], sort, backwards=False), size, sort)
            assert [row.code for row in after.rows] == expected[size : 2 * size]
            before = query.page(who, wanted, place_of(page.rows[-1], sort, backwards=True), size, sort)
            assert [row.code for row in before.rows] == expected[: len(page.rows) - 1]

    check()


def made_titles() -> list[tuple[int, str]]:
    return [(number, TITLES[number % 13 % 3]) for number in range(CASES)]


def publicly(publisher: Publisher, wanted: PublishedFilter) -> list[str]:
    """The public names as one plain query finds them, for a filter without words."""
    row, order = CaseViewRow, [PublicationRow.id.desc()]
    if wanted.order is PublishedOrder.SUPPORTED:
        order.insert(0, PublicationRow.supports.desc())
    of_agency = select(UnitRow.id).where(UnitRow.agency_id == wanted.agency_id)
    given = [
        (wanted.kind, row.kind == wanted.kind),
        (wanted.stage, row.stage == wanted.stage),
        (wanted.agency_id, row.holder_id.in_(of_agency)),
        (wanted.category_id, row.category_id == wanted.category_id),
        (
            wanted.region_code,
            func.substr(row.region_code, 1, len(wanted.region_code or "")) == wanted.region_code,
        ),
    ]
    asked_for = [condition for value, condition in given if value is not None]
    query = select(PublicationRow.slug).join(row, row.case_id == PublicationRow.case_id)
    with publisher.factory.offices.database.read() as session:
        return list(session.scalars(query.where(and_(shown(), *asked_for)).order_by(*order)))


def test_any_list_of_the_public_is_the_one_without_an_index(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher(CaseFactory(offices))
    made = [publisher.publish(f"{title} {number}") for number, title in made_titles()]
    scatter(offices, [published.case.id for published in made])
    agencies = [offices.units[name] for name in ("nasional", "kota", "hulu")]
    anything = st.builds(
        PublishedFilter,
        kind=st.none() | st.sampled_from(list(Kind)),
        stage=st.none() | st.sampled_from(list(Stage)),
        agency_id=st.none() | st.sampled_from(agencies),
        category_id=st.none() | st.sampled_from([*SUBJECTS, 9]),
        region_code=st.none() | st.sampled_from([*REGIONS, "32", "32.76"]),
        order=st.sampled_from(list(PublishedOrder)),
    )

    @WITHOUT_LIMIT
    @given(anything, st.sampled_from([500, 4, -1]), st.integers(1, 60))
    def check(wanted: PublishedFilter, few: int, size: int) -> None:
        monkeypatch.setattr(publication_filter, "FEW", few)
        expected = publicly(publisher, wanted)
        page = publisher.query.page(wanted, size=size)
        assert [row.slug for row in page.rows] == expected[:size]
        if page.rows:
            last = page.rows[-1]
            place = PublishedPlace(supports=last.supports, id=last.id)
            assert [row.slug for row in publisher.query.page(wanted, place, size).rows] == expected[
                size : 2 * size
            ]

    check()


def test_each_part_of_a_filter_alone_and_in_each_view_is_answered(offices: Offices) -> None:
    factory = CaseFactory(offices)
    scatter(offices, [factory.report(f"Laporan {number}").id for number in range(6)])
    who = Onlooker(
        memberships=(Membership(unit_id=offices.units["nasional"], role=Role.OVERSEER),), person_id=1
    )
    parts: list[dict[str, object]] = [
        {"stage": Stage.CLOSED},
        {"stage": Stage.DISPOSED},
        {"level": 0},
        {"level": 2},
        {"mark": Mark.OPEN},
        {"claimed": Claimed.ME},
        {"claimed": Claimed.NOBODY},
        {"region_code": "32"},
        {"category_id": 3},
    ]
    for view, part, sort in product(DeskView, parts, DeskSort):
        wanted = DeskFilter(moment=AT, view=view, **part)  # type: ignore[arg-type]
        query = DeskQuery(offices.database, offices.keyring)
        found = [row.code for row in query.page(who, wanted, sort=sort).rows]
        assert found == plainly(offices, who, wanted, sort), (view, part, sort)
