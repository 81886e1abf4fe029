"""Acts that were recorded in time and come late: expiries and silent ends that they precede never were.

Source: CASE, "Version and instant".
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import agenda
from domain.case import Action, ClockName, EndReason, Relation, Stage
from domain.command import RefusalReason
from domain.decide import refusal
from domain.event import EventKind
from domain.state import CaseState
from tests.case_factory import (
    COMPLETE,
    CONFIRM,
    LEVEL,
    VERIFY,
    WORKS,
    act,
    clock_of,
    command,
    event_of,
    fired,
    in_stage,
    live,
    minute,
    new_case,
    refusal_of,
    staff,
)

CLOSES, ARCHIVES = 30 + CONFIRM, 20 + COMPLETE
SUPERVISOR = staff(Relation.SUPERVISOR, holder=WORKS)


def silent(stage: Stage) -> CaseState:
    """A case that has just ended because its reporter said nothing."""
    return fired(in_stage(stage))


@pytest.mark.parametrize(
    ("action", "reason"),
    [(Action.CONFIRM, EndReason.RESOLVED), (Action.WITHDRAW, EndReason.WITHDRAWN)],
)
def test_a_reporter_who_ended_the_case_in_time_is_believed(action: Action, reason: EndReason) -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    form = state.version - 1
    event = event_of(state, action, CLOSES, version=form)
    after = act(state, action, CLOSES, version=form)
    assert event.voids == (state.seq,)
    assert (after.stage, after.end_reason, after.version) == (Stage.CLOSED, reason, state.version + 1)
    assert live(after) == {ClockName.REOPEN_WINDOW}
    assert clock_of(after, ClockName.REOPEN_WINDOW).started_at == minute(CLOSES)


def test_a_dispute_in_time_takes_the_end_back_and_goes_to_the_unit() -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    after = act(state, Action.DISPUTE, CLOSES - 5, version=state.version - 1)
    assert (after.stage, after.end_reason, after.facts.ending) == (Stage.IN_PROGRESS, None, None)
    assert live(after) == {ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION, ClockName.OMBUDSMAN}
    assert clock_of(after, ClockName.OMBUDSMAN).due_at == clock_of(new_case(), ClockName.OMBUDSMAN).due_at


@pytest.mark.parametrize("action", [Action.COMPLETE, Action.MESSAGE])
def test_an_answer_in_time_takes_the_archive_back_and_the_clocks_run_on(action: Action) -> None:
    before, state = in_stage(Stage.AWAITING_REPORTER), silent(Stage.AWAITING_REPORTER)
    event = event_of(state, action, ARCHIVES, version=None)
    after = act(state, action, ARCHIVES, version=None)
    on_time = act(before, action, ARCHIVES)
    assert (event.kind, event.voids) == (EventKind.COMPLETED, (state.seq,))
    assert (after.stage, live(after), agenda(after)) == (on_time.stage, live(on_time), agenda(on_time))


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.DISPUTE, Action.WITHDRAW])
def test_what_came_after_the_due_instant_does_not_undo_the_end(action: Action) -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    refused = refusal_of(state, action, CLOSES + 1, version=state.version - 1)
    assert refused.reason is RefusalReason.WRONG_STAGE


def test_a_form_older_than_the_answer_is_refused_also_after_the_silent_end() -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    refused = refusal_of(state, Action.CONFIRM, CLOSES - 1, version=state.version - 2)
    assert refused.reason is RefusalReason.CHANGED


def test_only_somebody_who_might_have_then_undoes_the_end() -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    liaison = staff(Relation.LIAISON, holder=WORKS)
    refused = refusal_of(state, Action.CONFIRM, CLOSES - 1, liaison, version=state.version - 1)
    assert refused.reason is RefusalReason.NOT_YOURS


def test_a_supervisors_act_in_time_counts_as_well() -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    after = act(state, Action.REASSIGN, CLOSES - 1, SUPERVISOR, version=state.version - 1)
    assert (after.stage, after.holder.id != WORKS.id) == (Stage.DISPOSED, True)


@pytest.mark.parametrize("action", [Action.CLAIM, Action.NUDGE, Action.ADOPT])
def test_what_would_not_have_kept_the_case_open_does_not_open_it(action: Action) -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    assert refusal_of(state, action, CLOSES - 1).reason is RefusalReason.WRONG_STAGE


@pytest.mark.parametrize("action", [Action.MESSAGE, Action.NOTE, Action.CONTRIBUTE])
def test_words_sent_in_time_that_do_not_judge_the_answer_are_kept_beside_the_end(action: Action) -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    event = event_of(state, action, CLOSES - 1)
    after = act(state, action, CLOSES - 1)
    assert event.voids == () and event.clocks == ()
    assert (after.stage, after.end_reason) == (Stage.CLOSED, EndReason.SILENCE)
    assert agenda(after) == agenda(state)


def test_an_end_that_a_person_made_is_not_undone() -> None:
    state = in_stage(Stage.CLOSED)
    assert (
        refusal_of(state, Action.DISPUTE, 35, version=state.version - 1).reason is RefusalReason.WRONG_STAGE
    )


def test_nothing_undoes_a_silent_end_once_the_life_is_over() -> None:
    over = replace(silent(Stage.AWAITING_CONFIRMATION), ended=True)
    refused = refusal_of(over, Action.CONFIRM, CLOSES - 1, version=over.version - 1)
    assert refused.reason is RefusalReason.ENDED


def test_a_second_late_act_meets_the_case_as_the_first_left_it() -> None:
    state = silent(Stage.AWAITING_CONFIRMATION)
    second = command(state, Action.DISPUTE, CLOSES - 1, version=state.version - 1)
    after = act(state, Action.CONFIRM, CLOSES - 2, version=state.version - 1)
    refused = refusal(after, second)
    assert refused is not None
    assert (refused.reason, refused.did) == (RefusalReason.WRONG_STAGE, EventKind.CONFIRMED)


def test_an_act_before_the_due_voids_all_rungs_that_were_climbed_since() -> None:
    state = fired(fired(new_case()))
    assert state.level == 2
    event = event_of(state, Action.DISPOSE, VERIFY)
    assert event.voids == (2, 3)
    after = act(state, Action.DISPOSE, VERIFY)
    assert (after.level, clock_of(after, ClockName.VERIFICATION).expired_at) == (0, None)
    assert ClockName.VERIFICATION_LEVEL not in live(after)


def test_an_act_between_two_rungs_voids_the_later_one_only() -> None:
    state = fired(fired(new_case()))
    assert event_of(state, Action.DISPOSE, VERIFY + 5).voids == (3,)
    assert event_of(state, Action.DISPOSE, VERIFY + LEVEL).voids == ()


def test_an_act_that_leaves_the_clock_running_voids_nothing() -> None:
    state = fired(new_case())
    assert event_of(state, Action.NOTE, VERIFY - 1).voids == ()
    assert event_of(state, Action.NOT_OURS, VERIFY - 1).voids == ()
