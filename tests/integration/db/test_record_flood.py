"""Thousands of events at once are written a share at a time, and a death between two shares loses none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event as happening
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.case_record import FIRST_HASH, TOGETHER, SqlCaseRecorder, chain_hash
from db.case_table import CaseLogRow, CaseViewRow
from domain.case import Action
from domain.command import Command
from domain.decide import begin, decide
from domain.event import Event
from domain.state import CaseState, evolve
from schemas.case import RecordInput
from tests.offices import Offices

SHARES = 3


class KilledError(Exception):
    """What a test throws into a commit."""


def flood(offices: Offices) -> RecordInput:
    """A report, and more messages than are written in two shares, recorded for the first time together."""
    start = offices.report().start
    first = begin(start.state, start.clocks, start.state.received_at)
    events, state = [first], evolve(start.state, first)
    while len(events) < SHARES * TOGETHER - 1:
        events.append(message(offices, state))
        state = evolve(state, events[-1])
    return RecordInput(events=tuple(events), state=state)


def message(offices: Offices, state: CaseState) -> Event:
    command = Command(
        id=f"message-{state.seq}",
        action=Action.MESSAGE,
        actor=offices.reporter(),
        recorded_at=datetime.now(UTC),
        message_id=state.seq,
    )
    event = decide(state, command)
    assert isinstance(event, Event)
    return event


def logged(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CaseLogRow)) or 0


def test_a_flood_survives_a_death_between_its_shares_and_goes_on_where_it_was(offices: Offices) -> None:
    record, store, commits = flood(offices), SqlCaseRecorder(offices.database), []

    def die(_connection: object) -> None:
        commits.append(1)
        if len(commits) == SHARES:
            raise KilledError

    happening.listen(offices.database.engine, "commit", die)
    with pytest.raises(KilledError):
        store.record(record)
    happening.remove(offices.database.engine, "commit", die)
    with offices.database.read() as session:
        assert logged(session) == (SHARES - 1) * TOGETHER
        assert session.get(CaseViewRow, record.state.case_id) is None, "the view comes with the last share"

    result = store.record(record)
    assert store.record(record) == result, "once more changes nothing"
    with offices.database.read() as session:
        view = session.get_one(CaseViewRow, record.state.case_id)
        rows = session.scalars(select(CaseLogRow).order_by(CaseLogRow.seq)).all()
        assert view.seq == len(rows) == logged(session) == len(record.events)
        before = FIRST_HASH
        for row in rows:
            before = chain_hash(before, row.event)
            assert row.hash == before
