"""The relay takes due rows from the outbox, one mail at a time, and hands them to the provider.

A row is claimed, and the claim committed, before anything leaves. Whoever dies in between leaves a row whose
lease runs out; it becomes *unknown* and is never sent again blindly. Source: ARCHITECTURE.md, "Deliveries".
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from prometheus_client import Counter

from mail.link import MailLinks
from mail.pace import Pace
from mail.problem import Problem
from mail.render import RenderedMail, UnrenderableMailError, render
from schemas.mail import Delivery, OutgoingMail, Undeliverable

BATCH = 50
"""Rows that one pass sends at most, so that a full outbox drains at a steady rate."""
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
        """Ids of pending rows that may be sent now, the oldest first."""

    def claim(self, outbox_id: int, now: datetime) -> OutgoingMail | None:
        """Takes a row, with those of its digest, under a lease; the mail names the row to settle.

        None if another relay has it or its reader has no address any more.
        """

    def settle(self, outbox_id: int, delivery: Delivery, now: datetime) -> None:
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

    def run(self, stop: threading.Event, every_seconds: float) -> None:
        """Passes until told to stop; a mail that is under way is finished first."""
        while not stop.is_set():
            self.run_once(stop)
            stop.wait(every_seconds)

    def run_once(self, stop: threading.Event | None = None) -> int:
        """One pass over what is due; how many mails it settled. After trouble the rest waits for later."""
        now = self._clock()
        self._tidy(now)
        settled = 0
        if self._pace.rests(now):
            return settled
        for outbox_id in self._outbox.due(now, BATCH):
            if stop is not None and stop.is_set():
                break
            delivery = self._send(outbox_id)
            if delivery is None:
                continue
            settled += 1
            if self._pace.heed(delivery, self._clock()):
                self._outbox.put_off(self._clock())
                break
        return settled

    def _send(self, outbox_id: int) -> Delivery | None:
        """Claims, writes, sends and settles one mail; None if it was not ours to send."""
        mail = self._outbox.claim(outbox_id, self._clock())
        if mail is None:
            return None
        delivery = self._deliver(mail)
        self._outbox.settle(mail.outbox_id, delivery, self._clock())
        MAILS.labels(type(delivery).__name__.lower()).inc()
        return delivery

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
        """Rows of a relay that died, and rows that waited too long, find their end."""
        lost = self._outbox.release_expired(now)
        if lost:
            MAILS.labels("lost").inc(lost)
            _log.warning("%d mails have an unknown outcome: their relay died while sending", lost)
        given_up = self._outbox.give_up(now)
        if given_up:
            MAILS.labels("given_up").inc(given_up)
            _log.error("%d mails are given up: for three days the provider took none of them", given_up)
