"""What a database gives when nothing is done but writing the rows of reports, a transaction each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, event, insert, select

from db.database import Base, Database
from tests.databases import sqlite_url

WRITTEN = ("report", "message", "identity", "case_due", "search_token")
"""Tables in which a report stands as soon as it is acknowledged."""


def seconds_to_insert(filled: Database, numbers: range) -> float:
    """For the rows of all these reports, in an empty database of the same tables; by one writer."""
    rows = [(Base.metadata.tables[name], _rows(filled, name, numbers)) for name in WRITTEN]
    with _empty() as database:
        begun = time.perf_counter()
        for number in numbers:
            with database.write() as session:
                for table, of_case in rows:
                    if number in of_case:
                        session.connection().execute(insert(table), of_case[number])
        return time.perf_counter() - begun


def _rows(filled: Database, name: str, numbers: range) -> dict[int, list[dict[str, Any]]]:
    table = Base.metadata.tables[name]
    column = _case_of(table)
    query = select(table).where(column.between(numbers[0], numbers[-1])).order_by(column)
    with filled.read() as session:
        found = [dict(row) for row in session.execute(query).mappings()]
    return {number: list(rows) for number, rows in groupby(found, key=lambda row: row[column.name])}


def _case_of(table: Table) -> Any:
    return table.c.id if table.name == "report" else table.c.case_id


def _without_other_tables(connection: Any, _record: object) -> None:
    connection.execute("pragma foreign_keys=off").close()


@contextmanager
def _empty() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder)))
        event.listen(database.engine, "connect", _without_other_tables)
        Base.metadata.create_all(database.engine, [Base.metadata.tables[name] for name in WRITTEN])
        yield database
        database.dispose()
