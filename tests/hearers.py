"""Who was told of a case by mail, for tests of whom a mail must reach and whom it must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from db import directory_store
from db.case_table import OutboxRow, ReportRow
from db.directory_table import PersonRow
from db.notice_queue import queue_notices
from domain.access import may_see
from domain.actor import SYSTEM_ACTOR
from domain.event import Event, EventKind
from domain.state import CaseState
from tests.factories import CaseFactory, MadeCase


def close_accounts(factory: CaseFactory, *logins: str) -> None:
    """Nobody acts under these accounts any more."""
    with factory.offices.database.write() as session:
        session.execute(update(PersonRow).where(PersonRow.login.in_(logins)).values(active=False))


def told(factory: CaseFactory, case: MadeCase, template: str) -> set[str]:
    """The logins of the staff for whom a mail of that template was queued."""
    logins = {f"person:{person_id}": login for login, person_id in factory.offices.people.items()}
    query = select(OutboxRow.recipient).where(OutboxRow.case_id == case.id, OutboxRow.template == template)
    with factory.offices.database.read() as session:
        return {logins[each] for each in session.scalars(query) if each in logins}


def blind(factory: CaseFactory, case: MadeCase) -> set[str]:
    """The logins of those who were told of the case and may not see it."""
    state, found = factory.cases.state(case.code), set()
    with factory.offices.database.read() as session:
        secret = session.get_one(ReportRow, case.id).secret
        held = directory_store.holding_of(session, state, secret=secret)
        people = set(session.scalars(select(OutboxRow.recipient).where(OutboxRow.case_id == case.id)))
        for login, person_id in factory.offices.people.items():
            sees = may_see(directory_store.memberships(session, person_id), held)
            if f"person:{person_id}" in people and (not sees or person_id == held.accused_person_id):
                found.add(login)
    return found


def forget_mails(factory: CaseFactory) -> None:
    """What was queued so far does not count."""
    with factory.offices.database.write() as session:
        session.execute(delete(OutboxRow))


def happening(state: CaseState, kind: EventKind, **changes: Any) -> Event:
    """A further event of a case, in which nothing else has changed."""
    plain = Event(
        seq=state.seq,
        version=state.version,
        kind=kind,
        at=state.received_at,
        actor=SYSTEM_ACTOR,
        stage=state.stage,
        holder=state.holder,
        case_kind=state.kind,
    )
    return replace(plain, **changes)


def queue(factory: CaseFactory, case: MadeCase, kind: EventKind, **changes: Any) -> None:
    """The mails about a further event, and no others."""
    forget_mails(factory)
    state = factory.cases.state(case.code)
    with factory.offices.database.write() as session:
        queue_notices(session, state, happening(state, kind, **changes))
