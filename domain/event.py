"""What happened to a case: the rows of its log and the only way its state changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.actor import Actor, UnitRef
from domain.case import ClockName, EndReason, FollowUp, Kind, Stage
from domain.clock import Clock


class EventKind(StrEnum):
    """The past tense of every act and of what time does by itself."""

    RECEIVED = "received"
    DISPOSED = "disposed"
    FOLLOWED_UP = "followed_up"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    MESSAGE_RECEIVED = "message_received"
    CLOCK_EXPIRED = "clock_expired"
    CLOSED_BY_SILENCE = "closed_by_silence"
    OUTAGE_SHIFTED = "outage_shifted"
    LIFE_ENDED = "life_ended"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. It holds the new values of what it changed, and nothing that people wrote.

    Attributes:
        seq: 1, 2, 3 … without gaps within the case.
        version: the case's version after it; acts that others need not know of do not raise it.
        at: the instant at which it counts.
        clocks: new values of the clocks that it started, moved or stopped.
        clock: the clock that expired, for `clock_expired`.
        outage_id: the outage that was shifted over.
        voids: seqs of expiries that this act precedes; what they told nobody yet is withdrawn.
    """

    seq: int
    version: int
    kind: EventKind
    at: datetime
    actor: Actor
    stage: Stage
    holder: UnitRef
    case_kind: Kind
    clocks: tuple[Clock, ...] = ()
    command_id: str | None = None
    message_id: int | None = None
    accused_unit_id: int | None = None
    follow_up: FollowUp | None = None
    promised_on: date | None = None
    rating: int | None = None
    clock: ClockName | None = None
    end_reason: EndReason | None = None
    outage_id: int | None = None
    voids: tuple[int, ...] = ()
