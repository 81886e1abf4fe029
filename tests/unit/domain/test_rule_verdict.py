"""What the reporter says of the answer, and the Ombudsman's offer. Source: CASE; CLOCKS, escalation."""

from __future__ import annotations

import pytest

from domain.agenda import AgendaItem, AgendaKind, agenda
from domain.case import Action, ClockName, EndReason, Stage
from domain.command import RefusalReason
from domain.event import EventKind
from domain.fire import fire
from domain.state import CaseState
from tests.case_factory import (
    CITY,
    FOLLOW,
    NATIONAL,
    OMBUDSMAN,
    REWORK,
    VERIFY,
    WORKS,
    act,
    clock_of,
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
    settle,
)


def twice_answered(**changes: object) -> CaseState:
    """A case that was disputed once and answered again."""
    state = act(in_stage(Stage.AWAITING_CONFIRMATION, **changes), Action.DISPUTE, 45)
    return act(state, Action.ANSWER, 50)


def test_a_confirmation_without_a_rating_gives_none() -> None:
    event = event_of(in_stage(Stage.AWAITING_CONFIRMATION), Action.CONFIRM, 45, rating=None)
    assert (event.rating, event.end_reason) == (None, EndReason.RESOLVED)


def test_the_second_dispute_goes_to_the_arbiter_with_a_verification_clock() -> None:
    state = act(twice_answered(), Action.DISPUTE, 60)
    assert (state.stage, state.holder, state.facts.in_arbitration) == (Stage.VERIFICATION, CITY, True)
    assert clock_of(state, ClockName.VERIFICATION).due_at == minute(60 + VERIFY)
    resolution = clock_of(state, ClockName.RESOLUTION)
    assert (resolution.live, resolution.unit_id) == (True, CITY.id)
    assert resolution.due_at == max(minute(140 + 15 + 10), minute(60 + REWORK))
    assert (state.level, state.highest_level, state.dispute_count) == (2, 2, 2)
    settled = act(state, Action.DISPOSE, 65)
    assert refusal_of(settled, Action.RETURN_CASE, 66).reason is RefusalReason.SETTLED


def test_a_second_dispute_after_a_bounce_between_agencies_goes_to_the_nation() -> None:
    state = act(act(new_case(), Action.NOT_OURS, 2), Action.DISPOSE, 4)
    state = act(act(act(state, Action.ANSWER, 6), Action.DISPUTE, 8), Action.ANSWER, 10)
    assert act(state, Action.DISPUTE, 12).holder == NATIONAL


def test_a_second_dispute_about_an_accused_agency_goes_to_the_nation() -> None:
    state = act(new_case(), Action.DISPOSE, 5, accused_unit_id=CITY.id)
    state = act(act(act(state, Action.ANSWER, 6), Action.DISPUTE, 8), Action.ANSWER, 10)
    assert act(state, Action.DISPUTE, 12).holder == NATIONAL


def test_without_an_arbiter_in_the_policy_every_dispute_goes_back_to_the_unit() -> None:
    state = act(twice_answered(policy=old_policy()), Action.DISPUTE, 60)
    assert (state.stage, state.holder) == (Stage.IN_PROGRESS, WORKS)


def test_the_rung_of_a_dispute_is_not_lost_when_the_late_clock_is_forgiven() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 45)
    late = fired(state, name=ClockName.FIRST_FOLLOW_UP)
    assert late.level == 2
    asked = act(late, Action.ASK, 45 + FOLLOW - 5)
    assert (asked.level, asked.highest_level) == (1, 2)


def test_a_dispute_does_not_climb_beyond_the_top_of_the_ladder() -> None:
    state = in_stage(Stage.DISPOSED)
    for _ in range(8):
        state = fired(state, name=next(item.clock for item in agenda(state) if "follow" in item.clock))
    assert state.level == 5
    disputed = act(act(state, Action.ANSWER, 400), Action.DISPUTE, 410)
    assert (disputed.level, disputed.highest_level) == (5, 5)


