"""Staff accounts, made and listed from the command line: how the first one comes into being."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from db import directory_store
from db.account_store import AccountError, AccountStore
from db.database import Database
from db.directory_table import UnitRow
from domain.access import Membership
from domain.case import Role
from ops.preparation import opened
from ops.refusal import Refusal
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """An account as it was asked for. `unit` is a unit's id or its exact name."""

    login: str
    name: str
    email: str | None
    unit: str
    role: Role


def add(settings: Settings, account: NewAccount, password: str) -> int:
    """Makes the account; its id. Raises: Refusal, saying why not."""
    with opened(settings) as database:
        role = Membership(unit_id=_unit_id(database, account.unit), role=account.role)
        try:
            return AccountStore(database).add(
                login=account.login, name=account.name, email=account.email, password=password, roles=[role]
            )
        except AccountError as problem:
            raise Refusal(str(problem)) from problem


def lines(settings: Settings) -> list[str]:
    """A line for each account: login, name, roles with their units, and whether it is closed."""
    with opened(settings) as database:
        people = AccountStore(database).people()
        ids = {member.unit_id for person, _ in people for member in person.memberships}
        with database.read() as session:
            names = directory_store.unit_names(session, ids)
    found = []
    for person, active in people:
        roles = ", ".join(f"{member.role.value} in {names[member.unit_id]}" for member in person.memberships)
        found.append(f"{person.login:<20}  {person.name:<30}  {roles}{'' if active else '  (closed)'}")
    return found


def _unit_id(database: Database, unit: str) -> int:
    """Raises: Refusal unless exactly one unit is meant."""
    meant = UnitRow.id == int(unit) if unit.isdecimal() else UnitRow.name == unit
    with database.read() as session:
        found = session.scalars(select(UnitRow.id).where(meant).limit(2)).all()
    if len(found) != 1:
        raise Refusal(
            f"{'No unit is' if not found else 'Several units are'} called {unit!r}: give a unit's id."
        )
    return found[0]
