"""Queues the mails that an event calls for, in its own transaction, and stops those of one that is void."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow, IdentityRow, OutboxRow
from db.database import now
from db.ladder import people_on_rung
from db.outgoing_mail import FOLLOWER, PERSON, REPORTER
from db.sight import first_rung_in_sight, who_may_see
from db.staff_calendar import calendars_of
from domain.access import may_see
from domain.calendar import NoWorkingDayError, WorkCalendar
from domain.case import ClockName
from domain.delivery import URGENT_LEVEL, send_at
from domain.event import Event, EventKind
from domain.notice import (
    CALLED_BACK,
    ELDER_NEWS,
    FOLLOWED,
    NO_LONGER_LATE,
    Audience,
    Notice,
    notices,
)
from domain.state import CaseState

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Telling:
    """How messages about an event are queued.

    Attributes:
        at: when they are queued, by the database's clock; None: now.
        relieved: events that told of a lateness which the event's new dates have ended.
        demo: no office hours; digests go every minute.
    """

    at: datetime | None = None
    relieved: tuple[int, ...] = ()
    demo: bool = False


PLAIN = Telling()


def withdraw_notices(session: Session, case_id: int, seqs: tuple[int, ...]) -> None:
    """Messages about what never was (an expiry, an answer) are not sent, if they can still be stopped."""
    if not seqs:
        return
    unsent = (
        OutboxRow.case_id == case_id,
        OutboxRow.state == "pending",
        OutboxRow.seq.in_(seqs),
    )
    query = select(OutboxRow.id).where(*unsent).order_by(OutboxRow.id).with_for_update()
    ids = list(session.scalars(query))
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(state="withdrawn"))


def queue_notices(session: Session, state: CaseState, event: Event, telling: Telling = PLAIN) -> None:
    """One row for everybody who is to hear of an event: to reporters at once, to staff by their calendar.

    An answer waits while it can be taken back. What a reporter without an address would get is kept as not
    sent. Nobody hears of a case that must not exist for them.
    """
    told = _told(session, state, event, telling.relieved)
    if not told:
        return
    at, due_at = telling.at or now(session), _due_to_tell(state, event)
    from_at, climbed = at + held_for(state, event), _has_climbed_high(state, event)
    calendars, silent = _calendars(session, event, told), _unreachable(session, state.case_id, told)
    rows = []
    for recipient, notice in told.items():
        calendar = calendars.get(recipient)
        digested = calendar is not None and not (notice.at_once or climbed)
        rows.append(
            {
                "case_id": state.case_id,
                "seq": event.seq,
                "template": notice.template,
                "recipient": recipient,
                "digest_key": recipient if digested else None,
                "due_at": due_at,
                "state": "skipped" if recipient in silent else "pending",
                "not_before": _not_before(calendar, from_at, digested=digested, demo=telling.demo),
                "created_at": at,
            }
        )
    session.execute(insert(OutboxRow), rows)


def _told(session: Session, state: CaseState, event: Event, relieved: tuple[int, ...]) -> dict[str, Notice]:
    """Who is told what; of two notices that would reach the same person the first counts."""
    heard = _told_otherwise(session, state, event, relieved)
    wanted = [(notice, list(RECIPIENTS[notice.audience](session, state, event))) for notice in notices(event)]
    blind = _blind(session, state, [*heard, *(each for _, found in wanted for each in found)])
    told: dict[str, Notice] = {}
    for notice, found in wanted:
        left = [each for each in found if each not in blind] or _instead(session, state, event, notice)
        for recipient in left:
            if not recipient.startswith(FOLLOWER):
                told.setdefault(recipient, notice)
            elif notice.template in FOLLOWED:
                told.setdefault(recipient, ELDER_NEWS)
    if event.kind is EventKind.RAISED and event.actor.person_id is not None:
        told.pop(_person(event.actor.person_id), None)  # who stands there themselves knows
    return {recipient: notice for recipient, notice in heard.items() if recipient not in blind} | told


def _blind(session: Session, state: CaseState, recipients: Iterable[str]) -> set[str]:
    """The staff for whom the case does not exist."""
    people = _people(recipients)
    return {_person(each) for each in people - who_may_see(session, state, people)} if people else set()


def _instead(session: Session, state: CaseState, event: Event, notice: Notice) -> list[str]:
    """In place of an audience that must not hear of it: the first rung that may; for some nobody else."""
    if notice.audience in {Audience.ASSISTANTS, Audience.TAKEN_FROM}:
        return []
    found = [_person(each) for each in first_rung_in_sight(session, state)]
    if not found:
        log.warning("nobody may see case %d to hear of event %d", state.case_id, event.seq)
    return found


def _told_otherwise(
    session: Session, state: CaseState, event: Event, relieved: tuple[int, ...]
) -> dict[str, Notice]:
    """Those who have already heard of what never was, or is no more, hear that it is not."""
    if not event.voids and not relieved:
        return {}
    gone = select(OutboxRow.recipient, OutboxRow.template, OutboxRow.seq).where(
        OutboxRow.case_id == state.case_id,
        OutboxRow.seq.in_((*event.voids, *relieved)),
        OutboxRow.state.in_(("sending", "sent", "unknown")),
        OutboxRow.template.in_(CALLED_BACK),
    )
    return {
        row.recipient: NO_LONGER_LATE if row.seq in relieved else _called_back(row.template)
        for row in session.execute(gone.order_by(OutboxRow.id))
    }


def _called_back(template: str) -> Notice:
    return Notice(CALLED_BACK[template], Audience.HOLDERS)


def _calendars(session: Session, event: Event, told: Mapping[str, Notice]) -> dict[str, WorkCalendar]:
    """By which calendar each member of staff works, best that of the office for which they are told."""
    people = _people(told)
    if not people:
        return {}
    near = directory_store.ancestor_ids(session, event.holder.id)
    return {_person(each): calendar for each, calendar in calendars_of(session, people, near).items()}


def _unreachable(session: Session, case_id: int, told: Collection[str]) -> set[str]:
    """The reporters among them who left no address with their report; none is added later."""
    readers = {int(each.removeprefix(FOLLOWER)): each for each in told if each.startswith(FOLLOWER)}
    if REPORTER in told:
        readers[case_id] = REPORTER
    silent = select(IdentityRow.case_id).where(IdentityRow.case_id.in_(readers), ~IdentityRow.has_email)
    return {readers[found] for found in session.scalars(silent)} if readers else set()


def _not_before(calendar: WorkCalendar | None, at: datetime, *, digested: bool, demo: bool) -> datetime:
    """A calendar without any opening holds nothing back."""
    if calendar is None:
        return at
    try:
        return send_at(calendar, at, digested=digested, demo=demo)
    except NoWorkingDayError:
        return at


def held_for(state: CaseState, event: Event) -> timedelta:
    """How long mails about an event wait: an answer can be taken back for a while. Source: CASE, `answer`."""
    answered = event.kind is EventKind.ANSWERED
    return timedelta(seconds=state.policy.take_back_seconds if answered else 0)


def _has_climbed_high(state: CaseState, event: Event) -> bool:
    """Whether staff are told without waiting for a digest: as decided, or with vacant rungs skipped."""
    moved = {clock.name for clock in event.clocks}
    reached = (clock for clock in state.clocks if clock.name in moved)
    return any(clock.live and clock.level >= URGENT_LEVEL for clock in (*event.clocks, *reached))


def _due_to_tell(state: CaseState, event: Event) -> datetime | None:
    """The date that ran out or comes near, else the one that binds now or ends the case's window."""
    name = ClockName.RESOLUTION if event.kind is EventKind.EXTENDED else event.clock
    told = state.due if name is None else state.clock(name)
    return None if told is None else told.due_at


