"""Brings a database to the tables of this version, and never touches one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.database import Database
from domain.errors import TuntasError

FOLDER = Path(__file__).parent / "migrations"


class NewerDatabaseError(TuntasError):
    """The database was made by a newer version of Tuntas."""


class OldDatabaseError(TuntasError):
    """The database has to be migrated before this process can use it."""


def check_and_migrate(url: str) -> None:
    """Applies all missing migrations. Safe to repeat. Raises: NewerDatabaseError."""
    if revision(url) != _head():
        command.upgrade(_config(url), "head")


def check(url: str) -> None:
    """Makes sure that the tables are those of this version. Raises: NewerDatabaseError, OldDatabaseError."""
    if revision(url) != _head():
        raise OldDatabaseError("The database is older than this version: run `tuntas migrate` first.")


def revision(url: str) -> str | None:
    """The revision of a database, which must be one that we know. Raises: NewerDatabaseError."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        database.dispose()
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabaseError("The database was made by a newer version of Tuntas: use that version.")
    return found


def _head() -> str | None:
    return ScriptDirectory(str(FOLDER)).get_current_head()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config
