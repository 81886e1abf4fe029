"""Who may do what in which stage: every combination, against a table written by hand from CASE.md."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.case import OPEN_STAGES, Action, FollowUp, Relation, Stage
from domain.command import Refusal, RefusalReason
from domain.decide import allowed_actions, decide, refusal
from domain.event import Event, EventKind
from domain.state import CaseState
from domain.table import RULES
from tests.case_factory import (
    ELDER_ID,
    PROMISED_ON,
    YOUNGER_ID,
    actor_for,
    command,
    event_of,
    in_stage,
    minute,
    policy,
)

HERE = {stage: in_stage(stage, policy=policy(take_back_seconds=3600)) for stage in Stage}
ALL = set(Stage)
ENDED = {Stage.CLOSED, Stage.ARCHIVED}
OPEN = ALL - ENDED
IN_HAND = {Stage.DISPOSED, Stage.IN_PROGRESS}
HOLDER_UNIT = {Relation.LIAISON, Relation.OPERATOR}
STAFF = HOLDER_UNIT | {Relation.VERIFIER, Relation.SUPERVISOR}
SUPERVISOR, REPORTER, VERIFIER = {Relation.SUPERVISOR}, {Relation.REPORTER}, {Relation.VERIFIER}
LIAISON, SYSTEM = {Relation.LIAISON}, {Relation.SYSTEM}

TABLE: dict[Action, list[tuple[set[Stage], set[Relation]]]] = {
    Action.DISPOSE: [({Stage.VERIFICATION}, VERIFIER)],
    Action.ASK: [
        ({Stage.VERIFICATION}, VERIFIER | SUPERVISOR),
        (IN_HAND, HOLDER_UNIT | SUPERVISOR),
        ({Stage.AWAITING_REPORTER}, HOLDER_UNIT | SUPERVISOR),
    ],
    Action.COMPLETE: [({Stage.AWAITING_REPORTER}, REPORTER)],
    Action.NOT_OURS: [({Stage.VERIFICATION}, VERIFIER)],
    Action.RETURN_CASE: [({Stage.DISPOSED}, LIAISON | SUPERVISOR), ({Stage.IN_PROGRESS}, SUPERVISOR)],
    Action.REDISPOSE: [(IN_HAND, LIAISON | SUPERVISOR)],
    Action.FOLLOW_UP: [(IN_HAND, HOLDER_UNIT)],
    Action.ANSWER: [(IN_HAND, LIAISON)],
    Action.TAKE_BACK: [({Stage.AWAITING_CONFIRMATION}, LIAISON)],
    Action.CORRECT_REPLY: [(ALL, LIAISON)],
    Action.CONFIRM: [({Stage.AWAITING_CONFIRMATION}, REPORTER)],
    Action.DISPUTE: [({Stage.AWAITING_CONFIRMATION}, REPORTER)],
    Action.ARCHIVE: [({Stage.VERIFICATION}, VERIFIER), (OPEN - {Stage.VERIFICATION}, SUPERVISOR)],
    Action.WITHDRAW: [(OPEN, REPORTER)],
    Action.MERGE: [({Stage.VERIFICATION}, VERIFIER), (OPEN - {Stage.VERIFICATION}, LIAISON)],
    Action.UNMERGE: [({Stage.ARCHIVED}, SUPERVISOR)],
    Action.REASSIGN: [(OPEN, SUPERVISOR | {Relation.ARBITER})],
    Action.EXTEND: [(OPEN - {Stage.AWAITING_CONFIRMATION}, SUPERVISOR)],
    Action.RECLASSIFY: [(OPEN, VERIFIER | SUPERVISOR)],
    Action.CLAIM: [(OPEN, STAFF)],
    Action.RELEASE: [(OPEN, STAFF)],
    Action.NUDGE: [(OPEN, REPORTER)],
    Action.URGE: [
        (
            OPEN - {Stage.AWAITING_REPORTER, Stage.AWAITING_CONFIRMATION},
            SUPERVISOR | {Relation.ARBITER},
        )
    ],
    Action.RAISE_CASE: [
        (
            OPEN - {Stage.AWAITING_REPORTER, Stage.AWAITING_CONFIRMATION},
            SUPERVISOR | {Relation.ARBITER},
        )
    ],
    Action.NOTE: [(OPEN, STAFF | {Relation.ARBITER, Relation.ASSISTANT})],
    Action.CONTRIBUTE: [(OPEN, {Relation.ASSISTANT})],
    Action.MESSAGE: [(OPEN, REPORTER)],
    Action.REOPEN: [({Stage.CLOSED}, REPORTER | SUPERVISOR)],
    Action.REVIVE: [({Stage.ARCHIVED}, REPORTER | VERIFIER)],
    Action.TRANSFER_TO_OMBUDSMAN: [(OPEN, REPORTER)],
    Action.CANCEL: [(ALL, set(Relation))],
    Action.ADOPT: [(OPEN, SYSTEM)],
    Action.DISOWN: [(ALL, SYSTEM)],
}
"""Source: CASE, the table; an answer is the liaison's, and so is the minute in which it is taken back."""

