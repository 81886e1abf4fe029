"""Of a secret case only those are told who may open it; on both databases."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from db.notice_queue import queue_notices
from domain.case import Action, ClockName, Role
from domain.event import EventKind
from tests.factories import CaseFactory, MadeCase
from tests.hearers import blind, close_accounts, forget_mails, happening, queue, told
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    """Cases on both databases."""
    return CaseFactory(offices)


def secret_case(factory: CaseFactory, unit: str, **fields: Any) -> MadeCase:
    """A secret case in an office."""
    case = factory.report(secret=True)
    factory.dispose(case, unit=unit, **fields)
    return case


def answered(factory: CaseFactory, unit: str = "hub") -> MadeCase:
    """A secret case that an office has answered."""
    case = secret_case(factory, unit)
    factory.follow_up(case, f"{unit}.penghubung")
    factory.answer(case, f"{unit}.penghubung")
    return case


def test_a_dispute_about_a_secret_case_reaches_the_first_occupied_rung(factory: CaseFactory) -> None:
    case = answered(factory)
    forget_mails(factory)
    factory.act(case, None, Action.DISPUTE, words="Belum selesai.")
    state = factory.cases.state(case.code)
    clock = state.clock(ClockName.FIRST_FOLLOW_UP)
    assert clock is not None and (clock.level, clock.start_level, state.highest_level) == (2, 2, 2)
    assert factory.view(case).level == 2
    assert told(factory, case, "staff_disputed") == {"hub.penghubung", "kota.admin"}
    assert blind(factory, case) == set()


def test_a_secret_case_that_is_opened_again_reaches_the_first_occupied_rung(factory: CaseFactory) -> None:
    case = answered(factory)
    factory.act(case, None, Action.CONFIRM)
    forget_mails(factory)
    factory.act(case, None, Action.REOPEN, words="Padam lagi.")
    assert factory.cases.state(case.code).level == 2
    assert told(factory, case, "staff_reopened") == {"hub.penghubung", "kota.admin"}
    assert blind(factory, case) == set()


def test_a_second_dispute_about_a_secret_case_goes_to_an_arbiter_and_a_rung_that_see_it(
    factory: CaseFactory,
) -> None:
    case = answered(factory)
    factory.act(case, None, Action.DISPUTE, words="Belum selesai.")
    factory.answer(case, "hub.penghubung")
    forget_mails(factory)
    factory.act(case, None, Action.DISPUTE, words="Masih belum.")
    assert factory.cases.state(case.code).clock(ClockName.VERIFICATION) is not None
    assert told(factory, case, "staff_arbitration") == {"kota.admin", "nasional.admin"}
    assert blind(factory, case) == set()


def test_a_clock_that_began_on_an_occupied_rung_stays_there(factory: CaseFactory) -> None:
    case = answered(factory, "pu")
    factory.act(case, None, Action.DISPUTE, words="Belum selesai.")
    assert factory.cases.state(case.code).level == 1
    assert "pu.atasan" in told(factory, case, "staff_disputed")


def test_the_rung_on_which_a_clock_began_outlasts_a_new_date(factory: CaseFactory) -> None:
    """An act that was decided before the rung was known does not take it away again."""
    case = answered(factory)
    factory.act(case, None, Action.DISPUTE, words="Belum selesai.")
    state = factory.cases.state(case.code)
    low = tuple(
        clock.recount(level=1, start_level=1) if clock.name is ClockName.FIRST_FOLLOW_UP else clock
        for clock in state.clocks
    )
    moved = happening(state, EventKind.CLOCKS_RECOUNTED, seq=state.seq + 1, clocks=low)
    factory.cases.happen(replace(state, clocks=low), moved)
    assert factory.cases.state(case.code).level == 2


def test_a_rung_that_falls_vacant_later_lifts_nothing_by_a_new_date(factory: CaseFactory) -> None:
    case = answered(factory, "pu")
    factory.act(case, None, Action.DISPUTE, words="Belum selesai.")
    close_accounts(factory, "pu.atasan")
    factory.ask(case)
    assert factory.cases.state(case.code).level == 1


def test_of_a_secret_case_in_an_empty_office_its_supervisor_hears(factory: CaseFactory) -> None:
    close_accounts(factory, "pu.penghubung", "pu.operator")
    case = secret_case(factory, "pu")
    assert told(factory, case, "staff_assigned") == {"pu.atasan"}


def test_of_a_secret_case_that_nobody_may_see_nobody_hears_but_the_log(
    factory: CaseFactory, caplog: pytest.LogCaptureFixture
) -> None:
    close_accounts(factory, "hub.penghubung")
    with caplog.at_level(logging.WARNING, "db.notice_queue"):
        case = secret_case(factory, "hub")
    assert told(factory, case, "staff_assigned") == set()
    seq = factory.cases.state(case.code).seq
    assert f"nobody may see case {case.id} to hear of event {seq}" in caplog.text
    assert case.code not in caplog.text


def test_a_secret_case_in_an_empty_office_reaches_the_rung_that_it_has_climbed_to(
    factory: CaseFactory,
) -> None:
    case = secret_case(factory, "hub")
    factory.climb(case, 2)
    close_accounts(factory, "hub.penghubung")
    forget_mails(factory)
    factory.act(case, None, Action.MESSAGE, words="Masih padam.")
    assert told(factory, case, "staff_message") == {"kota.admin"}


def test_of_a_broken_promise_in_secret_only_those_hear_who_may_see_it(factory: CaseFactory) -> None:
    case = secret_case(factory, "hub")
    queue(factory, case, EventKind.CLOCK_EXPIRED, clock=ClockName.PROMISE)
    assert told(factory, case, "staff_promise_passed") == {"hub.penghubung"}


def test_secrecy_is_what_the_report_says_even_where_the_state_does_not_know_it(factory: CaseFactory) -> None:
    case = secret_case(factory, "hub")
    forget_mails(factory)
    state = replace(factory.cases.state(case.code), secret=False)
    with factory.offices.database.write() as session:
        queue_notices(session, state, happening(state, EventKind.CLOCK_EXPIRED, clock=ClockName.PROMISE))
    assert told(factory, case, "staff_promise_passed") == {"hub.penghubung"}


def test_an_open_case_in_an_empty_office_still_goes_to_the_agency(factory: CaseFactory) -> None:
    close_accounts(factory, "hub.penghubung")
    case = factory.report()
    factory.dispose(case, unit="hub")
    assert told(factory, case, "staff_assigned") == {"kota.admin"}


def statements(factory: CaseFactory, kind: EventKind, case: MadeCase) -> int:
    """How many statements it takes to queue the mails about an event."""
    engine, sent = factory.offices.database.engine, list[str]()
    state = factory.cases.state(case.code)
    forget_mails(factory)

    def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        with factory.offices.database.write() as session:
            queue_notices(session, state, happening(state, kind))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return sum("INSERT" not in statement for statement in sent)


def test_a_larger_office_costs_no_more_questions(factory: CaseFactory) -> None:
    case = secret_case(factory, "hub")
    before = statements(factory, EventKind.NUDGED, case)
    for number in range(5):
        factory.add_person(f"hub.operator{number}", [("hub", Role.OPERATOR)])
    assert statements(factory, EventKind.NUDGED, case) == before
