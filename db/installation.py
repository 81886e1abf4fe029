"""Facts about this installation that outlive every process."""

from __future__ import annotations

from db.database import Database, settle_race
from db.directory_table import InstallationRow
from db.keyring import Keyring
from domain.errors import TuntasError

KEY_MARK = "key_mark"
DEMO = "demo"
DEMO_SEEDED = "demo_seeded"


class DemoHomeError(TuntasError):
    """Demo accounts and demo cases are in this database; production must not run on it."""


def is_demo(database: Database) -> bool:
    """Whether the database is a demo's, though its seeding may have been cut off."""
    return _is_noted(database, DEMO)


def is_demo_seeded(database: Database) -> bool:
    """Whether all demo data are there."""
    return _is_noted(database, DEMO_SEEDED)


def claim_demo(database: Database) -> None:
    """Notes, before the first demo account is made, that the database is a demo's. Safe to repeat."""
    _note(database, DEMO)


def finish_demo(database: Database) -> None:
    """Notes that all demo data are there. Safe to repeat."""
    _note(database, DEMO_SEEDED)


class OtherKeyError(TuntasError):
    """The words in this database were sealed under another master key."""


def check_key(database: Database, keyring: Keyring) -> None:
    """Binds a new database to its master key, and refuses every other one from then on.

    Raises: OtherKeyError.
    """
    _note(database, KEY_MARK, keyring.mark)
    with database.read() as session:
        known = session.get_one(InstallationRow, KEY_MARK).value
    if known != keyring.mark:
        raise OtherKeyError("The master key is not the one of this database: put the right key back.")


def check_mode(database: Database, *, demo: bool) -> None:
    """Raises: DemoHomeError if a demo database is used outside demo mode."""
    if not demo and is_demo(database):
        raise DemoHomeError(
            "This database holds demo accounts: start with TUNTAS_DEMO=1 or name another TUNTAS_HOME."
        )


def _is_noted(database: Database, key: str) -> bool:
    with database.read() as session:
        return session.get(InstallationRow, key) is not None


def _note(database: Database, key: str, value: str = "1") -> None:
    """The first value stays."""
    settle_race(lambda: _note_once(database, key, value))


def _note_once(database: Database, key: str, value: str) -> None:
    if _is_noted(database, key):
        return
    with database.write() as session:
        if session.get(InstallationRow, key) is None:
            session.add(InstallationRow(key=key, value=value))