EVENT = {
    Action.DISPOSE: EventKind.DISPOSED,
    Action.ASK: EventKind.ASKED,
    Action.COMPLETE: EventKind.COMPLETED,
    Action.NOT_OURS: EventKind.NOT_OURS,
    Action.RETURN_CASE: EventKind.RETURNED,
    Action.REDISPOSE: EventKind.REDISPOSED,
    Action.FOLLOW_UP: EventKind.FOLLOWED_UP,
    Action.ANSWER: EventKind.ANSWERED,
    Action.TAKE_BACK: EventKind.ANSWER_TAKEN_BACK,
    Action.CORRECT_REPLY: EventKind.REPLY_CORRECTED,
    Action.CONFIRM: EventKind.CONFIRMED,
    Action.DISPUTE: EventKind.DISPUTED,
    Action.ARCHIVE: EventKind.ARCHIVED,
    Action.WITHDRAW: EventKind.WITHDRAWN,
    Action.MERGE: EventKind.MERGED,
    Action.UNMERGE: EventKind.UNMERGED,
    Action.REASSIGN: EventKind.REASSIGNED,
    Action.EXTEND: EventKind.EXTENDED,
    Action.RECLASSIFY: EventKind.RECLASSIFIED,
    Action.CLAIM: EventKind.CLAIMED,
    Action.RELEASE: EventKind.RELEASED,
    Action.NUDGE: EventKind.NUDGED,
    Action.URGE: EventKind.URGED,
    Action.RAISE_CASE: EventKind.RAISED,
    Action.NOTE: EventKind.NOTED,
    Action.CONTRIBUTE: EventKind.CONTRIBUTED,
    Action.MESSAGE: EventKind.MESSAGE_RECEIVED,
    Action.REOPEN: EventKind.REOPENED,
    Action.REVIVE: EventKind.REVIVED,
    Action.TRANSFER_TO_OMBUDSMAN: EventKind.TRANSFERRED_TO_OMBUDSMAN,
    Action.CANCEL: EventKind.COMMAND_CANCELLED,
    Action.ADOPT: EventKind.FOLLOWER_JOINED,
    Action.DISOWN: EventKind.FOLLOWER_LEFT,
}
AFTER = {
    Action.DISPOSE: Stage.DISPOSED,
    Action.ASK: Stage.AWAITING_REPORTER,
    Action.COMPLETE: Stage.DISPOSED,
    Action.RETURN_CASE: Stage.VERIFICATION,
    Action.REDISPOSE: Stage.DISPOSED,
    Action.FOLLOW_UP: Stage.IN_PROGRESS,
    Action.ANSWER: Stage.AWAITING_CONFIRMATION,
    Action.TAKE_BACK: Stage.IN_PROGRESS,
    Action.CONFIRM: Stage.CLOSED,
    Action.DISPUTE: Stage.IN_PROGRESS,
    Action.ARCHIVE: Stage.ARCHIVED,
    Action.WITHDRAW: Stage.CLOSED,
    Action.MERGE: Stage.ARCHIVED,
    Action.UNMERGE: Stage.VERIFICATION,
    Action.REASSIGN: Stage.DISPOSED,
    Action.REOPEN: Stage.IN_PROGRESS,
    Action.REVIVE: Stage.VERIFICATION,
    Action.TRANSFER_TO_OMBUDSMAN: Stage.CLOSED,
}
"""Where an act leads that changes the stage; the others leave it, and so do some in one stage."""

QUIET = {
    Action.CORRECT_REPLY,
    Action.CLAIM,
    Action.RELEASE,
    Action.NUDGE,
    Action.URGE,
    Action.RAISE_CASE,
    Action.NOTE,
    Action.CONTRIBUTE,
    Action.MESSAGE,
    Action.CANCEL,
    Action.ADOPT,
    Action.DISOWN,
}
"""Acts that change neither stage nor holder nor kind nor a date."""
UNVERSIONED = QUIET | {Action.COMPLETE}
SPOKEN = {Action.FOLLOW_UP, Action.ANSWER, Action.TAKE_BACK, Action.CORRECT_REPLY}
"""What a supervisor may once the case is taken by them."""
EVERY = [(action, stage, relation) for action in Action for stage in Stage for relation in Relation]
POSSIBLE = [(action, stage) for action in Action for stages, _ in TABLE[action] for stage in sorted(stages)]


