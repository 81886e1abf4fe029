"""Heads, exports, findings and bounded counts, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, update

from db.case_table import CaseLogRow, CaseViewRow, CommandRow, OutboxRow
from db.database import Database
from db.operation_store import OperationStore
from db.upkeep_chart import ChartStore
from db.upkeep_export import Exported, ExportStore
from db.upkeep_finding import FindingStore
from db.upkeep_head import Head, HeadStore
from domain.case import Action
from engine.bridge import Bridge
from engine.probe import CaseProbe
from ops.doctor import Doctor
from ops.upkeep import doctor_stores
from schemas.upkeep import FindingKind
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def record_on(factory: CaseFactory, case: MadeCase, seq: int, day: date) -> None:
    """Puts a row of the log on an earlier day."""
    row = update(CaseLogRow).where(CaseLogRow.case_id == case.id, CaseLogRow.seq == seq)
    with factory.offices.database.write() as session:
        session.execute(row.values(recorded_at=datetime.combine(day, time(12), UTC)))


def all_heads(store: HeadStore) -> list[Head]:
    made = []
    while head := store.add_next():
        made.append(head)
    return made


def days_ago(count: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=count)


def two_days_of_logs(factory: CaseFactory) -> tuple[MadeCase, MadeCase]:
    old, young = factory.report(), factory.report()
    factory.dispose(old)
    record_on(factory, old, 1, days_ago(3))
    record_on(factory, old, 2, days_ago(1))
    record_on(factory, young, 1, days_ago(1))
    return old, young


def test_every_complete_day_has_one_head_and_today_has_none(factory: CaseFactory) -> None:
    store = HeadStore(factory.offices.database)
    assert store.add_next() is None
    two_days_of_logs(factory)
    factory.report()
    made = all_heads(store)
    assert [(head.day, head.cases, head.rows) for head in made] == [
        (days_ago(3), 1, 1),
        (days_ago(2), 0, 0),
        (days_ago(1), 2, 2),
    ]
    assert len({head.hash for head in made}) == 3
    assert all_heads(store) == []
    assert [kept for kept, again in store.verified() if kept == again] == made


@pytest.mark.parametrize("harm", ["cut off", "changed", "hidden"])
def test_a_log_that_was_cut_off_or_changed_differs_from_its_days_head(
    factory: CaseFactory, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    old, _ = two_days_of_logs(factory)
    all_heads(HeadStore(factory.offices.database))
    last = (CaseLogRow.case_id == old.id, CaseLogRow.seq == 2)
    changes = {
        "cut off": delete(CaseLogRow).where(*last),
        "changed": update(CaseLogRow).where(*last).values(hash="0" * 64),
        "hidden": update(CaseLogRow).where(*last).values(recorded_at=datetime.now(UTC)),
    }
    with factory.offices.database.write() as session:
        session.execute(changes[harm])
    stores = doctor_stores(factory.offices.database)
    probe = CaseProbe(Bridge("127.0.0.1:9", "default"))
    doctor = Doctor(stores, probe, lambda: datetime.now(UTC))
    assert doctor.check_heads() == doctor.check_heads() == 1
    (finding,) = stores.findings.open_findings()
    assert (finding.kind, finding.subject) == (FindingKind.HEAD_DIFFERS, f"day {days_ago(1)}")
    assert len([record for record in caplog.records if record.levelname == "CRITICAL"]) == 1


def end(database: Database, case: MadeCase) -> None:
    with database.write() as session:
        session.get_one(CaseViewRow, case.id).ended = True


def test_ended_cases_wait_for_their_export_in_turn(
    factory: CaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.upkeep_export.WINDOW", 2)
    database = factory.offices.database
    store, cases = ExportStore(database), [factory.report() for _ in range(6)]
    for case in cases[:5]:
        end(database, case)
    store.add(cases[0].id, Exported(state="missing"))
    seen, after = [], 0
    for _ in range(3):
        waiting = store.waiting(after, 5)
        seen += [case_id for case_id, _ in waiting.cases]
        after = waiting.next_after
    assert seen == [case.id for case in cases[1:5]] and after == 0
    first = store.waiting(cases[0].id, 1)
    assert first.cases == [(cases[1].id, cases[1].code)] and first.next_after == cases[1].id


def test_a_history_is_listed_once(factory: CaseFactory) -> None:
    case, store = factory.report(), ExportStore(factory.offices.database)
    exported = Exported(state="exported", runs=2, events=90, size=4_000, sha256="a" * 64)
    assert store.add(case.id, exported)
    assert not store.add(case.id, Exported(state="missing"))
    assert store.of(case.id) == exported


def test_findings_keep_when_they_began_and_what_could_not_be_judged(factory: CaseFactory) -> None:
    case, store = factory.report(), FindingStore(factory.offices.database)
    both = {FindingKind.LOG_GAP, FindingKind.LOST_WORKFLOW}
    assert set(store.settle(case.id, both)) == both
    (begun,) = {finding.first_seen_at for finding in store.open_findings()}
    assert store.settle(case.id, both) == []
    store.settle(case.id, [], unsure=[FindingKind.LOST_WORKFLOW])
    (left,) = store.open_findings()
    assert (left.kind, left.code, left.first_seen_at) == (FindingKind.LOST_WORKFLOW, case.code, begun)
    assert store.to_see_again(timedelta(minutes=1), 5) == []
    assert store.to_see_again(-timedelta(minutes=1), 5) == [case.id]


def test_the_health_page_counts_no_further_than_it_must(
    factory: CaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.operation_store.COUNTED_AT_MOST", 2)
    operation = OperationStore(factory.offices.database)
    before = operation.backlog()
    assert before["waiting_commands"] == before["findings_open"] == 0 and before["oldest_outbox"] is None
    for _ in range(4):
        case = factory.report(started=False)
        factory.command(case, None, Action.MESSAGE, words="Halo?")
    factory.start(case)
    backlog = operation.backlog()
    assert backlog["waiting_commands"] == 3, "one more than it counts"
    assert backlog["reports_not_started"] == 3
    with factory.offices.database.read() as session:
        oldest = session.query(OutboxRow).order_by(OutboxRow.created_at).first()
        assert oldest is not None and backlog["oldest_outbox"] == oldest.created_at


def test_pages_go_over_all_cases_once(factory: CaseFactory) -> None:
    cases = [factory.report().id for _ in range(5)]
    pages = list(ChartStore(factory.offices.database).pages(2))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [case_id for page in pages for case_id in page] == cases


def test_a_command_that_cannot_be_read_is_left_out_and_named_in_the_log(
    factory: CaseFactory, caplog: pytest.LogCaptureFixture
) -> None:
    case = factory.report()
    good, bad = (factory.command(case, None, Action.MESSAGE, words=each) for each in ("Satu.", "Dua."))
    with factory.offices.database.write() as session:
        session.get_one(CommandRow, bad.command.id).content = {"id": "Canary Nama"}
    shown = factory.reader.commands(case.id, "waiting")
    assert [(entry.command.id, entry.text) for entry in shown] == [(good.command.id, "Satu.")]
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(told) == 1 and bad.command.id in told[0] and "Canary" not in told[0]
