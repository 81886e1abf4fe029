"""A case as one member of staff may see it: a case that they may not see does not exist."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort

from db import directory_store
from db.account_store import Person
from db.case_reader import CaseFile
from db.desk_query import DeskQuery
from domain.access import Holding, Membership, may_see, staff_actor
from domain.actor import Actor
from domain.case import Action, Role, Stage
from domain.code import MalformedCodeError, parse_code
from domain.decide import allowed_actions
from domain.state import CaseState
from web.auth.person import staff
from web.services import services

ROLES_OF: dict[Action, frozenset[Role]] = {
    Action.DISPOSE: frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN}),
    Action.FOLLOW_UP: frozenset({Role.LIAISON, Role.OPERATOR}),
    Action.ANSWER: frozenset({Role.LIAISON}),
}
"""The roles that may ever take an action; whether one may now is for the rules to say, with the reason."""


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """A case, the person who looks at it, and how the two stand to each other at this moment."""

    person: Person
    file: CaseFile
    actor: Actor

    @property
    def state(self) -> CaseState:
        """The state as recorded."""
        return self.file.state

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the person may do now, the likeliest first."""
        allowed = [action for action in allowed_actions(self.state, self.actor) if action in ROLES_OF]
        if self.state.stage is Stage.IN_PROGRESS:
            allowed.reverse()
        return tuple(allowed)


def desk_query() -> DeskQuery:
    """The lists of the running application."""
    return DeskQuery(services().database, services().keyring)


def open_case(code: str) -> OpenCase:
    """The case of a code for the person who asks. Ends the request with 404 if it is not for them."""
    person = staff()
    case_id = desk_query().visible_case(person.memberships, _parsed(code))
    file = None if case_id is None else services().reader.by_id(case_id)
    if file is None:
        abort(404)
    held = _holding(file)
    if not may_see(list(person.memberships), held):
        abort(404)
    return OpenCase(person=person, file=file, actor=_actor(person, held))


def check_role(case: OpenCase, action: Action) -> None:
    """Ends the request with 403 if none of the person's roles ever takes that action."""
    if not any(member.role in ROLES_OF[action] for member in case.person.memberships):
        abort(403)


def still_visible(case: OpenCase, holder_id: int) -> bool:
    """Whether the person will see the case once another unit holds it."""
    with services().database.read() as session:
        held = directory_store.holding(session, holder_id, secret=case.file.secret, level=0)
    return may_see(list(case.person.memberships), held)


def _parsed(code: str) -> str:
    try:
        return parse_code(code)
    except MalformedCodeError:
        abort(404)


def _holding(file: CaseFile) -> Holding:
    with services().database.read() as session:
        return directory_store.holding(
            session, file.state.holder.id, secret=file.secret, level=file.state.level
        )


def _actor(person: Person, held: Holding) -> Actor:
    """Somebody without a part in the case still acts in a role, so that a refusal can name it."""
    actor = staff_actor(person.id, list(person.memberships), held)
    if actor.role is not None or not person.memberships:
        return actor
    first: Membership = person.memberships[0]
    return replace(actor, role=first.role, unit_id=first.unit_id)
