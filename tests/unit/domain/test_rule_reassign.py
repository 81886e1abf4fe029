"""A case in other hands: passed down to a sub-unit, or given away by those above, in any open stage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import agenda
from domain.case import Action, ClockName, FollowUp, Kind, Relation, Role, Stage
from domain.command import RefusalReason
from domain.duration import Pause
from tests.case_factory import (
    CITY,
    COMPLETE,
    FOLLOW,
    PROMISED_ON,
    REGENCY,
    REWORK,
    ROADS,
    SCHOOLS,
    VERIFY,
    WORKS,
    act,
    clock_of,
    fired,
    in_stage,
    live,
    minute,
    new_case,
    refusal_of,
    staff,
)

NATIONAL_ARBITER = staff(Relation.ARBITER, holder=WORKS, role=Role.NATIONAL_ADMIN)
NATIONAL_ARBITER_OF_CITY = staff(Relation.ARBITER, holder=CITY, role=Role.NATIONAL_ADMIN)


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_a_redisposal_starts_the_new_units_follow_up_anew_and_resolution_runs_on(stage: Stage) -> None:
    state = act(in_stage(stage), Action.REDISPOSE, 25)
    assert (state.stage, state.holder) == (Stage.DISPOSED, ROADS)
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP).due_at == minute(25 + FOLLOW)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (resolution.started_at, resolution.due_at, resolution.unit_id) == (
        minute(0),
        minute(140),
        ROADS.id,
    )


@pytest.mark.parametrize("unit", [None, WORKS, CITY, SCHOOLS])
def test_a_redisposal_goes_to_another_office_of_the_same_agency(unit: object) -> None:
    found = refusal_of(in_stage(Stage.DISPOSED), Action.REDISPOSE, 25, unit=unit)
    assert found.reason is RefusalReason.INCOMPLETE


def test_a_form_of_redisposal_cannot_change_the_kind_by_the_way() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.REDISPOSE, 25, kind=Kind.ASPIRATION)
    assert (state.kind, clock_of(state, ClockName.RESOLUTION).due_at) == (Kind.COMPLAINT, minute(140))


@pytest.mark.parametrize("stage", [Stage.VERIFICATION, Stage.DISPOSED, Stage.IN_PROGRESS])
def test_a_reassigned_case_begins_in_the_new_unit(stage: Stage) -> None:
    state = act(in_stage(stage), Action.REASSIGN, 25)
    assert (state.stage, state.holder) == (Stage.DISPOSED, ROADS)
    assert live(state) == {ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION, ClockName.OMBUDSMAN}
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP).due_at == minute(25 + FOLLOW)


def test_a_case_reassigned_to_an_agency_is_verified_there() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.REASSIGN, 25, NATIONAL_ARBITER, unit=REGENCY)
    assert (state.stage, state.holder) == (Stage.VERIFICATION, REGENCY)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(25 + VERIFY)


def test_the_reporters_turn_stays_the_reporters() -> None:
    state = act(in_stage(Stage.AWAITING_REPORTER), Action.REASSIGN, 25)
    assert (state.stage, state.holder, state.facts.return_stage) == (
        Stage.AWAITING_REPORTER,
        ROADS,
        Stage.DISPOSED,
    )
    follow_up = clock_of(state, ClockName.FIRST_FOLLOW_UP)
    assert (follow_up.started_at, follow_up.pauses, follow_up.frozen) == (
        minute(25),
        (Pause(minute(25)),),
        True,
    )
    completion = clock_of(state, ClockName.COMPLETION)
    assert (completion.due_at, completion.unit_id) == (minute(20 + COMPLETE), ROADS.id)
    assert [item.clock for item in agenda(state)] == [ClockName.COMPLETION]


def test_after_the_answer_of_an_asked_reporter_the_new_unit_has_its_whole_time() -> None:
    state = act(act(in_stage(Stage.AWAITING_REPORTER), Action.REASSIGN, 25), Action.COMPLETE, 40)
    assert (state.stage, state.holder) == (Stage.DISPOSED, ROADS)
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP).due_at == minute(40 + FOLLOW)
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(140 + 20)


def test_a_case_reassigned_after_its_answer_is_worked_on_again() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.REASSIGN, 45)
    assert (state.stage, state.holder, state.facts.answer) == (Stage.DISPOSED, ROADS, None)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (resolution.pauses, resolution.unit_id) == ((Pause(minute(30), minute(45)),), ROADS.id)
    assert resolution.floor is not None and resolution.floor.from_at == minute(45)
    assert ClockName.CONFIRMATION not in live(state)
    assert resolution.due_at == max(minute(155), minute(45 + REWORK))


def test_an_answer_of_the_former_unit_cannot_be_taken_back() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.REASSIGN, 30)
    assert refusal_of(state, Action.TAKE_BACK, 30).reason is RefusalReason.WRONG_STAGE


def test_what_an_arbiter_assigns_is_settled_and_what_a_supervisor_assigns_is_not() -> None:
    arbiter = staff(Relation.ARBITER, holder=WORKS)
    state = in_stage(Stage.DISPOSED)
    assert act(state, Action.REASSIGN, 25, arbiter).facts.settled
    by_supervisor = act(state, Action.REASSIGN, 25)
    assert not by_supervisor.facts.settled
    assert act(by_supervisor, Action.RETURN_CASE, 26).holder == CITY


def test_only_the_national_arbiter_gives_a_case_to_another_agency() -> None:
    state = in_stage(Stage.DISPOSED)
    assert refusal_of(state, Action.REASSIGN, 25, unit=SCHOOLS).reason is RefusalReason.NOT_YOURS
    assert act(state, Action.REASSIGN, 25, NATIONAL_ARBITER, unit=SCHOOLS).holder == SCHOOLS


@pytest.mark.parametrize("body", [{"unit": None}, {"unit": WORKS}, {"message_id": None}])
def test_a_reassignment_names_another_unit_and_says_why(body: dict[str, object]) -> None:
    assert (
        refusal_of(in_stage(Stage.DISPOSED), Action.REASSIGN, 25, **body).reason is RefusalReason.INCOMPLETE
    )


@pytest.mark.parametrize("action", [Action.REASSIGN, Action.REDISPOSE])
def test_nothing_is_handed_to_the_accused_unit(action: Action) -> None:
    state = replace(in_stage(Stage.DISPOSED), accused_unit_id=ROADS.id)
    assert refusal_of(state, action, 25).reason is RefusalReason.ACCUSED_UNIT
    pretext = refusal_of(state, action, 25, accused_unit_id=SCHOOLS.id)
    assert pretext.reason is RefusalReason.ACCUSED_UNIT


def test_the_ladder_of_the_old_units_clock_ends_and_that_of_resolution_moves_along() -> None:
    state = fired(fired(in_stage(Stage.DISPOSED), name=ClockName.FIRST_FOLLOW_UP), name=ClockName.RESOLUTION)
    after = act(state, Action.REASSIGN, 145)
    assert ClockName.FIRST_FOLLOW_UP_LEVEL not in live(after)
    rung = clock_of(after, ClockName.RESOLUTION_LEVEL)
    assert (rung.unit_id, rung.started_at, rung.due_at) == (ROADS.id, minute(140), minute(160))
    assert after.level == 1


def test_a_promise_binds_only_the_unit_that_gave_it() -> None:
    state = act(
        in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 25, follow_up=FollowUp.PLAN, promised_on=PROMISED_ON
    )
    assert ClockName.PROMISE not in live(act(state, Action.REDISPOSE, 26))


def test_a_claim_ends_when_the_case_leaves() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.CLAIM, 22)
    assert act(state, Action.REASSIGN, 25).facts.claimed_by is None


def test_a_new_holder_in_verification_gets_the_whole_time() -> None:
    state = act(new_case(), Action.REASSIGN, 20, NATIONAL_ARBITER_OF_CITY, unit=REGENCY)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(20 + VERIFY)


def test_helpers_stay_within_the_agency_and_the_new_holder_helps_nobody() -> None:
    state = act(new_case(), Action.DISPOSE, 5, unit=WORKS, assisting=(ROADS.id, 77))
    within = act(state, Action.REASSIGN, 10, unit=ROADS)
    beyond = act(state, Action.REASSIGN, 10, NATIONAL_ARBITER, unit=SCHOOLS)
    returned = act(state, Action.RETURN_CASE, 10)
    assert within.facts.assisting == (77,)
    assert beyond.facts.assisting == returned.facts.assisting == ()
