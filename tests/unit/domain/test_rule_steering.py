"""What those above and around the holder do: time, class, claims, notes, nudges, and calling back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.act.steering import CANCELLED_KEPT
from domain.agenda import agenda
from domain.case import Action, ClockName, EndReason, Kind, Relation, Role, Stage
from domain.command import RefusalReason
from domain.decide import allowed_actions, refusal
from domain.duration import Amount, Unit
from domain.event import EventKind
from tests.case_factory import (
    EXTEND,
    NEXT_CLOSING,
    REPORTER_ACTOR,
    RESOLVE,
    ROADS,
    WORKS,
    act,
    actor_for,
    clock_of,
    command,
    event_of,
    fired,
    in_stage,
    live,
    minute,
    minutes,
    new_case,
    old_policy,
    policy,
    refusal_of,
    staff,
)


@pytest.mark.parametrize(
    "stage", [Stage.VERIFICATION, Stage.DISPOSED, Stage.IN_PROGRESS, Stage.AWAITING_REPORTER]
)
def test_an_extension_adds_the_policys_amount_once(stage: Stage) -> None:
    before = in_stage(stage)
    state = act(before, Action.EXTEND, 25)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert resolution.amount == minutes(RESOLVE[Kind.COMPLAINT] + EXTEND)
    assert (resolution.started_at, resolution.pauses) == (
        minute(0),
        clock_of(before, ClockName.RESOLUTION).pauses,
    )
    assert refusal_of(state, Action.EXTEND, 26).reason is RefusalReason.ALREADY_DONE


def test_an_extension_while_the_reporter_is_asked_counts_after_the_answer() -> None:
    state = act(act(in_stage(Stage.AWAITING_REPORTER), Action.EXTEND, 25), Action.COMPLETE, 30)
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(140 + EXTEND + 10)


def test_a_late_case_can_be_extended_and_the_breach_stays_recorded() -> None:
    late = fired(in_stage(Stage.IN_PROGRESS))
    state = act(late, Action.EXTEND, 150)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (resolution.due_at, resolution.expired_at) == (minute(140 + EXTEND), None)
    assert (state.level, state.highest_level) == (0, 1)
    assert state.clock(ClockName.RESOLUTION_LEVEL) is None


def test_an_extension_that_does_not_reach_the_present_leaves_the_case_late_and_its_ladder_standing() -> None:
    late = fired(in_stage(Stage.IN_PROGRESS, policy=policy(extension=minutes(5))))
    state = act(late, Action.EXTEND, 150)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (resolution.due_at, resolution.expired_at, state.level) == (minute(145), minute(145), 1)
    assert ClockName.RESOLUTION not in {item.clock for item in agenda(state)}
    assert ClockName.RESOLUTION_LEVEL in {item.clock for item in agenda(state)}


def test_an_extension_is_refused_where_the_policy_grants_none_in_the_unit_of_the_clock() -> None:
    state = in_stage(Stage.DISPOSED, policy=policy(extension=Amount(7, Unit.WORKING_DAYS)))
    assert refusal_of(state, Action.EXTEND, 25).reason is RefusalReason.NOT_RUNNING


def test_an_extension_says_why() -> None:
    found = refusal_of(in_stage(Stage.DISPOSED), Action.EXTEND, 25, message_id=None)
    assert found.reason is RefusalReason.INCOMPLETE


def test_another_kind_keeps_the_extension() -> None:
    state = act(act(in_stage(Stage.DISPOSED), Action.EXTEND, 25), Action.RECLASSIFY, 26)
    assert clock_of(state, ClockName.RESOLUTION).amount == minutes(RESOLVE[Kind.ASPIRATION] + EXTEND)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.COMPLAINT])
def test_another_kind_has_the_same_start_and_the_new_amount(kind: Kind) -> None:
    state = act(in_stage(Stage.DISPOSED), Action.RECLASSIFY, 25, kind=kind)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (state.kind, resolution.started_at, resolution.amount) == (kind, minute(0), minutes(RESOLVE[kind]))
    assert resolution.due_at == minute(RESOLVE[kind])


def test_another_kind_goes_on_standing_still_while_the_reporter_is_asked() -> None:
    state = act(in_stage(Stage.AWAITING_REPORTER), Action.RECLASSIFY, 25)
    assert clock_of(state, ClockName.RESOLUTION).frozen
    assert clock_of(act(state, Action.COMPLETE, 30), ClockName.RESOLUTION).due_at == minute(60 + 10)


def test_a_shorter_kind_makes_nobody_late_in_retrospect() -> None:
    state = act(in_stage(Stage.IN_PROGRESS), Action.RECLASSIFY, 100)
    assert clock_of(state, ClockName.RESOLUTION).due_at == minute(100 + NEXT_CLOSING)


def test_a_longer_kind_takes_a_late_case_off_the_late_lists_and_a_shorter_leaves_it_there() -> None:
    late = fired(in_stage(Stage.IN_PROGRESS))
    longer = act(late, Action.RECLASSIFY, 150, kind=Kind.COMPLAINT_OVERSIGHT)
    assert (longer.level, longer.highest_level) == (0, 1)
    shorter = act(late, Action.RECLASSIFY, 150, kind=Kind.ASPIRATION)
    assert (shorter.level, clock_of(shorter, ClockName.RESOLUTION).due_at) == (1, minute(60))


def test_another_category_moves_no_date() -> None:
    before = in_stage(Stage.DISPOSED)
    state = act(before, Action.RECLASSIFY, 25, kind=None, category_id=7)
    assert (state.facts.category_id, state.kind, agenda(state)) == (7, before.kind, agenda(before))


@pytest.mark.parametrize("body", [{"kind": None}, {"kind": Kind.COMPLAINT}])
def test_a_classification_changes_something(body: dict[str, object]) -> None:
    found = refusal_of(in_stage(Stage.DISPOSED), Action.RECLASSIFY, 25, **body)
    assert found.reason is RefusalReason.INCOMPLETE


def test_a_claim_shows_who_is_on_it_and_blocks_nobody() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.CLAIM, 25, staff(Relation.OPERATOR, holder=WORKS))
    assert state.facts.claimed_by == 40
    other = staff(Relation.LIAISON, holder=WORKS, person_id=41)
    assert act(state, Action.ANSWER, 26, other).stage is Stage.AWAITING_CONFIRMATION
    assert act(state, Action.CLAIM, 26, other).facts.claimed_by == 41
    assert act(state, Action.RELEASE, 26, other).facts.claimed_by is None


def test_there_is_nothing_to_release_that_nobody_claims() -> None:
    state = in_stage(Stage.DISPOSED)
    assert refusal_of(state, Action.RELEASE, 25).reason is RefusalReason.NOT_CLAIMED
    assert Action.RELEASE not in allowed_actions(state, actor_for(Relation.LIAISON, WORKS))


def test_a_nudge_is_heard_once_a_day() -> None:
    state = act(in_stage(Stage.DISPOSED), Action.NUDGE, 25)
    assert state.facts.nudged_at == minute(25)
    assert refusal_of(state, Action.NUDGE, 25 + 24 * 60 - 1).reason is RefusalReason.TOO_SOON
    assert event_of(state, Action.NUDGE, 25 + 24 * 60).kind is EventKind.NUDGED


def test_those_above_remind_as_seldom_and_apart_from_the_reporter() -> None:
    state = act(act(in_stage(Stage.DISPOSED), Action.NUDGE, 25), Action.URGE, 26)
    assert refusal_of(state, Action.URGE, 26 + 24 * 60 - 1).reason is RefusalReason.TOO_SOON
    assert event_of(state, Action.URGE, 26 + 24 * 60).kind is EventKind.URGED
    assert event_of(state, Action.NUDGE, 25 + 24 * 60).kind is EventKind.NUDGED


def test_who_must_verify_reminds_nobody_but_those_above_do() -> None:
    state = in_stage(Stage.VERIFICATION)
    admin = staff(Relation.VERIFIER, Relation.ARBITER, role=Role.AGENCY_ADMIN)
    assert refusal_of(state, Action.URGE, 25, admin).reason is RefusalReason.NOT_YOURS
    above = staff(Relation.ARBITER, role=Role.NATIONAL_ADMIN)
    assert event_of(state, Action.URGE, 25, above).kind is EventKind.URGED


@pytest.mark.parametrize("action", [Action.NOTE, Action.CONTRIBUTE, Action.CLAIM, Action.NUDGE, Action.URGE])
def test_words_among_staff_and_nudges_move_no_clock(action: Action) -> None:
    before = in_stage(Stage.DISPOSED)
    event = event_of(before, action, 25)
    assert (event.clocks, event.version, event.stage) == ((), before.version, before.stage)
    assert live(act(before, action, 25)) == live(before)


@pytest.mark.parametrize("action", [Action.NOTE, Action.CONTRIBUTE])
def test_a_note_has_words(action: Action) -> None:
    found = refusal_of(in_stage(Stage.DISPOSED), action, 25, message_id=None)
    assert found.reason is RefusalReason.INCOMPLETE


def test_an_assisting_unit_writes_and_decides_nothing() -> None:
    state = in_stage(Stage.DISPOSED)
    offered = set(allowed_actions(state, actor_for(Relation.ASSISTANT, WORKS)))
    assert offered == {Action.NOTE, Action.CONTRIBUTE, Action.CANCEL}


def test_a_command_that_was_called_back_is_refused_when_it_comes() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    waiting = command(state, Action.ANSWER, 30)
    event = event_of(state, Action.CANCEL, 31, cancels=waiting.id)
    assert (event.kind, event.cancels, event.version) == (
        EventKind.COMMAND_CANCELLED,
        waiting.id,
        state.version,
    )
    after = act(state, Action.CANCEL, 31, cancels=waiting.id)
    refused = refusal(after, waiting)
    assert refused is not None and refused.reason is RefusalReason.CANCELLED


def test_a_command_that_has_been_applied_is_not_called_back() -> None:
    state = in_stage(Stage.IN_PROGRESS)
    applied = command(state, Action.ANSWER, 30)
    after = act(state, Action.ANSWER, 30)
    assert refusal_of(after, Action.CANCEL, 31, cancels=applied.id).reason is RefusalReason.APPLIED


def test_a_cancel_names_a_command_and_only_the_last_ones_are_kept() -> None:
    state = new_case()
    assert refusal_of(state, Action.CANCEL, 5, cancels=None).reason is RefusalReason.INCOMPLETE
    for number in range(CANCELLED_KEPT + 1):
        state = act(state, Action.CANCEL, 5, cancels=f"c-{number}")
    assert state.facts.cancelled == tuple(f"c-{number}" for number in range(1, CANCELLED_KEPT + 1))


def test_the_reporter_calls_back_too() -> None:
    state = in_stage(Stage.CLOSED)
    assert event_of(state, Action.CANCEL, 50, REPORTER_ACTOR).actor == REPORTER_ACTOR


ACCUSED = 77


@pytest.mark.parametrize("stage", Stage)
def test_the_accused_person_can_do_nothing_at_all(stage: Stage) -> None:
    state = in_stage(stage)
    state = replace(state, facts=replace(state.facts, accused_person_id=ACCUSED))
    for relation in set(Relation) - {Relation.REPORTER, Relation.SYSTEM}:
        accused = staff(relation, holder=state.holder, person_id=ACCUSED)
        assert allowed_actions(state, accused) == ()
        refused = refusal(state, command(state, Action.NOTE, 50, accused))
        assert refused is not None
        assert refused.reason in {RefusalReason.NOT_YOURS, RefusalReason.WRONG_STAGE}


def test_an_accused_person_named_at_disposal_stays_accused() -> None:
    state = act(new_case(), Action.DISPOSE, 5, accused_person_id=ACCUSED)
    assert state.facts.accused_person_id == ACCUSED
    assert act(act(state, Action.RETURN_CASE, 6), Action.DISPOSE, 7).facts.accused_person_id == ACCUSED


def test_the_accused_unit_is_not_asked_to_help() -> None:
    refused = refusal_of(new_case(), Action.DISPOSE, 5, accused_unit_id=ROADS.id, assisting=(ROADS.id,))
    assert refused.reason is RefusalReason.ACCUSED_UNIT


def test_a_disposal_carries_what_the_verifier_decided() -> None:
    state = act(new_case(), Action.DISPOSE, 5, category_id=3, assisting=(ROADS.id,), publish=True)
    assert (state.facts.category_id, state.facts.assisting, state.facts.publish) == (3, (ROADS.id,), True)


def test_a_case_of_the_old_policy_can_be_ended_by_a_supervisor_too() -> None:
    state = act(in_stage(Stage.DISPOSED, policy=old_policy()), Action.ARCHIVE, 25)
    assert state.end_reason is EndReason.SPAM
