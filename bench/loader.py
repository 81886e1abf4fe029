"""Puts many rows into a database the quick way: as SQLite's and PostgreSQL's own drivers take them.

JSON comes already written. Nothing here waits for the disk: what is only measured can be filled again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

import psycopg
from sqlalchemy import Table

from db.database import Database

Row = Mapping[str, Any]


class Loader(Protocol):
    """Adds rows."""

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """All rows have values for the same columns."""
        ...

    def settle(self, numbered: Sequence[str]) -> None:
        """Commits, and brings counters and statistics to where a database has them that grew by itself.

        PostgreSQL gathers statistics by itself; nobody does in SQLite.
        """
        ...


def loader_of(database: Database) -> Loader:
    """The loader of its kind."""
    sqlite = database.engine.dialect.name == "sqlite"
    return _SqliteLoader(database) if sqlite else _PostgresLoader(database)


class _SqliteLoader:
    def __init__(self, database: Database) -> None:
        connection: Any = database.engine.raw_connection().driver_connection
        self._connection = connection
        self._connection.execute("pragma synchronous=off")
        self._connection.execute("pragma foreign_keys=off")
        self._connection.execute("pragma cache_size=-500000")

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        names = list(rows[0])
        places = ", ".join("?" * len(names))
        query = f"insert into {table.name} ({', '.join(names)}) values ({places})"  # noqa: S608  our names
        self._connection.execute("begin")
        self._connection.executemany(query, [tuple(_written(row[name]) for name in names) for row in rows])
        self._connection.execute("commit")

    def settle(self, numbered: Sequence[str]) -> None:
        self._connection.execute("pragma wal_checkpoint(truncate)")


class _PostgresLoader:
    def __init__(self, database: Database) -> None:
        connection: Any = database.engine.raw_connection().driver_connection
        self._connection: psycopg.Connection = connection
        self._connection.execute("set synchronous_commit to off")
        self._connection.execute("set session_replication_role to replica")  # foreign keys fit by themselves

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        names = list(rows[0])
        query = f"copy {table.name} ({', '.join(names)}) from stdin"
        with self._connection.cursor() as cursor, cursor.copy(query.encode()) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])

    def settle(self, numbered: Sequence[str]) -> None:
        for name in numbered:
            counter = f"select setval(pg_get_serial_sequence('{name}', 'id'), max(id)) from {name}"  # noqa: S608
            self._connection.execute(counter.encode())
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("vacuum analyze")


def _written(value: Any) -> Any:
    """As SQLAlchemy writes it in SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value
