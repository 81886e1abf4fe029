"""What time alone does: the order of the agenda, expiries, silence, the end of a life, and outages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.actor import SYSTEM_ACTOR
from domain.agenda import AgendaItem, AgendaKind, Outage, agenda
from domain.case import Action, ClockName, EndReason, Kind, Stage
from domain.duration import Pause
from domain.event import EventKind
from domain.fire import fire, shift
from domain.policy import OutagePolicy
from domain.state import CaseState, evolve
from tests.case_factory import (
    CITY,
    CONFIRM,
    FOLLOW,
    NATIONAL,
    REOPEN,
    RESOLVE,
    VERIFY,
    act,
    changed,
    clock_of,
    event_of,
    fired,
    in_stage,
    minute,
    minutes,
    new_case,
    old_policy,
    policy,
    settle,
)

OUTAGE = Outage(id=1, from_at=minute(12), to_at=minute(18))


OLD = old_policy()


def names(state: CaseState) -> list[ClockName]:
    return [item.clock for item in agenda(state)]


def test_the_agenda_lists_every_live_clock_earliest_first() -> None:
    assert agenda(new_case()) == (
        AgendaItem(at=minute(VERIFY), clock=ClockName.VERIFICATION),
        AgendaItem(at=minute(RESOLVE[Kind.COMPLAINT]), clock=ClockName.RESOLUTION),
    )


def test_the_order_is_that_of_the_dates_and_not_that_of_the_stages() -> None:
    early = act(new_case(kind=Kind.INFORMATION_REQUEST), Action.DISPOSE, 10)
    assert names(early) == [ClockName.RESOLUTION, ClockName.FIRST_FOLLOW_UP]
    assert names(in_stage(Stage.DISPOSED)) == [ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION]


@pytest.mark.parametrize(
    ("state", "action", "body"),
    [
        (new_case(NATIONAL), Action.DISPOSE, {"unit": CITY}),
        (new_case(), Action.DISPOSE, {}),
        (in_stage(Stage.IN_PROGRESS), Action.ANSWER, {}),
        (in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, {}),
        (in_stage(Stage.AWAITING_CONFIRMATION), Action.CONFIRM, {}),
    ],
    ids=["to an agency", "to a unit", "answer", "dispute", "confirm"],
)
def test_the_agenda_is_empty_while_the_dates_of_an_act_are_being_computed(state, action, body) -> None:
    event = event_of(state, action, 45, **body)
    assert agenda(evolve(state, event)) == ()
    assert agenda(settle(state, event)) != ()


def test_a_follow_up_leaves_the_resolution_on_the_agenda_without_a_new_date() -> None:
    state = in_stage(Stage.DISPOSED)
    assert names(evolve(state, event_of(state, Action.FOLLOW_UP, 20))) == [ClockName.RESOLUTION]


def test_an_expiry_raises_the_first_level_and_stops_nothing() -> None:
    state = new_case()
    event = fire(state, agenda(state)[0], minute(31))
    late = changed(event)[ClockName.VERIFICATION]
    assert (event.kind, event.clock, event.actor) == (
        EventKind.CLOCK_EXPIRED,
        ClockName.VERIFICATION,
        SYSTEM_ACTOR,
    )
    assert (late.expired_at, late.level, late.live, late.due_at) == (minute(31), 1, True, minute(VERIFY))
    assert (event.version, event.stage, event.command_id) == (state.version, Stage.VERIFICATION, None)


def test_an_expiry_comes_once() -> None:
    assert names(fired(new_case(policy=OLD), 30)) == [ClockName.RESOLUTION]


def test_each_staff_clock_escalates_by_itself() -> None:
    state = fired(fired(in_stage(Stage.DISPOSED, policy=OLD), 60), 140)
    assert [clock.name for clock in state.live_clocks if clock.expired_at] == [
        ClockName.RESOLUTION,
        ClockName.FIRST_FOLLOW_UP,
    ]
    assert [item.kind for item in agenda(state)] == [AgendaKind.OFFER]
    assert state.level == 1


def test_an_expiry_does_not_lower_the_level_that_a_dispute_gave() -> None:
    state = act(in_stage(Stage.AWAITING_CONFIRMATION, policy=OLD), Action.DISPUTE, 40)
    state = act(state, Action.ANSWER, 41)
    state = act(state, Action.DISPUTE, 42)
    assert fired(state, 42 + FOLLOW).level == 2


def test_a_late_unit_can_still_act() -> None:
    late = fired(in_stage(Stage.DISPOSED), 60)
    assert act(late, Action.ANSWER, 61).stage is Stage.AWAITING_CONFIRMATION


def test_silence_closes_without_a_rating_and_opens_the_window() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    due_at = agenda(state)[0].at
    event = fire(state, agenda(state)[0], due_at)
    assert (event.kind, event.stage, event.end_reason, event.rating) == (
        EventKind.CLOSED_BY_SILENCE,
        Stage.CLOSED,
        EndReason.SILENCE,
        None,
    )
    assert event.version == state.version + 1
    confirmation, window = changed(event)[ClockName.CONFIRMATION], changed(event)[ClockName.REOPEN_WINDOW]
    assert (confirmation.stopped_at, confirmation.expired_at, confirmation.level) == (due_at, due_at, 0)
    assert (window.started_at, window.amount, window.unit_id) == (due_at, minutes(REOPEN), NATIONAL.id)


def test_silence_is_due_when_the_confirmation_has_run_out() -> None:
    assert agenda(in_stage(Stage.AWAITING_CONFIRMATION))[0] == AgendaItem(
        at=minute(30 + CONFIRM), clock=ClockName.CONFIRMATION
    )


def test_the_end_of_the_window_ends_the_life_and_empties_the_agenda() -> None:
    state = in_stage(Stage.CLOSED)
    event = fire(state, agenda(state)[0], minute(40 + REOPEN))
    ended = settle(state, event)
    assert (event.kind, event.version) == (EventKind.LIFE_ENDED, state.version)
    assert ended.ended
    assert agenda(ended) == () == ended.live_clocks


def test_nothing_is_on_the_agenda_of_an_ended_case() -> None:
    assert agenda(replace(in_stage(Stage.DISPOSED), ended=True)) == ()


def test_an_outage_is_laid_over_every_running_clock_as_a_pause() -> None:
    state = in_stage(Stage.DISPOSED)
    event = shift(state, OUTAGE, minute(18))
    assert event is not None
    pause = Pause(OUTAGE.from_at, OUTAGE.to_at)
    assert {name: clock.pauses for name, clock in changed(event).items()} == {
        ClockName.RESOLUTION: (pause,),
        ClockName.FIRST_FOLLOW_UP: (pause,),
    }
    assert (event.kind, event.version, event.outage_id) == (EventKind.OUTAGE_SHIFTED, state.version, 1)
    assert agenda(evolve(state, event)) == ()
    assert agenda(settle(state, event))[0].at == minute(10 + FOLLOW + 6)


def test_an_outage_pauses_a_clock_only_from_its_start() -> None:
    state = in_stage(Stage.DISPOSED)
    event = shift(state, Outage(id=1, from_at=minute(4), to_at=minute(14)), minute(14))
    assert event is not None
    assert changed(event)[ClockName.FIRST_FOLLOW_UP].pauses == (Pause(minute(10), minute(14)),)
    assert changed(event)[ClockName.RESOLUTION].pauses == (Pause(minute(4), minute(14)),)


def test_an_outage_is_shifted_over_once() -> None:
    state = settle(new_case(), shift(new_case(), OUTAGE, minute(18)))
    assert state.outages == (1,)
    assert shift(state, OUTAGE, minute(19)) is None


def test_two_outages_are_two_pauses() -> None:
    state = settle(new_case(), shift(new_case(), OUTAGE, minute(18)))
    second = shift(state, Outage(id=2, from_at=minute(20), to_at=minute(21)), minute(21))
    assert second is not None
    assert len(changed(second)[ClockName.RESOLUTION].pauses) == 2
    assert settle(state, second).outages == (1, 2)


def test_only_the_policy_shift_moves_clocks_over_an_outage() -> None:
    assert shift(new_case(policy=policy(OutagePolicy.FIRE)), OUTAGE, minute(18)) is None


def test_an_outage_does_not_touch_what_has_stopped_or_expired() -> None:
    late = fired(in_stage(Stage.DISPOSED, policy=OLD), 60)
    event = shift(late, Outage(id=1, from_at=minute(61), to_at=minute(70)), minute(70))
    assert event is not None
    assert set(changed(event)) == {ClockName.RESOLUTION}


def test_an_outage_before_every_running_clock_changes_nothing() -> None:
    state = in_stage(Stage.AWAITING_CONFIRMATION)
    assert shift(state, OUTAGE, minute(31)) is None


def test_an_outage_is_nothing_to_an_ended_case() -> None:
    assert shift(replace(in_stage(Stage.CLOSED), ended=True), OUTAGE, minute(60)) is None


def test_an_outage_moves_the_window_of_a_closed_case() -> None:
    state = in_stage(Stage.CLOSED)
    event = shift(state, Outage(id=3, from_at=minute(50), to_at=minute(55)), minute(55))
    assert event is not None
    assert clock_of(settle(state, event), ClockName.REOPEN_WINDOW).due_at == minute(40 + REOPEN + 5)
