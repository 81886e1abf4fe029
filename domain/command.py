"""What a person asks of a case, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.actor import Actor, UnitRef
from domain.case import Action, FollowUp, Kind
from domain.event import EventKind


@dataclass(frozen=True, kw_only=True)
class Body:
    """What the form of an act says besides words; each action reads what it needs.

    Attributes:
        unit: where a case is sent.
        promised_on: last civil day by which a plan is promised.
        rating: 1 to 5, only if the reporter gave one.
    """

    unit: UnitRef | None = None
    kind: Kind | None = None
    accused_unit_id: int | None = None
    follow_up: FollowUp | None = None
    promised_on: date | None = None
    rating: int | None = None


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
    ACCUSED_UNIT = "accused_unit"
    INCOMPLETE = "incomplete"
    GIVEN_UP = "given_up"
    """It could not be brought to its case in time; nobody refused it."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why nothing changed, and the act of another that stood in the way."""

    reason: RefusalReason
    by: Actor | None = None
    did: EventKind | None = None
    at: datetime | None = None
