"""Whole copies of a database, made while others work with it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from domain.errors import TuntasError

BUSY_SECONDS = 30.0
PG_DUMP, PG_RESTORE = "pg_dump", "pg_restore"


class CopyError(TuntasError):
    """A database could not be copied or laid down."""


def copy_sqlite(source: Path, target: Path) -> None:
    """A copy of one instant, whoever writes meanwhile, in a file of its own. Raises: CopyError."""
    try:
        reading = sqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True, timeout=BUSY_SECONDS)
        writing = sqlite3.connect(target, isolation_level=None)
        try:
            reading.backup(writing)
            (found,) = writing.execute("pragma quick_check(1)").fetchone()
        finally:
            writing.close()
            reading.close()
    except sqlite3.Error as problem:
        raise CopyError(f"{source.name} cannot be copied: {problem}.") from problem
    if found != "ok":
        raise CopyError(f"{source.name} is damaged: {found}. Keep the backups of before.")


def dump_postgres(url: str, target: Path) -> None:
    """A dump of one instant in PostgreSQL's own format. Raises: CopyError."""
    _run(PG_DUMP, url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load_postgres(url: str, source: Path) -> None:
    """Lays a dump down in an empty database, wholly or not at all. Raises: CopyError."""
    _run(PG_RESTORE, url, "--no-owner", "--no-privileges", "--single-transaction", str(source))


def _run(program: str, url: str, *words: str) -> None:
    """The password goes by the environment, never by the command line, which others can read."""
    if shutil.which(program) is None:
        raise CopyError(
            f"{program} is not installed: install PostgreSQL's client programs (postgresql-client), of the "
            "server's version or newer."
        )
    parts = make_url(url)
    database = parts.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = str(parts.password)
    done = subprocess.run(  # noqa: S603
        [program, f"--dbname={database}", *words], env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise CopyError(f"{program} failed: {' '.join(done.stderr.split()) or done.returncode}.")
