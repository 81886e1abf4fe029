"""Rows of the outbox for tests, beside those that a real record has queued."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, select

from db.case_record import SqlCaseRecorder
from db.case_table import OutboxRow
from db.outbox_store import OutboxStore
from domain.decide import begin
from domain.state import evolve
from schemas.case import RecordInput
from tests.offices import Offices

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
_SEQS = count(1000)


def recorded_case(offices: Offices, **report: object) -> int:
    """A case whose receipt is recorded; what that queued is gone."""
    intake = offices.report(**report)
    state = intake.start.state
    event = begin(state, intake.start.clocks, state.received_at)
    SqlCaseRecorder(offices.database).record(RecordInput(events=(event,), state=evolve(state, event)))
    with offices.database.write() as session:
        session.execute(delete(OutboxRow).where(OutboxRow.case_id == intake.case_id))
    return intake.case_id


def queued_row(offices: Offices, case_id: int, **changes: Any) -> int:
    """A message that waits since noon: to the reporter, if nothing else is said."""
    values: dict[str, Any] = {
        "seq": next(_SEQS),
        "template": "followed_up",
        "recipient": "reporter",
        "state": "pending",
        "not_before": NOON,
        "created_at": NOON,
    }
    row = OutboxRow(case_id=case_id, **(values | changes))
    with offices.database.write() as session:
        session.add(row)
        session.flush()
        return row.id


def digested_row(offices: Offices, case_id: int, person: str = "pu.penghubung", **changes: Any) -> int:
    """A message for a digest of a member of staff."""
    recipient = f"person:{offices.people[person]}"
    values = {"template": "staff_message", "recipient": recipient, "digest_key": recipient}
    return queued_row(offices, case_id, **(values | changes))


def outbox_of(offices: Offices) -> OutboxStore:
    """The store under test."""
    return OutboxStore(offices.database, offices.keyring)


def stored(offices: Offices, outbox_id: int) -> OutboxRow:
    """A row as it stands."""
    with offices.database.read() as session:
        row = session.get_one(OutboxRow, outbox_id)
        session.expunge(row)
        return row


def states(offices: Offices, ids: Iterable[int]) -> list[str]:
    """The states of rows, in the order of the ids."""
    with offices.database.read() as session:
        found = dict(session.execute(select(OutboxRow.id, OutboxRow.state)).all())
    return [found[each] for each in ids]
