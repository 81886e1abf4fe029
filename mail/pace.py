"""How long to wait after trouble: for one mail, and for the relay as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from mail.problem import ACCOUNT_WIDE
from schemas.mail import Deferred, Delivery, UnknownOutcome

FIRST_FOR = timedelta(seconds=10)
MOST_FOR = timedelta(minutes=30)
REST_MOST_FOR = timedelta(seconds=45)
"""Less than a minute, so that mails move again within a minute after the provider does."""


def back_off(attempts: int, most: timedelta = MOST_FOR) -> timedelta:
    """10 s after the first try, then twice as long each time; `attempts` counts the tries before this one."""
    doublings = min(max(attempts, 0), 16)
    return min(FIRST_FOR * (1 << doublings), most)


class Pace:
    """When a relay rests, so that an outage costs one mail at a time and not the whole outbox."""

    def __init__(self) -> None:
        self._troubles = 0
        self._rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Whether it is too early to try again."""
        return self._rests_until is not None and now < self._rests_until

    def heed(self, delivery: Delivery, now: datetime) -> bool:
        """Takes note of an outcome; whether the next mail would probably meet the same trouble."""
        if not isinstance(delivery, Deferred | UnknownOutcome):
            self._troubles = 0
            return False
        rest_for = back_off(self._troubles, REST_MOST_FOR)
        self._troubles += 1
        self._rests_until = now + rest_for
        if isinstance(delivery, Deferred) and delivery.problem in ACCOUNT_WIDE:
            self._rests_until = delivery.not_before
        return True
