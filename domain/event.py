"""What happened to a case: the rows of its log and the only way its state changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.actor import Actor, UnitRef
from domain.case import ClockName, EndReason, FollowUp, Kind, MailProblem, Stage
from domain.clock import Clock
from domain.facts import Facts


class EventKind(StrEnum):
    """The past tense of every act and of what time does by itself."""

    RECEIVED = "received"
    DISPOSED = "disposed"
    ASKED = "asked"
    COMPLETED = "completed"
    NOT_OURS = "not_ours"
    RETURNED = "returned"
    REDISPOSED = "redisposed"
    FOLLOWED_UP = "followed_up"
    ANSWERED = "answered"
    ANSWER_TAKEN_BACK = "answer_taken_back"
    REPLY_CORRECTED = "reply_corrected"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    CLOSED_BY_SILENCE = "closed_by_silence"
    ARCHIVED = "archived"
    ARCHIVED_BY_SILENCE = "archived_by_silence"
    WITHDRAWN = "withdrawn"
    WITHDRAWAL_NOTED = "withdrawal_noted"
    MERGED = "merged"
    UNMERGED = "unmerged"
    FOLLOWER_JOINED = "follower_joined"
    FOLLOWER_LEFT = "follower_left"
    REASSIGNED = "reassigned"
    EXTENDED = "extended"
    RECLASSIFIED = "reclassified"
    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    """Claimed while somebody else was on it."""
    RELEASED = "released"
    NUDGED = "nudged"
    URGED = "urged"
    RAISED = "raised"
    """To a higher rung by a person; what time does of itself is an expired clock."""
    NOTED = "noted"
    CONTRIBUTED = "contributed"
    MESSAGE_RECEIVED = "message_received"
    REOPENED = "reopened"
    REVIVED = "revived"
    OMBUDSMAN_OFFERED = "ombudsman_offered"
    TRANSFERRED_TO_OMBUDSMAN = "transferred_to_ombudsman"
    COMMAND_CANCELLED = "command_cancelled"
    CLOCK_WARNED = "clock_warned"
    CLOCK_EXPIRED = "clock_expired"
    OUTAGE_SHIFTED = "outage_shifted"
    CLOCKS_RECOUNTED = "clocks_recounted"
    MAIL_FAILED = "mail_failed"
    LIFE_ENDED = "life_ended"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. It holds the new values of what it changed, and nothing that people wrote.

    Attributes:
        seq: 1, 2, 3 … without gaps within the case.
        version: the case's version after it; acts that others need not know of do not raise it.
        at: the instant at which it counts.
        clocks: new values of the clocks that it started, moved or stopped.
        facts: what else the case now remembers; None if nothing of it changed.
        clock: the clock that expired, or of which a warning is given.
        other_id: the case that this one joined, or that joined or left it.
        corrects: the event whose reply is corrected.
        cancels: the command that was called back.
        outage_id: the outage that was shifted over.
        voids: seqs of expiries that this act precedes; what they told nobody yet is withdrawn.
        mail_problem: why a mail to the reporter did not arrive.
        taken_from: who was on it before somebody else took it over.
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
    other_id: int | None = None
    corrects: int | None = None
    cancels: str | None = None
    facts: Facts | None = None
    outage_id: int | None = None
    voids: tuple[int, ...] = ()
    mail_problem: MailProblem | None = None
    taken_from: int | None = None
