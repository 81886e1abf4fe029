"""Asking the reporter: what stands still, who may ask again, and what ends the pause. Source: CASE, `ask`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import agenda
from domain.case import Action, ClockName, EndReason, Relation, Stage
from domain.clock import PAUSING_CLOCKS
from domain.command import RefusalReason
from domain.decide import allowed_actions
from domain.duration import Pause
from domain.event import EventKind
from domain.fire import fire
from domain.health import has_next_instant
from tests.case_factory import (
    COMPLETE,
    FOLLOW,
    RESOLVE,
    VERIFY,
    WORKS,
    act,
    actor_for,
    changed,
    clock_of,
    event_of,
    fired,
    in_stage,
    item_of,
    live,
    minute,
    minutes,
    new_case,
    old_policy,
    refusal_of,
    settle,
    staff,
)

ASKED_FROM = [Stage.VERIFICATION, Stage.DISPOSED, Stage.IN_PROGRESS]
SUPERVISOR = staff(Relation.SUPERVISOR, holder=WORKS)


@pytest.mark.parametrize("stage", ASKED_FROM)
def test_a_question_lets_the_clocks_of_the_office_stand_still_and_starts_the_reporters(stage: Stage) -> None:
    before = in_stage(stage)
    state = act(before, Action.ASK, 25)
    still = [clock for clock in state.live_clocks if clock.name in PAUSING_CLOCKS]
    assert {clock.name for clock in still} == live(before) - {ClockName.OMBUDSMAN}
    assert all(clock.pauses[-1] == Pause(minute(25)) for clock in still)
    assert all((clock.due_at, clock.frozen) == (None, True) for clock in still)
    completion = clock_of(state, ClockName.COMPLETION)
    assert (completion.due_at, completion.unit_id) == (minute(25 + COMPLETE), state.holder.id)


@pytest.mark.parametrize("stage", ASKED_FROM)
def test_completion_leads_back_to_the_remembered_stage_and_the_pause_is_added(stage: Stage) -> None:
    before = in_stage(stage)
    state = act(act(before, Action.ASK, 25), Action.COMPLETE, 32)
    assert (state.stage, state.facts.return_stage) == (stage, None)
    assert live(state) == live(before)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert resolution.pauses == (Pause(minute(25), minute(32)),)
    assert resolution.due_at == minute(RESOLVE[state.kind] + 7)


def test_nothing_of_the_office_is_on_the_agenda_while_the_reporter_is_asked() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.ASK, 25)
    assert [item.clock for item in agenda(state)] == [ClockName.COMPLETION]
    assert has_next_instant(state)


def test_a_second_question_is_the_same_pause_and_starts_the_reporters_clock_anew() -> None:
    state = act(act(in_stage(Stage.DISPOSED), Action.ASK, 25), Action.ASK, 35)
    assert (state.stage, state.facts.ask_count, state.facts.return_stage) == (
        Stage.AWAITING_REPORTER,
        2,
        Stage.DISPOSED,
    )
    assert clock_of(state, ClockName.RESOLUTION).pauses == (Pause(minute(25)),)
    assert clock_of(state, ClockName.COMPLETION).due_at == minute(35 + COMPLETE)


def test_a_third_question_needs_the_supervisor() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.ASK, 25)
    state = act(act(state, Action.COMPLETE, 30), Action.ASK, 31)
    assert refusal_of(state, Action.ASK, 32).reason is RefusalReason.NEEDS_SUPERVISOR
    assert act(state, Action.ASK, 32, SUPERVISOR).facts.ask_count == 3


def test_an_agency_that_no_longer_holds_the_case_does_not_ask_in_the_name_of_its_unit() -> None:
    state = in_stage(Stage.AWAITING_REPORTER)
    verifier = staff(Relation.VERIFIER, holder=WORKS)
    assert refusal_of(state, Action.ASK, 30, verifier).reason is RefusalReason.NOT_YOURS
    assert Action.ASK not in allowed_actions(state, verifier)


@pytest.mark.parametrize("relation", [one for one in Relation if one is not Relation.REPORTER])
def test_whoever_asked_cannot_end_the_pause(relation: Relation) -> None:
    state = in_stage(Stage.AWAITING_REPORTER)
    actor = actor_for(relation, WORKS)
    assert refusal_of(state, Action.COMPLETE, 30, actor).reason is RefusalReason.NOT_YOURS
    assert refusal_of(state, Action.MESSAGE, 30, actor).reason is RefusalReason.NOT_YOURS


def test_a_message_of_the_asked_reporter_is_the_completion() -> None:
    event = event_of(in_stage(Stage.AWAITING_REPORTER), Action.MESSAGE, 30, version=None)
    assert (event.kind, event.stage) == (EventKind.COMPLETED, Stage.DISPOSED)


def test_words_sent_before_the_question_do_not_answer_it() -> None:
    state = in_stage(Stage.AWAITING_REPORTER)
    early = event_of(state, Action.MESSAGE, 19)
    assert (early.kind, early.stage, early.version) == (
        EventKind.MESSAGE_RECEIVED,
        Stage.AWAITING_REPORTER,
        state.version,
    )
    assert event_of(state, Action.MESSAGE, 20).kind is EventKind.COMPLETED


def test_a_reporter_who_does_not_answer_has_the_case_archived_as_incomplete() -> None:
    state = in_stage(Stage.AWAITING_REPORTER)
    item = item_of(state, ClockName.COMPLETION)
    event = fire(state, item, item.at)
    assert item.at == minute(20 + COMPLETE)
    assert (event.kind, event.stage, event.end_reason) == (
        EventKind.ARCHIVED_BY_SILENCE,
        Stage.ARCHIVED,
        EndReason.INCOMPLETE,
    )
    assert live(settle(state, event)) == {ClockName.REVIVE_WINDOW}


def test_what_was_late_before_the_question_stays_late_and_climbs_no_further_meanwhile() -> None:
    late = fired(in_stage(Stage.DISPOSED))
    state = act(late, Action.ASK, 65)
    follow_up = clock_of(state, ClockName.FIRST_FOLLOW_UP)
    assert (follow_up.expired_at, follow_up.due_at) == (minute(10 + FOLLOW), minute(10 + FOLLOW))
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP_LEVEL).frozen
    assert [item.clock for item in agenda(state)] == [ClockName.COMPLETION]
    resumed = act(state, Action.COMPLETE, 75)
    assert clock_of(resumed, ClockName.FIRST_FOLLOW_UP_LEVEL).due_at == minute(60 + 20 + 10)
    assert resumed.level == 1


def test_a_question_that_came_late_but_was_asked_in_time_voids_the_expiry_and_its_ladder() -> None:
    late = fired(new_case())
    event = event_of(late, Action.ASK, VERIFY - 2)
    assert event.voids == (2,)
    assert changed(event)[ClockName.VERIFICATION].expired_at is None
    state = settle(late, event)
    assert (state.level, state.highest_level) == (0, 1)
    assert state.clock(ClockName.VERIFICATION_LEVEL) is None
    answered = act(state, Action.COMPLETE, 40)
    assert clock_of(answered, ClockName.VERIFICATION).due_at == minute(VERIFY + 12)


def test_a_question_at_the_due_instant_pauses_nothing_that_has_run_out() -> None:
    state = act(new_case(), Action.ASK, VERIFY)
    verification = clock_of(state, ClockName.VERIFICATION)
    assert (verification.due_at, verification.frozen) == (minute(VERIFY), False)
    assert agenda(state)[0].clock is ClockName.VERIFICATION


def test_the_clock_of_the_ombudsman_runs_on_while_the_reporter_is_asked() -> None:
    before, state = new_case(), act(new_case(), Action.ASK, 5)
    assert clock_of(state, ClockName.OMBUDSMAN) == clock_of(before, ClockName.OMBUDSMAN)


def test_a_policy_may_allow_more_questions() -> None:
    state = in_stage(Stage.DISPOSED, policy=old_policy(max_asks=3))
    asked = replace(state, facts=replace(state.facts, ask_count=2))
    assert event_of(asked, Action.ASK, 25).kind is EventKind.ASKED


def test_a_question_needs_words_and_so_does_its_answer() -> None:
    for stage, action in ((Stage.DISPOSED, Action.ASK), (Stage.AWAITING_REPORTER, Action.COMPLETE)):
        assert refusal_of(in_stage(stage), action, 30, message_id=None).reason is RefusalReason.INCOMPLETE


def test_the_time_asked_is_the_amount_of_the_policy() -> None:
    assert clock_of(in_stage(Stage.AWAITING_REPORTER), ClockName.COMPLETION).amount == minutes(COMPLETE)
