"""Who is told of what, as a table: event → mails, without any address."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import OPEN_STAGES, REPORTER_STAGES, ClockName, Role, Stage, UnitLevel
from domain.event import Event, EventKind


class Audience(StrEnum):
    """Whom a notice is for."""

    REPORTER = "reporter"
    """Also the reporters of the younger cases that follow this one."""
    HOLDERS = "holders"
    """Who acts for the unit that holds the case."""
    RUNG = "rung"
    """Who stands on the rung of the ladder that the case has reached."""
    SUPERVISORS = "supervisors"
    """The holder's own supervisors, whatever the rung."""
    ASSISTANTS = "assistants"
    """Who acts for the units that help the holder."""
    TAKEN_FROM = "taken_from"
    """Who was on the case before somebody else took it over."""


@dataclass(frozen=True)
class Notice:
    """One mail template for one audience.

    Attributes:
        at_once: to staff, it does not wait for the next digest.
    """

    template: str
    audience: Audience
    at_once: bool = False


def _to_reporter(template: str) -> Notice:
    return Notice(template, Audience.REPORTER)


def _to_holders(template: str, *, at_once: bool = False) -> Notice:
    return Notice(template, Audience.HOLDERS, at_once)


_BY_KIND: dict[EventKind, tuple[Notice, ...]] = {
    EventKind.ASKED: (_to_reporter("question"),),
    EventKind.COMPLETED: (_to_holders("staff_completed"),),
    EventKind.FOLLOWED_UP: (_to_reporter("followed_up"),),
    EventKind.ANSWERED: (_to_reporter("answered"),),
    EventKind.REPLY_CORRECTED: (_to_reporter("corrected"),),
    EventKind.CONFIRMED: (_to_reporter("closed"),),
    EventKind.CLOSED_BY_SILENCE: (_to_reporter("closed_by_silence"),),
    EventKind.ARCHIVED: (_to_reporter("archived"),),
    EventKind.ARCHIVED_BY_SILENCE: (_to_reporter("archived"),),
    EventKind.WITHDRAWN: (_to_reporter("withdrawn"),),
    EventKind.WITHDRAWAL_NOTED: (_to_holders("staff_withdrawal_noted"),),
    EventKind.MERGED: (_to_reporter("merged"),),
    EventKind.EXTENDED: (_to_reporter("extended"),),
    EventKind.RECLASSIFIED: (_to_reporter("reclassified"),),
    EventKind.NUDGED: (_to_holders("staff_nudged"),),
    EventKind.URGED: (_to_holders("staff_urged", at_once=True),),
    EventKind.TAKEN_OVER: (Notice("staff_taken_over", Audience.TAKEN_FROM),),
    EventKind.RAISED: (Notice("staff_raised", Audience.RUNG),),
    EventKind.MESSAGE_RECEIVED: (_to_holders("staff_message"),),
    EventKind.OMBUDSMAN_OFFERED: (_to_reporter("ombudsman_offer"),),
    EventKind.TRANSFERRED_TO_OMBUDSMAN: (_to_reporter("ombudsman_transferred"),),
    EventKind.MAIL_FAILED: (_to_holders("staff_mail_failed"),),
}
"""Events that say the same to the same people, whatever else holds."""

_TOLD: dict[EventKind, str] = {
    EventKind.RECEIVED: "received",
    EventKind.NOT_OURS: "returned",
    EventKind.RETURNED: "returned",
    EventKind.REDISPOSED: "reassigned",
    EventKind.REASSIGNED: "reassigned",
    EventKind.UNMERGED: "unmerged",
    EventKind.REVIVED: "revived",
}
"""What the reporter hears when others get the case to work on."""

_WARNINGS: dict[ClockName, Notice] = {
    ClockName.COMPLETION: _to_reporter("question_reminder"),
    ClockName.CONFIRMATION: _to_reporter("confirmation_reminder"),
}


FOLLOWED = frozenset(
    {"disposed", "reassigned", "followed_up", "answered", "corrected", "closed", "closed_by_silence"}
    | {"archived", "reopened", "revived", "extended", "ombudsman_transferred"}
)
"""What those who follow an elder case hear of: its stage and replies, not what concerns its reporter."""
ELDER_NEWS = Notice("elder_news", Audience.REPORTER)

NO_LONGER_LATE = Notice("staff_not_late", Audience.RUNG)
"""For those who heard of a lateness that an extension or a holiday has ended. Source: CLOCKS, "Changes"."""

CALLED_BACK: dict[str, str] = {
    "answered": "answer_taken_back",
    "staff_late": "staff_voided",
    "staff_raised": "staff_voided",
    "staff_promise_passed": "staff_voided",
}
"""What is sent after a message that is void when it could not be stopped any more."""


def notices(event: Event) -> tuple[Notice, ...]:
    """The mails that an event calls for."""
    if event.kind is EventKind.DISPOSED:
        return _of_disposal(event)
    if event.kind in _TOLD:
        return (_to_reporter(_TOLD[event.kind]), *_to_do(event))
    if event.kind in {EventKind.DISPUTED, EventKind.REOPENED}:
        return _begun_again(event)
    if event.kind is EventKind.CLOCK_WARNED and event.clock is not None:
        return (_WARNINGS.get(event.clock, _to_holders("staff_last_day", at_once=True)),)
    if event.kind is EventKind.CLOCK_EXPIRED:
        return _late(event)
    if event.kind is EventKind.MAIL_FAILED and event.stage not in OPEN_STAGES:
        return ()
    return _BY_KIND.get(event.kind, ())


def _of_disposal(event: Event) -> tuple[Notice, ...]:
    """Between levels of verification nothing changes for the reporter."""
    told = () if event.stage is Stage.VERIFICATION else (_to_reporter("disposed"),)
    helped = event.facts is not None and event.facts.assisting
    assisting = (Notice("staff_assisting", Audience.ASSISTANTS),) if helped else ()
    return (*told, *_to_do(event), *assisting)


def _to_do(event: Event) -> tuple[Notice, ...]:
    """What the new holder has to do, at once; nothing while the case waits for the reporter."""
    if event.facts is not None and event.facts.in_arbitration:
        return (_to_holders("staff_arbitration", at_once=True),)
    if event.kind is EventKind.RETURNED:
        return (_to_holders("staff_returned", at_once=True),)
    if event.stage in REPORTER_STAGES:
        return ()
    if event.stage is Stage.VERIFICATION:
        return (_to_holders("staff_to_verify", at_once=True),)
    return (_to_holders("staff_assigned", at_once=True),)


def _begun_again(event: Event) -> tuple[Notice, ...]:
    told: tuple[Notice, ...] = ()
    template = "staff_disputed"
    if event.kind is EventKind.REOPENED:
        told, template = (_to_reporter("reopened"),), "staff_reopened"
    elif event.facts is not None and event.facts.in_arbitration:
        template = "staff_arbitration"
    return (*told, _to_holders(template, at_once=True), Notice(template, Audience.RUNG))


def _late(event: Event) -> tuple[Notice, ...]:
    if event.clock is not ClockName.PROMISE:
        return (Notice("staff_late", Audience.RUNG),)
    passed = "staff_promise_passed"
    return (_to_holders(passed), Notice(passed, Audience.SUPERVISORS))


def acting_roles(level: UnitLevel) -> tuple[Role, ...]:
    """The roles that act for a holder of that rank."""
    if level is UnitLevel.NATIONAL:
        return (Role.NATIONAL_ADMIN,)
    if level is UnitLevel.AGENCY:
        return (Role.AGENCY_ADMIN,)
    return (Role.LIAISON, Role.OPERATOR)
