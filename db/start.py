"""What a process looks at in the database before it serves anybody."""

from __future__ import annotations

from collections.abc import Callable

from db import installation, migrate
from db.database import Database
from db.engine_place import check_place
from db.keyring import Keyring
from db.restored import check_reconciled
from domain.errors import TuntasError


def start_problems(url: str, *, demo: bool, keyring: Keyring | None, place: str) -> list[str]:
    """Everything that forbids to work with this database, each as a sentence; none: all is well.

    `place`: the engine that the process would work with. Binds a new database to its key. Safe to repeat.
    """
    try:
        migrate.check(url)
    except TuntasError as problem:
        return [str(problem)]  # the tables that the other questions ask may not be there
    database = Database(url)
    try:
        return [
            *_said(lambda: installation.check_mode(database, demo=demo)),
            *_said(lambda: None if keyring is None else installation.check_key(database, keyring)),
            *_said(lambda: check_place(database, place)),
            *_said(lambda: check_reconciled(database)),
        ]
    finally:
        database.dispose()


def _said(look: Callable[[], None]) -> list[str]:
    try:
        look()
    except TuntasError as problem:
        return [str(problem)]
    return []
