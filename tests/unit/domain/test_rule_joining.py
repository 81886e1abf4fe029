"""Two reports about one thing: the elder adopts, the younger follows, and a supervisor parts them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.act.joining import adoption, disowning
from domain.case import Action, ClockName, EndReason, Relation, Stage
from domain.command import OtherCase, RefusalReason
from domain.decide import refusal
from domain.duration import Pause
from domain.event import EventKind
from tests.case_factory import (
    CASE_ID,
    CITY,
    ELDER,
    ELDER_ID,
    REVIVE,
    YOUNGER,
    YOUNGER_ID,
    act,
    actor_for,
    clock_of,
    command,
    event_of,
    in_stage,
    live,
    minute,
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
SUPERVISOR = staff(Relation.SUPERVISOR)


@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_a_merged_case_ends_as_a_duplicate_of_the_elder_and_its_clocks_end(stage: Stage) -> None:
    event = event_of(in_stage(stage), Action.MERGE, 45)
    state = act(in_stage(stage), Action.MERGE, 45)
    assert (event.kind, event.other_id) == (EventKind.MERGED, ELDER_ID)
    assert (state.stage, state.end_reason) == (Stage.ARCHIVED, EndReason.DUPLICATE)
    assert state.facts.merged_into == ELDER_ID
    assert live(state) == {ClockName.REVIVE_WINDOW}
    assert clock_of(state, ClockName.REVIVE_WINDOW).due_at == minute(45 + REVIVE)


@pytest.mark.parametrize("other_id", [CASE_ID, YOUNGER_ID])
def test_a_case_joins_an_older_one_only_so_that_two_cannot_join_each_other(other_id: int) -> None:
    other = replace(ELDER, id=other_id)
    assert refusal_of(new_case(), Action.MERGE, 5, other=other).reason is RefusalReason.NOT_ELDER


def test_of_two_cases_that_are_merged_crosswise_only_the_younger_follows() -> None:
    elder, younger = new_case(case_id=1), new_case(case_id=2)
    one, two = (OtherCase(id=number, code=str(number) * 10, secret=False) for number in (1, 2))
    assert refusal_of(elder, Action.MERGE, 5, other=two).reason is RefusalReason.NOT_ELDER
    assert act(elder, Action.ADOPT, 5, other=two).facts.followers == (2,)
    assert act(younger, Action.MERGE, 5, other=one).facts.merged_into == 1
    assert refusal_of(younger, Action.ADOPT, 5, other=one).reason is RefusalReason.NOT_ELDER


@pytest.mark.parametrize("secret", [True, False])
def test_only_cases_of_one_secrecy_join(secret: bool) -> None:
    state = new_case(secret=secret)
    for action, other in ((Action.MERGE, ELDER), (Action.ADOPT, YOUNGER)):
        assert refusal(state, command(state, action, 5, other=replace(other, secret=secret))) is None
        refused = refusal_of(state, action, 5, other=replace(other, secret=not secret))
        assert refused.reason is RefusalReason.OTHER_SECRECY


@pytest.mark.parametrize("action", [Action.MERGE, Action.ADOPT])
def test_a_merge_names_the_other_case(action: Action) -> None:
    assert refusal_of(new_case(), action, 5, other=None).reason is RefusalReason.INCOMPLETE


@pytest.mark.parametrize("stage", [*OPEN_STAGES])
def test_an_open_elder_case_takes_followers_without_any_change_to_itself(stage: Stage) -> None:
    before = in_stage(stage)
    event = event_of(before, Action.ADOPT, 45)
    assert (event.kind, event.other_id) == (EventKind.FOLLOWER_JOINED, YOUNGER_ID)
    assert (event.stage, event.clocks, event.version) == (stage, (), before.version)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.ARCHIVED])
def test_an_ended_elder_case_takes_no_followers(stage: Stage) -> None:
    assert refusal_of(in_stage(stage), Action.ADOPT, 45).reason is RefusalReason.WRONG_STAGE


def test_a_follower_is_counted_once_and_leaves_once() -> None:
    state = act(act(new_case(), Action.ADOPT, 5), Action.ADOPT, 6)
    assert state.facts.followers == (YOUNGER_ID,)
    parted = act(state, Action.DISOWN, 7)
    assert parted.facts.followers == ()
    assert refusal_of(parted, Action.DISOWN, 8).reason is RefusalReason.ALREADY_DONE


def test_a_follower_leaves_also_an_elder_case_that_has_ended() -> None:
    state = act(act(new_case(), Action.ADOPT, 5), Action.ARCHIVE, 6)
    assert act(state, Action.DISOWN, 7).facts.followers == ()


def test_the_reporter_cannot_revive_what_follows_an_elder_and_a_supervisor_parts_it() -> None:
    merged = act(new_case(), Action.MERGE, 5)
    assert refusal_of(merged, Action.REVIVE, 6).reason is RefusalReason.MERGED
    event = event_of(merged, Action.UNMERGE, 15)
    state = act(merged, Action.UNMERGE, 15)
    assert (event.kind, event.other_id) == (EventKind.UNMERGED, ELDER_ID)
    assert (state.stage, state.facts.merged_into, state.end_reason) == (Stage.VERIFICATION, None, None)
    assert clock_of(state, ClockName.RESOLUTION).pauses == (Pause(minute(5), minute(15)),)


def test_a_case_merged_while_its_reporter_was_asked_comes_back_where_it_was_asked() -> None:
    state = act(act(in_stage(Stage.AWAITING_REPORTER), Action.MERGE, 45), Action.UNMERGE, 55)
    assert state.stage is Stage.DISPOSED
    assert not any(clock.has_open_pause for clock in state.live_clocks)


def test_what_was_archived_for_another_reason_has_nothing_to_part_from() -> None:
    assert refusal_of(in_stage(Stage.ARCHIVED), Action.UNMERGE, 45).reason is RefusalReason.WRONG_STAGE


def test_only_a_supervisor_parts_cases() -> None:
    merged = act(new_case(), Action.MERGE, 5)
    for relation in (Relation.VERIFIER, Relation.LIAISON, Relation.REPORTER, Relation.ARBITER):
        refused = refusal_of(merged, Action.UNMERGE, 6, actor_for(relation, CITY))
        assert refused.reason is RefusalReason.NOT_YOURS


def test_a_case_with_followers_that_joins_another_keeps_them() -> None:
    state = act(act(new_case(), Action.ADOPT, 5), Action.MERGE, 6)
    assert (state.facts.followers, state.facts.merged_into) == ((YOUNGER_ID,), ELDER_ID)


def test_what_the_elder_is_asked_follows_from_the_merge_and_is_the_same_each_time() -> None:
    younger = new_case(case_id=YOUNGER_ID)
    merge = command(younger, Action.MERGE, 5, other=ELDER)
    asked = adoption(merge, YOUNGER_ID, YOUNGER.code)
    elder = new_case(case_id=ELDER_ID)
    assert asked == adoption(merge, YOUNGER_ID, YOUNGER.code)
    assert refusal(elder, asked) is None
    told = disowning(merge.id, YOUNGER_ID, YOUNGER.code, minute(6))
    assert told == disowning(merge.id, YOUNGER_ID, YOUNGER.code, minute(6))
    joined = act(elder, Action.ADOPT, 5)
    assert refusal(joined, told) is None
