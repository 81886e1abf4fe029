"""The one way into SQL: short read and write transactions on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, FromClause, MetaData, create_engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 5_000
WRITE = "tuntas_write"
REMEMBERED = "tuntas_remembered"
CONNECTIONS, MORE_CONNECTIONS = 16, 8
"""As many as the web has threads, each of which holds one at most; and some beside."""
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
        self._glance: ContextVar[Session | None] = ContextVar("glance", default=None)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking; what it changed by mistake is rolled back."""
        glance = self._glance.get()
        if glance is not None:
            with _undisturbed(glance):
                yield glance
            return
        with Session(self.engine) as session:
            yield session
            session.rollback()

    @contextmanager
    def glance(self) -> Iterator[None]:
        """While it lasts, all looking of this thread goes through one session, and `remembered` remembers.

        A write ends what was seen: whatever is read after it is as new as the write.
        """
        if self._glance.get() is not None:
            yield
            return
        with Session(self.engine) as session:
            session.info[REMEMBERED] = {}
            event.listen(session, "loaded_as_persistent", _hold)
            token = self._glance.set(session)
            try:
                yield
            finally:
                self._glance.reset(token)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed at its end, or not at all.

        SQLite takes its write lock at the start, so that a read followed by a write cannot fail half-way.
        """
        glance = self._glance.get()
        if glance is not None:
            _forget(glance)
        engine = self.engine.execution_options(**{WRITE: True})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
        if glance is not None:
            _forget(glance)

    def dispose(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def remembered(session: Session, what: Hashable, find: Callable[[], T]) -> T:
    """What was found before in the same glance; outside of one it is looked up each time.

    For what many parts of a page ask alike. Nobody may change what is returned.
    """
    known: dict[Hashable, T] | None = session.info.get(REMEMBERED)
    if known is None:
        return find()
    if what not in known:
        known[what] = find()
    return known[what]


@contextmanager
def _undisturbed(glance: Session) -> Iterator[None]:
    """A glance after which the next one can go on: no fault stays in it, and no change made by mistake."""
    unchanged = False
    try:
        yield
        unchanged = not (glance.new or glance.dirty or glance.deleted)
    finally:
        if not unchanged:
            _forget(glance)


def _hold(glance: Session, row: object) -> None:
    """Keeps a row that would be read again as soon as nobody holds it."""
    glance.info[REMEMBERED][id(row)] = row


def _forget(glance: Session) -> None:
    """Gives the connection back; the next look sees the tables anew."""
    glance.rollback()
    glance.info[REMEMBERED].clear()


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
    pool = {"pool_size": CONNECTIONS, "max_overflow": MORE_CONNECTIONS}
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, **pool)
        engine.dialect.statement_compiler = HintingCompiler
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, **pool)


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
