"""Leases, heartbeats and outages, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.database import Database
from db.operation_store import LATELY, OperationStore
from db.operation_table import HeartbeatRow
from tests.offices import Offices
from tests.outbox_rows import queued_row, recorded_case

MINUTE = timedelta(minutes=1)


def test_one_owner_holds_a_lease_until_it_runs_out(database: Database) -> None:
    store = OperationStore(database)
    assert store.take_lease("sweeper", "one", MINUTE)
    assert store.take_lease("sweeper", "one", MINUTE)
    assert not store.take_lease("sweeper", "two", MINUTE)
    assert store.take_lease("other", "two", -MINUTE)
    assert store.take_lease("other", "one", MINUTE)


def test_a_silence_between_two_beats_becomes_an_outage(offices: Offices) -> None:
    store = OperationStore(offices.database)
    intake = offices.report()
    offices.intakes.mark_started(intake.case_id)
    assert not store.beat(MINUTE)
    with offices.database.write() as session:
        session.get_one(HeartbeatRow, "worker").at = datetime.now(UTC) - timedelta(hours=8)
    assert store.beat(MINUTE)
    assert not store.beat(MINUTE)
    found = store.outage_to_tell(10)
    assert found is not None
    outage, cases = found
    assert outage.to_at - outage.from_at >= timedelta(hours=7, minutes=59)
    assert cases == [(intake.case_id, intake.code)]
    store.mark_told(outage.id, intake.case_id)
    assert store.outage_to_tell(10) == (outage, [])
    store.mark_told(outage.id, None)
    assert store.outage_to_tell(10) is None


def test_the_lease_of_a_dead_owner_is_taken_over_at_once(offices: Offices) -> None:
    store = OperationStore(offices.database)
    assert store.take_lease("work", "one", timedelta(minutes=5))
    assert not store.take_lease("work", "two", timedelta(minutes=5))
    assert store.take_lease("work", "two", timedelta(minutes=5), lambda owner: owner == "one")


def test_mails_whose_fate_is_old_news_are_not_counted_for_ever(offices: Offices) -> None:
    store, case_id = OperationStore(offices.database), recorded_case(offices)
    for state in ("failed", "unknown"):
        for age in (timedelta(hours=1), LATELY - MINUTE, LATELY + MINUTE):
            queued_row(offices, case_id, state=state, created_at=datetime.now(UTC) - age)
    found = store.backlog()
    assert (found["outbox_failed"], found["outbox_unknown"]) == (2, 2)
