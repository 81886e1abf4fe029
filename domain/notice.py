"""Who is told of what, as a table: event → mails, without any address."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import Role, Stage, UnitLevel
from domain.event import Event, EventKind


class Audience(StrEnum):
    """Whom a notice is for."""

    REPORTER = "reporter"
    HOLDERS = "holders"
    SUPERVISORS = "supervisors"


@dataclass(frozen=True)
class Notice:
    """One mail template for one audience."""

    template: str
    audience: Audience


_BY_KIND: dict[EventKind, tuple[Notice, ...]] = {
    EventKind.RECEIVED: (
        Notice("received", Audience.REPORTER),
        Notice("staff_to_verify", Audience.HOLDERS),
    ),
    EventKind.FOLLOWED_UP: (Notice("followed_up", Audience.REPORTER),),
    EventKind.ANSWERED: (Notice("answered", Audience.REPORTER),),
    EventKind.CONFIRMED: (Notice("closed", Audience.REPORTER),),
    EventKind.CLOSED_BY_SILENCE: (Notice("closed_by_silence", Audience.REPORTER),),
    EventKind.DISPUTED: (
        Notice("staff_disputed", Audience.HOLDERS),
        Notice("staff_disputed", Audience.SUPERVISORS),
    ),
    EventKind.MESSAGE_RECEIVED: (Notice("staff_message", Audience.HOLDERS),),
    EventKind.CLOCK_EXPIRED: (Notice("staff_late", Audience.SUPERVISORS),),
}


def notices(event: Event) -> tuple[Notice, ...]:
    """The mails that an event calls for."""
    if event.kind is not EventKind.DISPOSED:
        return _BY_KIND.get(event.kind, ())
    if event.stage is Stage.VERIFICATION:
        return (Notice("staff_to_verify", Audience.HOLDERS),)
    return (Notice("disposed", Audience.REPORTER), Notice("staff_assigned", Audience.HOLDERS))


def acting_roles(level: UnitLevel) -> tuple[Role, ...]:
    """The roles that act for a holder of that rank."""
    if level is UnitLevel.NATIONAL:
        return (Role.NATIONAL_ADMIN,)
    if level is UnitLevel.AGENCY:
        return (Role.AGENCY_ADMIN,)
    return (Role.LIAISON, Role.OPERATOR)