def _reporter(session: Session, state: CaseState, _event: Event) -> Iterator[str]:
    """The reporter, and those of the younger cases that follow this one."""
    yield REPORTER
    followers = _following(session, [state.case_id])
    while followers:
        yield from (f"{FOLLOWER}{case_id}" for case_id in followers)
        followers = _following(session, followers)


def _following(session: Session, case_ids: list[int]) -> list[int]:
    query = select(CaseViewRow.case_id).where(CaseViewRow.merged_into.in_(case_ids))
    return list(session.scalars(query.order_by(CaseViewRow.case_id)))


def _holders(session: Session, state: CaseState, event: Event) -> Iterator[str]:
    accused = state.facts.accused_person_id
    yield from map(_person, directory_store.acting_people(session, event.holder.id, but=accused))


def _rung(session: Session, state: CaseState, _event: Event) -> Iterator[str]:
    yield from map(_person, people_on_rung(session, state))


def _assistants(session: Session, state: CaseState, event: Event) -> Iterator[str]:
    accused = state.facts.accused_person_id
    for unit_id in () if event.facts is None else event.facts.assisting:
        yield from map(_person, directory_store.acting_people(session, unit_id, but=accused))


def _supervisors(session: Session, state: CaseState, event: Event) -> Iterator[str]:
    accused = state.facts.accused_person_id
    yield from map(_person, directory_store.supervisors_of(session, event.holder.id, but=accused))


def _taken_from(session: Session, state: CaseState, event: Event) -> Iterator[str]:
    """Whoever has no part in the case any more hears nothing of it."""
    if event.taken_from is None:
        return
    roles = directory_store.active_memberships(session, event.taken_from)
    if may_see(roles, directory_store.holding_of(session, state)):
        yield _person(event.taken_from)


def _people(recipients: Iterable[str]) -> set[int]:
    return {int(each.removeprefix(PERSON)) for each in recipients if each.startswith(PERSON)}


def _person(person_id: int) -> str:
    return f"{PERSON}{person_id}"


RECIPIENTS: dict[Audience, Callable[[Session, CaseState, Event], Iterator[str]]] = {
    Audience.REPORTER: _reporter,
    Audience.HOLDERS: _holders,
    Audience.RUNG: _rung,
    Audience.SUPERVISORS: _supervisors,
    Audience.ASSISTANTS: _assistants,
    Audience.TAKEN_FROM: _taken_from,
}