def ripe(action: Action, stage: Stage) -> CaseState:
    """A case in which nothing but stage and relation can stand in the way of the act."""
    state = HERE[stage]
    facts: dict[Action, dict[str, Any]] = {
        Action.RELEASE: {"claimed_by": 40},
        Action.UNMERGE: {"merged_into": ELDER_ID},
        Action.TRANSFER_TO_OMBUDSMAN: {"offered_at": minute(45)},
        Action.CORRECT_REPLY: {"replies": (3,)},
        Action.DISOWN: {"followers": (YOUNGER_ID,)},
    }
    return replace(state, facts=replace(state.facts, **facts.get(action, {})))


def relations_of(action: Action, stage: Stage) -> set[Relation] | None:
    return next((relations for stages, relations in TABLE[action] if stage in stages), None)


def expected(action: Action, stage: Stage, relation: Relation) -> EventKind | RefusalReason:
    relations = relations_of(action, stage)
    if action is Action.EXTEND and stage is Stage.AWAITING_CONFIRMATION:
        return RefusalReason.NOT_RUNNING if relation in SUPERVISOR else RefusalReason.NOT_YOURS
    if relations is None:
        return RefusalReason.WRONG_STAGE
    if relation not in relations:
        needs_claim = action in SPOKEN and relation is Relation.SUPERVISOR and stage in OPEN_STAGES
        return RefusalReason.CLAIM_FIRST if needs_claim else RefusalReason.NOT_YOURS
    completes = action is Action.MESSAGE and stage is Stage.AWAITING_REPORTER
    return EventKind.COMPLETED if completes else EVENT[action]


def made_by(action: Action, stage: Stage) -> tuple[CaseState, Event]:
    state = ripe(action, stage)
    relation = sorted(relations_of(action, stage) or ())[0]
    return state, event_of(state, action, 50, actor_for(relation, state.holder))


def test_every_action_of_the_domain_has_a_rule() -> None:
    assert set(RULES) == set(Action) == set(TABLE) == set(EVENT)


@pytest.mark.parametrize(("action", "stage", "relation"), EVERY, ids=str)
def test_each_action_in_each_stage_by_each_relation_is_applied_or_refused_as_the_table_says(
    action: Action, stage: Stage, relation: Relation
) -> None:
    state = ripe(action, stage)
    decision = decide(state, command(state, action, 50, actor_for(relation, state.holder)))
    found = decision.kind if isinstance(decision, Event) else decision.reason
    assert found is expected(action, stage, relation)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("relation", Relation)
def test_the_actions_that_pages_offer_are_those_that_the_table_allows(
    stage: Stage, relation: Relation
) -> None:
    actor = actor_for(relation, HERE[stage].holder)
    offered = {action for action in Action if action in allowed_actions(ripe(action, stage), actor)}
    assert offered == {
        action for action in Action if isinstance(expected(action, stage, relation), EventKind)
    }


@pytest.mark.parametrize("stage", sorted(ENDED))
@pytest.mark.parametrize("action", Action)
def test_nothing_can_be_done_once_the_life_of_a_case_has_ended(action: Action, stage: Stage) -> None:
    state = replace(ripe(action, stage), ended=True)
    asked = command(state, action, 50)
    refused = refusal(state, asked)
    assert refused is not None
    assert refused.reason is RefusalReason.ENDED
    assert allowed_actions(state, asked.actor) == ()


@pytest.mark.parametrize(("action", "stage"), POSSIBLE, ids=str)
def test_each_action_leads_to_the_stage_of_the_table(action: Action, stage: Stage) -> None:
    after = AFTER.get(action, stage)
    if stage is Stage.AWAITING_REPORTER:
        after = {Action.REASSIGN: stage, Action.MESSAGE: Stage.DISPOSED}.get(action, after)
    if stage is Stage.VERIFICATION and action is Action.REASSIGN:
        after = Stage.DISPOSED
    assert made_by(action, stage)[1].stage is after


@pytest.mark.parametrize(("action", "stage"), POSSIBLE, ids=str)
def test_what_changes_stage_holder_kind_or_a_date_counts_one_version_and_all_else_none(
    action: Action, stage: Stage
) -> None:
    state, event = made_by(action, stage)
    counts = action not in QUIET
    if action is Action.FOLLOW_UP:
        counts = stage is Stage.DISPOSED
    if action is Action.MESSAGE:
        counts = stage is Stage.AWAITING_REPORTER
    assert event.version == state.version + counts


