"""What a mail that did not reach the reporter does to a case: it is known, once, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.actor import SYSTEM_ACTOR
from domain.case import Action, MailProblem, Stage
from domain.event import EventKind
from domain.fire import FAILED_MAILS_KEPT, mail_failed
from domain.state import CaseState, evolve
from tests.case_factory import act, fired, in_stage, minute, new_case

MAIL = 7
BOUNCED = MailProblem.BOUNCED


def told(state: CaseState, mail_id: int = MAIL, at: int = 60) -> CaseState:
    event = mail_failed(state, mail_id, BOUNCED, minute(at))
    assert event is not None
    return evolve(state, event)


def test_a_failed_mail_is_an_event_that_says_why() -> None:
    event = mail_failed(new_case(), MAIL, MailProblem.GAVE_UP, minute(5))
    assert event is not None
    assert (event.kind, event.at, event.actor) == (EventKind.MAIL_FAILED, minute(5), SYSTEM_ACTOR)
    assert event.mail_problem is MailProblem.GAVE_UP


@pytest.mark.parametrize("stage", Stage)
def test_a_case_hears_of_each_failed_mail_once_in_whatever_stage(stage: Stage) -> None:
    state = told(in_stage(stage))
    assert mail_failed(state, MAIL, BOUNCED, minute(61)) is None
    again = told(state, MAIL + 1, 62)
    assert again.facts.failed_mails == (MAIL, MAIL + 1)
    assert again.facts.mail_failed_at == minute(62)


@pytest.mark.parametrize("stage", Stage)
def test_neither_stage_nor_clocks_nor_version_change(stage: Stage) -> None:
    before = in_stage(stage)
    after = told(before)
    unchanged = {"stage", "holder", "kind", "version", "clocks", "end_reason", "last", "done"}
    assert {name: getattr(after, name) for name in unchanged} == {
        name: getattr(before, name) for name in unchanged
    }
    assert replace(after.facts, failed_mails=(), mail_failed_at=None) == before.facts


def test_a_case_whose_life_is_over_hears_nothing_more() -> None:
    over = fired(in_stage(Stage.CLOSED))
    assert over.ended
    assert mail_failed(over, MAIL, BOUNCED, minute(999)) is None


def test_only_the_last_failures_are_remembered() -> None:
    state = new_case()
    for mail_id in range(1, FAILED_MAILS_KEPT + 3):
        state = told(state, mail_id)
    assert state.facts.failed_mails == tuple(range(3, FAILED_MAILS_KEPT + 3))


def test_an_answer_of_which_the_mail_failed_can_still_be_taken_back_and_keeps_it_in_mind() -> None:
    state = told(in_stage(Stage.AWAITING_CONFIRMATION), at=30)
    taken_back = act(state, Action.TAKE_BACK, 30)
    assert taken_back.stage is Stage.IN_PROGRESS
    assert taken_back.facts.mail_failed_at == minute(30)


def test_a_reporter_whose_mail_failed_still_undoes_an_end_by_silence_in_time() -> None:
    silent = told(fired(in_stage(Stage.AWAITING_CONFIRMATION)), at=200)
    assert silent.stage is Stage.CLOSED
    disputed = act(silent, Action.DISPUTE, 60, version=silent.version - 1)
    assert disputed.stage is Stage.IN_PROGRESS
