"""Which engine the cases of this database run on, once they have been moved from one to another."""

from __future__ import annotations

from db.database import Database
from db.directory_table import InstallationRow
from domain.errors import TuntasError

FROM, TO, MOVING = "engine_from", "engine_to", "engine_moving"


class MovedAwayError(TuntasError):
    """The cases run on another engine, or are just being carried there."""


def begin_move(database: Database, source: str, target: str) -> None:
    """Notes that cases leave an engine: until the end nothing may work with them. Safe to repeat.

    Raises: MovedAwayError if another move was begun, or if they have left that engine before.
    """
    with database.write() as session:
        known = {key: row.value for key in (FROM, TO, MOVING) if (row := session.get(InstallationRow, key))}
        if MOVING in known and (known[FROM], known[TO]) != (source, target):
            raise MovedAwayError(_unfinished(known))
        if MOVING not in known and known.get(FROM) == source:
            raise MovedAwayError(_left(known))
        for key, value in ((FROM, source), (TO, target), (MOVING, "1")):
            session.merge(InstallationRow(key=key, value=value))


def finish_move(database: Database) -> None:
    """Notes that all cases have left. Safe to repeat."""
    with database.write() as session:
        row = session.get(InstallationRow, MOVING)
        if row is not None:
            session.delete(row)


def check_place(database: Database, place: str) -> None:
    """Raises: MovedAwayError if the cases do not run on the engine at that place."""
    with database.read() as session:
        known = {key: row.value for key in (FROM, TO, MOVING) if (row := session.get(InstallationRow, key))}
    if MOVING in known:
        raise MovedAwayError(_unfinished(known))
    if known.get(FROM) == place:
        raise MovedAwayError(_left(known))


def _unfinished(known: dict[str, str]) -> str:
    return (
        f"The cases are being moved from {known[FROM]} to {known[TO]}: "
        "finish that with `tuntas move-engine` first."
    )


def _left(known: dict[str, str]) -> str:
    return (
        f"The cases have moved from {known[FROM]} to {known[TO]}: "
        "set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to it."
    )
