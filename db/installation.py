"""Facts about this installation that outlive every process."""

from __future__ import annotations

from db.database import Database
from db.directory_table import InstallationRow
from domain.errors import TuntasError

DEMO = "demo"


class DemoHomeError(TuntasError):
    """Demo accounts and demo cases are in this database; production must not run on it."""


def is_demo(database: Database) -> bool:
    """Whether the database was seeded as a demo."""
    with database.read() as session:
        return session.get(InstallationRow, DEMO) is not None


def mark_demo(database: Database) -> None:
    """Notes that demo data are in the database. Safe to repeat."""
    with database.write() as session:
        if session.get(InstallationRow, DEMO) is None:
            session.add(InstallationRow(key=DEMO, value="1"))


def check_mode(database: Database, *, demo: bool) -> None:
    """Raises: DemoHomeError if a demo database is used outside demo mode."""
    if not demo and is_demo(database):
        raise DemoHomeError("This database holds demo accounts: start with TUNTAS_DEMO=1 or use another one.")
