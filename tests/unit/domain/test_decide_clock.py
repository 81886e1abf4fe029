"""Which clock each act starts, stops or moves. Source: CLOCKS.md, "Which clock does what"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import Outage, agenda
from domain.case import Action, ClockName, FollowUp, Kind, Stage
from domain.clock import Floor, Move
from domain.decide import begin
from domain.duration import Pause
from domain.fire import fire, shift
from domain.state import CaseState
from tests.case_factory import (
    CITY,
    CONFIRM,
    FOLLOW,
    NATIONAL,
    PROMISED_ON,
    REOPEN,
    RESOLVE,
    REWORK,
    START,
    VERIFY,
    WORKS,
    act,
    changed,
    clock_of,
    event_of,
    in_stage,
    live,
    minute,
    minutes,
    new_case,
    old_policy,
    settle,
)


def test_a_received_case_is_verified_and_resolved_against_the_clock_from_its_receipt() -> None:
    state = new_case()
    assert live(state) == {ClockName.VERIFICATION, ClockName.RESOLUTION, ClockName.OMBUDSMAN}
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(VERIFY)
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(RESOLVE[Kind.COMPLAINT])


def test_the_receipt_keeps_the_clocks_as_they_were_promised() -> None:
    promised = tuple(replace(clock, seq=0) for clock in new_case().clocks)
    event = begin(new_case(), promised, START)
    assert (event.seq, event.version, event.clocks, event.at) == (1, 1, promised, START)


def test_disposal_to_a_unit_stops_verification_and_starts_the_first_follow_up() -> None:
    clocks = changed(event_of(new_case(), Action.DISPOSE, 7))
    assert clocks[ClockName.VERIFICATION].stopped_at == minute(7)
    follow_up = clocks[ClockName.FIRST_FOLLOW_UP]
    assert (follow_up.started_at, follow_up.amount, follow_up.unit_id) == (
        minute(7),
        minutes(FOLLOW),
        WORKS.id,
    )
    assert (follow_up.level, follow_up.due_at) == (0, None)


def test_disposal_to_an_agency_keeps_the_same_verification_clock_under_its_calendar() -> None:
    state = new_case(NATIONAL)
    before = clock_of(state, ClockName.VERIFICATION)
    after = changed(event_of(state, Action.DISPOSE, 7, unit=CITY))[ClockName.VERIFICATION]
    moves = (Move(unit_id=NATIONAL.id, until_at=minute(7)),)
    assert after == replace(before, unit_id=CITY.id, due_at=None, moves=moves)
    assert live(act(state, Action.DISPOSE, 7, unit=CITY)) == live(state)


@pytest.mark.parametrize(("holder", "unit"), [(NATIONAL, CITY), (CITY, WORKS)])
def test_a_disposal_moves_resolution_to_the_calendar_of_the_new_holder(holder, unit) -> None:
    state = new_case(holder)
    before = clock_of(state, ClockName.RESOLUTION)
    after = changed(event_of(state, Action.DISPOSE, 7, unit=unit))[ClockName.RESOLUTION]
    moves = (Move(unit_id=holder.id, until_at=minute(7)),)
    assert after == replace(before, unit_id=unit.id, due_at=None, moves=moves)


@pytest.mark.parametrize("kind", Kind)
def test_a_change_of_kind_keeps_the_start_and_the_pauses_and_takes_the_new_amount(kind: Kind) -> None:
    state = new_case()
    paused = shift(state, Outage(id=1, from_at=minute(2), to_at=minute(6)), minute(6))
    assert paused is not None
    after = changed(event_of(settle(state, paused), Action.DISPOSE, 7, kind=kind))[ClockName.RESOLUTION]
    assert after.started_at == START
    assert after.pauses == (Pause(minute(2), minute(6)),)
    assert after.amount == minutes(RESOLVE[kind])


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_an_acknowledgement_stops_no_clock(stage: Stage) -> None:
    state = in_stage(stage)
    event = event_of(state, Action.FOLLOW_UP, 25, follow_up=FollowUp.ACKNOWLEDGEMENT)
    assert event.clocks == ()
    assert (event.version, event.seq) == (state.version, state.seq + 1)


@pytest.mark.parametrize("follow_up", [FollowUp.PLAN, FollowUp.ACTION])
def test_a_plan_or_an_action_stops_the_first_follow_up_and_nothing_else(follow_up: FollowUp) -> None:
    event = event_of(
        in_stage(Stage.DISPOSED),
        Action.FOLLOW_UP,
        25,
        follow_up=follow_up,
        promised_on=PROMISED_ON if follow_up is FollowUp.PLAN else None,
    )
    promised = {ClockName.PROMISE} if follow_up is FollowUp.PLAN else set()
    assert set(changed(event)) == {ClockName.FIRST_FOLLOW_UP} | promised
    assert changed(event)[ClockName.FIRST_FOLLOW_UP].stopped_at == minute(25)


def test_a_second_action_has_no_clock_left_to_stop() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    assert event_of(state, Action.FOLLOW_UP, 25).clocks == ()
    after = act(state, Action.FOLLOW_UP, 25)
    assert clock_of(after, ClockName.FIRST_FOLLOW_UP).stopped_at == minute(20)


def test_an_answer_without_a_follow_up_stops_both_clocks_of_the_unit_and_starts_confirmation() -> None:
    clocks = changed(event_of(in_stage(Stage.DISPOSED), Action.ANSWER, 25))
    assert clocks[ClockName.FIRST_FOLLOW_UP].stopped_at == minute(25)
    assert clocks[ClockName.RESOLUTION].stopped_at == minute(25)
    confirmation = clocks[ClockName.CONFIRMATION]
    assert (confirmation.started_at, confirmation.amount, confirmation.unit_id) == (
        minute(25),
        minutes(CONFIRM),
        WORKS.id,
    )
    assert len(clocks) == 3


def test_an_answered_case_waits_for_the_reporter_alone() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    assert live(state) - {ClockName.OMBUDSMAN} == {ClockName.CONFIRMATION}


def test_a_confirmation_stops_its_clock_and_opens_the_window_under_the_national_calendar() -> None:
    clocks = changed(event_of(in_stage(Stage.AWAITING_CONFIRMATION), Action.CONFIRM, 45))
    assert clocks[ClockName.CONFIRMATION].stopped_at == minute(45)
    window = clocks[ClockName.REOPEN_WINDOW]
    assert (window.started_at, window.amount, window.unit_id) == (minute(45), minutes(REOPEN), NATIONAL.id)
    assert live(in_stage(Stage.CLOSED)) == {ClockName.REOPEN_WINDOW}


def test_a_dispute_resumes_resolution_with_the_time_since_the_answer_as_a_pause() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    before = clock_of(state, ClockName.RESOLUTION)
    after = changed(event_of(state, Action.DISPUTE, 45))[ClockName.RESOLUTION]
    assert after.live
    assert (after.started_at, after.amount) == (before.started_at, before.amount)
    assert after.pauses == (*before.pauses, Pause(minute(30), minute(45)))


def test_a_disputed_case_gets_at_least_the_rework_minimum() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    late = act(state, Action.DISPUTE, 90)
    resolution = clock_of(late, ClockName.RESOLUTION)
    assert resolution.floor == Floor(from_at=minute(90), amount=minutes(REWORK))
    assert resolution.due_at == minute(140 + 60)
    tight = settle(state, event_of(late_answer(), Action.DISPUTE, 145))
    assert clock_of(tight, ClockName.RESOLUTION).due_at == minute(145 + REWORK)


def late_answer() -> CaseState:
    """A case answered at the last minute of its resolution."""
    return act(in_stage(Stage.IN_PROGRESS), Action.ANSWER, 139)


def test_a_dispute_starts_the_follow_up_anew_one_above_the_highest_level_ever() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION, policy=old_policy())
    first = act(state, Action.DISPUTE, 45)
    follow_up = clock_of(first, ClockName.FIRST_FOLLOW_UP)
    assert (follow_up.started_at, follow_up.level, follow_up.live) == (minute(45), 1, True)
    assert (first.level, first.highest_level, first.dispute_count) == (1, 1, 1)
    second = act(act(act(first, Action.FOLLOW_UP, 46), Action.ANSWER, 47), Action.DISPUTE, 48)
    assert (second.level, second.highest_level, second.dispute_count) == (2, 2, 2)


def test_a_level_reached_by_an_expiry_counts_for_a_later_dispute() -> None:
    state = in_stage(Stage.DISPOSED)
    late = settle(state, fire(state, agenda(state)[0], minute(70)))
    disputed = act(act(late, Action.ANSWER, 75), Action.DISPUTE, 80)
    assert (late.level, disputed.level) == (1, 2)


def test_a_dispute_stops_confirmation_and_the_next_answer_starts_it_anew() -> None:
    disputed = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 45)
    assert clock_of(disputed, ClockName.CONFIRMATION).stopped_at == minute(45)
    confirmation = clock_of(act(disputed, Action.ANSWER, 60), ClockName.CONFIRMATION)
    assert (confirmation.started_at, confirmation.stopped_at, confirmation.due_at) == (
        minute(60),
        None,
        minute(60 + CONFIRM),
    )


def test_two_disputes_leave_two_pauses_in_resolution() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 45)
    state = act(act(state, Action.ANSWER, 60), Action.DISPUTE, 70)
    pauses = clock_of(state, ClockName.RESOLUTION).pauses
    assert pauses == (Pause(minute(30), minute(45)), Pause(minute(60), minute(70)))


def test_a_resolution_that_was_late_is_no_longer_so_when_a_dispute_resumes_it() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    late = settle(state, fire(state, agenda(state)[0], minute(140)))
    disputed = act(act(late, Action.ANSWER, 150), Action.DISPUTE, 155)
    resolution = clock_of(disputed, ClockName.RESOLUTION)
    assert (resolution.expired_at, resolution.level) == (None, 0)
    assert disputed.highest_level == 2


def test_a_dispute_recorded_before_the_answer_by_a_clock_set_back_pauses_nothing() -> None:
    disputed = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 29)
    assert clock_of(disputed, ClockName.RESOLUTION).due_at == minute(RESOLVE[Kind.COMPLAINT])


@pytest.mark.parametrize("stage", [Stage.VERIFICATION, Stage.DISPOSED, Stage.AWAITING_CONFIRMATION])
def test_a_message_moves_no_clock(stage: Stage) -> None:
    state = in_stage(stage)
    event = event_of(state, Action.MESSAGE, 45)
    assert (event.clocks, event.version, event.holder) == ((), state.version, state.holder)


def test_a_clock_that_has_stopped_keeps_its_first_end() -> None:
    stopped = clock_of(in_stage(Stage.DISPOSED), ClockName.VERIFICATION)
    assert stopped.stop(minute(99)) == stopped


def test_only_a_new_amount_on_a_running_clock_is_a_change_of_rules() -> None:
    same = changed(event_of(new_case(), Action.DISPOSE, 5))[ClockName.RESOLUTION]
    other = changed(event_of(new_case(), Action.DISPOSE, 5, kind=Kind.COMPLAINT_OVERSIGHT))[
        ClockName.RESOLUTION
    ]
    assert same.changed_at is None
    assert other.changed_at == minute(5)
