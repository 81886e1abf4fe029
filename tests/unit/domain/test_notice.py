"""Which event calls for which mail."""

from __future__ import annotations

import pytest

from domain.agenda import agenda, fire
from domain.case import Action, FollowUp, Role, Stage, UnitLevel
from domain.event import Event, EventKind
from domain.notice import Audience, acting_roles, notices
from schemas.mail import MailTemplate
from tests.case_factory import CITY, NATIONAL, act, event_of, in_stage, minute, new_case


def told(event: Event) -> set[tuple[str, Audience]]:
    return {(notice.template, notice.audience) for notice in notices(event)}


def expiry(stage: Stage) -> Event:
    state = in_stage(stage)
    return fire(state, agenda(state)[0], minute(999))


def test_a_receipt_tells_the_reporter_and_those_who_verify() -> None:
    from domain.decide import begin

    event = begin(new_case(), (), minute(0))
    assert told(event) == {("received", Audience.REPORTER), ("staff_to_verify", Audience.HOLDERS)}


def test_disposal_to_an_agency_tells_its_verifiers_and_not_the_reporter() -> None:
    event = event_of(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY)
    assert told(event) == {("staff_to_verify", Audience.HOLDERS)}


def test_disposal_to_a_unit_tells_the_reporter_and_the_unit() -> None:
    event = event_of(new_case(), Action.DISPOSE, 5)
    assert told(event) == {("disposed", Audience.REPORTER), ("staff_assigned", Audience.HOLDERS)}


@pytest.mark.parametrize("follow_up", [FollowUp.ACKNOWLEDGEMENT, FollowUp.ACTION])
def test_every_follow_up_tells_the_reporter(follow_up: FollowUp) -> None:
    event = event_of(in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 50, follow_up=follow_up)
    assert told(event) == {("followed_up", Audience.REPORTER)}


@pytest.mark.parametrize(
    ("stage", "action", "template"),
    [
        (Stage.IN_PROGRESS, Action.ANSWER, "answered"),
        (Stage.AWAITING_CONFIRMATION, Action.CONFIRM, "closed"),
    ],
)
def test_an_answer_and_a_confirmed_end_tell_the_reporter(stage, action, template) -> None:
    assert told(event_of(in_stage(stage), action, 50)) == {(template, Audience.REPORTER)}


def test_a_dispute_tells_the_unit_and_its_supervisors() -> None:
    event = event_of(in_stage(Stage.AWAITING_CONFIRMATION), Action.DISPUTE, 50)
    assert told(event) == {
        ("staff_disputed", Audience.HOLDERS),
        ("staff_disputed", Audience.SUPERVISORS),
    }


def test_a_message_of_the_reporter_tells_the_unit() -> None:
    event = event_of(in_stage(Stage.DISPOSED), Action.MESSAGE, 50)
    assert told(event) == {("staff_message", Audience.HOLDERS)}


def test_a_late_clock_tells_the_supervisors_and_not_the_reporter() -> None:
    assert told(expiry(Stage.DISPOSED)) == {("staff_late", Audience.SUPERVISORS)}


def test_an_end_by_silence_tells_the_reporter() -> None:
    assert told(expiry(Stage.AWAITING_CONFIRMATION)) == {("closed_by_silence", Audience.REPORTER)}


def test_the_quiet_end_of_a_life_tells_nobody() -> None:
    event = expiry(Stage.CLOSED)
    assert event.kind is EventKind.LIFE_ENDED
    assert told(event) == set()


def test_no_event_tells_the_same_audience_twice_with_the_same_mail() -> None:
    event = event_of(act(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY), Action.DISPOSE, 6)
    assert len(notices(event)) == len(set(notices(event))) == 2


def test_every_mail_that_is_called_for_exists_and_every_mail_is_called_for() -> None:
    from domain import notice

    called = {found.template for table in notice._BY_KIND.values() for found in table}
    called |= {template for template, _ in told(event_of(new_case(), Action.DISPOSE, 5))}
    assert called == {template.value for template in MailTemplate}


@pytest.mark.parametrize(
    ("level", "roles"),
    [
        (UnitLevel.NATIONAL, {Role.NATIONAL_ADMIN}),
        (UnitLevel.AGENCY, {Role.AGENCY_ADMIN}),
        (UnitLevel.DEPARTMENT, {Role.LIAISON, Role.OPERATOR}),
    ],
)
def test_those_who_act_for_a_holder_are_the_verifiers_above_and_the_officers_below(level, roles) -> None:
    assert set(acting_roles(level)) == roles
