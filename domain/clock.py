"""One running clock of a case, as recorded data. Due dates are computed outside and never re-read here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.case import ClockName
from domain.duration import Amount, Pause

REPORTER_CLOCKS = frozenset({ClockName.CONFIRMATION})
"""Clocks that bind the reporter: they end at midnight and never escalate."""

NATIONAL_CLOCKS = frozenset({ClockName.REOPEN_WINDOW})
"""Clocks counted by the national calendar, whoever holds the case."""

STAFF_CLOCKS = frozenset({ClockName.VERIFICATION, ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION})
"""Clocks that bind an office: their expiry escalates."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A least remaining time: due is no earlier than `amount` counted from `from_at`."""

    from_at: datetime
    amount: Amount


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A clock from its start to its stop.

    Attributes:
        unit_id: the unit whose calendar counts.
        seq: the event that gave it these values.
        changed_at: when a rule changed under the running clock, which makes nobody late in retrospect.
        due_at: aware UTC instant; None while it is being computed.
        provisional: the due year's holiday decree is not in the calendar yet.
        expired_at: when the passing of `due_at` was acted upon, by the event `expired_seq`.
        level: the rung of the escalation ladder that this clock has reached, 0 for none.
    """

    name: ClockName
    unit_id: int
    amount: Amount
    started_at: datetime
    seq: int = 0
    pauses: tuple[Pause, ...] = ()
    floor: Floor | None = None
    changed_at: datetime | None = None
    due_at: datetime | None = None
    provisional: bool = False
    stopped_at: datetime | None = None
    expired_at: datetime | None = None
    expired_seq: int | None = None
    level: int = 0

    @property
    def live(self) -> bool:
        """Whether the clock still binds somebody."""
        return self.stopped_at is None

    @property
    def waits_for_due(self) -> bool:
        """Whether a due date has still to be computed for it."""
        return self.live and self.due_at is None

    def stop(self, at: datetime) -> Clock:
        """The clock with its end recorded; a stopped clock keeps its first end.

        An act at the due instant is in time: an expiry that it precedes never was.
        """
        if not self.live:
            return self
        if self.is_voided_by(at):
            return replace(self, stopped_at=at, expired_at=None, expired_seq=None, level=0)
        return replace(self, stopped_at=at)

    def is_voided_by(self, at: datetime) -> bool:
        """Whether an act at that instant shows that the clock expired wrongly.

        Source: CASE, "Version and instant".
        """
        return self.live and self.expired_at is not None and self.due_at is not None and at <= self.due_at

    def recount(self, **changes: object) -> Clock:
        """The clock with changes that move its due, which is then unknown until computed again."""
        return replace(self, due_at=None, provisional=False, **changes)  # type: ignore[arg-type]

    def expire(self, at: datetime, level: int, seq: int) -> Clock:
        """The clock with its expiry recorded and its rung raised."""
        return replace(self, expired_at=at, expired_seq=seq, level=max(self.level, level))


@dataclass(frozen=True, kw_only=True)
class Due:
    """A computed due date: the answer of the calendar to a clock that an event started or moved."""

    seq: int
    clock: ClockName
    due_at: datetime
    provisional: bool
