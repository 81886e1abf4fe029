"""A case as one member of staff may see it: a case that they may not see does not exist."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort, g, request

from db import directory_store
from db.account_store import Person
from db.case_reader import CaseFile
from db.database import remembered
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.ladder import next_occupied
from domain.access import Holding, Membership, may_see, staff_actor
from domain.act.handling import stands_in
from domain.act.raising import next_rung
from domain.actor import Actor
from domain.case import Action, Relation, Role
from domain.code import MalformedCodeError, parse_code
from domain.decide import barred
from domain.state import CaseState
from web.auth.person import as_overseer, oversees, staff
from web.services import services

ADMINS = frozenset({Role.NATIONAL_ADMIN, Role.AGENCY_ADMIN})
LIAISON, SUPERVISOR = frozenset({Role.LIAISON}), frozenset({Role.SUPERVISOR})
OFFICERS = frozenset({Role.LIAISON, Role.OPERATOR})
ROLES_OF: dict[Action, frozenset[Role]] = {
    Action.DISPOSE: ADMINS,
    Action.FOLLOW_UP: OFFICERS | SUPERVISOR,
    Action.ANSWER: OFFICERS | SUPERVISOR,
    Action.TAKE_BACK: OFFICERS | SUPERVISOR,
    Action.CORRECT_REPLY: LIAISON | SUPERVISOR,
    Action.ASK: ADMINS | OFFICERS | SUPERVISOR,
    Action.CONTRIBUTE: OFFICERS | SUPERVISOR,
    Action.NOT_OURS: ADMINS,
    Action.RETURN_CASE: LIAISON | SUPERVISOR,
    Action.REDISPOSE: LIAISON | SUPERVISOR,
    Action.REASSIGN: ADMINS | SUPERVISOR,
    Action.REOPEN: SUPERVISOR,
    Action.REVIVE: ADMINS,
    Action.RECLASSIFY: ADMINS | SUPERVISOR,
    Action.EXTEND: SUPERVISOR,
    Action.MERGE: ADMINS | LIAISON,
    Action.UNMERGE: SUPERVISOR,
    Action.ARCHIVE: ADMINS | SUPERVISOR,
    Action.CLAIM: ADMINS | OFFICERS | SUPERVISOR,
    Action.RELEASE: ADMINS | OFFICERS | SUPERVISOR,
    Action.URGE: ADMINS | SUPERVISOR,
    Action.RAISE_CASE: ADMINS | SUPERVISOR,
    Action.NOTE: ADMINS | OFFICERS | SUPERVISOR,
    Action.CANCEL: ADMINS | OFFICERS | SUPERVISOR,
}
"""The roles that may ever take an action; whether one may now is for the rules to say, with the reason."""


SPEAKING = frozenset({Action.FOLLOW_UP, Action.ANSWER})


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
    def taken_by_other(self) -> int | None:
        """Who else is on it; a claim would take it over from them."""
        claimed_by = self.state.facts.claimed_by
        return None if claimed_by == self.person.id else claimed_by

    @property
    def publishes(self) -> bool:
        """Whether the person speaks for the unit as its liaison officer does: by office, or standing in."""
        return Relation.LIAISON in self.actor.relations or stands_in(self.state, self.actor)


def desk_query() -> DeskQuery:
    """The lists of the running application."""
    return DeskQuery(services().database, services().keyring)


def onlooker(person: Person) -> Onlooker:
    """The person as lists and searches know them."""
    return Onlooker(memberships=person.memberships, person_id=person.id)


def open_case(code: str) -> OpenCase:
    """The case of a code for the person who asks. Ends the request with 404 if it is not for them.

    While nothing is changed, the parts of a page share it.
    """
    plain = _parsed(code)
    if request.method != "GET":
        return _open(plain)
    opened: dict[str, OpenCase] = g.setdefault("opened", {})
    if plain not in opened:
        opened[plain] = _open(plain)
    return opened[plain]


def _open(code: str) -> OpenCase:
    found = find_case(staff(), code)
    if found is None:
        abort(404)
    return found


def find_case(person: Person, code: str) -> OpenCase | None:
    """The case of a code in its plain spelling, if it exists for that person."""
    case_id = desk_query().visible_case(onlooker(person), code)
    file = None if case_id is None else services().reader.by_id(case_id)
    if file is None:
        return None
    held = _holding(file)
    if person.id == held.accused_person_id or not may_see(list(person.memberships), held):
        return None
    return OpenCase(person=person, file=file, actor=_actor(person, held))


def check_role(case: OpenCase, action: Action) -> None:
    """Ends the request with 403 if none of the person's roles ever takes that action."""
    if not any(member.role in ROLES_OF[action] for member in case.person.memberships):
        abort(403)


def still_visible(case: OpenCase) -> bool:
    """Whether the person sees the case as the tables know it now."""
    return desk_query().visible_case(onlooker(case.person), case.file.code) is not None


def is_overseen(case: OpenCase) -> bool:
    """Whether the person sees the case in a role that oversees."""
    return oversees(case.person) and find_case(as_overseer(case.person), case.file.code) is not None


def rung_above(case: OpenCase) -> int | None:
    """The rung to which the person can raise the case now; None if nobody else stands above."""
    state = case.state
    with services().database.read() as session:
        return remembered(
            session,
            ("rung above", state.case_id, state.seq),
            lambda: next_occupied(session, state, next_rung(state), but=case.person.id),
        )


def speaks_once_taken(case: OpenCase) -> bool:
    """Whether a claim gives the person what they cannot do without it: to speak for the unit."""
    state, actor = case.state, case.actor
    taken = replace(state, facts=replace(state.facts, claimed_by=case.person.id))
    return any(barred(state, actor, each) and not barred(taken, actor, each) for each in SPEAKING)


def _parsed(code: str) -> str:
    try:
        return parse_code(code)
    except MalformedCodeError:
        abort(404)


def _holding(file: CaseFile) -> Holding:
    with services().database.read() as session:
        return directory_store.holding_of(session, file.state, secret=file.secret)


def _actor(person: Person, held: Holding) -> Actor:
    """Somebody without a part in the case still acts in a role, so that a refusal can name it."""
    actor = staff_actor(person.id, list(person.memberships), held)
    if actor.role is not None or not person.memberships:
        return actor
    first: Membership = person.memberships[0]
    return replace(actor, role=first.role, unit_id=first.unit_id)
