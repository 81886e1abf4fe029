"""What a page says of an act, for every way in which an engine can answer."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from uuid import uuid4

import pytest

from db import database
from domain.actor import reporter_actor
from domain.case import Action, Channel
from domain.command import Command, Refusal, RefusalReason
from engine.command_delivery import CommandDelivery
from schemas.command import Applied, NewCommand, NoWorkflow, Outcome, Refused, Sent, Unknown
from tests.factories import MadeCase
from tests.web.conftest import NewSite, Site
from web.act import Answer, AnswerKind, Patience, submit
from web.services import EXTENSION

AT_ONCE = Patience(wait_seconds=0.0)


class Says:
    """An engine that gives one answer, and may spoil the database before it does."""

    def __init__(self, outcome: Outcome, locks: str = "") -> None:
        self.outcome = outcome
        self.locks = locks
        self.sent: list[str] = []
        self.connection: sqlite3.Connection | None = None

    def send(self, code: str, command: Command) -> Outcome:
        """The answer."""
        self.sent.append(command.id)
        if self.locks:
            self.connection = sqlite3.connect(self.locks, isolation_level=None)
            self.connection.execute("begin immediate")
        return self.outcome


def ask(site: Site, engine: Says, case: MadeCase, **changes: object) -> Answer:
    fields = {"id": str(uuid4()), "words": "Halo", "action": Action.MESSAGE, **changes}
    new = NewCommand.model_validate({"case_id": case.id, "actor": reporter_actor(Channel.WEB), **fields})
    given = replace(site.services, delivery=CommandDelivery(engine, site.services.commands))
    site.app.extensions[EXTENSION] = given
    with site.app.app_context():
        return submit(new, AT_ONCE)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Applied(seq=1), AnswerKind.DONE),
        (Applied(seq=9), AnswerKind.FOLLOWS),
        (Sent(), AnswerKind.WAITING),
        (Unknown(problem="UNAVAILABLE"), AnswerKind.WAITING),
        (NoWorkflow(), AnswerKind.WAITING),
        (Refused(refusal=Refusal(reason=RefusalReason.CHANGED)), AnswerKind.REFUSED),
    ],
)
def test_each_answer_of_the_engine_has_one_true_word(site: Site, outcome: Outcome, kind: AnswerKind) -> None:
    assert ask(site, Says(outcome), site.factory.report()).kind is kind


def test_a_refusal_is_kept_and_the_same_form_gets_it_again_without_asking_the_engine(site: Site) -> None:
    case, command_id = site.factory.report(), str(uuid4())
    refusal = Refusal(reason=RefusalReason.WRONG_STAGE)
    engine = Says(Refused(refusal=refusal))
    first = ask(site, engine, case, id=command_id)
    again = ask(site, Says(Applied(seq=1)), case, id=command_id)
    assert (first.refusal, first.again) == (refusal, False)
    assert (again.kind, again.refusal, again.again) == (AnswerKind.REFUSED, refusal, True)
    assert engine.sent == [command_id]


def test_what_waits_is_sent_again_under_the_same_id(site: Site) -> None:
    case, command_id = site.factory.report(), str(uuid4())
    engine = Says(Unknown(problem="UNAVAILABLE"))
    assert [ask(site, engine, case, id=command_id).kind for _ in range(2)] == [AnswerKind.WAITING] * 2
    assert engine.sent == [command_id] * 2 and site.services.reader.message_count(case.id) == 1


def test_other_words_under_a_used_id_are_not_sent_and_come_back(site: Site) -> None:
    case, command_id = site.factory.report(), str(uuid4())
    engine = Says(Applied(seq=1))
    ask(site, engine, case, id=command_id)
    other = ask(site, engine, case, id=command_id, words="Lain")
    assert (other.kind, other.words) == (AnswerKind.OTHER_BODY, "Lain") and len(engine.sent) == 1


def test_a_database_that_goes_away_after_the_act_was_recorded_leaves_it_waiting(
    monkeypatch: pytest.MonkeyPatch, new_site: NewSite
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    site = new_site()
    case = site.factory.report()
    refused = Refused(refusal=Refusal(reason=RefusalReason.CHANGED))
    engine = Says(refused, locks=str(site.services.settings.home / "tuntas.db"))
    answer = ask(site, engine, case)
    assert answer.kind is AnswerKind.WAITING and answer.at is not None
    assert engine.connection is not None
    engine.connection.close()
    assert len(site.services.reader.commands(case.id, "waiting")) == 1


def test_patience_polls_until_it_is_reached_and_no_longer_than_it_may() -> None:
    slept: list[float] = []
    clock = iter(number * 0.4 for number in range(99))
    patience = Patience(sleep=slept.append, clock=lambda: next(clock))
    assert not patience.until(lambda: False) and slept == [0.025] * 2
    reached = iter([False, True])
    clock = iter(number * 0.1 for number in range(99))
    assert patience.until(lambda: next(reached)) and len(slept) == 3
