"""How events change the state, and how computed due dates come into it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.actor import SYSTEM_ACTOR
from domain.agenda import agenda
from domain.case import Action, ClockName, EndReason, FollowUp, Kind, Relation, Stage
from domain.clock import Due
from domain.event import Event, EventKind
from domain.fire import fire
from domain.state import DONE_KEPT, CaseState, Last, evolve, with_dues
from tests.case_factory import (
    CITY,
    NATIONAL,
    ROADS,
    START,
    WORKS,
    act,
    clock_of,
    command,
    event_of,
    in_stage,
    minute,
    new_case,
    settle,
    staff,
)


def message_event(state: CaseState, command_id: str | None) -> Event:
    return replace(event_of(state, Action.MESSAGE, 45), command_id=command_id)


def test_a_received_case_is_at_its_first_seq_and_version() -> None:
    state = new_case()
    assert (state.seq, state.version, state.stage) == (1, 1, Stage.VERIFICATION)
    assert state.last == Last(kind=EventKind.RECEIVED, actor=SYSTEM_ACTOR, at=START)


def test_an_event_is_the_only_thing_that_tells_the_next_state() -> None:
    before = in_stage(Stage.DISPOSED)
    event = event_of(before, Action.ANSWER, 33)
    after = evolve(before, event)
    assert (after.seq, after.version, after.stage, after.holder) == (
        event.seq,
        event.version,
        event.stage,
        event.holder,
    )
    assert before == in_stage(Stage.DISPOSED)


def test_an_applied_command_is_remembered_with_its_seq() -> None:
    state = new_case()
    asked = command(state, Action.DISPOSE, 5)
    assert act(state, Action.DISPOSE, 5).done == {asked.id: 2}


def test_what_happens_by_itself_is_remembered_under_no_command() -> None:
    state = new_case()
    assert evolve(state, message_event(state, None)).done == {}


def test_only_the_last_two_hundred_commands_are_remembered() -> None:
    state = new_case()
    for number in range(DONE_KEPT + 1):
        state = evolve(state, message_event(state, f"m-{number}"))
    assert DONE_KEPT == 200
    assert len(state.done) == DONE_KEPT
    assert "m-0" not in state.done
    assert state.done["m-1"] == 3
    assert state.done[f"m-{DONE_KEPT}"] == state.seq


@pytest.mark.parametrize(
    ("stage", "action", "body", "counts"),
    [
        (Stage.VERIFICATION, Action.DISPOSE, {}, True),
        (Stage.DISPOSED, Action.FOLLOW_UP, {}, True),
        (Stage.DISPOSED, Action.FOLLOW_UP, {"follow_up": FollowUp.ACKNOWLEDGEMENT}, False),
        (Stage.DISPOSED, Action.MESSAGE, {}, False),
        (Stage.IN_PROGRESS, Action.ANSWER, {}, True),
        (Stage.AWAITING_CONFIRMATION, Action.DISPUTE, {}, True),
        (Stage.AWAITING_CONFIRMATION, Action.CONFIRM, {}, True),
    ],
    ids=str,
)
def test_only_acts_that_others_must_know_of_raise_the_version(stage, action, body, counts) -> None:
    before = in_stage(stage)
    after = act(before, action, 45, **body)
    assert after.seq == before.seq + 1
    assert after.version == before.version + counts
    assert (after.last == before.last) is not counts


def test_the_last_act_names_its_author_and_its_instant() -> None:
    liaison = staff(Relation.LIAISON, holder=WORKS, person_id=77)
    state = act(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 33, liaison)
    assert state.last == Last(kind=EventKind.FOLLOWED_UP, actor=liaison, at=minute(33))


def test_an_accused_unit_is_kept_until_another_is_named() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY, accused_unit_id=ROADS.id)
    state = act(state, Action.DISPOSE, 6, unit=WORKS)
    assert act(state, Action.FOLLOW_UP, 7).accused_unit_id == ROADS.id


def test_a_clock_carries_the_seq_of_the_event_that_gave_it_its_values() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    seqs = {clock.name: clock.seq for clock in state.clocks}
    assert seqs == {
        ClockName.VERIFICATION: 2,
        ClockName.RESOLUTION: 2,
        ClockName.FIRST_FOLLOW_UP: 3,
        ClockName.OMBUDSMAN: 1,
    }


def test_a_case_has_one_clock_of_each_name() -> None:
    state = act(act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 45), Action.ANSWER, 50)
    names = [clock.name for clock in state.clocks]
    assert len(names) == len(set(names))


def test_the_end_reason_of_a_closed_case_stays() -> None:
    state = in_stage(Stage.CLOSED)
    ended = settle(state, fire(state, agenda(state)[0], minute(400)))
    assert (ended.stage, ended.end_reason, ended.ended) == (Stage.CLOSED, EndReason.RESOLVED, True)


def test_the_level_is_the_highest_of_the_live_clocks_and_ends_with_them() -> None:
    state = in_stage(Stage.DISPOSED)
    late = settle(state, fire(state, agenda(state)[0], minute(60)))
    assert (late.level, late.highest_level) == (1, 1)
    followed = act(late, Action.FOLLOW_UP, 61)
    assert (followed.level, followed.highest_level) == (0, 1)


def test_the_due_of_a_case_is_that_of_its_earliest_staff_clock() -> None:
    assert in_stage(Stage.VERIFICATION).due.name is ClockName.VERIFICATION
    assert in_stage(Stage.DISPOSED).due.name is ClockName.FIRST_FOLLOW_UP
    assert in_stage(Stage.IN_PROGRESS).due.name is ClockName.RESOLUTION


def test_the_due_of_a_case_that_no_office_has_to_act_on_is_the_reporters() -> None:
    assert in_stage(Stage.AWAITING_CONFIRMATION).due.name is ClockName.CONFIRMATION
    assert in_stage(Stage.CLOSED).due.name is ClockName.REOPEN_WINDOW


def test_a_case_whose_dates_are_being_computed_has_no_due() -> None:
    state = new_case()
    assert evolve(state, event_of(state, Action.DISPOSE, 5)).due is None


def test_a_resolution_that_ends_before_the_stage_is_the_earlier_due() -> None:
    state = act(new_case(kind=Kind.INFORMATION_REQUEST), Action.DISPOSE, 10)
    assert state.due.name is ClockName.RESOLUTION


def test_a_computed_due_is_filled_in_with_its_doubt() -> None:
    state = new_case()
    state = evolve(state, event_of(state, Action.DISPOSE, 5))
    due = Due(seq=2, clock=ClockName.FIRST_FOLLOW_UP, due_at=minute(55), provisional=True)
    clock = clock_of(with_dues(state, (due,)), ClockName.FIRST_FOLLOW_UP)
    assert (clock.due_at, clock.provisional) == (minute(55), True)


def test_an_answer_for_a_clock_that_has_moved_since_is_ignored() -> None:
    state = evolve(new_case(NATIONAL), event_of(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY))
    stale = Due(seq=2, clock=ClockName.RESOLUTION, due_at=minute(99), provisional=False)
    moved = evolve(state, event_of(state, Action.DISPOSE, 6))
    assert clock_of(moved, ClockName.RESOLUTION).seq == 3
    assert with_dues(moved, (stale,)) == moved


def test_an_answer_for_a_clock_that_has_stopped_since_is_ignored() -> None:
    state = evolve(new_case(NATIONAL), event_of(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY))
    stopped = evolve(state, event_of(state, Action.DISPOSE, 6))
    due = Due(seq=3, clock=ClockName.VERIFICATION, due_at=minute(99), provisional=False)
    assert clock_of(with_dues(stopped, (due,)), ClockName.VERIFICATION).due_at is None


def test_a_due_that_is_known_is_not_replaced_by_a_second_answer() -> None:
    state = in_stage(Stage.DISPOSED)
    due = Due(seq=2, clock=ClockName.FIRST_FOLLOW_UP, due_at=minute(999), provisional=False)
    assert with_dues(state, (due,)) == state


def test_an_expiry_that_the_new_kind_puts_before_the_due_is_none_and_the_clock_runs_again() -> None:
    state = new_case(kind=Kind.INFORMATION_REQUEST)
    for at in (VERIFICATION_LATE, RESOLUTION_LATE):
        state = settle(state, fire(state, agenda(state)[0], minute(at)))
    after = act(state, Action.DISPOSE, 55, kind=Kind.COMPLAINT)
    resolution = clock_of(after, ClockName.RESOLUTION)
    assert (resolution.expired_at, resolution.level) == (None, 0)
    assert ClockName.RESOLUTION in {item.clock for item in agenda(after)}
    assert (after.level, after.highest_level) == (0, 1)


def test_an_expiry_that_stays_after_the_due_stays_recorded_and_is_not_repeated() -> None:
    state = new_case(NATIONAL)
    late = settle(state, fire(state, agenda(state)[0], minute(VERIFICATION_LATE)))
    moved = act(late, Action.DISPOSE, 40, unit=CITY)
    verification = clock_of(moved, ClockName.VERIFICATION)
    assert (verification.expired_at, verification.level) == (minute(VERIFICATION_LATE), 1)
    assert ClockName.VERIFICATION not in {item.clock for item in agenda(moved)}


VERIFICATION_LATE, RESOLUTION_LATE = 30, 50
