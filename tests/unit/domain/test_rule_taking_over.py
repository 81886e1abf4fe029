"""A supervisor who has taken a case speaks for its unit; without that nobody but the unit does.

Source: docs/adr/017.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.actor import Actor
from domain.case import Action, FollowUp, Relation, Role, Stage
from domain.command import RefusalReason
from domain.decide import allowed_actions
from domain.event import EventKind
from domain.state import CaseState
from tests.case_factory import PROMISED_ON, WORKS, act, event_of, in_stage, refusal_of, staff

ABOVE = staff(Relation.SUPERVISOR, holder=WORKS, person_id=50, role=Role.SUPERVISOR)
OTHER = staff(Relation.SUPERVISOR, holder=WORKS, person_id=51, role=Role.SUPERVISOR)
LIAISON = staff(Relation.LIAISON, holder=WORKS, person_id=60)
OPERATOR = staff(Relation.OPERATOR, holder=WORKS, person_id=61, role=Role.OPERATOR)
SPEAKS = {Action.FOLLOW_UP, Action.ANSWER}


def taken(stage: Stage = Stage.DISPOSED, by: Actor = ABOVE) -> CaseState:
    return act(in_stage(stage), Action.CLAIM, 31, by)


def test_the_first_claim_takes_from_nobody_and_the_next_from_whoever_was_on_it() -> None:
    state = in_stage(Stage.DISPOSED)
    first = event_of(state, Action.CLAIM, 20, LIAISON)
    assert (first.kind, first.taken_from) == (EventKind.CLAIMED, None)
    held = act(state, Action.CLAIM, 20, LIAISON)
    over = event_of(held, Action.CLAIM, 21, ABOVE)
    assert (over.kind, over.taken_from) == (EventKind.TAKEN_OVER, 60)
    assert (over.clocks, over.version) == ((), held.version)
    assert act(held, Action.CLAIM, 21, ABOVE).facts.claimed_by == 50


def test_a_claim_of_ones_own_case_takes_it_from_nobody() -> None:
    event = event_of(taken(), Action.CLAIM, 32, ABOVE)
    assert (event.kind, event.taken_from) == (EventKind.CLAIMED, None)


@pytest.mark.parametrize("stage", [Stage.DISPOSED, Stage.IN_PROGRESS])
@pytest.mark.parametrize("action", sorted(SPEAKS))
def test_a_supervisor_speaks_for_the_unit_only_with_the_case_in_hand(stage: Stage, action: Action) -> None:
    assert refusal_of(in_stage(stage), action, 35, ABOVE).reason is RefusalReason.CLAIM_FIRST
    assert refusal_of(taken(stage), action, 35, OTHER).reason is RefusalReason.CLAIM_FIRST
    assert event_of(taken(stage), action, 35, ABOVE).actor == ABOVE


def test_pages_offer_it_with_the_claim_and_not_without() -> None:
    assert set(allowed_actions(taken(), ABOVE)) >= SPEAKS
    assert SPEAKS.isdisjoint(allowed_actions(taken(), OTHER))
    assert SPEAKS.isdisjoint(allowed_actions(act(taken(), Action.RELEASE, 32, ABOVE), ABOVE))


def test_a_plan_of_who_stands_in_binds_as_the_liaisons() -> None:
    plan = {"follow_up": FollowUp.PLAN, "promised_on": PROMISED_ON}
    assert event_of(taken(), Action.FOLLOW_UP, 35, ABOVE, **plan).promised_on == PROMISED_ON


def test_who_stands_in_takes_an_answer_back_and_corrects_it() -> None:
    answered = act(taken(Stage.IN_PROGRESS), Action.ANSWER, 35, ABOVE)
    assert event_of(answered, Action.TAKE_BACK, 35, ABOVE).kind is EventKind.ANSWER_TAKEN_BACK
    assert event_of(answered, Action.CORRECT_REPLY, 36, ABOVE).kind is EventKind.REPLY_CORRECTED
    for action in (Action.TAKE_BACK, Action.CORRECT_REPLY):
        assert refusal_of(answered, action, 35, OTHER).reason is RefusalReason.CLAIM_FIRST
    confirmed = act(answered, Action.CONFIRM, 37)
    refused = refusal_of(confirmed, Action.CORRECT_REPLY, 38, OTHER)
    assert refused.reason is RefusalReason.NOT_YOURS, "nothing that is over can be taken"


def test_the_unit_goes_on_speaking_for_itself() -> None:
    assert event_of(taken(), Action.ANSWER, 35, LIAISON).kind is EventKind.ANSWERED
    assert event_of(taken(), Action.FOLLOW_UP, 35, OPERATOR).kind is EventKind.FOLLOWED_UP


@pytest.mark.parametrize("relation", sorted(set(Relation) - {Relation.SUPERVISOR, Relation.LIAISON}))
def test_a_claim_lets_nobody_answer_but_a_supervisor(relation: Relation) -> None:
    actor = replace(ABOVE, relations=frozenset({relation}))
    state = in_stage(Stage.DISPOSED)
    state = replace(state, facts=replace(state.facts, claimed_by=actor.person_id))
    assert refusal_of(state, Action.ANSWER, 35, actor).reason is RefusalReason.NOT_YOURS


def test_a_case_that_moves_on_has_to_be_taken_anew() -> None:
    moved = act(taken(), Action.RETURN_CASE, 35, LIAISON)
    assert moved.facts.claimed_by is None
