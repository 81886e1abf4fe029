"""One running clock of a case, as recorded data. Due dates are computed outside and never re-read here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.case import ClockName
from domain.duration import Amount, Pause

STAFF_CLOCKS = frozenset({ClockName.VERIFICATION, ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION})
"""Clocks that bind an office: their expiry escalates."""

LEVEL_CLOCKS = {
    ClockName.VERIFICATION: ClockName.VERIFICATION_LEVEL,
    ClockName.FIRST_FOLLOW_UP: ClockName.FIRST_FOLLOW_UP_LEVEL,
    ClockName.RESOLUTION: ClockName.RESOLUTION_LEVEL,
}
"""The clock of the ladder that each staff clock climbs once it has expired."""

RAISED_BY = {level: base for base, level in LEVEL_CLOCKS.items()}

FIRST_LEVEL, TOP_LEVEL = 1, 5
"""The unit's supervisor is told first; the last rung is the Ombudsman's offer. Source: DOMAIN, the ladder."""

REPORTER_CLOCKS = frozenset({ClockName.COMPLETION, ClockName.CONFIRMATION})
"""Clocks that bind the reporter: they end at midnight and never escalate."""

WINDOWS = frozenset({ClockName.REOPEN_WINDOW, ClockName.REVIVE_WINDOW})
"""The time in which an ended case can still be brought back; with it the case's life ends."""

NATIONAL_CLOCKS = WINDOWS | {ClockName.OMBUDSMAN}
"""Clocks counted by the national calendar, whoever holds the case."""

PAUSING_CLOCKS = STAFF_CLOCKS | frozenset(RAISED_BY) | {ClockName.PROMISE}
"""Clocks that stand still while the reporter is asked."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A least remaining time: due is no earlier than `amount` counted from `from_at`."""

    from_at: datetime
    amount: Amount


