"""The one way into SQL: short read and write transactions on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, FromClause, MetaData, create_engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 5_000
WRITE = "tuntas_write"
T = TypeVar("T")


class Base(DeclarativeBase):
    """The root of all tables. Constraints are named, so that later migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant carries an offset")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class HintingCompiler(SQLiteCompiler):
    """Writes the hint of a table behind its name: SQLite is told which index to use."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it was given."""
        return text


class Database:
    """Sessions over one engine. No engine call, hashing or file write belongs inside them."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking; what it changed by mistake is rolled back."""
        with Session(self.engine) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed at its end, or not at all.

        SQLite takes its write lock at the start, so that a read followed by a write cannot fail half-way.
        """
        engine = self.engine.execution_options(**{WRITE: True})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def settle_race(attempt: Callable[[], T]) -> T:
    """The result of a write that others may be making too: the loser tries again and finds it made."""
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def now(session: Session) -> datetime:
    """The database's clock, by which acts count; aware UTC."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    instant: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return instant.astimezone(UTC)


def _make_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)
        engine.dialect.statement_compiler = HintingCompiler
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=16, max_overflow=8)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"pragma {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("begin immediate" if write else "begin")
