"""The mark of a database or an engine that came back from a backup and has not been reconciled yet."""

from __future__ import annotations

from db.database import Database
from db.directory_table import InstallationRow
from domain.errors import TuntasError

RESTORED = "restored"
DATABASE, ENGINE, BOTH = "database", "engine", "both"


class NotReconciledError(TuntasError):
    """Tables and workflows have not been held against each other since a restore."""


def mark_restored(database: Database, what: str) -> None:
    """Notes that from now on nothing may work with the cases before a reconciliation. Safe to repeat."""
    with database.write() as session:
        known = session.get(InstallationRow, RESTORED)
        both = known is not None and known.value != what
        session.merge(InstallationRow(key=RESTORED, value=BOTH if both else what))


def restored(database: Database) -> str | None:
    """What came back and is not reconciled: the database, the engine, or both."""
    with database.read() as session:
        row = session.get(InstallationRow, RESTORED)
        return None if row is None else row.value


def finish_reconciliation(database: Database) -> None:
    """Notes that tables and workflows agree. Safe to repeat."""
    with database.write() as session:
        row = session.get(InstallationRow, RESTORED)
        if row is not None:
            session.delete(row)


def check_reconciled(database: Database) -> None:
    """Raises: NotReconciledError."""
    if restored(database) is not None:
        raise NotReconciledError("The data came back from a backup: run `tuntas reconcile` first.")
