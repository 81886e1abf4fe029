"""What a person asks of a case, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.actor import Actor, UnitRef
from domain.case import Action, EndReason, FollowUp, Kind
from domain.event import EventKind


@dataclass(frozen=True, kw_only=True)
class OtherCase:
    """Another case that an act speaks of: an elder to join, or a younger one that joins."""

    id: int
    code: str
    secret: bool


@dataclass(frozen=True, kw_only=True)
class Body:
    """What the form of an act says besides words; each action reads what it needs.

    Attributes:
        unit: where a case is sent.
        assisting: units that shall help the holder.
        publish: whether a redacted version may be made public.
        promised_on: last civil day by which a plan is promised.
        rating: 1 to 5, only if the reporter gave one.
        end_reason: why a case is archived.
        corrects: the event whose reply is corrected.
        other: the case to join, or that joins.
        consents: the reporter agrees that the Ombudsman gets the case.
        cancels: id of the waiting command that is called back.
    """

    unit: UnitRef | None = None
    kind: Kind | None = None
    category_id: int | None = None
    accused_unit_id: int | None = None
    accused_person_id: int | None = None
    assisting: tuple[int, ...] = ()
    publish: bool = False
    follow_up: FollowUp | None = None
    promised_on: date | None = None
    rating: int | None = None
    end_reason: EndReason | None = None
    corrects: int | None = None
    other: OtherCase | None = None
    consents: bool = False
    cancels: str | None = None


NO_BODY = Body()


@dataclass(frozen=True, kw_only=True)
class Command:
    """One act, as recorded before it is sent. Words lie in SQL under `message_id`.

    Attributes:
        id: UUID made with the form; the same id is applied once.
        recorded_at: the database's instant of the act; clocks count from it.
        version: the version of the case that the form was made from; None where it does not matter.
    """

    id: str
    action: Action
    actor: Actor
    recorded_at: datetime
    version: int | None = None
    message_id: int | None = None
    body: Body = NO_BODY


class RefusalReason(StrEnum):
    """Why a command was not applied; pages turn it into a sentence."""

    ENDED = "ended"
    WRONG_STAGE = "wrong_stage"
    CHANGED = "changed"
    HOLDER_MOVED = "holder_moved"
    NOT_YOURS = "not_yours"
    CLAIM_FIRST = "claim_first"
    """A superior speaks for the unit only while the case is taken by them."""
    ACCUSED_UNIT = "accused_unit"
    INCOMPLETE = "incomplete"
    SETTLED = "settled"
    """An arbiter has decided who handles it; it cannot be sent back."""
    NOWHERE_UP = "nowhere_up"
    """There is no level above the one that holds it."""
    TOP_RUNG = "top_rung"
    """Nobody stands on a higher rung of the ladder."""
    NEEDS_SUPERVISOR = "needs_supervisor"
    """The reporter has been asked as often as the office may by itself."""
    ALREADY_DONE = "already_done"
    """It can be done once only, and has been."""
    NOT_RUNNING = "not_running"
    """The clock that it would move does not run."""
    NO_REPLY = "no_reply"
    """There is nothing yet that could be corrected."""
    TOO_LATE = "too_late"
    TOO_SOON = "too_soon"
    """The same was done a short while ago."""
    NOT_OFFERED = "not_offered"
    """The Ombudsman has not been offered."""
    NOT_CLAIMED = "not_claimed"
    OTHERS_CLAIM = "others_claim"
    """Only whoever has taken a case lets go of it; pages say so, the rules let it pass."""
    NOT_ELDER = "not_elder"
    """A case joins an older one only."""
    OTHER_SECRECY = "other_secrecy"
    """The two cases are not of the same secrecy."""
    ELDER_ENDED = "elder_ended"
    """The case to join is no longer open."""
    MERGED = "merged"
    """It follows an elder case; a supervisor can part them."""
    CANCELLED = "cancelled"
    """Its author called it back before it came."""
    APPLIED = "applied"
    """The command to call back has been applied already."""
    GIVEN_UP = "given_up"
    """It could not be brought to its case in time; nobody refused it."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why nothing changed, and the act of another that stood in the way."""

    reason: RefusalReason
    by: Actor | None = None
    did: EventKind | None = None
    at: datetime | None = None
