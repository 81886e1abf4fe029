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

ATTEMPTS = 4
MARK = "cluster:"
TELL_AND_STAY = f'echo "{MARK} $PGHOST $PGPORT $PGUSER $PGPASSWORD"; exec cat > /dev/null'


def has_postgres() -> bool:
    """Whether Debian's tool for throw-away clusters is here."""
    return shutil.which("pg_virtualenv") is not None


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """The address of a fresh cluster, up to its database name."""
    process, address = _started_cluster()
    try:
        yield address
    finally:
        process.communicate(timeout=30)


def _started_cluster() -> tuple[subprocess.Popen[str], str]:
    """Two clusters that start at once may choose one port; the loser tries again."""
    for _ in range(ATTEMPTS):
        process = subprocess.Popen(
            ["pg_virtualenv", "-t", "sh", "-c", TELL_AND_STAY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for line in process.stdout or ():
            if line.startswith(MARK):
                host, port, user, password = line.split()[1:]
                return process, f"postgresql+psycopg://{user}:{password}@{host}:{port}"
        process.wait(timeout=30)
    raise AssertionError(f"no PostgreSQL cluster started in {ATTEMPTS} attempts")


@contextmanager
def postgres_database(cluster: str, mould: str = "") -> Iterator[str]:
    """The address of a fresh database in a cluster; a copy of `mould`, to which nobody may be connected."""
    name = f"tuntas_{secrets.token_hex(4)}"
    plain = cluster.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        copied = f" template {mould.rsplit('/', 1)[1]} strategy file_copy" if mould else ""
        connection.execute(f"create database {name}{copied}".encode())
        yield f"{cluster}/{name}"
        connection.execute(f"drop database {name} with (force)".encode())


def migrated(url: str) -> Database:
    """A database with the newest tables."""
    check_and_migrate(url)
    return Database(url)


def sqlite_url(folder: Path) -> str:
    """The address of a database file in a folder."""
    return f"sqlite:///{folder / 'tuntas.db'}"
