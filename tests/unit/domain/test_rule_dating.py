"""Which instants a calendar gives a clock: warnings, reminders, promises, grace, changes. Source: CLOCKS."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.case import ClockName
from domain.clock import Clock, Due
from domain.dating import Given, as_due, date_clock, promise
from domain.duration import Amount, Ends, Pause, Unit
from domain.policy import Policy
from ops.standard import national_calendar, standard_policy

CALENDAR = national_calendar()
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
POLICY = standard_policy()


def opening(day: int) -> datetime:
    """08:00 in Jakarta on a day of November."""
    return datetime(2026, 11, day, 1, 0, tzinfo=UTC)


def closing(day: int) -> datetime:
    """16:00 in Jakarta."""
    return datetime(2026, 11, day, 9, 0, tzinfo=UTC)


def midnight(day: int) -> datetime:
    """24:00 in Jakarta."""
    return datetime(2026, 11, day, 17, 0, tzinfo=UTC)


def clock(name: ClockName, days: int, **changes: object) -> Clock:
    ends = Ends.MIDNIGHT if name in {ClockName.COMPLETION, ClockName.CONFIRMATION} else Ends.CLOSING
    amount = Amount(days, Unit.WORKING_DAYS, ends=ends)
    return replace(Clock(name=name, unit_id=1, amount=amount, started_at=MONDAY, seq=2), **changes)


def due(of: Clock, since: datetime = MONDAY, policy: Policy = POLICY) -> Due:
    derivation = date_clock(of, CALENDAR, policy.min_after_resume)
    return as_due(of, derivation, Given(calendar=CALENDAR, policy=policy, since=since))


def test_staff_are_warned_at_the_opening_of_the_third_and_the_last_working_day_before() -> None:
    found = due(clock(ClockName.RESOLUTION, 9))
    assert found.due_at == datetime(2026, 11, 13, 9, 30, tzinfo=UTC)
    assert found.warn_at == (opening(10), opening(12))


def test_a_warning_at_or_before_the_start_is_not_given() -> None:
    assert due(clock(ClockName.VERIFICATION, 1)).warn_at == ()
    assert due(clock(ClockName.RESOLUTION, 2)).warn_at == (opening(3),)


def test_a_warning_that_had_passed_when_the_clock_was_moved_is_not_given_again() -> None:
    moved = due(clock(ClockName.RESOLUTION, 9), since=opening(10))
    assert moved.warn_at == (opening(12),)
    assert due(clock(ClockName.RESOLUTION, 9), since=closing(12)).warn_at == ()


def test_a_warning_comes_again_when_due_moves() -> None:
    paused = clock(ClockName.RESOLUTION, 9, pauses=(Pause(opening(9), opening(11)),))
    assert due(paused, since=opening(11)).warn_at == (opening(12), opening(16))


def test_nothing_warns_while_a_pause_is_open() -> None:
    found = due(clock(ClockName.RESOLUTION, 9, pauses=(Pause(opening(5)),)))
    assert (found.due_at, found.warn_at) == (None, ())


@pytest.mark.parametrize("name", [ClockName.COMPLETION, ClockName.CONFIRMATION])
def test_the_reporter_is_reminded_on_working_days_five_and_nine_and_has_until_midnight(
    name: ClockName,
) -> None:
    found = due(clock(name, 10))
    assert found.due_at == midnight(16)
    assert found.warn_at == (opening(9), opening(13))


def test_a_reminder_does_not_come_after_the_due() -> None:
    assert due(clock(ClockName.CONFIRMATION, 6)).warn_at == (opening(9),)


def test_clocks_of_minutes_have_no_warnings() -> None:
    quick = replace(clock(ClockName.CONFIRMATION, 1), amount=Amount(20, Unit.MINUTES))
    assert due(quick).warn_at == ()
    assert due(replace(quick, name=ClockName.RESOLUTION)).warn_at == ()


def test_a_promised_day_ends_at_its_closing_and_a_free_one_at_midnight() -> None:
    assert due(clock(ClockName.PROMISE, 1, until_on=date(2026, 11, 11))).due_at == closing(11)
    assert due(clock(ClockName.PROMISE, 1, until_on=date(2026, 11, 14))).due_at == midnight(14)


def test_a_promise_does_not_move_for_a_pause_before_it_and_fires_after_one_over_it() -> None:
    before = clock(ClockName.PROMISE, 1, until_on=date(2026, 11, 11), pauses=(Pause(opening(4), opening(6)),))
    assert due(before).due_at == closing(11)
    over = replace(before, pauses=(Pause(opening(10), opening(12)),))
    assert due(over).due_at == datetime(2026, 11, 13, 9, 30, tzinfo=UTC)
    still = replace(before, pauses=(Pause(opening(10)),))
    assert due(still).due_at is None


def test_a_grace_ends_after_its_working_hours() -> None:
    policy = replace(POLICY, outage_grace=Amount(4, Unit.WORKING_HOURS))
    late = clock(ClockName.VERIFICATION, 3, grace_from=opening(6))
    assert due(late, policy=policy).fires_at == opening(6) + timedelta(hours=4)
    assert due(late).fires_at is None
    assert due(replace(late, grace_from=None), policy=policy).fires_at is None


def test_a_change_that_makes_the_reporters_time_past_gives_until_midnight() -> None:
    found = due(clock(ClockName.CONFIRMATION, 2, changed_at=opening(10)))
    assert found.due_at == midnight(11)
    assert due(clock(ClockName.RESOLUTION, 2, changed_at=opening(10))).due_at == closing(11)


def test_a_year_without_its_decree_makes_a_date_provisional() -> None:
    far = clock(ClockName.RESOLUTION, 9, started_at=datetime(2027, 12, 27, 2, 0, tzinfo=UTC))
    assert due(far).provisional
    assert not due(clock(ClockName.RESOLUTION, 9)).provisional


def test_an_answer_says_since_when_its_clock_runs_so() -> None:
    assert due(clock(ClockName.RESOLUTION, 9), since=opening(4)).since == opening(4)


def test_a_clock_can_be_dated_as_it_starts() -> None:
    started = clock(ClockName.RESOLUTION, 9)
    given = Given(calendar=CALENDAR, policy=POLICY, since=MONDAY)
    running, found, derivation = promise(started, given)
    assert (running.due_at, running.warn_at) == (found.due_at, found.warn_at)
    assert derivation.due_at == found.due_at
