"""Where the databases of the measurements live: for one run, or kept to be measured again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier

from tests.databases import postgres_cluster, sqlite_url

Fill = Callable[[str, Path], None]
"""Fills the empty database of an address; the folder is for what lies beside it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A filled database, and the folder of what lies beside it."""

    url: str
    folder: Path


class Grounds(Protocol):
    """Makes what is not there yet; what a run that broke off has left half-filled is filled anew."""

    def filled(self, name: str, like: str | None, fill: Fill) -> Ground:
        """The database of that name; a new one begins as a copy of that of another name."""
        ...

    def bytes_of(self, name: str) -> int:
        """How much a database takes on the disk."""
        ...


@contextmanager
def grounds(kind: str, folder: Path, server: str | None) -> Iterator[Grounds]:
    """The databases of one kind. Without a server, those of PostgreSQL end with the run."""
    if kind == "sqlite":
        yield SqliteGrounds(folder / kind)
    elif server is not None:
        yield PostgresGrounds(folder / kind, server)
    else:
        with postgres_cluster() as cluster:
            yield PostgresGrounds(folder / kind, cluster)


class SqliteGrounds:
    """A folder each; its name says that it is filled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def filled(self, name: str, like: str | None, fill: Fill) -> Ground:
        """The database of that name."""
        done, begun = self._folder / name, self._folder / f"{name}.filling"
        if not done.exists():
            shutil.rmtree(begun, ignore_errors=True)
            if like is None:
                begun.mkdir(parents=True)
            else:
                shutil.copytree(self._folder / like, begun)
            fill(sqlite_url(begun), begun)
            begun.rename(done)
        return Ground(url=sqlite_url(done), folder=done)

    def bytes_of(self, name: str) -> int:
        """The size of its files."""
        return sum(path.stat().st_size for path in (self._folder / name).glob("tuntas.db*"))


class PostgresGrounds:
    """A database each on one server; its name says that it is filled."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        folder.mkdir(parents=True, exist_ok=True)

    def filled(self, name: str, like: str | None, fill: Fill) -> Ground:
        """The database of that name."""
        done, begun = _named(name), _named(f"{name}_filling")
        with self._administration() as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [done]).fetchone() is None:
                template = "template0" if like is None else _named(like)
                connection.execute(SQL("drop database if exists {}").format(Identifier(begun)))
                made = SQL("create database {} template {}").format(Identifier(begun), Identifier(template))
                connection.execute(made)
                fill(f"{self._server}/{begun}", self._folder)
                connection.execute(
                    SQL("alter database {} rename to {}").format(Identifier(begun), Identifier(done))
                )
        return Ground(url=f"{self._server}/{done}", folder=self._folder)

    def bytes_of(self, name: str) -> int:
        """What the server says of it."""
        with self._administration() as connection:
            found = connection.execute("select pg_database_size(%s)", [_named(name)]).fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def _administration(self) -> Iterator[psycopg.Connection]:
        address = self._server.replace("+psycopg", "")
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            yield connection


def _named(name: str) -> str:
    return f"tuntas_bench_{name}"
