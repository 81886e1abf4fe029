"""The relay takes due rows from the outbox, one mail at a time, and hands them to the provider.

A row is claimed, and the claim committed, before anything leaves; how the mail before it ended is kept in
the same transaction. Whoever dies in between leaves one row whose lease runs out; it becomes *unknown* and
is never sent again blindly. Source: ARCHITECTURE.md, "Deliveries".
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import Counter

from mail.link import MailLinks
from mail.pace import Pace
from mail.problem import Problem
from mail.render import RenderedMail, UnrenderableMailError, render
from schemas.mail import Delivery, OutgoingMail, Sent, Undeliverable

BATCH = 50
"""Rows that one pass sends at most, so that a full outbox drains at a steady rate."""
TIDY_EVERY = timedelta(seconds=15)
"""Leases last minutes, and rows wait for days."""
WAITING_FOR_KEY = (
    "Mails wait in the outbox: SENDGRID_API_KEY is not set. Set it and restart the worker to send them."
)

UNREADABLE = "unreadable"
MAILS = Counter(
    "tuntas_mails", "How the sending of mails ended, by what the provider said of each", ["outcome"]
)

_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """The rows to be sent, as the relay sees them. Every method commits before it returns."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """Ids of pending rows that may be sent now and wait longest, by rising id."""

    def claim_next(
        self, due: Sequence[int], now: datetime, before: Sent | None = None
    ) -> tuple[OutgoingMail | None, Sequence[int]]:
        """Takes the first of these rows that makes a mail under a lease; and the rows that are left.

        Rows that another relay has, or whose reader has no address any more, make none. `before` is settled
        with it.
        """

    def settle(self, sent: Sent) -> None:
        """Records how the sending of a claimed row, and of all that it carried, ended."""

    def put_off(self, now: datetime) -> None:
        """Notes of all due rows that the provider keeps them waiting."""

    def give_up(self, now: datetime) -> int:
        """Ends rows that it has kept waiting too long, and counts them."""

    def release_expired(self, now: datetime) -> int:
        """Marks rows whose lease ran out while sending as unknown, and counts them."""


class Mailer(Protocol):
    """Whoever takes mails to the provider."""

    def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
        """Sends once and says how it ended."""


class MailRelay:
    """Sends what is due. Several relays may run at once: the claim decides who sends a row."""

    def __init__(
        self, outbox: Outbox, mailer: Mailer, links: MailLinks, clock: Callable[[], datetime]
    ) -> None:
        self._outbox = outbox
        self._mailer = mailer
        self._links = links
        self._clock = clock
        self._pace = Pace()
        self._tidied_at: datetime | None = None

    def run(self, stop: threading.Event, every_seconds: float) -> None:
        """Passes until told to stop; a mail that is under way is finished first."""
        while not stop.is_set():
            self.run_once(stop)
            stop.wait(every_seconds)

    def run_once(self, stop: threading.Event | None = None) -> int:
        """One pass over what is due; how many mails it settled. After trouble the rest waits for later."""
        now = self._clock()
        self._tidy(now)
        return 0 if self._pace.rests(now) else self._send_due(now, stop or threading.Event())

    def _send_due(self, now: datetime, stop: threading.Event) -> int:
        """One mail after the other; the outcome of each is kept together with the claim of the next."""
        count, troubled = 0, False
        sent: Sent | None = None
        due: Sequence[int] = self._outbox.due(now, BATCH)
        try:
            while due and not (troubled or stop.is_set()):
                mail, due = self._outbox.claim_next(due, self._clock(), sent)
                sent = None
                if mail is not None:
                    sent = self._send(mail)
                    count, troubled = count + 1, self._pace.heed(sent.delivery, sent.at)
        finally:
            if sent is not None:
                self._outbox.settle(sent)
        if troubled:
            self._outbox.put_off(self._clock())
        return count

    def _send(self, mail: OutgoingMail) -> Sent:
        """Writes and sends one mail."""
        delivery = self._deliver(mail)
        MAILS.labels(type(delivery).__name__.lower()).inc()
        return Sent(outbox_id=mail.outbox_id, delivery=delivery, at=self._clock())

    def _deliver(self, mail: OutgoingMail) -> Delivery:
        try:
            links = self._links
            rendered = render(mail, links.link(mail), links.preference_link(mail), links.stop_link(mail))
        except UnrenderableMailError:
            _log.exception("outbox row %d cannot be written as a mail", mail.outbox_id)
            return Undeliverable(problem=Problem.TEMPLATE)
        try:
            return self._mailer.deliver(mail, rendered, self._clock())
        except (ValueError, LookupError, TypeError) as problem:
            _log.critical("outbox row %d cannot be sent: %s", mail.outbox_id, type(problem).__name__)
            return Undeliverable(problem=UNREADABLE)

    def _tidy(self, now: datetime) -> None:
        """Rows of a relay that died, and rows that waited too long, find their end before long."""
        if self._tidied_at is not None and now - self._tidied_at < TIDY_EVERY:
            return
        self._tidied_at = now
        lost = self._outbox.release_expired(now)
        if lost:
            MAILS.labels("lost").inc(lost)
            _log.warning("%d mails have an unknown outcome: their relay died while sending", lost)
        given_up = self._outbox.give_up(now)
        if given_up:
            MAILS.labels("given_up").inc(given_up)
            _log.error("%d mails are given up: for three days the provider took none of them", given_up)