@dataclass(frozen=True, kw_only=True)
class Move:
    """A unit whose calendar counted until the case moved on, and the aware UTC instant of that."""

    unit_id: int
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A clock from its start to its stop.

    Attributes:
        unit_id: the unit whose calendar counts.
        moves: the units whose calendars counted before, oldest first.
        seq: the event that gave it these values.
        until_on: the civil day at whose closing it ends, for a date that a person set, in place of `amount`.
        changed_at: when a rule changed under the running clock, which makes nobody late in retrospect.
        grace_from: the end of an outage in which it ran out; its expiry waits for the policy's grace.
        due_at: aware UTC instant; None while it is being computed, and while `frozen`.
        frozen: an open pause comes before the end, so that nobody can know the due date.
        fires_at: not before this instant is the passing of `due_at` acted upon.
        warn_at: instants of warnings or reminders still to be given.
        provisional: the due year's holiday decree is not in the calendar yet.
        expired_at: when the passing of `due_at` was acted upon, by the event `expired_seq`.
        raised: the events that raised it to further rungs after that.
        level: the rung of the escalation ladder that this clock has reached, 0 for none.
        start_level: the rung on which it began, as after a dispute.
    """

    name: ClockName
    unit_id: int
    amount: Amount
    started_at: datetime
    seq: int = 0
    until_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    floor: Floor | None = None
    changed_at: datetime | None = None
    grace_from: datetime | None = None
    due_at: datetime | None = None
    frozen: bool = False
    fires_at: datetime | None = None
    warn_at: tuple[datetime, ...] = ()
    provisional: bool = False
    stopped_at: datetime | None = None
    expired_at: datetime | None = None
    expired_seq: int | None = None
    raised: tuple[int, ...] = ()
    level: int = 0
    start_level: int = 0
    moves: tuple[Move, ...] = ()

    @property
    def live(self) -> bool:
        """Whether the clock still binds somebody."""
        return self.stopped_at is None

    @property
    def waits_for_due(self) -> bool:
        """Whether a due date has still to be computed for it."""
        return self.live and self.due_at is None and not self.frozen

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units whose calendars count, or counted, its days."""
        return frozenset({self.unit_id, *(move.unit_id for move in self.moves)})

    @property
    def expires_at(self) -> datetime | None:
        """When the passing of its due is acted upon; None while due is unknown."""
        return self.due_at and max(self.due_at, self.fires_at or self.due_at)

    @property
    def has_open_pause(self) -> bool:
        """Whether it stands still without a known end."""
        return any(pause.end_at is None for pause in self.pauses)

    def stop(self, at: datetime) -> Clock:
        """The clock with its end recorded; a stopped clock keeps its first end.

        An act at the due instant is in time: an expiry that it precedes never was.
        """
        if not self.live:
            return self
        stopped = replace(self, stopped_at=at, warn_at=())
        return stopped.forgive() if self.is_voided_by(at) else stopped

    def forgive(self) -> Clock:
        """The clock as if it had never expired; the log keeps what was done about it."""
        return replace(self, expired_at=None, expired_seq=None, raised=(), level=self.start_level)

    def is_voided_by(self, at: datetime) -> bool:
        """Whether an act at that instant shows that the clock expired wrongly.

        Source: CASE, "Version and instant".
        """
        return self.live and self.expired_at is not None and self.due_at is not None and at <= self.due_at

    def recount(self, **changes: object) -> Clock:
        """The clock with changes that move its due, which is then unknown until computed again."""
        unknown: dict[str, object] = {"due_at": None, "frozen": False, "fires_at": None, "provisional": False}
        return replace(self, warn_at=(), **unknown | changes)  # type: ignore[arg-type]

    def move(self, unit_id: int, at: datetime) -> Clock:
        """The clock under the calendar of a unit from an instant on; what counted before stays counted.

        Units hold a case in the order of its events: an instant before the last move counts as that one.
        Source: CLOCKS, "Which clock does what".
        """
        if unit_id == self.unit_id:
            return self.recount()
        since = self.moves[-1].until_at if self.moves else self.started_at
        move = Move(unit_id=self.unit_id, until_at=max(at, since))
        return self.recount(unit_id=unit_id, moves=(*self.moves, move))

    def pause(self, at: datetime) -> Clock:
        """The clock standing still from an instant on, until it is resumed; an open pause goes on.

        An expiry that the pause precedes never was.
        """
        if self.has_open_pause:
            return self
        running = self.forgive() if self.is_voided_by(at) else self
        return running.recount(pauses=(*self.pauses, Pause(max(at, self.started_at))))

    def resume(self, at: datetime) -> Clock:
        """The clock with its open pause ended; unchanged if it has none."""
        if not self.has_open_pause:
            return self
        ended = (
            pause if pause.end_at is not None else Pause(pause.start_at, max(at, pause.start_at))
            for pause in self.pauses
        )
        return self.recount(pauses=tuple(ended))

    def go_on(self, at: datetime) -> Clock:
        """A stopped clock running again; the time since its stop, and any open pause, is a pause."""
        if self.stopped_at is None:
            return self.resume(at)
        running = replace(self, stopped_at=None).resume(self.stopped_at)
        still = Pause(self.stopped_at, max(at, self.stopped_at))  # a database's clock may have been set back
        return running.recount(pauses=(*running.pauses, still))

    def expire(self, at: datetime, level: int, seq: int) -> Clock:
        """The clock with its expiry recorded and its rung raised."""
        return replace(self, expired_at=at, expired_seq=seq, warn_at=(), level=max(self.level, level))

    @property
    def expiries(self) -> tuple[int, ...]:
        """The events that its running out has caused so far."""
        return self.raised if self.expired_seq is None else (self.expired_seq, *self.raised)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A computed due date: the answer of the calendar to a clock that an event started or moved.

    Attributes:
        due_at: None if an open pause comes before the end.
        rung: for a clock of the ladder, or one that began on a rung, the rung that was really reached: vacant
            ones are skipped upward. None for any other, and in the answers of 0.1.0.
        since: when the clock was started or moved, before which it cannot have become late by that.
    """

    seq: int
    clock: ClockName
    due_at: datetime | None
    provisional: bool = False
    fires_at: datetime | None = None
    warn_at: tuple[datetime, ...] = ()
    rung: int | None = None
    since: datetime | None = None
