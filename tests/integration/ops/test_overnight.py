"""A demo that was switched off for the night goes on where it was: no clock has run out meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from db import directory_store
from db.case_table import CaseLogRow
from db.database import Database
from db.file_place import FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from db.mail_failure_store import MailFailureStore
from db.operation_store import OperationStore
from db.operation_table import HeartbeatRow
from domain.case import Kind
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from ops.sweeper import Heartbeat, Sweeper, SweptStores
from schemas.report import Identity, NewReport, ReportWords
from tests.eventually import eventually_here
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.stack import Stack

pytestmark = pytest.mark.server
NIGHT = timedelta(hours=8)
GRACE_AND_MORE = 75.0


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A demo that has run once and is off."""
    made = Stack(tmp_path / "home")
    made.start()
    made.stop()
    yield made
    made.stop()


def fall_asleep(stack: Stack, database: Database) -> Intake:
    """A report that came five minutes before the night, on a machine that was off since."""
    before = datetime.now(UTC) - NIGHT
    assert stack.settings.master_key is not None
    intakes = IntakeStore(
        database, Keyring(stack.settings.master_key), FolderPlace(stack.settings.files_folder)
    )
    with database.read() as session:
        agency = directory_store.agencies(session)[0]
    report = NewReport(
        intake_id=str(uuid4()),
        kind=Kind.COMPLAINT,
        words=ReportWords(title="Lampu padam", text="Sejak kemarin."),
        identity=Identity(),
        agency_id=agency.id,
        policy_name="demo",
    )
    intake = intakes.receive(report, received_at=before - timedelta(minutes=5))
    with database.write() as session:
        session.get_one(HeartbeatRow, "worker").at = before
    return intake


def test_a_night_without_power_is_a_pause(stack: Stack) -> None:
    database = Database(stack.settings.database_url)
    intake = fall_asleep(stack, database)
    promised = intake.start.clocks[0].due_at
    assert promised is not None and promised < datetime.now(UTC)

    def happened() -> list[str]:
        with database.read() as session:
            mine = CaseLogRow.case_id == intake.case_id
            return list(session.scalars(select(CaseLogRow.kind).where(mine).order_by(CaseLogRow.seq)))

    stack.start()
    eventually_here(lambda: len(happened()) > 1, "the case hears of the night", GRACE_AND_MORE, 0.5)
    assert happened() == ["received", "outage_shifted"]


def test_the_night_is_told_only_once_the_newest_report_has_a_case(sqlite_offices: Offices) -> None:
    database = sqlite_offices.database
    CaseFactory(sqlite_offices).report(started=False)
    with database.write() as session:
        session.add(HeartbeatRow(name="worker", at=datetime.now(UTC) - NIGHT))
    operation = OperationStore(database)
    Heartbeat(operation).beat()
    cases = CaseClient(Bridge("127.0.0.1:9", "default"))
    stores = SweptStores(
        database=database,
        intakes=sqlite_offices.intakes,
        commands=sqlite_offices.commands,
        operation=operation,
        failures=MailFailureStore(database),
    )
    delivery = CommandDelivery(cases, sqlite_offices.commands)
    assert not Sweeper(stores, cases, delivery, lambda: datetime.now(UTC)).run_once()
    assert operation.outage_to_tell(1) is not None, "the report is still in the hands of the web"
