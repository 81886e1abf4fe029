"""Which event calls for which mail: every kind of event, against a table by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.actor import UnitRef
from domain.agenda import AgendaItem, AgendaKind, agenda
from domain.case import Action, ClockName, FollowUp, Role, Stage, UnitLevel
from domain.decide import begin
from domain.event import Event, EventKind
from domain.facts import Facts
from domain.fire import fire
from domain.notice import Audience, acting_roles, notices
from schemas.mail import MailTemplate
from tests.case_factory import (
    CITY,
    NATIONAL,
    PROMISED_ON,
    WORKS,
    YOUNGER_ID,
    act,
    event_of,
    in_stage,
    minute,
    new_case,
)

REPORTER, HOLDERS, RUNG = Audience.REPORTER, Audience.HOLDERS, Audience.RUNG
NOBODY: set[tuple[str, Audience]] = set()
TOLD: dict[EventKind, set[tuple[str, Audience]]] = {
    EventKind.RECEIVED: {("received", REPORTER), ("staff_to_verify", HOLDERS)},
    EventKind.DISPOSED: {("disposed", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.ASKED: {("question", REPORTER)},
    EventKind.COMPLETED: {("staff_completed", HOLDERS)},
    EventKind.NOT_OURS: {("returned", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.RETURNED: {("returned", REPORTER), ("staff_returned", HOLDERS)},
    EventKind.REDISPOSED: {("reassigned", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.REASSIGNED: {("reassigned", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.FOLLOWED_UP: {("followed_up", REPORTER)},
    EventKind.ANSWERED: {("answered", REPORTER)},
    EventKind.REPLY_CORRECTED: {("corrected", REPORTER)},
    EventKind.CONFIRMED: {("closed", REPORTER)},
    EventKind.DISPUTED: {("staff_disputed", HOLDERS), ("staff_disputed", RUNG)},
    EventKind.CLOSED_BY_SILENCE: {("closed_by_silence", REPORTER)},
    EventKind.ARCHIVED: {("archived", REPORTER)},
    EventKind.ARCHIVED_BY_SILENCE: {("archived", REPORTER)},
    EventKind.WITHDRAWN: {("withdrawn", REPORTER)},
    EventKind.WITHDRAWAL_NOTED: {("staff_withdrawal_noted", HOLDERS)},
    EventKind.MERGED: {("merged", REPORTER)},
    EventKind.UNMERGED: {("unmerged", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.EXTENDED: {("extended", REPORTER)},
    EventKind.RECLASSIFIED: {("reclassified", REPORTER)},
    EventKind.NUDGED: {("staff_nudged", HOLDERS)},
    EventKind.URGED: {("staff_urged", HOLDERS)},
    EventKind.RAISED: {("staff_raised", RUNG)},
    EventKind.TAKEN_OVER: {("staff_taken_over", Audience.TAKEN_FROM)},
    EventKind.MESSAGE_RECEIVED: {("staff_message", HOLDERS)},
    EventKind.REOPENED: {("reopened", REPORTER), ("staff_reopened", HOLDERS), ("staff_reopened", RUNG)},
    EventKind.REVIVED: {("revived", REPORTER), ("staff_assigned", HOLDERS)},
    EventKind.OMBUDSMAN_OFFERED: {("ombudsman_offer", REPORTER)},
    EventKind.TRANSFERRED_TO_OMBUDSMAN: {("ombudsman_transferred", REPORTER)},
    EventKind.MAIL_FAILED: {("staff_mail_failed", HOLDERS)},
    EventKind.CLOCK_WARNED: {("staff_last_day", HOLDERS)},
    EventKind.CLOCK_EXPIRED: {("staff_late", RUNG)},
}
"""Of an event in an office that works on the case; kinds that are not here tell nobody."""


def told(event: Event) -> set[tuple[str, Audience]]:
    return {(notice.template, notice.audience) for notice in notices(event)}


def happening(
    kind: EventKind,
    stage: Stage = Stage.DISPOSED,
    *,
    holder: UnitRef = WORKS,
    clock: ClockName = ClockName.RESOLUTION,
    facts: Facts | None = None,
) -> Event:
    """An event of a kind as it may lie in the log."""
    event = event_of(in_stage(Stage.DISPOSED), Action.MESSAGE, 50)
    return replace(event, kind=kind, stage=stage, holder=holder, clock=clock, facts=facts)


@pytest.mark.parametrize("kind", EventKind)
def test_each_kind_of_event_tells_those_of_the_table_and_nobody_else(kind: EventKind) -> None:
    expected = TOLD.get(kind, NOBODY)
    if kind is EventKind.RECEIVED:
        assert told(begin(new_case(), (), minute(0))) == expected
    else:
        assert told(happening(kind)) == expected


def test_disposal_to_an_agency_tells_its_verifiers_and_not_the_reporter() -> None:
    event = event_of(new_case(NATIONAL), Action.DISPOSE, 5, unit=CITY)
    assert told(event) == {("staff_to_verify", HOLDERS)}


def test_units_that_shall_help_are_told_at_disposal() -> None:
    event = event_of(new_case(), Action.DISPOSE, 5, assisting=(4,))
    assert told(event) == TOLD[EventKind.DISPOSED] | {("staff_assisting", Audience.ASSISTANTS)}


@pytest.mark.parametrize("kind", [EventKind.NOT_OURS, EventKind.UNMERGED, EventKind.REVIVED])
def test_a_case_that_comes_to_be_verified_tells_the_verifiers_so(kind: EventKind) -> None:
    event = happening(kind, Stage.VERIFICATION, holder=CITY)
    assert ("staff_to_verify", HOLDERS) in told(event)


@pytest.mark.parametrize("kind", [EventKind.NOT_OURS, EventKind.RETURNED, EventKind.DISPUTED])
def test_an_arbiter_hears_that_it_is_theirs_to_decide(kind: EventKind) -> None:
    event = happening(kind, Stage.VERIFICATION, holder=CITY, facts=Facts(in_arbitration=True))
    assert ("staff_arbitration", HOLDERS) in told(event)
    assert all(found.at_once for found in notices(event) if found.audience is HOLDERS)


@pytest.mark.parametrize("stage", [Stage.AWAITING_REPORTER, Stage.AWAITING_CONFIRMATION])
@pytest.mark.parametrize("kind", [EventKind.REASSIGNED, EventKind.REVIVED, EventKind.UNMERGED])
def test_nobody_has_a_to_do_while_the_case_waits_for_the_reporter(kind: EventKind, stage: Stage) -> None:
    assert {audience for _, audience in told(happening(kind, stage))} == {REPORTER}


@pytest.mark.parametrize("follow_up", FollowUp)
def test_every_follow_up_tells_the_reporter(follow_up: FollowUp) -> None:
    promised_on = PROMISED_ON if follow_up is FollowUp.PLAN else None
    event = event_of(
        in_stage(Stage.DISPOSED), Action.FOLLOW_UP, 50, follow_up=follow_up, promised_on=promised_on
    )
    assert told(event) == {("followed_up", REPORTER)}


@pytest.mark.parametrize(
    ("clock", "mail"),
    [
        (ClockName.COMPLETION, ("question_reminder", REPORTER)),
        (ClockName.CONFIRMATION, ("confirmation_reminder", REPORTER)),
        (ClockName.VERIFICATION, ("staff_last_day", HOLDERS)),
        (ClockName.FIRST_FOLLOW_UP, ("staff_last_day", HOLDERS)),
    ],
)
def test_a_warning_goes_to_whomever_the_clock_binds(clock: ClockName, mail: tuple[str, Audience]) -> None:
    assert told(happening(EventKind.CLOCK_WARNED, clock=clock)) == {mail}


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.ARCHIVED])
def test_of_a_failed_mail_nobody_hears_once_the_case_has_ended(stage: Stage) -> None:
    assert told(happening(EventKind.MAIL_FAILED, stage)) == NOBODY


def test_of_a_failed_mail_the_holders_hear_with_their_next_digest() -> None:
    assert [found.at_once for found in notices(happening(EventKind.MAIL_FAILED))] == [False]


def test_a_broken_promise_tells_the_unit_and_its_supervisors() -> None:
    event = happening(EventKind.CLOCK_EXPIRED, clock=ClockName.PROMISE)
    assert told(event) == {
        ("staff_promise_passed", HOLDERS),
        ("staff_promise_passed", Audience.SUPERVISORS),
    }


def test_a_rung_that_lets_its_time_pass_makes_the_next_one_hear() -> None:
    event = happening(EventKind.CLOCK_EXPIRED, clock=ClockName.RESOLUTION_LEVEL)
    assert told(event) == {("staff_late", RUNG)}


def test_a_younger_case_that_joins_or_leaves_tells_nobody_at_the_elder() -> None:
    joined = event_of(new_case(), Action.ADOPT, 5)
    left = event_of(act(new_case(), Action.ADOPT, 5), Action.DISOWN, 6)
    assert (joined.other_id, told(joined), told(left)) == (YOUNGER_ID, NOBODY, NOBODY)


def test_the_quiet_end_of_a_life_tells_nobody() -> None:
    state = in_stage(Stage.CLOSED)
    event = fire(state, agenda(state)[0], minute(999))
    assert event.kind is EventKind.LIFE_ENDED
    assert told(event) == NOBODY


def test_an_offer_is_made_to_the_reporter() -> None:
    state = new_case()
    offer = AgendaItem(at=minute(5), clock=ClockName.OMBUDSMAN, kind=AgendaKind.OFFER)
    assert told(fire(state, offer, minute(5))) == {("ombudsman_offer", REPORTER)}


@pytest.mark.parametrize("kind", EventKind)
def test_no_event_tells_the_same_audience_twice_with_the_same_mail(kind: EventKind) -> None:
    found = notices(happening(kind))
    assert len(found) == len(set(found)) == len({(one.template, one.audience) for one in found})


UNCALLED = {"answer_taken_back", "elder_news", "staff_voided", "staff_not_late", "staff_digest"}
UNCALLED |= {"follow_confirm", "follow_news"}
"""Called for by the mails that went before them or by a follower, not by an event's own table."""


def test_every_mail_that_is_called_for_exists_and_every_mail_is_called_for() -> None:
    called = {template for table in TOLD.values() for template, _ in table}
    called |= {"staff_assisting", "staff_arbitration", "staff_promise_passed"}
    called |= {"question_reminder", "confirmation_reminder"}
    assert called == {template.value for template in MailTemplate} - UNCALLED


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
