"""Staff accounts: passwords, log-ins that can be ended, and the slowing down of guesses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select

from db import directory_store
from db.database import Database, now, settle_race
from db.directory_table import LoginAttemptRow, MembershipRow, PersonRow, StaffSessionRow, UnitRow
from domain.access import Membership
from domain.errors import TuntasError

IDLE_FOR = timedelta(hours=2)
LASTS_FOR = timedelta(hours=12)
FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 50
"""Many officers share one address; only a flood of failures from it slows all of them."""
LONGEST_WAIT = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)
"""Counts of failures are forgotten after that."""
SEEN_EVERY = timedelta(minutes=1)
SHORTEST_PASSWORD = 12


class WrongLoginError(TuntasError):
    """Unknown account, wrong password or closed account; which one is never said."""


class TooManyGuessesError(TuntasError):
    """Too many failures; `wait_for` says how long to wait."""

    def __init__(self, wait_for: timedelta) -> None:
        super().__init__("too many failures")
        self.wait_for = wait_for


class AccountError(TuntasError):
    """An account cannot be made as asked; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is logged in."""

    id: int
    login: str
    name: str
    locale: str
    memberships: tuple[Membership, ...]


class AccountStore:
    """Passwords are hashed with argon2id, outside of any transaction."""

    def __init__(
        self, database: Database, hasher: PasswordHasher | None = None, secret: bytes | None = None
    ) -> None:
        """`secret` keys the counts of failed log-ins, so that no address can be read out of the table."""
        self._database = database
        self._secret = secret or secrets.token_bytes(32)
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def add(self, *, login: str, name: str, email: str | None, password: str, roles: list[Membership]) -> int:
        """Makes an account; its id. Raises: AccountError."""
        if len(password) < SHORTEST_PASSWORD:
            raise AccountError(f"The password must have at least {SHORTEST_PASSWORD} characters.")
        hashed = self._hasher.hash(password)
        with self._database.write() as session:
            if session.scalars(select(PersonRow.id).where(PersonRow.login == login)).first() is not None:
                raise AccountError(f"The login {login!r} is taken.")
            row = PersonRow(
                login=login,
                name=name,
                email=email,
                password_hash=hashed,
                active=True,
                created_at=now(session),
            )
            session.add(row)
            session.flush()
            for member in roles:
                if session.get(UnitRow, member.unit_id) is None:
                    raise AccountError(f"There is no unit {member.unit_id}.")
                session.add(MembershipRow(person_id=row.id, unit_id=member.unit_id, role=member.role.value))
            return row.id

    def people(self) -> list[tuple[Person, bool]]:
        """All accounts and whether they are active, by login."""
        with self._database.read() as session:
            rows = session.scalars(select(PersonRow).order_by(PersonRow.login)).all()
            roles = directory_store.all_memberships(session)
            return [(_person(row, roles.get(row.id, ())), row.active) for row in rows]

    def log_in(self, login: str, password: str, address: str) -> str:
        """The token of a new log-in. Raises: WrongLoginError, TooManyGuessesError."""
        keys = [self._counted(f"login:{login}|{address}"), self._counted(f"address:{address}")]
        self._slow_down(keys)
        with self._database.read() as session:
            found = session.scalars(select(PersonRow).where(PersonRow.login == login)).one_or_none()
            known = None if found is None or not found.active else (found.id, found.password_hash)
        if not self._matches(known[1] if known else self._nobody, password) or known is None:
            settle_race(lambda: self._count_failure(keys))
            raise WrongLoginError
        token = secrets.token_urlsafe(32)
        with self._database.write() as session:
            at = now(session)
            session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.key == keys[0]))
            session.execute(delete(StaffSessionRow).where(StaffSessionRow.created_at < at - LASTS_FOR))
            session.add(
                StaffSessionRow(token_hash=_hash(token), person_id=known[0], created_at=at, seen_at=at)
            )
        return token

    def person_of(self, token: str) -> Person | None:
        """Who is logged in by that token; None if it has ended, by log-out, time or a closed account."""
        with self._database.read() as session:
            at = now(session)
            row = session.get(StaffSessionRow, _hash(token))
            if row is None or at - row.seen_at > IDLE_FOR or at - row.created_at > LASTS_FOR:
                return None
            person = session.get_one(PersonRow, row.person_id)
            if not person.active:
                return None
            found, stale = (
                _person(person, directory_store.memberships(session, person.id)),
                at - row.seen_at > SEEN_EVERY,
            )
        if stale:
            self._mark_seen(token)
        return found

    def log_out(self, token: str) -> None:
        """Ends a log-in at once."""
        with self._database.write() as session:
            session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == _hash(token)))

    def _counted(self, what: str) -> str:
        return hmac.new(self._secret, what.encode(), hashlib.sha256).hexdigest()

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except VerifyMismatchError:
            return False

    def _mark_seen(self, token: str) -> None:
        with self._database.write() as session:
            row = session.get(StaffSessionRow, _hash(token))
            if row is not None:
                row.seen_at = now(session)

    def _slow_down(self, keys: list[str]) -> None:
        with self._database.read() as session:
            at = now(session)
            rows = [session.get(LoginAttemptRow, key) for key in keys]
            free = (FREE_FAILURES, FREE_FAILURES_OF_ADDRESS)
            waits = [_wait(row, allowed, at) for row, allowed in zip(rows, free, strict=True)]
        if max(waits) > timedelta():
            raise TooManyGuessesError(max(waits))

    def _count_failure(self, keys: list[str]) -> None:
        with self._database.write() as session:
            at = now(session)
            session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.last_at < at - KEPT_FOR))
            for key in keys:
                row = session.get(LoginAttemptRow, key)
                if row is None:
                    session.add(LoginAttemptRow(key=key, failures=1, last_at=at))
                else:
                    row.failures = 1 if at - row.last_at > LONGEST_WAIT * 3 else row.failures + 1
                    row.last_at = at


def _wait(row: LoginAttemptRow | None, free: int, at: datetime) -> timedelta:
    """Doubles from one second after the free failures; never locks anybody out for good."""
    if row is None or row.failures < free:
        return timedelta()
    pause = min(timedelta(seconds=2 ** min(row.failures - free, 10)), LONGEST_WAIT)
    return max(row.last_at + pause - at, timedelta())


def _person(row: PersonRow, roles: Iterable[Membership]) -> Person:
    return Person(id=row.id, login=row.login, name=row.name, locale=row.locale, memberships=tuple(roles))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