def overdue(**changes: object) -> CaseState:
    """A case in an office whose resolution has run out at its due minute."""
    state = act(act(new_case(policy=old_policy(**changes)), Action.DISPOSE, 5), Action.FOLLOW_UP, 10)
    return fired(state)


def test_the_offer_comes_by_its_own_clock_once_and_tells_only_the_case() -> None:
    state = overdue()
    assert agenda(state) == (
        AgendaItem(at=minute(OMBUDSMAN), clock=ClockName.OMBUDSMAN, kind=AgendaKind.OFFER),
    )
    event = fire(state, agenda(state)[0], minute(OMBUDSMAN))
    assert (event.kind, event.version, event.clocks) == (EventKind.OMBUDSMAN_OFFERED, state.version, ())
    after = settle(state, event)
    assert (after.facts.offered_at, agenda(after)) == (minute(OMBUDSMAN), ())


def test_no_offer_before_the_resolution_has_expired() -> None:
    state = new_case(policy=policy(ombudsman=minutes(20)))
    assert AgendaKind.OFFER not in {item.kind for item in agenda(state)}
    late = overdue(ombudsman=minutes(20))
    assert agenda(late)[0].at == minute(140)


def test_no_offer_once_the_case_is_answered() -> None:
    state = act(overdue(), Action.ANSWER, 150)
    assert AgendaKind.OFFER not in {item.kind for item in agenda(state)}
    disputed = act(state, Action.DISPUTE, 160)
    assert AgendaKind.OFFER not in {item.kind for item in agenda(disputed)}
    assert agenda(fired(fired(disputed)))[0].kind is AgendaKind.OFFER


def climbed(state: CaseState) -> list[CaseState]:
    """The states until the offer, one for each thing that time does."""
    states = [state]
    while states[-1].facts.offered_at is None:
        states.append(fired(states[-1]))
    return states


def test_the_ladder_offers_first_where_its_top_comes_before_the_clock() -> None:
    offered = climbed(in_stage(Stage.IN_PROGRESS))[-1]
    assert (offered.facts.offered_at, offered.level) == (minute(140 + 4 * 20), 5)


def test_the_clock_offers_first_where_it_ends_before_the_top_of_the_ladder() -> None:
    offered = climbed(in_stage(Stage.IN_PROGRESS, policy=policy(ombudsman=minutes(170))))[-1]
    assert (offered.facts.offered_at, offered.level) == (minute(170), 2)


def test_an_offer_is_not_repeated_by_the_other_way() -> None:
    offered = climbed(in_stage(Stage.IN_PROGRESS))[-1]
    later = fired(fired(offered))
    assert (later.facts.offered_at, AgendaKind.OFFER in {item.kind for item in agenda(later)}) == (
        offered.facts.offered_at,
        False,
    )


def test_a_report_goes_to_the_ombudsman_with_consent_only_and_does_not_come_back() -> None:
    offered = climbed(in_stage(Stage.IN_PROGRESS))[-1]
    refused = refusal_of(offered, Action.TRANSFER_TO_OMBUDSMAN, 230, consents=False)
    assert refused.reason is RefusalReason.INCOMPLETE
    state = act(offered, Action.TRANSFER_TO_OMBUDSMAN, 230)
    assert (state.stage, state.end_reason) == (Stage.CLOSED, EndReason.TRANSFERRED_TO_OMBUDSMAN)
    assert live(state) == {ClockName.REOPEN_WINDOW}
    assert refusal_of(state, Action.REOPEN, 231).reason is RefusalReason.ENDED


@pytest.mark.parametrize("stage", [Stage.VERIFICATION, Stage.DISPOSED, Stage.AWAITING_REPORTER])
def test_nothing_is_transferred_before_the_offer(stage: Stage) -> None:
    assert refusal_of(in_stage(stage), Action.TRANSFER_TO_OMBUDSMAN, 50).reason is RefusalReason.NOT_OFFERED
