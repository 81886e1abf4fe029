"""How long a measurement only waited for a core that somebody else used: no part of what a page takes."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import text

from db.database import Database

SERVERS = "select pid from pg_stat_activity where datname = current_database()"


def processes(database: Database) -> set[int]:
    """Who works for a page: this process, and those of the database server that it speaks with."""
    if database.engine.dialect.name == "sqlite":
        return {os.getpid()}
    with database.read() as session:
        return {os.getpid(), *session.scalars(text(SERVERS))}


def waited(process_ids: Collection[int]) -> float:
    """Seconds that they have been ready and not running since they began; 0 where Linux does not tell."""
    return sum(_of(process_id) for process_id in process_ids) / 1e9


def _of(process_id: int) -> int:
    try:
        words = Path(f"/proc/{process_id}/schedstat").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(words[1])
