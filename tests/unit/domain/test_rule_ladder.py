"""The escalation ladder: each rung has its own clock, beside the clock that raised it. Source: CLOCKS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import AgendaKind, agenda
from domain.case import Action, ClockName, Kind, Stage
from domain.clock import LEVEL_CLOCKS, Due
from domain.event import EventKind
from domain.fire import fire
from domain.health import has_next_instant
from domain.state import CaseState, evolve, with_dues
from tests.case_factory import (
    FOLLOW,
    LEVEL,
    TOP,
    VERIFY,
    act,
    changed,
    clock_of,
    dues_of,
    event_of,
    fired,
    in_stage,
    item_of,
    live,
    minute,
    minutes,
    new_case,
    old_policy,
)

RUNG = ClockName.VERIFICATION_LEVEL


def on_rung(level: int) -> CaseState:
    """A case whose verification has climbed so far, each rung at its due minute."""
    state = new_case(kind=Kind.COMPLAINT_OVERSIGHT)
    for _ in range(level):
        state = fired(state)
    return state


def test_the_first_expiry_tells_the_first_rung_and_starts_its_clock() -> None:
    state = new_case()
    event = fire(state, item_of(state, ClockName.VERIFICATION), minute(VERIFY))
    rung = changed(event)[RUNG]
    assert (rung.started_at, rung.amount, rung.unit_id) == (minute(VERIFY), minutes(LEVEL), state.holder.id)
    assert (event.kind, event.clock) == (EventKind.CLOCK_EXPIRED, ClockName.VERIFICATION)
    assert fired(state, VERIFY).level == 1


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_each_rung_has_its_own_time_from_the_moment_it_was_told(level: int) -> None:
    state = on_rung(level)
    rung = clock_of(state, RUNG)
    assert (state.level, state.highest_level) == (level, level)
    assert rung.started_at == minute(VERIFY + LEVEL * (level - 1))
    assert rung.amount == minutes(TOP if level == 5 else LEVEL)
    assert clock_of(state, ClockName.VERIFICATION).expired_at == minute(VERIFY)
    assert state.seq == 1 + level


def test_the_top_is_told_again_and_again() -> None:
    state = fired(fired(on_rung(5), name=RUNG), name=RUNG)
    assert (state.level, state.highest_level) == (5, 5)
    assert clock_of(state, RUNG).due_at == minute(VERIFY + 4 * LEVEL + 3 * TOP)


def test_a_late_case_always_has_something_next() -> None:
    state = new_case()
    for _ in range(30):
        assert has_next_instant(state) and agenda(state)
        state = fired(state)


def test_without_a_ladder_an_expiry_is_all_that_comes() -> None:
    state = fired(new_case(policy=old_policy()))
    assert state.level == 1
    assert RUNG not in live(state)


def test_each_late_clock_climbs_by_itself_and_the_case_has_the_highest_rung() -> None:
    state = in_stage(Stage.DISPOSED)
    for _ in range(3):
        state = fired(state, name=agenda(state)[0].clock)
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP).level == 3
    late = fired(state, name=ClockName.RESOLUTION)
    assert (clock_of(late, ClockName.RESOLUTION).level, late.level) == (1, 3)
    followed = act(late, Action.FOLLOW_UP, 145)
    assert (followed.level, followed.highest_level) == (1, 3)
    assert ClockName.FIRST_FOLLOW_UP_LEVEL not in live(followed)
    assert ClockName.RESOLUTION_LEVEL in live(followed)


@pytest.mark.parametrize("action", [Action.ANSWER, Action.WITHDRAW, Action.RETURN_CASE])
def test_the_ladder_ends_with_the_clock_that_raised_it(action: Action) -> None:
    state = fired(in_stage(Stage.DISPOSED))
    after = act(state, action, 10 + FOLLOW + 1)
    assert (after.level, ClockName.FIRST_FOLLOW_UP_LEVEL in live(after)) == (0, False)


def test_a_rung_stands_still_with_the_clock_that_raised_it() -> None:
    state = act(on_rung(1), Action.ASK, VERIFY + 5)
    assert (clock_of(state, RUNG).frozen, state.level) == (True, 1)
    resumed = act(state, Action.COMPLETE, VERIFY + 12)
    assert clock_of(resumed, RUNG).due_at == minute(VERIFY + LEVEL + 7)


def test_a_vacant_rung_is_skipped_upward() -> None:
    state = new_case()
    after = evolve(state, fire(state, item_of(state, ClockName.VERIFICATION), minute(VERIFY)))
    dues = tuple(replace(due, rung=3) if due.clock is RUNG else due for due in dues_of(after))
    skipped = with_dues(after, dues)
    assert (skipped.level, skipped.highest_level) == (3, 3)
    assert fired(skipped).level == 4


def test_an_occupied_rung_is_not_lowered_by_an_answer() -> None:
    state = on_rung(2)
    again = evolve(state, fire(state, item_of(state, RUNG), minute(VERIFY + 2 * LEVEL)))
    dues = tuple(replace(due, rung=1) if due.clock is RUNG else due for due in dues_of(again))
    assert with_dues(again, dues).level == 3


def test_after_an_outage_only_the_lowest_missed_rung_is_told_and_the_next_has_its_whole_time() -> None:
    state = new_case(kind=Kind.COMPLAINT_OVERSIGHT)
    late = fired(state, VERIFY + 3 * LEVEL)
    assert late.level == 1
    assert agenda(late)[0].at == minute(VERIFY + 4 * LEVEL)
    assert clock_of(late, ClockName.VERIFICATION).due_at == minute(VERIFY)


def test_a_clock_that_is_late_no_more_climbs_nothing() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 20)
    late = fired(fired(state))
    assert late.level == 2
    after = act(late, Action.EXTEND, 165)
    assert (after.level, after.highest_level, after.clock(ClockName.RESOLUTION_LEVEL)) == (0, 2, None)
    assert fired(after).level == 1


def test_a_dispute_starts_above_the_rung_that_was_reached_and_climbs_on_from_there() -> None:
    state = fired(fired(in_stage(Stage.DISPOSED)))
    disputed = act(act(state, Action.ANSWER, 85), Action.DISPUTE, 90)
    assert disputed.level == 3
    late = fired(disputed, name=ClockName.FIRST_FOLLOW_UP)
    assert late.level == 4


def disputed_with(rung: int | None) -> CaseState:
    """A case whose first follow-up was late once, disputed, with the rung that its new clock was given."""
    answered = act(fired(in_stage(Stage.DISPOSED)), Action.ANSWER, 85)
    after = evolve(answered, event_of(answered, Action.DISPUTE, 90))
    mine = ClockName.FIRST_FOLLOW_UP
    dues = tuple(replace(due, rung=rung) if due.clock is mine else due for due in dues_of(after))
    return with_dues(after, dues)


def test_a_dispute_whose_rung_is_vacant_starts_on_the_next_occupied_one_and_stays_there() -> None:
    state = disputed_with(rung=4)
    clock = clock_of(state, ClockName.FIRST_FOLLOW_UP)
    assert (clock.level, clock.start_level, clock.forgive().level) == (4, 4, 4)
    assert (state.level, state.highest_level) == (4, 4)
    assert fired(state, name=ClockName.FIRST_FOLLOW_UP).level == 5


@pytest.mark.parametrize("rung", [None, 1])
def test_a_dispute_is_lowered_by_no_answer_and_left_alone_by_those_of_old(rung: int | None) -> None:
    state = disputed_with(rung)
    clock = clock_of(state, ClockName.FIRST_FOLLOW_UP)
    assert (clock.level, clock.start_level, state.highest_level) == (2, 2, 2)


def test_a_clock_that_began_on_no_rung_is_not_put_on_one() -> None:
    state = new_case()
    after = evolve(state, event_of(state, Action.DISPOSE, 10))
    dues = tuple(replace(due, rung=3) for due in dues_of(after))
    assert with_dues(after, dues).level == 0


def test_a_date_for_a_rung_that_is_no_more_is_ignored() -> None:
    state = on_rung(1)
    after = act(state, Action.DISPOSE, VERIFY + 2)
    stale = Due(seq=state.seq, clock=RUNG, due_at=minute(99), rung=5)
    assert with_dues(after, (stale,)) == after


def test_every_clock_of_the_ladder_belongs_to_a_clock_that_binds_an_office() -> None:
    assert {str(level) for level in LEVEL_CLOCKS.values()} == {f"{base}_level" for base in LEVEL_CLOCKS}
    assert AgendaKind.EXPIRE in {item.kind for item in agenda(on_rung(1)) if item.clock is RUNG}
