"""Those above lift a case a rung by hand. Source: docs/adr/017; CLOCKS, "Warnings, expiry, escalation"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.case import Action, ClockName, Kind, Relation, Role, Stage
from domain.clock import LEVEL_CLOCKS, TOP_LEVEL
from domain.command import RefusalReason
from domain.decide import allowed_actions
from domain.event import EventKind
from domain.state import CaseState, evolve, with_dues
from tests.case_factory import (
    FOLLOW,
    LEVEL,
    WORDS_ID,
    WORKS,
    act,
    changed,
    clock_of,
    dues_of,
    event_of,
    fired,
    in_stage,
    live,
    minute,
    minutes,
    new_case,
    old_policy,
    refusal_of,
    staff,
)

FIRST, RUNG = ClockName.FIRST_FOLLOW_UP, ClockName.FIRST_FOLLOW_UP_LEVEL
STAFF_STAGES = [Stage.VERIFICATION, Stage.DISPOSED, Stage.IN_PROGRESS]


def raised(state: CaseState, times: int = 1, at: int = 25) -> CaseState:
    for _ in range(times):
        state = act(state, Action.RAISE_CASE, at)
    return state


@pytest.mark.parametrize("stage", STAFF_STAGES)
def test_a_raise_lifts_the_case_one_rung_and_moves_no_date(stage: Stage) -> None:
    before = in_stage(stage)
    state = raised(before)
    assert (state.level, state.highest_level, state.stage) == (1, 1, stage)
    assert state.version == before.version and state.holder == before.holder
    assert {one.name: one.due_at for one in state.live_clocks} == {
        one.name: one.due_at for one in before.live_clocks
    }


def test_the_clock_that_binds_is_lifted_and_its_words_stay_with_the_act() -> None:
    event = event_of(in_stage(Stage.DISPOSED), Action.RAISE_CASE, 25)
    assert (event.kind, event.message_id, set(changed(event))) == (EventKind.RAISED, WORDS_ID, {FIRST})


def test_a_raised_clock_that_runs_out_goes_on_from_there() -> None:
    late = fired(raised(in_stage(Stage.DISPOSED), 2), name=FIRST)
    assert (late.level, late.clock(FIRST).expired_at) == (3, minute(10 + FOLLOW))
    assert clock_of(late, RUNG).amount == minutes(LEVEL)


def test_a_late_clock_climbs_as_if_its_rung_had_let_its_time_pass() -> None:
    late = fired(in_stage(Stage.DISPOSED))
    at = 10 + FOLLOW + 2
    event = event_of(late, Action.RAISE_CASE, at)
    state = raised(late, at=at)
    assert (late.level, state.level) == (1, 2)
    assert set(changed(event)) == {FIRST, RUNG}
    assert clock_of(state, RUNG).due_at == minute(at + LEVEL)
    assert clock_of(state, FIRST).expired_at == clock_of(late, FIRST).expired_at
    assert fired(state, name=RUNG).level == 3


def test_a_raise_from_before_the_rung_began_starts_no_time_before_it() -> None:
    late = fired(in_stage(Stage.DISPOSED))
    state = raised(late, at=10 + FOLLOW - 5)
    assert state.level == 2
    assert clock_of(state, RUNG).started_at == minute(10 + FOLLOW)


def test_of_several_clocks_the_one_that_has_brought_the_case_highest_climbs_on() -> None:
    state = fired(in_stage(Stage.DISPOSED))
    disputed = act(act(state, Action.ANSWER, 85), Action.DISPUTE, 90)
    after = raised(disputed, at=95)
    assert (disputed.level, after.level) == (2, 3)
    assert (clock_of(after, FIRST).level, clock_of(after, ClockName.RESOLUTION).level) == (3, 0)


def test_a_vacant_rung_is_skipped_upward_and_stays_skipped() -> None:
    state = in_stage(Stage.DISPOSED)
    after = evolve(state, event_of(state, Action.RAISE_CASE, 25))
    dues = tuple(replace(due, rung=3) if due.clock is FIRST else due for due in dues_of(after))
    skipped = with_dues(after, dues)
    assert (skipped.level, clock_of(skipped, FIRST).forgive().level) == (3, 3)


def test_the_ladder_of_a_raised_clock_ends_with_what_stops_it() -> None:
    state = raised(in_stage(Stage.DISPOSED))
    after = act(state, Action.FOLLOW_UP, 30)
    assert (after.level, after.highest_level, RUNG in live(after)) == (0, 1, False)


def test_an_answer_that_is_taken_back_leaves_the_case_on_its_rung() -> None:
    answered = act(raised(in_stage(Stage.IN_PROGRESS)), Action.ANSWER, 30)
    assert answered.level == 0
    assert act(answered, Action.TAKE_BACK, 30).level == 1


def test_nobody_is_lifted_to_the_last_rung_where_only_lateness_leads() -> None:
    state = raised(in_stage(Stage.DISPOSED), TOP_LEVEL - 1)
    assert state.level == TOP_LEVEL - 1
    assert refusal_of(state, Action.RAISE_CASE, 25).reason is RefusalReason.TOP_RUNG
    assert Action.RAISE_CASE not in allowed_actions(state, staff(Relation.SUPERVISOR, holder=WORKS))


def test_without_a_ladder_the_first_rung_is_the_last() -> None:
    state = raised(in_stage(Stage.DISPOSED, policy=old_policy()))
    assert state.level == 1
    assert refusal_of(state, Action.RAISE_CASE, 25).reason is RefusalReason.TOP_RUNG


@pytest.mark.parametrize("stage", sorted(set(Stage) - set(STAFF_STAGES)))
def test_a_case_that_waits_for_its_reporter_or_has_ended_is_not_raised(stage: Stage) -> None:
    assert refusal_of(in_stage(stage), Action.RAISE_CASE, 50).reason is RefusalReason.WRONG_STAGE


def test_a_raise_says_why() -> None:
    found = refusal_of(in_stage(Stage.DISPOSED), Action.RAISE_CASE, 25, message_id=None)
    assert found.reason is RefusalReason.INCOMPLETE


def test_who_must_verify_raises_nothing_and_those_above_do() -> None:
    state = new_case(kind=Kind.COMPLAINT)
    admin = staff(Relation.VERIFIER, Relation.ARBITER, holder=state.holder, role=Role.AGENCY_ADMIN)
    assert refusal_of(state, Action.RAISE_CASE, 5, admin).reason is RefusalReason.NOT_YOURS
    above = staff(Relation.ARBITER, holder=state.holder, role=Role.NATIONAL_ADMIN)
    event = event_of(state, Action.RAISE_CASE, 5, above)
    assert set(changed(event)) == {ClockName.VERIFICATION}
    assert LEVEL_CLOCKS[ClockName.VERIFICATION] not in live(act(state, Action.RAISE_CASE, 5, above))
