"""The figures of a little town, worked out by hand, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import event, insert, select, update

from db.case_table import CaseViewRow
from db.desk_filter import DeskFilter, Mark
from db.desk_order import DeskSort
from db.desk_query import DeskQuery
from db.figure_query import FigureQuery, FigureScope, Snapshot
from db.measure_filter import Counted
from db.measure_table import CaseMeasureRow, FigureTargetRow
from db.stuck_query import StuckQuery, Within
from db.upkeep_table import FindingRow
from domain.case import Action, FollowUp, Role
from domain.figure import Standing, figures
from domain.measure import Measure, Outcome, months_until
from schemas.upkeep import FindingKind
from tests.factories import CaseFactory, MadeCase
from tests.integration.db.desk_lists import looker, moment
from tests.offices import Offices

MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
MONTHS = tuple(months_until(202611, 2))


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number - 2)


def act(factory: CaseFactory, case: MadeCase, login: str | None, action: Action, **fields: object) -> None:
    factory._applied(factory.act(case, login, action, **fields))


def town(factory: CaseFactory) -> dict[str, MadeCase]:
    """Seven reports of the second of November, all given to works or roads on the third.

    Follow-ups are due on the tenth, answers on the twentieth; the young one is due in December.
    """
    cases = {}
    for name in ("good", "late", "silent", "open", "disputed", "secret"):
        cases[name] = factory.report(name, at=MONDAY, secret=name == "secret")
        factory.dispose(cases[name], unit="hub" if name == "disputed" else "pu", at=day(3))
    cases["young"] = factory.report("young", at=day(26))
    factory.dispose(cases["young"], at=day(26))
    action = {"follow_up": FollowUp.ACTION, "words": "Ditinjau."}
    act(factory, cases["good"], "pu.penghubung", Action.FOLLOW_UP, at=day(4), **action)
    act(factory, cases["good"], "pu.penghubung", Action.ANSWER, at=day(9), words="Sudah.")
    act(factory, cases["good"], None, Action.CONFIRM, at=day(10), rating=4)
    act(factory, cases["late"], "pu.penghubung", Action.FOLLOW_UP, at=day(12), **action)
    act(factory, cases["late"], "pu.penghubung", Action.ANSWER, at=day(24), words="Sudah.")
    act(factory, cases["late"], None, Action.CONFIRM, at=day(25))
    act(factory, cases["silent"], "pu.penghubung", Action.ANSWER, at=day(5), words="Sudah.")
    factory.expire_next(cases["silent"])
    act(factory, cases["disputed"], "hub.penghubung", Action.ANSWER, at=day(6), words="Sudah.")
    act(factory, cases["disputed"], None, Action.DISPUTE, at=day(9), words="Belum.")
    return cases


def snapshot(factory: CaseFactory, login: str, unit: str, at: datetime = NOW) -> Snapshot:
    scope = scope_of(factory, login, unit)
    return FigureQuery(factory.offices.database).snapshot(scope, at)


def scope_of(factory: CaseFactory, login: str, unit: str) -> FigureScope:
    return FigureScope(
        who=looker(factory, login),
        unit_id=factory.offices.units[unit],
        whole=unit == "nasional",
        months=MONTHS,
        unit_month=MONTHS[0],
    )


def test_the_figures_of_the_town(factory: CaseFactory) -> None:
    town(factory)
    found = figures(snapshot(factory, "kota.atasan", "kota").cells, [202611])
    follow_up, resolution, verdicts = found.follow_up, found.resolution, found.verdicts
    assert (follow_up.kept, follow_up.late, follow_up.open, follow_up.total) == (3, 1, 2, 6)
    assert (follow_up.on_time, follow_up.done_at_all) == (Fraction(1, 2), Fraction(2, 3))
    assert (resolution.kept, resolution.late, resolution.open) == (2, 1, 2)
    assert (found.follow_up_speed.median, found.follow_up_speed.ninth) == (4, None)
    assert found.follow_up_speed.waiting == 1
    assert (verdicts.confirmed, verdicts.disputed, verdicts.silence) == (2, 1, 1)
    assert (verdicts.satisfaction, verdicts.rated) == (Fraction(4), 1)


def test_a_report_counts_only_once_its_due_has_passed(factory: CaseFactory) -> None:
    town(factory)
    early = figures(snapshot(factory, "kota.atasan", "kota", day(9)).cells, [202611])
    assert (early.follow_up.total, early.resolution.total) == (0, 0)
    assert early.follow_up.on_time is None, "an empty period is no 0 %"


def test_a_secret_case_counts_for_its_own_unit_alone(factory: CaseFactory) -> None:
    factory.add_person("pu.kepala", [("pu", Role.SUPERVISOR)])
    town(factory)
    own = figures(snapshot(factory, "pu.kepala", "pu").cells, [202611])
    above = figures(snapshot(factory, "kota.atasan", "pu").cells, [202611])
    assert own.follow_up.total == above.follow_up.total + 1


def test_an_overseer_in_the_unit_itself_counts_no_secret_case(factory: CaseFactory) -> None:
    factory.add_person("pengamat", [("pu", Role.OVERSEER)])
    town(factory)
    assert figures(snapshot(factory, "pengamat", "pu").cells, [202611]).follow_up.total == 4


def test_for_whom_it_accuses_a_case_counts_nowhere(factory: CaseFactory) -> None:
    accused = factory.add_person("pu.kepala", [("pu", Role.SUPERVISOR)])
    case = factory.report(at=MONDAY)
    factory.dispose(case, at=day(3), accused_person_id=accused)
    assert snapshot(factory, "pu.kepala", "pu").cells == ()
    assert snapshot(factory, "kota.atasan", "pu").cells != ()


def test_another_agency_counts_nothing_of_it(factory: CaseFactory) -> None:
    town(factory)
    assert snapshot(factory, "hulu.admin", "hulu").cells == ()


def test_the_whole_country_counts_all_that_is_not_secret(factory: CaseFactory) -> None:
    town(factory)
    found = snapshot(factory, "nasional.admin", "nasional")
    assert figures(found.cells, [202611]).follow_up.total == 6
    assert figures(found.by_unit[factory.offices.units["kota"]], [202611]).follow_up.total == 6


def test_units_below_stand_side_by_side_with_what_is_late_now(factory: CaseFactory) -> None:
    town(factory)
    found, units = snapshot(factory, "kota.atasan", "kota"), factory.offices.units
    assert set(found.by_unit) == {units["pu"], units["hub"]}
    roads = figures(found.by_unit[units["hub"]], [202611])
    assert (roads.follow_up.total, roads.verdicts.disputed) == (2, 1)
    assert found.late_now == {units["pu"]: 1, units["hub"]: 1}


def test_a_figure_leads_to_its_cases(factory: CaseFactory) -> None:
    cases = town(factory)
    assert listed(factory, Outcome.LATE, Outcome.OPEN) == {cases["late"].code, cases["open"].code}
    assert listed(factory, Outcome.KEPT) == {cases["good"].code, cases["silent"].code}


def listed(factory: CaseFactory, *outcomes: Outcome) -> set[str]:
    counted = Counted(
        measure=Measure.FOLLOW_UP,
        outcomes=outcomes,
        first_month=202611,
        last_month=202611,
        unit_id=factory.offices.units["pu"],
    )
    query = DeskQuery(factory.offices.database, factory.offices.keyring)
    page = query.page(looker(factory, "kota.atasan"), DeskFilter(moment=moment(NOW), counted=counted))
    return {row.code for row in page.rows}


def test_the_newest_target_that_holds_is_the_one(factory: CaseFactory) -> None:
    with factory.offices.database.write() as session:
        for percent, since in ((95, day(10)), (99, NOW + timedelta(days=1))):
            values = {"measure": "follow_up", "percent": percent, "near_percent": 80, "source": "Uji."}
            session.execute(insert(FigureTargetRow).values(valid_from=since, **values))
    targets = snapshot(factory, "kota.atasan", "kota").targets
    assert (targets[Measure.FOLLOW_UP].percent, targets[Measure.RESOLUTION].percent) == (95, 90)
    assert targets[Measure.FOLLOW_UP].standing(Fraction(949, 1000)) is Standing.NEAR


@contextmanager
def counted_queries(factory: CaseFactory) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = factory.offices.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_page_costs_four_queries_and_within_a_minute_none(factory: CaseFactory) -> None:
    town(factory)
    query = FigureQuery(factory.offices.database)
    scope = scope_of(factory, "kota.atasan", "kota")
    with counted_queries(factory) as seen:
        first = query.snapshot(scope, NOW)
    selects = [one for one in seen if one.lstrip().lower().startswith("select")]
    assert len(selects) == 4, selects
    with counted_queries(factory) as seen:
        assert query.snapshot(scope, NOW + timedelta(seconds=30)) is first
    assert [one for one in seen if "case_measure" in one] == []


def test_what_goes_back_and_forth_and_what_waits_longest_are_lists(factory: CaseFactory) -> None:
    old, other = factory.report("old", at=MONDAY), factory.report("other", at=day(3))
    for _ in range(2):
        factory.dispose(other)
        act(factory, other, "pu.penghubung", Action.RETURN_CASE, words="Bukan kewenangan kami.")
    query = DeskQuery(factory.offices.database, factory.offices.keyring)
    who = looker(factory, "kota.admin")
    with factory.offices.database.read() as session:
        known = select(CaseViewRow.bounce_count).where(CaseViewRow.case_id == other.id)
        assert session.scalars(known).one() == 2
    marked = {
        mark: [
            row.code
            for row in query.page(who, DeskFilter(moment=moment(), mark=mark), sort=DeskSort.OLDEST).rows
        ]
        for mark in Mark
    }
    assert marked == {Mark.OPEN: [old.code, other.code], Mark.BOUNCED: [other.code], Mark.STUCK: []}
    assert query.oldest(who, DeskFilter(moment=moment(), mark=Mark.OPEN)) == MONDAY
    letter = factory.report("letter", at=MONDAY - timedelta(days=40))
    assert query.oldest(who, DeskFilter(moment=moment(), mark=Mark.OPEN)) == MONDAY - timedelta(days=40)
    pu = DeskFilter(moment=moment(), mark=Mark.OPEN, unit_id=factory.offices.units["pu"])
    assert query.oldest(who, pu) is None
    factory.dispose(letter)
    assert query.oldest(who, pu) == MONDAY - timedelta(days=40)


def test_what_is_stuck_says_why_and_only_to_those_who_may_see_it(factory: CaseFactory) -> None:
    lost, waits, healthy = (factory.report(name) for name in ("lost", "waits", "healthy"))
    secret = factory.report("secret", secret=True, agency="hulu")
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    factory.command(waits, "kota.admin", Action.CLAIM, at=long_ago)
    factory.command(healthy, "kota.admin", Action.CLAIM)
    with factory.offices.database.write() as session:
        for case in (lost, secret):
            found = FindingRow(kind=FindingKind.LOST_WORKFLOW.value, subject=f"case {case.id}")
            found.case_id, found.first_seen_at, found.last_seen_at = case.id, long_ago, long_ago
            session.add(found)
    query = StuckQuery(factory.offices.database)
    units, at = factory.offices.units, datetime.now(UTC)
    within = Within(who=looker(factory, "kota.admin"), unit_id=units["kota"], at=at)
    found_now = query.cases(within, [healthy.code, secret.code], 10)
    assert {one.code: (one.waiting, one.findings, one.failing) for one in found_now} == {
        lost.code: (0, (FindingKind.LOST_WORKFLOW,), False),
        waits.code: (1, (), False),
        healthy.code: (0, (), True),
    }
    assert query.cases(Within(who=within.who, unit_id=units["pu"], at=at), [], 10) == []


def test_reports_that_the_engine_never_took_are_named(factory: CaseFactory) -> None:
    case = factory.report(started=False)
    within = Within(
        who=looker(factory, "kota.admin"),
        unit_id=factory.offices.units["kota"],
        at=datetime.now(UTC) + timedelta(minutes=11),
    )
    query = StuckQuery(factory.offices.database)
    assert query.not_started(within, 10) == [case.code]
    assert query.not_started(Within(who=within.who, unit_id=within.unit_id, at=datetime.now(UTC)), 10) == []


def test_rows_without_a_month_are_in_no_figure(factory: CaseFactory) -> None:
    town(factory)
    with factory.offices.database.write() as session:
        session.execute(update(CaseMeasureRow).values(month=None, counted_at=None))
    assert snapshot(factory, "kota.atasan", "kota").cells == ()
