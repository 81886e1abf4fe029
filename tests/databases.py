"""Real databases for tests: SQLite files, and PostgreSQL clusters that live as long as the test run."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from db.database import Database
from db.migrate import check_and_migrate

TELL_AND_STAY = 'echo "$PGHOST $PGPORT $PGUSER $PGPASSWORD"; exec cat > /dev/null'


def has_postgres() -> bool:
    """Whether Debian's tool for throw-away clusters is here."""
    return shutil.which("pg_virtualenv") is not None


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """The address of a fresh cluster, up to its database name."""
    with subprocess.Popen(
        ["pg_virtualenv", "-t", "sh", "-c", TELL_AND_STAY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        line = process.stdout.readline()
        while line and len(line.split()) != 4:
            line = process.stdout.readline()
        host, port, user, password = line.split()
        try:
            yield f"postgresql+psycopg://{user}:{password}@{host}:{port}"
        finally:
            process.stdin.close()
            process.wait(timeout=30)


@contextmanager
def postgres_database(cluster: str) -> Iterator[str]:
    """The address of a fresh database in a cluster."""
    name = f"tuntas_{secrets.token_hex(4)}"
    plain = cluster.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        yield f"{cluster}/{name}"
        connection.execute(f"drop database {name} with (force)".encode())


def migrated(url: str) -> Database:
    """A database with the newest tables."""
    check_and_migrate(url)
    return Database(url)


def sqlite_url(folder: Path) -> str:
    """The address of a database file in a folder."""
    return f"sqlite:///{folder / 'tuntas.db'}"
