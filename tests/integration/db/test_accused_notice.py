"""The case does not exist for whom it accuses: no mail tells them of it; on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from db.case_table import OutboxRow
from db.ladder import people_on_rung
from db.notice_queue import queue_notices
from domain.case import Action, ClockName, Role
from domain.event import EventKind
from tests.factories import CaseFactory, MadeCase
from tests.hearers import close_accounts, happening, queue, told
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    """Cases on both databases."""
    return CaseFactory(offices)


def accusing(factory: CaseFactory, login: str, **fields: Any) -> MadeCase:
    """A case in the office `pu` that accuses somebody."""
    case = factory.report()
    factory.dispose(case, accused_person_id=factory.offices.people[login], **fields)
    return case


def test_the_accused_liaison_hears_nothing_and_the_colleague_does(factory: CaseFactory) -> None:
    case = accusing(factory, "pu.penghubung")
    factory.act(case, None, Action.MESSAGE, words="Masih padam.")
    assert told(factory, case, "staff_assigned") == told(factory, case, "staff_message") == {"pu.operator"}


def test_where_only_the_accused_acts_the_to_do_climbs(factory: CaseFactory) -> None:
    close_accounts(factory, "pu.operator")
    case = accusing(factory, "pu.penghubung")
    assert told(factory, case, "staff_assigned") == {"kota.admin"}


def test_the_accused_among_the_helpers_hears_nothing(factory: CaseFactory) -> None:
    case = accusing(factory, "hub.penghubung", assisting=(factory.offices.units["hub"],))
    assert told(factory, case, "staff_assisting") == {"kota.admin"}


def test_an_accused_supervisor_hears_of_no_broken_promise(factory: CaseFactory) -> None:
    case = accusing(factory, "pu.atasan")
    queue(factory, case, EventKind.CLOCK_EXPIRED, clock=ClockName.PROMISE)
    expected = {"pu.penghubung", "pu.operator", "kota.atasan"}
    assert told(factory, case, "staff_promise_passed") == expected


def test_the_last_resort_of_the_ladder_is_not_the_accused(factory: CaseFactory) -> None:
    case = factory.report()
    factory.add_person("nasional.kedua", [("nasional", Role.NATIONAL_ADMIN)])
    close_accounts(factory, "kota.admin", "kota.atasan", "pu.atasan", "nasional.kedua")
    state = factory.cases.state(case.code)
    facts = replace(state.facts, accused_person_id=factory.offices.people["nasional.admin"])
    with factory.offices.database.read() as session:
        assert people_on_rung(session, replace(state, facts=facts)) == []


def test_who_heard_of_a_lateness_and_is_accused_since_hears_no_more(factory: CaseFactory) -> None:
    case = accusing(factory, "pu.atasan")
    with factory.offices.database.write() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.template == "staff_assigned").limit(1)).one()
        row.recipient = f"person:{factory.offices.people['pu.atasan']}"
        row.template, row.state, row.seq = "staff_late", "sent", 99
    state = factory.cases.state(case.code)
    with factory.offices.database.write() as session:
        queue_notices(session, state, happening(state, EventKind.NOTED, voids=(99,)))
    assert told(factory, case, "staff_voided") == set()
