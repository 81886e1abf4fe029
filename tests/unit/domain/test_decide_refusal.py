"""What stands in the way of an act: other people's acts, other holders, and forms that lack something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.case import Action, EndReason, FollowUp, Kind, Relation, Stage
from domain.command import Refusal, RefusalReason
from domain.decide import refusal
from domain.event import EventKind
from tests.case_factory import (
    CITY,
    NATIONAL,
    PROMISED_ON,
    REGENCY,
    REPORTER_ACTOR,
    ROADS,
    SCHOOLS,
    WORKS,
    act,
    actor_for,
    command,
    event_of,
    in_stage,
    minute,
    new_case,
    refusal_of,
    staff,
)

VERSIONED = [Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.CONFIRM, Action.DISPUTE]
HOME = {
    Action.DISPOSE: Stage.VERIFICATION,
    Action.FOLLOW_UP: Stage.DISPOSED,
    Action.ANSWER: Stage.IN_PROGRESS,
    Action.CONFIRM: Stage.AWAITING_CONFIRMATION,
    Action.DISPUTE: Stage.AWAITING_CONFIRMATION,
}


@pytest.mark.parametrize("action", VERSIONED)
@pytest.mark.parametrize("off", [-1, 1])
def test_a_form_made_from_another_version_is_refused(action: Action, off: int) -> None:
    state = in_stage(HOME[action])
    assert refusal_of(state, action, 50, version=state.version + off).reason is RefusalReason.CHANGED


@pytest.mark.parametrize("action", VERSIONED)
def test_a_form_that_names_no_version_is_refused(action: Action) -> None:
    assert refusal_of(in_stage(HOME[action]), action, 50, version=None).reason is RefusalReason.CHANGED


def test_a_message_needs_no_version() -> None:
    event = event_of(in_stage(Stage.DISPOSED), Action.MESSAGE, 50, version=None)
    assert event.kind is EventKind.MESSAGE_RECEIVED


def test_a_refusal_says_who_did_what_and_when() -> None:
    liaison = staff(Relation.LIAISON, holder=WORKS, person_id=77)
    state = act(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 33, liaison)
    refused = refusal_of(state, Action.ANSWER, 50, version=state.version - 1)
    assert refused == Refusal(
        reason=RefusalReason.CHANGED, by=liaison, did=EventKind.FOLLOWED_UP, at=minute(33)
    )


def test_of_two_disposals_made_from_one_version_the_later_hears_of_the_first() -> None:
    state = new_case()
    first, second = command(state, Action.DISPOSE, 5), command(state, Action.DISPOSE, 6, unit=ROADS)
    refused = refusal(act(state, Action.DISPOSE, 5), second)
    assert refused is not None
    assert (refused.reason, refused.by, refused.at) == (
        RefusalReason.WRONG_STAGE,
        first.actor,
        first.recorded_at,
    )


def test_a_message_does_not_stand_in_the_way_of_a_form_made_before_it() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    asked = command(state, Action.ANSWER, 50)
    assert refusal(act(state, Action.MESSAGE, 49), asked) is None


def test_an_acknowledgement_does_not_stand_in_the_way_of_a_form_made_before_it() -> None:
    state = in_stage(Stage.DISPOSED)
    asked = command(state, Action.ANSWER, 50)
    after = act(state, Action.FOLLOW_UP, 49, follow_up=FollowUp.ACKNOWLEDGEMENT)
    assert refusal(after, asked) is None


def test_a_second_action_does_not_stand_in_the_way_of_a_long_answer() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    asked = command(state, Action.ANSWER, 50)
    after = act(state, Action.FOLLOW_UP, 49, follow_up=FollowUp.ACTION)
    assert refusal(after, asked) is None


def test_a_new_promised_date_does() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    asked = command(state, Action.ANSWER, 50)
    after = act(state, Action.FOLLOW_UP, 49, follow_up=FollowUp.PLAN, promised_on=date(2026, 12, 1))
    refused = refusal(after, asked)
    assert refused is not None and refused.reason is RefusalReason.CHANGED


def test_a_refusal_names_the_last_act_that_counts_and_not_a_message_after_it() -> None:
    state = act(in_stage(Stage.IN_PROGRESS), Action.MESSAGE, 49)
    refused = refusal_of(state, Action.ANSWER, 50, version=1)
    assert (refused.did, refused.at) == (EventKind.FOLLOWED_UP, minute(20))


def test_a_right_worked_out_against_an_earlier_holder_means_nothing() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY)
    before = staff(Relation.VERIFIER, holder=NATIONAL)
    refused = refusal_of(state, Action.DISPOSE, 6, before)
    assert (refused.reason, refused.did) == (RefusalReason.HOLDER_MOVED, EventKind.DISPOSED)


def test_an_actor_whose_holder_is_unknown_is_refused() -> None:
    actor = replace(staff(Relation.VERIFIER), holder_id=None)
    assert refusal_of(new_case(), Action.DISPOSE, 5, actor).reason is RefusalReason.HOLDER_MOVED


def test_the_reporter_keeps_the_right_to_write_when_the_holder_moves() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY)
    assert refusal(state, command(state, Action.MESSAGE, 6, REPORTER_ACTOR)) is None


def test_a_case_is_not_disposed_to_the_unit_that_the_disposal_accuses() -> None:
    refused = refusal_of(new_case(), Action.DISPOSE, 5, unit=WORKS, accused_unit_id=WORKS.id)
    assert refused.reason is RefusalReason.ACCUSED_UNIT


def test_a_unit_accused_at_the_first_disposal_is_still_accused_at_the_next() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY, accused_unit_id=WORKS.id)
    assert refusal_of(state, Action.DISPOSE, 6, unit=WORKS).reason is RefusalReason.ACCUSED_UNIT
    assert act(state, Action.DISPOSE, 6, unit=ROADS).accused_unit_id == WORKS.id


def test_a_later_disposal_may_name_another_accused_unit() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY, accused_unit_id=WORKS.id)
    assert act(state, Action.DISPOSE, 6, unit=WORKS, accused_unit_id=ROADS.id).accused_unit_id == ROADS.id


@pytest.mark.parametrize(
    ("holder", "unit"),
    [
        (CITY, None),
        (CITY, CITY),
        (CITY, NATIONAL),
        (CITY, REGENCY),
        (CITY, SCHOOLS),
        (NATIONAL, NATIONAL),
        (NATIONAL, None),
    ],
    ids=str,
)
def test_a_disposal_to_nowhere_to_itself_up_or_to_a_stranger_is_incomplete(holder: Any, unit: Any) -> None:
    assert refusal_of(new_case(holder), Action.DISPOSE, 5, unit=unit).reason is RefusalReason.INCOMPLETE


@pytest.mark.parametrize(
    ("holder", "unit", "stage"),
    [
        (NATIONAL, CITY, Stage.VERIFICATION),
        (NATIONAL, SCHOOLS, Stage.DISPOSED),
        (CITY, WORKS, Stage.DISPOSED),
    ],
)
def test_a_verifier_disposes_to_agencies_and_to_units_below(holder: Any, unit: Any, stage: Stage) -> None:
    event = event_of(new_case(holder), Action.DISPOSE, 5, unit=unit)
    assert (event.holder, event.stage) == (unit, stage)


@pytest.mark.parametrize(
    ("stage", "action", "missing"),
    [
        (Stage.DISPOSED, Action.FOLLOW_UP, {"follow_up": None}),
        (Stage.DISPOSED, Action.FOLLOW_UP, {"message_id": None}),
        (Stage.DISPOSED, Action.FOLLOW_UP, {"follow_up": FollowUp.ACKNOWLEDGEMENT, "message_id": None}),
        (Stage.DISPOSED, Action.FOLLOW_UP, {"follow_up": FollowUp.PLAN}),
        (
            Stage.DISPOSED,
            Action.FOLLOW_UP,
            {"follow_up": FollowUp.PLAN, "promised_on": PROMISED_ON, "message_id": None},
        ),
        (Stage.IN_PROGRESS, Action.ANSWER, {"message_id": None}),
        (Stage.AWAITING_CONFIRMATION, Action.DISPUTE, {"message_id": None}),
        (Stage.AWAITING_CONFIRMATION, Action.CONFIRM, {"rating": 0}),
        (Stage.AWAITING_CONFIRMATION, Action.CONFIRM, {"rating": 6}),
        (Stage.VERIFICATION, Action.MESSAGE, {"message_id": None}),
    ],
    ids=str,
)
def test_a_form_that_lacks_something_is_incomplete(stage: Stage, action: Action, missing: Any) -> None:
    assert refusal_of(in_stage(stage), action, 50, **missing).reason is RefusalReason.INCOMPLETE


def test_a_plan_carries_its_promised_date_and_its_words() -> None:
    event = event_of(
        in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 50, follow_up=FollowUp.PLAN, promised_on=PROMISED_ON
    )
    assert (event.promised_on, event.follow_up, event.message_id) == (PROMISED_ON, FollowUp.PLAN, 70)


@pytest.mark.parametrize("rating", [None, 1, 5])
def test_a_confirmation_closes_as_resolved_with_the_rating_given_or_none(rating: int | None) -> None:
    event = event_of(in_stage(Stage.AWAITING_CONFIRMATION), Action.CONFIRM, 50, rating=rating)
    assert (event.rating, event.end_reason) == (rating, EndReason.RESOLVED)


def test_an_event_tells_its_number_its_command_its_actor_and_the_instant_of_the_act() -> None:
    state = in_stage(Stage.DISPOSED)
    asked = command(state, Action.ANSWER, 47, actor_for(Relation.LIAISON, WORKS))
    event = event_of(state, Action.ANSWER, 47, asked.actor)
    assert (event.seq, event.version) == (state.seq + 1, state.version + 1)
    assert (event.command_id, event.actor, event.at) == (asked.id, asked.actor, minute(47))


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_the_same_refusal_comes_for_whoever_asks_again(stage: Stage) -> None:
    state = in_stage(stage)
    asked = command(state, Action.CONFIRM, 50)
    assert refusal(state, asked) == refusal(state, asked)
    assert state == in_stage(stage)


def test_the_kind_chosen_at_disposal_becomes_the_kind_of_the_case() -> None:
    state = act(new_case(), Action.DISPOSE, 5, kind=Kind.ASPIRATION)
    assert state.kind is Kind.ASPIRATION
    assert act(state, Action.FOLLOW_UP, 6).kind is Kind.ASPIRATION
