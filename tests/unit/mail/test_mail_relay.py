"""The relay: who is sent, who waits, and what one bad mail does to the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from mail.link import MailLinks
from mail.pace import REST_MOST_FOR
from mail.relay import TIDY_EVERY, MailRelay
from mail.render import RenderedMail
from schemas.mail import Deferred, Delivered, Delivery, OutgoingMail, Sent, UnknownOutcome
from tests.fakes.memory_outbox import LEASE_FOR, NOON, PATIENCE_FOR, MemoryOutbox, RowState, outgoing_mail

LINKS = MailLinks(b"s" * 32, "https://lapor.example.org")


class Clock:
    """Shows what it is told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class ScriptedMailer:
    """Takes every mail and answers as told; Delivered when nothing was told."""

    def __init__(self, *answers: Delivery) -> None:
        self.answers = list(answers)
        self.seen: list[int] = []
        self.look: Callable[[], object] = lambda: None

    def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
        self.seen.append(mail.outbox_id)
        self.look()
        return self.answers.pop(0) if self.answers else Delivered(provider_id="x")


def three_mails(**first: object) -> MemoryOutbox:
    return MemoryOutbox(
        outgoing_mail(outbox_id=1, **first), outgoing_mail(outbox_id=2), outgoing_mail(outbox_id=3)
    )


def later(problem: str, **after: int) -> Deferred:
    return Deferred(problem=problem, not_before=NOON + timedelta(**after))


def test_everything_that_is_due_is_sent_once() -> None:
    outbox, mailer = three_mails(), ScriptedMailer()
    relay = MailRelay(outbox, mailer, LINKS, Clock())
    assert (relay.run_once(), relay.run_once()) == (3, 0)
    assert mailer.seen == [1, 2, 3]
    assert outbox.states() == [RowState.SENT] * 3


def test_a_mail_that_cannot_be_written_does_not_stop_the_others() -> None:
    outbox, mailer = three_mails(zone="Asia/Nowhere"), ScriptedMailer()
    assert MailRelay(outbox, mailer, LINKS, Clock()).run_once() == 3
    assert mailer.seen == [2, 3]
    assert (outbox.rows[1].state, outbox.rows[1].problem) == (RowState.FAILED, "template")


@pytest.mark.parametrize(
    "problem", [ValueError("x"), KeyError("x"), UnicodeEncodeError("ascii", "é", 0, 1, "x")]
)
def test_a_mail_that_cannot_be_handed_over_does_not_stop_the_others(problem: Exception) -> None:
    class ChokingMailer(ScriptedMailer):
        def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
            if mail.outbox_id == 1:
                raise problem
            return super().deliver(mail, rendered, now)

    outbox, mailer = three_mails(), ChokingMailer()
    assert MailRelay(outbox, mailer, LINKS, Clock()).run_once() == 3
    assert mailer.seen == [2, 3]
    assert (outbox.rows[1].state, outbox.rows[1].problem) == (RowState.FAILED, "unreadable")


def test_the_outcome_of_a_mail_is_kept_with_the_claim_of_the_next() -> None:
    outbox, mailer, settled = three_mails(), ScriptedMailer(), []
    keep = outbox.settle
    outbox.settle = lambda sent: settled.append(sent.outbox_id) or keep(sent)  # type: ignore[func-returns-value]
    states = []
    mailer.look = lambda: states.append(outbox.states())
    MailRelay(outbox, mailer, LINKS, Clock()).run_once()
    assert states == [
        [RowState.SENDING, RowState.PENDING, RowState.PENDING],
        [RowState.SENT, RowState.SENDING, RowState.PENDING],
        [RowState.SENT, RowState.SENT, RowState.SENDING],
    ]
    assert settled == [3]
    assert outbox.states() == [RowState.SENT] * 3


def test_a_claim_that_fails_does_not_lose_the_outcome_of_the_mail_before() -> None:
    class Damaged(MemoryOutbox):
        def claim_next(
            self, due: Sequence[int], now: datetime, before: Sent | None = None
        ) -> tuple[OutgoingMail | None, Sequence[int]]:
            if due[0] == 2:
                raise LookupError
            return super().claim_next(due, now, before)

    outbox = Damaged(outgoing_mail(outbox_id=1), outgoing_mail(outbox_id=2))
    with pytest.raises(LookupError):
        MailRelay(outbox, ScriptedMailer(), LINKS, Clock()).run_once()
    assert outbox.states() == [RowState.SENT, RowState.PENDING]


def test_whoever_is_told_to_stop_keeps_the_outcome_of_the_last_mail() -> None:
    outbox, mailer, stop = three_mails(), ScriptedMailer(), threading.Event()
    mailer.look = stop.set
    assert MailRelay(outbox, mailer, LINKS, Clock()).run_once(stop) == 1
    assert outbox.states() == [RowState.SENT, RowState.PENDING, RowState.PENDING]


def test_a_row_that_another_relay_holds_is_left_alone() -> None:
    outbox, mailer = three_mails(), ScriptedMailer()
    due = outbox.due(NOON, 50)
    outbox.claim_next([2], NOON)[0]
    outbox.due = lambda now, limit: due  # type: ignore[method-assign]
    assert MailRelay(outbox, mailer, LINKS, Clock()).run_once() == 2
    assert mailer.seen == [1, 3]


def test_eight_relays_send_each_row_once() -> None:
    outbox = MemoryOutbox(*(outgoing_mail(outbox_id=number) for number in range(40)))
    mailer = ScriptedMailer()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        MailRelay(outbox, mailer, LINKS, Clock()).run_once()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mailer.seen) == list(range(40))


