"""What warnings, an outage and a changed calendar do to running clocks. Source: CLOCKS."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.agenda import AgendaItem, AgendaKind, Outage, agenda
from domain.case import Action, ClockName, FollowUp, Stage
from domain.clock import Due
from domain.duration import Pause
from domain.event import EventKind
from domain.fire import fire, recount, shift
from domain.policy import OutagePolicy
from domain.state import CaseState, evolve, with_dues
from tests.case_factory import (
    CITY,
    CONFIRM,
    GRACE,
    LEVEL,
    NATIONAL,
    PROMISE_DUE,
    PROMISED_TODAY,
    VERIFY,
    WARN_BEFORE,
    WORKS,
    act,
    changed,
    clock_of,
    dues_of,
    fired,
    in_stage,
    item_of,
    live,
    minute,
    new_case,
    policy,
    settle,
)

ENDED = VERIFY + 5
OUTAGE = Outage(id=1, from_at=minute(VERIFY - 5), to_at=minute(ENDED))


def after_outage(state: CaseState, outage: Outage = OUTAGE) -> CaseState:
    event = shift(state, outage, outage.to_at)
    assert event is not None
    return settle(state, event)


def test_under_fire_a_missed_clock_expires_at_once_and_its_lateness_counts_from_the_due() -> None:
    state = new_case(policy=policy(OutagePolicy.FIRE))
    assert shift(state, OUTAGE, minute(ENDED)) is None
    late = fired(state, ENDED)
    verification = clock_of(late, ClockName.VERIFICATION)
    assert (verification.due_at, verification.expired_at) == (minute(VERIFY), minute(ENDED))


def test_under_grace_what_ran_out_in_the_outage_expires_after_the_grace() -> None:
    state = after_outage(new_case(policy=policy(OutagePolicy.GRACE)))
    verification = clock_of(state, ClockName.VERIFICATION)
    assert (verification.due_at, verification.fires_at) == (minute(VERIFY), minute(ENDED + GRACE))
    assert agenda(state)[0] == AgendaItem(at=minute(ENDED + GRACE), clock=ClockName.VERIFICATION)
    assert act(state, Action.DISPOSE, ENDED + 1).level == 0


def test_under_grace_what_runs_out_later_is_left_alone() -> None:
    state = new_case(policy=policy(OutagePolicy.GRACE))
    event = shift(state, OUTAGE, minute(ENDED))
    assert event is not None
    assert set(changed(event)) == {ClockName.VERIFICATION}
    early = Outage(id=2, from_at=minute(1), to_at=minute(5))
    assert shift(state, early, minute(5)) is None


def test_under_grace_without_an_amount_the_expiry_comes_at_once() -> None:
    state = after_outage(new_case(policy=policy(OutagePolicy.GRACE, outage_grace=None)))
    assert agenda(state)[0].at == minute(VERIFY)


def test_a_warning_never_lets_a_clock_run_out_before_its_grace_is_over() -> None:
    state = after_outage(new_case(policy=policy(OutagePolicy.GRACE)))
    warning = AgendaItem(at=minute(VERIFY - 1), clock=ClockName.VERIFICATION, kind=AgendaKind.WARN)
    assert fire(state, warning, minute(ENDED)).kind is EventKind.CLOCK_WARNED


def test_under_shift_the_outage_is_a_pause_also_of_the_ladder() -> None:
    late = fired(new_case())
    state = after_outage(late, Outage(id=1, from_at=minute(VERIFY + 2), to_at=minute(VERIFY + 9)))
    assert clock_of(state, ClockName.VERIFICATION_LEVEL).due_at == minute(VERIFY + LEVEL + 7)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(VERIFY)


def test_under_shift_the_ombudsmans_clock_counts_on() -> None:
    state = after_outage(new_case())
    assert clock_of(state, ClockName.OMBUDSMAN) == clock_of(new_case(), ClockName.OMBUDSMAN)


def test_a_clock_that_stands_still_anyway_is_not_paused_twice() -> None:
    state = act(new_case(), Action.ASK, 20)
    event = shift(state, OUTAGE, minute(ENDED))
    assert event is not None
    assert set(changed(event)) == {ClockName.COMPLETION}
    after = act(settle(state, event), Action.COMPLETE, 50)
    assert clock_of(after, ClockName.VERIFICATION).pauses == (Pause(minute(20), minute(50)),)


def test_a_promise_that_passed_in_an_outage_comes_due_after_it() -> None:
    state = act(
        in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 20, follow_up=FollowUp.PLAN, promised_on=PROMISED_TODAY
    )
    outage = Outage(id=1, from_at=minute(PROMISE_DUE - 5), to_at=minute(PROMISE_DUE + 5))
    due_at = clock_of(after_outage(state, outage), ClockName.PROMISE).due_at
    assert due_at is not None and due_at > outage.to_at


def warned(state: CaseState) -> CaseState:
    """The state with warnings for all its clocks."""
    clocks = tuple(replace(clock, due_at=None) for clock in state.live_clocks)
    stopped = tuple(clock for clock in state.clocks if not clock.live)
    bare = replace(state, clocks=(*stopped, *clocks))
    return with_dues(bare, dues_of(bare, warned=True))


def test_a_warning_comes_before_its_due_and_once() -> None:
    state = warned(new_case())
    item = agenda(state)[0]
    assert (item.kind, item.clock, item.at) == (
        AgendaKind.WARN,
        ClockName.VERIFICATION,
        minute(VERIFY - WARN_BEFORE),
    )
    event = fire(state, item, item.at)
    assert (event.kind, event.clock, event.version) == (
        EventKind.CLOCK_WARNED,
        ClockName.VERIFICATION,
        state.version,
    )
    assert item not in agenda(evolve(state, event))


def test_of_several_missed_warnings_one_is_given() -> None:
    state = new_case()
    clock = replace(clock_of(state, ClockName.RESOLUTION), warn_at=(minute(50), minute(60), minute(130)))
    others = tuple(one for one in state.clocks if one.name is not clock.name)
    state = replace(state, clocks=(*others, clock))
    after = evolve(state, fire(state, item_of(state, clock.name, AgendaKind.WARN), minute(70)))
    assert clock_of(after, clock.name).warn_at == (minute(130),)


def test_a_warning_that_comes_after_the_due_is_skipped_for_the_expiry() -> None:
    state = warned(new_case())
    event = fire(state, agenda(state)[0], minute(VERIFY + 3))
    assert event.kind is EventKind.CLOCK_EXPIRED
    assert changed(event)[ClockName.VERIFICATION].warn_at == ()


def test_nothing_warns_while_the_reporter_is_asked_but_the_reporter_is_reminded() -> None:
    state = warned(act(warned(new_case()), Action.ASK, 5))
    kinds = {(item.clock, item.kind) for item in agenda(state)}
    assert kinds == {(ClockName.COMPLETION, AgendaKind.WARN), (ClockName.COMPLETION, AgendaKind.EXPIRE)}


def test_a_stopped_clock_warns_no_more() -> None:
    state = warned(in_stage(Stage.DISPOSED))
    answered = act(state, Action.ANSWER, 20)
    assert all(clock.warn_at == () for clock in answered.clocks if not clock.live)


@pytest.mark.parametrize("stage", [Stage.VERIFICATION, Stage.DISPOSED, Stage.AWAITING_REPORTER])
def test_a_changed_calendar_recounts_every_live_clock_under_it_and_no_other(stage: Stage) -> None:
    state = in_stage(stage)
    event = recount(state, frozenset({state.holder.id}), minute(25))
    assert event is not None
    assert (event.kind, event.version) == (EventKind.CLOCKS_RECOUNTED, state.version)
    assert set(changed(event)) == live(state) - {ClockName.OMBUDSMAN}
    assert all(clock.changed_at == minute(25) for clock in event.clocks)
    assert agenda(settle(state, event)) == agenda(state)


def test_the_national_calendar_counts_the_windows_and_the_ombudsmans_clock() -> None:
    event = recount(in_stage(Stage.CLOSED), frozenset({NATIONAL.id}), minute(50))
    assert event is not None
    assert set(changed(event)) == {ClockName.REOPEN_WINDOW}
    assert recount(in_stage(Stage.CLOSED), frozenset({WORKS.id, CITY.id}), minute(50)) is None


def test_a_life_that_is_over_is_not_recounted() -> None:
    over = fired(in_stage(Stage.CLOSED))
    assert recount(over, frozenset({NATIONAL.id}), minute(999)) is None


def holiday(state: CaseState, at: int, due: int, clock: ClockName) -> CaseState:
    """A holiday becomes known at a minute, and a clock is due at another."""
    event = recount(state, frozenset({state.holder.id}), minute(at))
    assert event is not None
    after = evolve(state, event)
    dues = tuple(
        replace(found, due_at=minute(due)) if found.clock is clock else found
        for found in dues_of(after, event.at)
    )
    return with_dues(after, dues)


def test_a_holiday_that_moves_due_ahead_takes_the_case_off_the_late_lists() -> None:
    late = fired(fired(new_case()))
    state = holiday(late, 60, 70, ClockName.VERIFICATION)
    assert (state.level, state.highest_level) == (0, 2)
    assert item_of(state, ClockName.VERIFICATION).at == minute(70)
    assert state.clock(ClockName.VERIFICATION_LEVEL) is None


def test_a_holiday_that_leaves_due_in_the_past_leaves_the_case_late_on_its_rung() -> None:
    late = fired(fired(new_case()))
    state = holiday(late, 60, 40, ClockName.VERIFICATION)
    verification = clock_of(state, ClockName.VERIFICATION)
    assert (state.level, verification.due_at, verification.expired_at) == (2, minute(40), minute(40))
    assert ClockName.VERIFICATION not in {item.clock for item in agenda(state)}
    assert ClockName.VERIFICATION_LEVEL in {item.clock for item in agenda(state)}


def test_an_answer_of_an_old_history_does_not_say_since_when_and_forgives() -> None:
    late = fired(new_case())
    event = recount(late, frozenset({CITY.id}), minute(60))
    assert event is not None
    after = evolve(late, event)
    due = Due(seq=after.seq, clock=ClockName.VERIFICATION, due_at=minute(VERIFY) + timedelta(minutes=5))
    assert clock_of(with_dues(after, (due,)), ClockName.VERIFICATION).expired_at is None


def test_the_reporters_time_is_shifted_too() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    outage = Outage(id=4, from_at=minute(40), to_at=minute(52))
    assert clock_of(after_outage(state, outage), ClockName.CONFIRMATION).due_at == minute(30 + CONFIRM + 12)
