"""What the unit tells the reporter: follow-ups, promises, the minute in which an answer can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.act.handling import REPLIES_KEPT
from domain.agenda import agenda
from domain.case import Action, ClockName, FollowUp, Kind, Relation, Stage
from domain.command import RefusalReason
from domain.decide import decide, refusal
from domain.event import Event, EventKind
from domain.fire import fire
from domain.state import CaseState, with_dues
from tests.case_factory import (
    NEXT_CLOSING,
    PROMISE_DUE,
    PROMISED_ON,
    PROMISED_TODAY,
    WORKS,
    act,
    clock_of,
    command,
    dues_of,
    event_of,
    fired,
    in_stage,
    item_of,
    live,
    minute,
    policy,
    refusal_of,
    settle,
    staff,
)

PLAN = {"follow_up": FollowUp.PLAN, "promised_on": PROMISED_TODAY}
SUPERVISOR = staff(Relation.SUPERVISOR, holder=WORKS)


def planned() -> CaseState:
    """A case whose unit has promised something for the day of the receipt."""
    return act(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 20, **PLAN)


def test_an_acknowledgement_may_stop_the_first_follow_up_where_the_policy_says_so() -> None:
    state = in_stage(Stage.DISPOSED, policy=policy(acknowledgement_counts=True))
    state = act(state, Action.FOLLOW_UP, 20, follow_up=FollowUp.ACKNOWLEDGEMENT)
    assert (state.stage, ClockName.FIRST_FOLLOW_UP in live(state)) == (Stage.DISPOSED, False)


def test_a_promise_is_a_clock_of_its_own_and_replaces_no_other() -> None:
    state = planned()
    promise = clock_of(state, ClockName.PROMISE)
    assert (promise.until_on, promise.due_at) == (PROMISED_TODAY, minute(PROMISE_DUE))
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(140)
    assert state.due is not None and state.due.name is ClockName.RESOLUTION


def test_a_broken_promise_is_told_once_and_raises_no_level() -> None:
    state = planned()
    event = fire(state, item_of(state, ClockName.PROMISE), minute(PROMISE_DUE))
    after = settle(state, event)
    assert (event.kind, event.clock, after.level) == (EventKind.CLOCK_EXPIRED, ClockName.PROMISE, 0)
    assert ClockName.PROMISE not in {item.clock for item in agenda(after)}


def test_an_answer_sent_before_the_promised_date_voids_its_passing() -> None:
    late = fired(planned(), name=ClockName.PROMISE)
    event = event_of(late, Action.ANSWER, PROMISE_DUE)
    assert event.voids == (late.seq,)
    assert event_of(late, Action.ANSWER, PROMISE_DUE + 1).voids == ()


def test_a_new_plan_replaces_the_date_of_the_old_one_and_counts_a_version() -> None:
    before = planned()
    state = act(before, Action.FOLLOW_UP, 25, **PLAN | {"promised_on": PROMISED_ON})
    assert clock_of(state, ClockName.PROMISE).until_on == PROMISED_ON
    assert state.version == before.version + 1


def test_a_date_beside_an_action_promises_nothing_for_the_liaison() -> None:
    operator = staff(Relation.OPERATOR, holder=WORKS)
    state = act(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 20, operator, promised_on=PROMISED_TODAY)
    assert ClockName.PROMISE not in live(state)


def test_an_action_keeps_the_promise_and_its_clock() -> None:
    assert ClockName.PROMISE in live(act(planned(), Action.FOLLOW_UP, 25))


def test_a_promise_that_passes_while_the_reporter_is_asked_comes_due_after_the_resume() -> None:
    asked = act(planned(), Action.ASK, 80)
    assert clock_of(asked, ClockName.PROMISE).frozen
    resumed = act(asked, Action.COMPLETE, 100)
    assert clock_of(resumed, ClockName.PROMISE).due_at == minute(100 + NEXT_CLOSING)


def test_a_promise_that_lies_after_the_resume_never_moves() -> None:
    resumed = act(act(planned(), Action.ASK, 30), Action.COMPLETE, 40)
    assert clock_of(resumed, ClockName.PROMISE).due_at == minute(PROMISE_DUE)


def taken_back_after(seconds: float, state: CaseState) -> Event | RefusalReason:
    asked = command(state, Action.TAKE_BACK, 30)
    asked = replace(asked, recorded_at=minute(30) + timedelta(seconds=seconds))
    decision = decide(state, asked)
    return decision if isinstance(decision, Event) else decision.reason


@pytest.mark.parametrize(("seconds", "in_time"), [(0, True), (59.9, True), (60, True), (60.001, False)])
def test_an_answer_can_be_taken_back_for_sixty_seconds(seconds: float, in_time: bool) -> None:
    found = taken_back_after(seconds, in_stage(Stage.AWAITING_CONFIRMATION))
    assert isinstance(found, Event) if in_time else found is RefusalReason.TOO_LATE


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_an_answer_that_is_taken_back_leaves_stage_and_clocks_exactly_as_they_were(stage: Stage) -> None:
    before = in_stage(stage)
    state = act(before, Action.ANSWER, 30)
    after = act(state, Action.TAKE_BACK, 30)
    assert after.stage is stage
    was = {clock.name: replace(clock, seq=0) for clock in before.live_clocks}
    assert {clock.name: replace(clock, seq=0) for clock in after.live_clocks} == was
    assert agenda(after) == agenda(before)
    assert (after.version, after.facts.replies) == (before.version + 2, before.facts.replies)


def test_an_answer_that_is_taken_back_has_its_unsent_mails_withdrawn() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    event = event_of(state, Action.TAKE_BACK, 30)
    assert event.voids == (state.seq,)


def test_a_promise_runs_on_after_an_answer_is_taken_back() -> None:
    after = act(act(planned(), Action.ANSWER, 30), Action.TAKE_BACK, 30)
    assert clock_of(after, ClockName.PROMISE).due_at == minute(PROMISE_DUE)


def test_a_kind_changed_within_the_minute_stays_changed() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.RECLASSIFY, 30, kind=Kind.COMPLAINT_OVERSIGHT)
    after = act(state, Action.TAKE_BACK, 30)
    assert clock_of(after, ClockName.RESOLUTION).due_at == minute(600)


def test_an_answer_is_taken_back_once_and_not_after_the_reporter_spoke() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.TAKE_BACK, 30)
    assert refusal_of(state, Action.TAKE_BACK, 30).reason is RefusalReason.WRONG_STAGE
    disputed = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 30)
    assert refusal_of(disputed, Action.TAKE_BACK, 30).reason is RefusalReason.WRONG_STAGE


def test_an_operator_who_may_not_publish_may_not_take_back_either() -> None:
    operator = staff(Relation.OPERATOR, holder=WORKS)
    found = refusal_of(in_stage(Stage.AWAITING_CONFIRMATION), Action.TAKE_BACK, 30, operator)
    assert found.reason is RefusalReason.NOT_YOURS


def test_no_date_is_computed_anew_for_a_clock_that_is_restored() -> None:
    after = act(act(in_stage(Stage.IN_PROGRESS), Action.ANSWER, 30), Action.TAKE_BACK, 30)
    assert with_dues(after, dues_of(after)) == after


@pytest.mark.parametrize("stage", [Stage.IN_PROGRESS, Stage.AWAITING_CONFIRMATION, Stage.CLOSED])
def test_a_correction_stands_beside_the_reply_in_every_later_stage(stage: Stage) -> None:
    state = in_stage(stage)
    event = event_of(state, Action.CORRECT_REPLY, 45, version=None)
    assert (event.kind, event.corrects, event.stage) == (EventKind.REPLY_CORRECTED, 3, stage)
    assert (event.version, event.clocks, event.facts) == (state.version, (), None)


@pytest.mark.parametrize("body", [{"corrects": None}, {"corrects": 2}, {"message_id": None}])
def test_a_correction_names_a_reply_and_says_what_is_right(body: dict[str, object]) -> None:
    found = refusal_of(in_stage(Stage.IN_PROGRESS), Action.CORRECT_REPLY, 45, **body)
    assert found.reason is RefusalReason.INCOMPLETE


def test_there_is_nothing_to_correct_before_the_first_reply() -> None:
    assert refusal_of(in_stage(Stage.DISPOSED), Action.CORRECT_REPLY, 45).reason is RefusalReason.NO_REPLY


def test_the_last_replies_can_be_corrected() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    for number in range(REPLIES_KEPT + 1):
        state = act(state, Action.FOLLOW_UP, 25 + number)
    assert len(state.facts.replies) == REPLIES_KEPT
    assert refusal(state, command(state, Action.CORRECT_REPLY, 60, corrects=3)) is not None
    assert refusal(state, command(state, Action.CORRECT_REPLY, 60, corrects=state.seq)) is None
