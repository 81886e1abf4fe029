"""A case that nobody wants: not ours, sent back, and the arbiter who ends it. Source: CASE, bounces."""

from __future__ import annotations

import pytest

from domain.act.handover import agency_of
from domain.actor import UnitRef
from domain.case import Action, ClockName, Kind, Relation, Stage
from domain.command import RefusalReason
from domain.state import CaseState
from tests.case_factory import (
    CITY,
    FOLLOW,
    NATIONAL,
    REGENCY,
    ROADS,
    SCHOOLS,
    VERIFY,
    WORKS,
    act,
    clock_of,
    in_stage,
    live,
    minute,
    new_case,
    policy,
    refusal_of,
    staff,
)


def disposed(unit: UnitRef = WORKS, holder: UnitRef = CITY, **changes: object) -> CaseState:
    return act(new_case(holder), Action.DISPOSE, 5, unit=unit, **changes)


def returned(state: CaseState, at: int = 8) -> CaseState:
    return act(state, Action.RETURN_CASE, at)


def test_a_report_that_is_not_ours_goes_up_under_the_same_clock() -> None:
    state = act(new_case(), Action.NOT_OURS, 5)
    assert (state.stage, state.holder, state.facts.bounce_count) == (Stage.VERIFICATION, NATIONAL, 1)
    verification = clock_of(state, ClockName.VERIFICATION)
    assert (verification.started_at, verification.due_at) == (minute(0), minute(VERIFY))
    assert {clock.unit_id for clock in state.live_clocks} == {NATIONAL.id}


def test_there_is_nothing_above_the_highest_level() -> None:
    found = refusal_of(new_case(NATIONAL), Action.NOT_OURS, 5, unit=CITY)
    assert found.reason is RefusalReason.NOWHERE_UP


@pytest.mark.parametrize("body", [{"unit": None}, {"unit": WORKS}, {"unit": CITY}, {"message_id": None}])
def test_not_ours_names_a_unit_above_and_says_why(body: dict[str, object]) -> None:
    assert refusal_of(new_case(), Action.NOT_OURS, 5, **body).reason is RefusalReason.INCOMPLETE


def test_a_returned_case_goes_back_to_whoever_disposed_it_with_a_new_verification_clock() -> None:
    state = returned(disposed())
    assert (state.stage, state.holder, state.facts.bounce_count) == (Stage.VERIFICATION, CITY, 1)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(8 + VERIFY)
    assert ClockName.FIRST_FOLLOW_UP not in live(state)


def test_resolution_runs_on_through_a_return() -> None:
    resolution = clock_of(returned(disposed()), ClockName.RESOLUTION)
    assert (resolution.started_at, resolution.pauses, resolution.due_at) == (minute(0), (), minute(140))


def test_a_return_says_why() -> None:
    assert refusal_of(disposed(), Action.RETURN_CASE, 8, message_id=None).reason is RefusalReason.INCOMPLETE


def test_what_a_sub_unit_returns_goes_back_to_the_unit_above_it() -> None:
    state = act(disposed(), Action.REDISPOSE, 6, unit=ROADS)
    back = returned(state)
    assert (back.holder, back.stage) == (WORKS, Stage.DISPOSED)
    assert clock_of(back, ClockName.FIRST_FOLLOW_UP).due_at == minute(8 + FOLLOW)
    assert back.facts.way_back == (CITY,)


def test_the_second_return_inside_an_agency_goes_to_the_agency_to_decide_for_good() -> None:
    state = act(disposed(), Action.REDISPOSE, 6, unit=ROADS)
    state = returned(returned(state), 9)
    assert (state.holder, state.facts.in_arbitration, state.facts.bounce_count) == (CITY, True, 2)
    settled = act(state, Action.DISPOSE, 10, unit=ROADS)
    assert (settled.facts.settled, settled.facts.in_arbitration) == (True, False)
    assert refusal_of(settled, Action.RETURN_CASE, 11).reason is RefusalReason.SETTLED


def test_between_agencies_the_arbiter_is_the_national_level() -> None:
    state = act(act(new_case(), Action.NOT_OURS, 5), Action.DISPOSE, 6, unit=REGENCY)
    state = act(state, Action.NOT_OURS, 7)
    assert (state.holder, state.facts.in_arbitration) == (NATIONAL, True)
    decided = act(state, Action.DISPOSE, 8, unit=REGENCY)
    assert refusal_of(decided, Action.NOT_OURS, 9).reason is RefusalReason.SETTLED
    below = act(decided, Action.DISPOSE, 9, unit=SCHOOLS)
    assert refusal_of(below, Action.RETURN_CASE, 10).reason is RefusalReason.SETTLED


def test_a_unit_that_the_nation_chose_directly_returns_between_agencies() -> None:
    state = returned(disposed(SCHOOLS, NATIONAL))
    assert (state.holder, state.facts.crossed) == (NATIONAL, True)
    second = returned(act(state, Action.DISPOSE, 9, unit=WORKS), 10)
    assert (second.holder, second.facts.in_arbitration) == (NATIONAL, True)


def test_a_bounce_up_and_a_return_count_together() -> None:
    state = act(new_case(), Action.NOT_OURS, 5)
    state = act(act(state, Action.DISPOSE, 6, unit=REGENCY), Action.DISPOSE, 7, unit=SCHOOLS)
    state = returned(state)
    assert (state.holder, state.facts.in_arbitration) == (NATIONAL, True)


def test_a_redisposal_is_no_bounce() -> None:
    state = act(act(disposed(), Action.REDISPOSE, 6, unit=ROADS), Action.REDISPOSE, 7, unit=WORKS)
    assert state.facts.bounce_count == 0


def test_the_limit_is_the_policys() -> None:
    state = act(new_case(policy=policy(bounce_limit=1)), Action.DISPOSE, 5)
    assert returned(state).facts.in_arbitration


def test_in_progress_only_the_supervisor_returns() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    assert refusal_of(state, Action.RETURN_CASE, 25).reason is RefusalReason.NOT_YOURS
    supervisor = staff(Relation.SUPERVISOR, holder=WORKS)
    assert act(state, Action.RETURN_CASE, 25, supervisor).holder == CITY


def test_a_case_that_accuses_its_own_agency_is_returned_above_it() -> None:
    state = returned(disposed(accused_unit_id=CITY.id))
    assert state.holder == NATIONAL


def test_an_agency_that_is_accused_does_not_arbitrate() -> None:
    state = act(disposed(accused_unit_id=CITY.id), Action.REDISPOSE, 6, unit=ROADS)
    state = returned(returned(state), 9)
    assert (state.holder, state.facts.in_arbitration) == (NATIONAL, True)


def test_a_form_of_return_cannot_change_the_kind_by_the_way() -> None:
    state = act(disposed(), Action.RETURN_CASE, 8, kind=Kind.COMPLAINT_OVERSIGHT)
    assert (state.kind, clock_of(state, ClockName.RESOLUTION).due_at) == (Kind.COMPLAINT, minute(140))


def test_the_agency_of_a_unit_is_the_one_it_belongs_to() -> None:
    assert agency_of(ROADS) == CITY
    assert agency_of(SCHOOLS) == REGENCY