def test_a_relay_that_died_while_sending_leaves_an_unknown_row_that_is_not_sent_again() -> None:
    outbox, mailer, clock = MemoryOutbox(outgoing_mail()), ScriptedMailer(), Clock()
    outbox.claim_next([7], NOON)[0]
    clock.now = NOON + LEASE_FOR
    assert MailRelay(outbox, mailer, LINKS, clock).run_once() == 0
    assert outbox.states() == [RowState.UNKNOWN]
    assert mailer.seen == []


def test_an_unknown_outcome_is_never_sent_again() -> None:
    outbox, clock = MemoryOutbox(outgoing_mail()), Clock()
    mailer = ScriptedMailer(UnknownOutcome(problem="timed_out"))
    relay = MailRelay(outbox, mailer, LINKS, clock)
    relay.run_once()
    clock.now = NOON + timedelta(days=1)
    relay.run_once()
    assert mailer.seen == [7]
    assert outbox.states() == [RowState.UNKNOWN]


def test_a_hanging_provider_costs_one_mail_a_pass_and_not_the_outbox() -> None:
    outbox = three_mails()
    relay = MailRelay(outbox, ScriptedMailer(UnknownOutcome(problem="timed_out")), LINKS, Clock())
    assert (relay.run_once(), relay.run_once()) == (1, 0)
    assert outbox.states() == [RowState.UNKNOWN, RowState.PENDING, RowState.PENDING]


def test_a_rate_limit_holds_back_all_mails_until_its_end() -> None:
    outbox, clock = three_mails(), Clock()
    relay = MailRelay(outbox, ScriptedMailer(later("rate_limited", minutes=20)), LINKS, clock)
    relay.run_once()
    clock.now = NOON + timedelta(minutes=19)
    assert relay.run_once() == 0
    clock.now = NOON + timedelta(minutes=20)
    assert relay.run_once() == 3


def test_after_an_outage_of_hours_mails_move_again_within_a_minute() -> None:
    outbox, clock = three_mails(), Clock()
    relay = MailRelay(outbox, ScriptedMailer(*[later("unreachable", hours=6)] * 2), LINKS, clock)
    relay.run_once()
    clock.now = NOON + timedelta(seconds=10)
    relay.run_once()
    clock.now += REST_MOST_FOR
    assert relay.run_once() == 1
    assert outbox.rows[3].state is RowState.SENT


def test_rests_grow_while_trouble_lasts_and_end_with_it() -> None:
    outbox, clock = MemoryOutbox(outgoing_mail()), Clock()
    trouble = [later("provider_error")] * 4
    relay = MailRelay(outbox, ScriptedMailer(*trouble), LINKS, clock)
    tries = [second for second in range(200) if _settles(relay, clock, second)]
    assert tries == [0, 10, 30, 70, 115]


def _settles(relay: MailRelay, clock: Clock, second: int) -> bool:
    clock.now = NOON + timedelta(seconds=second)
    return relay.run_once() > 0


def test_what_the_provider_refused_for_three_days_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    outbox, clock = three_mails(), Clock()
    relay = MailRelay(outbox, ScriptedMailer(*[later("unreachable")] * 10), LINKS, clock)
    relay.run_once()
    clock.now = NOON + PATIENCE_FOR - timedelta(seconds=1)
    relay.run_once()
    assert outbox.states() == [RowState.PENDING] * 3
    clock.now = NOON + PATIENCE_FOR + TIDY_EVERY
    relay.run_once()
    assert outbox.states() == [RowState.FAILED] * 3
    assert {row.problem for row in outbox.rows.values()} == {"gave_up"}
    assert "3 mails are given up" in caplog.text


def test_what_nobody_tried_to_send_for_a_week_is_sent_all_the_same() -> None:
    outbox, clock = three_mails(), Clock()
    clock.now = NOON + timedelta(days=7)
    assert MailRelay(outbox, ScriptedMailer(), LINKS, clock).run_once() == 3
    assert outbox.states() == [RowState.SENT] * 3


def test_one_blip_after_a_week_of_our_own_absence_gives_nothing_up() -> None:
    outbox, clock = three_mails(), Clock()
    relay = MailRelay(outbox, ScriptedMailer(later("provider_error")), LINKS, clock)
    clock.now = NOON + timedelta(days=7)
    relay.run_once()
    clock.now += timedelta(minutes=1)
    relay.run_once()
    assert outbox.states() == [RowState.SENT] * 3


def test_a_provider_that_hangs_for_days_also_ends_the_wait() -> None:
    outbox, clock = three_mails(), Clock()
    relay = MailRelay(outbox, ScriptedMailer(*[UnknownOutcome(problem="timed_out")] * 10), LINKS, clock)
    relay.run_once()
    clock.now = NOON + PATIENCE_FOR
    relay.run_once()
    assert outbox.states() == [RowState.UNKNOWN, RowState.FAILED, RowState.FAILED]


def test_a_relay_told_to_stop_finishes_its_mail_and_takes_no_other() -> None:
    outbox, stop = three_mails(), threading.Event()

    class StoppingMailer(ScriptedMailer):
        def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
            stop.set()
            return super().deliver(mail, rendered, now)

    MailRelay(outbox, StoppingMailer(), LINKS, Clock()).run(stop, every_seconds=60)
    assert outbox.states() == [RowState.SENT, RowState.PENDING, RowState.PENDING]
