"""From a clock to its due date: floors, and changes under a running clock."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.case import ClockName
from domain.clock import Clock, Floor
from domain.dating import Given, as_due, date_clock
from domain.duration import Amount, Unit
from ops.standard import national_calendar, standard_policy

CALENDAR = national_calendar()
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SIXTEEN_WIB = 9


def clock(days: int, **changes: object) -> Clock:
    amount = Amount(days, Unit.WORKING_DAYS)
    return Clock(name=ClockName.RESOLUTION, unit_id=1, amount=amount, started_at=MONDAY, seq=2, **changes)


def test_a_change_that_would_make_due_past_gives_until_the_next_closing() -> None:
    changed_at = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)
    derivation = date_clock(clock(5, changed_at=changed_at), CALENDAR, 1)
    assert derivation.due_at == datetime(2026, 11, 18, SIXTEEN_WIB, tzinfo=UTC)
    assert derivation.counted_due_at == datetime(2026, 11, 9, SIXTEEN_WIB, tzinfo=UTC)


def test_a_change_whose_due_still_lies_ahead_keeps_it() -> None:
    changed_at = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)
    derivation = date_clock(clock(5, changed_at=changed_at), CALENDAR, 1)
    assert derivation.due_at == datetime(2026, 11, 9, SIXTEEN_WIB, tzinfo=UTC)
    assert derivation.counted_due_at == derivation.due_at


def test_a_floor_holds_a_due_back() -> None:
    floor = Floor(from_at=datetime(2026, 11, 16, 3, 0, tzinfo=UTC), amount=Amount(5, Unit.WORKING_DAYS))
    derivation = date_clock(clock(5, floor=floor), CALENDAR, 1)
    assert derivation.due_at == datetime(2026, 11, 23, SIXTEEN_WIB, tzinfo=UTC)


def test_an_answer_to_a_workflow_is_in_utc() -> None:
    given = Given(calendar=CALENDAR, policy=standard_policy(), since=MONDAY)
    due = as_due(clock(5), date_clock(clock(5), CALENDAR, 1), given)
    assert due.due_at.tzinfo is UTC
    assert (due.seq, due.clock) == (2, ClockName.RESOLUTION)
