"""Windows of a case's tables, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.case_table import OutboxRow
from db.inspection_store import InspectionStore
from db.rebuild_store import RebuildStore
from domain.case import Action, ClockName, Stage
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest.fixture
def store(offices: Offices) -> InspectionStore:
    return InspectionStore(offices.database, offices.keyring)


@pytest.fixture
def case(factory: CaseFactory) -> MadeCase:
    made = factory.report(at=AT)
    factory.dispose(made, at=AT + timedelta(hours=1), words="Segera.")
    factory.expire_next(made)
    return made


def test_the_log_is_read_backwards_a_window_at_a_time(store: InspectionStore, case: MadeCase) -> None:
    newest = store.log_before(case.id, None, 2)
    assert [row.event.seq for row in newest] == [4, 3]
    assert [row.event.seq for row in store.log_before(case.id, 3, 5)] == [2, 1]
    raw = store.raw_log_before(case.id, 2, 5)
    assert [(row.seq, row.event["kind"]) for row in raw] == [(1, "received")]


def test_words_are_opened_for_those_messages_only(
    store: InspectionStore, factory: CaseFactory, case: MadeCase
) -> None:
    other = factory.report("Yang lain")
    disposed = store.log_before(case.id, 3, 1)[0].event
    assert disposed.message_id is not None
    assert store.words_of(case.id, {disposed.message_id}) == {disposed.message_id: "Segera."}
    assert store.words_of(other.id, {disposed.message_id}) == {}


def test_commands_without_effect_are_found_by_when_they_were_recorded(
    store: InspectionStore, factory: CaseFactory, case: MadeCase
) -> None:
    at = AT + timedelta(days=1)
    factory.act(case, "kota.admin", Action.NOT_OURS, unit=factory.offices.unit("nasional"), words="x", at=at)
    factory.command(case, None, Action.MESSAGE, words="Kapan?", at=at + timedelta(hours=1))
    found = store.commands_between(case.id, None, None)
    assert [(one.outcome, one.text) for one in found] == [("waiting", "Kapan?"), ("refused", "x")]
    assert found[1].refusal is not None
    later = store.commands_between(case.id, at + timedelta(minutes=1), None)
    assert [one.text for one in later] == ["Kapan?"]
    assert store.commands_between(case.id, None, at) == []
    assert store.commands_between(case.id, at, at + timedelta(minutes=1))[0].text == "x"


def test_deliveries_belong_to_their_events_and_followers_stand_as_one(
    store: InspectionStore, offices: Offices, case: MadeCase
) -> None:
    with offices.database.write() as session:
        one = session.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id).limit(1)).one()
        fixed = {"case_id": case.id, "channel": "mail", "not_before": AT, "created_at": AT, "attempts": 1}
        rows = [
            {
                **fixed,
                "seq": 2,
                "template": "follow_news",
                "recipient": f"subscriber:{number}",
                "state": state,
            }
            for number, state in enumerate(["sent"] * 40 + ["failed"] * 2)
        ]
        session.execute(insert(OutboxRow), rows)
        assert one.seq >= 1
    found = store.deliveries(case.id, 2, 2)
    assert {entry.seq for entry in found} == {2}
    followers = {entry.state: entry.count for entry in found if entry.recipient == "subscriber"}
    assert followers == {"sent": 40, "failed": 2}
    assert all(entry.created_at.tzinfo is not None for entry in found)
    assert store.deliveries(case.id, 50, 60) == []


def test_dates_come_with_their_derivation_and_the_calendars_of_then(
    store: InspectionStore, offices: Offices, case: MadeCase
) -> None:
    event = store.log_before(case.id, 3, 1)[0].event
    clocks = [replace(clock, seq=event.seq) for clock in event.clocks if clock.live]
    found = store.dated(case.id, [*clocks, replace(clocks[0], seq=99)])
    assert {one.clock.name for one in found} >= {ClockName.FIRST_FOLLOW_UP}
    due = next(one for one in found if one.clock.name is ClockName.FIRST_FOLLOW_UP)
    assert due.derivation.due_at == datetime(2026, 11, 9, 9, tzinfo=UTC)
    assert due.earlier == ()


def test_roles_and_names_never_name_a_person(store: InspectionStore, offices: Offices) -> None:
    person = offices.people["pu.atasan"]
    assert [one.role.value for one in store.roles({person})[person]] == ["supervisor"]
    assert store.unit_names({offices.units["pu"]}) == {offices.units["pu"]: "Dinas pu"}
    assert store.roles(set()) == {}


def test_a_case_as_of_an_event_or_an_instant(offices: Offices, case: MadeCase) -> None:
    past = RebuildStore(offices.database)
    assert past.as_of(case.id, seq=0).event is None
    first, second = past.as_of(case.id, seq=1), past.as_of(case.id, at=AT + timedelta(hours=1))
    assert (first.state.stage, first.state.seq) == (Stage.VERIFICATION, 1)
    assert (second.state.stage, second.state.seq) == (Stage.DISPOSED, 2)
    clock = second.state.clock(ClockName.FIRST_FOLLOW_UP)
    assert clock is not None and clock.due_at is not None and clock.expired_at is None
    assert past.as_of(case.id, at=AT - timedelta(seconds=1)).state.seq == 0
    newest = past.as_of(case.id)
    assert newest.state == past.replayed(case.id) and newest.event is not None
    assert newest.event.seq == newest.state.seq == 4
    assert past.as_of(case.id, seq=4).state.level == 1


def test_whether_the_engine_ever_took_it(
    store: InspectionStore, factory: CaseFactory, case: MadeCase
) -> None:
    assert store.is_started(case.id)
    assert not store.is_started(factory.report(started=False).id)
