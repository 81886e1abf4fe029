"""Who may do what in which stage: every combination, against a table written by hand from CASE.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.case import Action, FollowUp, Relation, Stage
from domain.command import Refusal, RefusalReason
from domain.decide import allowed_actions, decide, refusal
from domain.event import Event, EventKind
from domain.table import RULES
from tests.case_factory import PROMISED_ON, actor_for, command, event_of, in_stage

HERE = {stage: in_stage(stage) for stage in Stage}
OPEN = {Stage.VERIFICATION, Stage.DISPOSED, Stage.IN_PROGRESS, Stage.AWAITING_CONFIRMATION}
TABLE = {
    Action.DISPOSE: ({Stage.VERIFICATION}, {Relation.VERIFIER}, EventKind.DISPOSED),
    Action.FOLLOW_UP: (
        {Stage.DISPOSED, Stage.IN_PROGRESS},
        {Relation.LIAISON, Relation.OPERATOR},
        EventKind.FOLLOWED_UP,
    ),
    Action.ANSWER: (
        {Stage.DISPOSED, Stage.IN_PROGRESS},
        {Relation.LIAISON},
        EventKind.ANSWERED,
    ),
    Action.CONFIRM: ({Stage.AWAITING_CONFIRMATION}, {Relation.REPORTER}, EventKind.CONFIRMED),
    Action.DISPUTE: ({Stage.AWAITING_CONFIRMATION}, {Relation.REPORTER}, EventKind.DISPUTED),
    Action.MESSAGE: (OPEN, {Relation.REPORTER}, EventKind.MESSAGE_RECEIVED),
}
EVERY = [(action, stage, relation) for action in Action for stage in Stage for relation in Relation]


def expected(action: Action, stage: Stage, relation: Relation) -> EventKind | RefusalReason:
    stages, relations, kind = TABLE[action]
    if stage not in stages:
        return RefusalReason.WRONG_STAGE
    return kind if relation in relations else RefusalReason.NOT_YOURS


def test_every_action_of_the_domain_has_a_rule() -> None:
    assert set(RULES) == set(Action) == set(TABLE)


@pytest.mark.parametrize(("action", "stage", "relation"), EVERY)
def test_each_action_in_each_stage_by_each_relation_is_applied_or_refused_as_the_table_says(
    action: Action, stage: Stage, relation: Relation
) -> None:
    state = HERE[stage]
    decision = decide(state, command(state, action, 50, actor_for(relation, state.holder)))
    found = decision.kind if isinstance(decision, Event) else decision.reason
    assert found is expected(action, stage, relation)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("relation", Relation)
def test_the_actions_that_pages_offer_are_those_that_the_table_allows(
    stage: Stage, relation: Relation
) -> None:
    state = HERE[stage]
    offered = allowed_actions(state, actor_for(relation, state.holder))
    assert set(offered) == {
        action for action in Action if isinstance(expected(action, stage, relation), EventKind)
    }


@pytest.mark.parametrize("action", Action)
def test_nothing_can_be_done_once_the_life_of_a_case_has_ended(action: Action) -> None:
    state = replace(HERE[Stage.CLOSED], ended=True)
    refused = refusal(state, command(state, action, 50))
    assert refused is not None
    assert refused.reason is RefusalReason.ENDED
    assert allowed_actions(state, command(state, action, 50).actor) == ()


@pytest.mark.parametrize(
    ("action", "stage", "after"),
    [
        (Action.DISPOSE, Stage.VERIFICATION, Stage.DISPOSED),
        (Action.FOLLOW_UP, Stage.DISPOSED, Stage.IN_PROGRESS),
        (Action.FOLLOW_UP, Stage.IN_PROGRESS, Stage.IN_PROGRESS),
        (Action.ANSWER, Stage.DISPOSED, Stage.AWAITING_CONFIRMATION),
        (Action.ANSWER, Stage.IN_PROGRESS, Stage.AWAITING_CONFIRMATION),
        (Action.CONFIRM, Stage.AWAITING_CONFIRMATION, Stage.CLOSED),
        (Action.DISPUTE, Stage.AWAITING_CONFIRMATION, Stage.IN_PROGRESS),
        *((Action.MESSAGE, stage, stage) for stage in sorted(OPEN)),
    ],
)
def test_each_action_leads_to_the_stage_of_the_table(action: Action, stage: Stage, after: Stage) -> None:
    assert event_of(HERE[stage], action, 50).stage is after


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_an_acknowledgement_leaves_the_stage(stage: Stage) -> None:
    event = event_of(HERE[stage], Action.FOLLOW_UP, 50, follow_up=FollowUp.ACKNOWLEDGEMENT)
    assert event.stage is stage


@pytest.mark.parametrize("follow_up", FollowUp)
@pytest.mark.parametrize("relation", [Relation.LIAISON, Relation.OPERATOR])
def test_only_a_plan_needs_the_liaison(follow_up: FollowUp, relation: Relation) -> None:
    state = HERE[Stage.DISPOSED]
    promised_on = PROMISED_ON if follow_up is FollowUp.PLAN else None
    asked = command(
        state,
        Action.FOLLOW_UP,
        50,
        actor_for(relation, state.holder),
        follow_up=follow_up,
        promised_on=promised_on,
    )
    refused = follow_up is FollowUp.PLAN and relation is Relation.OPERATOR
    decision = decide(state, asked)
    assert isinstance(decision, Refusal) is refused
    assert not refused or decision.reason is RefusalReason.NOT_YOURS


def test_two_relations_of_one_person_give_the_rights_of_both() -> None:
    state = HERE[Stage.DISPOSED]
    both = actor_for(Relation.LIAISON, state.holder)
    both = replace(both, relations=both.relations | {Relation.SUPERVISOR})
    assert set(allowed_actions(state, both)) == {Action.FOLLOW_UP, Action.ANSWER}
