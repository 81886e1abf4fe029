"""How a case ends and comes back: archive and revival, withdrawal, reopening. Source: CASE, the table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agenda import agenda
from domain.case import ARCHIVE_REASONS, Action, ClockName, EndReason, FollowUp, Kind, Relation, Stage
from domain.clock import Floor
from domain.command import RefusalReason
from domain.duration import Pause
from domain.event import EventKind
from tests.case_factory import (
    CITY,
    CONFIRM,
    FOLLOW,
    NATIONAL,
    PROMISE_DUE,
    PROMISED_TODAY,
    REOPEN,
    REVIVE,
    REWORK,
    VERIFY,
    WORKS,
    act,
    actor_for,
    clock_of,
    event_of,
    fired,
    in_stage,
    live,
    minute,
    minutes,
    new_case,
    refusal_of,
    staff,
)

OPEN_STAGES = [
    Stage.VERIFICATION,
    Stage.AWAITING_REPORTER,
    Stage.DISPOSED,
    Stage.IN_PROGRESS,
    Stage.AWAITING_CONFIRMATION,
]
SUPERVISOR = staff(Relation.SUPERVISOR, holder=WORKS)


@pytest.mark.parametrize("reason", EndReason)
def test_only_some_reasons_are_a_persons_to_give(reason: EndReason) -> None:
    if reason in ARCHIVE_REASONS:
        assert event_of(new_case(), Action.ARCHIVE, 5, end_reason=reason).end_reason is reason
    else:
        refused = refusal_of(new_case(), Action.ARCHIVE, 5, end_reason=reason)
        assert refused.reason is RefusalReason.INCOMPLETE


@pytest.mark.parametrize("body", [{"end_reason": None}, {"message_id": None}])
def test_nothing_is_archived_without_a_reason_and_words(body: dict[str, object]) -> None:
    assert refusal_of(new_case(), Action.ARCHIVE, 5, **body).reason is RefusalReason.INCOMPLETE


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_an_archived_case_runs_the_window_of_its_revival_only(stage: Stage) -> None:
    state = act(in_stage(stage), Action.ARCHIVE, 45)
    assert live(state) == {ClockName.REVIVE_WINDOW}
    window = clock_of(state, ClockName.REVIVE_WINDOW)
    assert (window.due_at, window.unit_id) == (minute(45 + REVIVE), NATIONAL.id)


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_a_revived_case_is_in_the_remembered_stage_and_the_time_in_the_archive_is_a_pause(
    stage: Stage,
) -> None:
    before = in_stage(stage)
    state = act(act(before, Action.ARCHIVE, 45), Action.REVIVE, 65)
    assert state.stage is (Stage.DISPOSED if stage is Stage.AWAITING_REPORTER else stage)
    assert (state.end_reason, state.facts.ending) == (None, None)
    assert live(state) == live(before) - {ClockName.COMPLETION}
    for clock in state.live_clocks:
        if clock.name is not ClockName.OMBUDSMAN:
            assert clock.pauses[-1].end_at == minute(65)
            was = clock_of(before, clock.name)
            assert (clock.started_at, clock.amount) == (was.started_at, was.amount)


def test_a_question_that_was_open_in_the_archive_is_one_pause_with_it() -> None:
    state = act(act(in_stage(Stage.AWAITING_REPORTER), Action.ARCHIVE, 45), Action.REVIVE, 65)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert resolution.pauses == (Pause(minute(20), minute(45)), Pause(minute(45), minute(65)))
    assert resolution.due_at == minute(140 + 45)
    assert state.facts.return_stage is None


def test_a_case_archived_by_silence_is_revived_where_it_was_asked() -> None:
    silent = fired(in_stage(Stage.AWAITING_REPORTER))
    state = act(silent, Action.REVIVE, 110)
    assert (silent.end_reason, state.stage) == (EndReason.INCOMPLETE, Stage.DISPOSED)
    assert clock_of(state, ClockName.FIRST_FOLLOW_UP).due_at == minute(10 + FOLLOW + 90)
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(140 + 90)


def test_the_clock_of_the_ombudsman_counts_on_through_the_archive() -> None:
    state = act(act(new_case(), Action.ARCHIVE, 5), Action.REVIVE, 65)
    assert clock_of(state, ClockName.OMBUDSMAN).due_at == clock_of(new_case(), ClockName.OMBUDSMAN).due_at


def test_a_confirmation_goes_on_after_the_archive() -> None:
    state = act(act(in_stage(Stage.AWAITING_CONFIRMATION), Action.ARCHIVE, 45), Action.REVIVE, 65)
    assert clock_of(state, ClockName.CONFIRMATION).due_at == minute(30 + CONFIRM + 20)


def test_a_promise_that_passed_in_the_archive_comes_due_after_it() -> None:
    state = act(
        in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 20, follow_up=FollowUp.PLAN, promised_on=PROMISED_TODAY
    )
    state = act(act(state, Action.ARCHIVE, 45, SUPERVISOR), Action.REVIVE, PROMISE_DUE + 10)
    due_at = clock_of(state, ClockName.PROMISE).due_at
    assert due_at is not None and due_at > minute(PROMISE_DUE + 10)


def test_what_was_late_before_the_archive_is_late_after_it() -> None:
    late = fired(new_case())
    state = act(act(late, Action.ARCHIVE, 45), Action.REVIVE, 65)
    assert clock_of(state, ClockName.VERIFICATION).expired_at == minute(VERIFY)
    assert clock_of(state, ClockName.VERIFICATION_LEVEL).due_at == minute(VERIFY + 20 + 20)


def test_the_reporter_says_what_was_missing_and_the_verifier_need_not() -> None:
    state = in_stage(Stage.ARCHIVED)
    assert refusal_of(state, Action.REVIVE, 65, message_id=None).reason is RefusalReason.INCOMPLETE
    verifier = actor_for(Relation.VERIFIER, CITY)
    assert event_of(state, Action.REVIVE, 65, verifier, message_id=None).kind is EventKind.REVIVED


def test_after_the_window_an_archived_case_is_over() -> None:
    state = fired(in_stage(Stage.ARCHIVED))
    assert (state.ended, state.end_reason, agenda(state)) == (True, EndReason.SPAM, ())
    assert refusal_of(state, Action.REVIVE, 900).reason is RefusalReason.ENDED


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_the_reporter_withdraws_in_every_open_stage(stage: Stage) -> None:
    state = act(in_stage(stage), Action.WITHDRAW, 45)
    assert (state.stage, state.end_reason) == (Stage.CLOSED, EndReason.WITHDRAWN)
    assert live(state) == {ClockName.REOPEN_WINDOW}


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_a_complaint_about_misuse_of_office_goes_on_and_the_withdrawal_is_noted_once(stage: Stage) -> None:
    before = in_stage(stage, kind=Kind.COMPLAINT_OVERSIGHT)
    event = event_of(before, Action.WITHDRAW, 45)
    assert (event.kind, event.clocks, event.version) == (EventKind.WITHDRAWAL_NOTED, (), before.version)
    state = act(before, Action.WITHDRAW, 45)
    assert (state.stage, live(state)) == (stage, live(before))
    assert refusal_of(state, Action.WITHDRAW, 46).reason is RefusalReason.ALREADY_DONE


def test_a_noted_withdrawal_does_not_bar_one_that_ends_the_case_under_another_kind() -> None:
    state = act(new_case(kind=Kind.COMPLAINT_OVERSIGHT), Action.WITHDRAW, 5)
    state = act(state, Action.RECLASSIFY, 6, kind=Kind.COMPLAINT)
    assert act(state, Action.WITHDRAW, 7).end_reason is EndReason.WITHDRAWN


@pytest.mark.parametrize("relation", [Relation.REPORTER, Relation.SUPERVISOR])
def test_a_closed_case_is_reopened_with_the_rework_minimum(relation: Relation) -> None:
    before = in_stage(Stage.CLOSED)
    state = act(before, Action.REOPEN, 200, actor_for(relation, WORKS))
    assert (state.stage, state.holder, state.end_reason) == (Stage.IN_PROGRESS, WORKS, None)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert resolution.pauses == (Pause(minute(30), minute(200)),)
    assert resolution.floor == Floor(from_at=minute(200), amount=minutes(REWORK))
    follow_up = clock_of(state, ClockName.FIRST_FOLLOW_UP)
    assert (follow_up.due_at, follow_up.level) == (minute(200 + FOLLOW), 1)
    assert ClockName.REOPEN_WINDOW not in live(state)


def test_a_reopened_case_counts_on_towards_the_ombudsman_from_its_receipt() -> None:
    state = act(in_stage(Stage.CLOSED), Action.REOPEN, 200)
    assert clock_of(state, ClockName.OMBUDSMAN) == replace(
        clock_of(new_case(), ClockName.OMBUDSMAN), seq=state.seq
    )


def test_a_report_withdrawn_before_any_office_held_it_is_verified_when_it_is_reopened() -> None:
    state = act(act(new_case(), Action.WITHDRAW, 5), Action.REOPEN, 50)
    assert (state.stage, state.holder) == (Stage.VERIFICATION, CITY)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(50 + VERIFY)


def test_a_case_withdrawn_while_its_reporter_was_asked_has_no_open_pause_when_it_is_reopened() -> None:
    state = act(act(in_stage(Stage.AWAITING_REPORTER), Action.WITHDRAW, 45), Action.REOPEN, 50)
    assert state.stage is Stage.IN_PROGRESS
    assert not any(clock.has_open_pause for clock in state.live_clocks)


def test_a_kind_changed_after_the_answer_gives_its_time_when_the_case_is_reopened() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.RECLASSIFY, 35, kind=Kind.COMPLAINT_OVERSIGHT)
    disputed = act(state, Action.DISPUTE, 40)
    assert clock_of(disputed, ClockName.RESOLUTION).due_at == minute(600 + 10)


def test_a_reopening_says_why_and_comes_within_the_window() -> None:
    state = in_stage(Stage.CLOSED)
    assert refusal_of(state, Action.REOPEN, 50, message_id=None).reason is RefusalReason.INCOMPLETE
    over = fired(state, 40 + REOPEN)
    assert refusal_of(over, Action.REOPEN, 999).reason is RefusalReason.ENDED


def test_a_report_that_others_follow_goes_on_when_its_reporter_withdraws() -> None:
    state = act(in_stage(Stage.IN_PROGRESS), Action.ADOPT, 45)
    after = act(state, Action.WITHDRAW, 50)
    assert (after.stage, after.facts.withdrawal_noted) == (Stage.IN_PROGRESS, True)