@pytest.mark.parametrize(("action", "stage"), POSSIBLE, ids=str)
def test_a_form_made_from_an_older_version_is_refused_where_it_decides_something(
    action: Action, stage: Stage
) -> None:
    state = ripe(action, stage)
    actor = actor_for(sorted(relations_of(action, stage) or ())[0], state.holder)
    found = refusal(state, command(state, action, 50, actor, version=state.version - 1))
    assert (found and found.reason) is (None if action in UNVERSIONED else RefusalReason.CHANGED)


BARRED = [
    (Action.RELEASE, Stage.DISPOSED, {}, RefusalReason.NOT_CLAIMED),
    (Action.UNMERGE, Stage.ARCHIVED, {}, RefusalReason.WRONG_STAGE),
    (Action.REVIVE, Stage.ARCHIVED, {"merged_into": 5}, RefusalReason.MERGED),
    (Action.TRANSFER_TO_OMBUDSMAN, Stage.DISPOSED, {}, RefusalReason.NOT_OFFERED),
    (Action.CORRECT_REPLY, Stage.DISPOSED, {}, RefusalReason.NO_REPLY),
    (Action.TAKE_BACK, Stage.AWAITING_CONFIRMATION, {"answer": None}, RefusalReason.NO_REPLY),
    (Action.RETURN_CASE, Stage.DISPOSED, {"settled": True}, RefusalReason.SETTLED),
    (Action.NOT_OURS, Stage.VERIFICATION, {"settled": True}, RefusalReason.SETTLED),
    (Action.EXTEND, Stage.DISPOSED, {"extended": True}, RefusalReason.ALREADY_DONE),
    (Action.ASK, Stage.DISPOSED, {"ask_count": 2}, RefusalReason.NEEDS_SUPERVISOR),
]


@pytest.mark.parametrize(("action", "stage", "facts", "reason"), BARRED, ids=str)
def test_what_bars_an_act_also_keeps_it_from_being_offered(
    action: Action, stage: Stage, facts: dict[str, Any], reason: RefusalReason
) -> None:
    state = HERE[stage]
    state = replace(state, facts=replace(state.facts, **facts))
    asked = command(state, action, 50)
    refused = refusal(state, asked)
    assert refused is not None and refused.reason is reason
    assert action not in allowed_actions(state, asked.actor)


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
def test_an_acknowledgement_leaves_the_stage(stage: Stage) -> None:
    event = event_of(HERE[stage], Action.FOLLOW_UP, 50, follow_up=FollowUp.ACKNOWLEDGEMENT)
    assert event.stage is stage


@pytest.mark.parametrize("follow_up", FollowUp)
@pytest.mark.parametrize("relation", [Relation.LIAISON, Relation.OPERATOR])
def test_only_a_plan_needs_the_liaison(follow_up: FollowUp, relation: Relation) -> None:
    state = HERE[Stage.DISPOSED]
    promised_on = PROMISED_ON if follow_up is FollowUp.PLAN else None
    actor = actor_for(relation, state.holder)
    asked = command(state, Action.FOLLOW_UP, 50, actor, follow_up=follow_up, promised_on=promised_on)
    refused = follow_up is FollowUp.PLAN and relation is Relation.OPERATOR
    decision = decide(state, asked)
    assert isinstance(decision, Refusal) is refused
    assert not refused or decision.reason is RefusalReason.NOT_YOURS


@pytest.mark.parametrize("action", [Action.ANSWER, Action.TAKE_BACK])
def test_a_policy_may_let_operators_publish_answers_and_take_them_back(action: Action) -> None:
    stage = Stage.DISPOSED if action is Action.ANSWER else Stage.AWAITING_CONFIRMATION
    state = in_stage(stage, policy=policy(operators_publish=True))
    operator = actor_for(Relation.OPERATOR, state.holder)
    assert event_of(state, action, 31, operator).kind is EVENT[action]


def test_two_relations_of_one_person_give_the_rights_of_both() -> None:
    state = HERE[Stage.DISPOSED]
    both = actor_for(Relation.LIAISON, state.holder)
    alone = [replace(both, relations=frozenset({one})) for one in (Relation.LIAISON, Relation.SUPERVISOR)]
    both = replace(both, relations=both.relations | {Relation.SUPERVISOR})
    apart = {action for actor in alone for action in allowed_actions(state, actor)}
    assert set(allowed_actions(state, both)) == apart
