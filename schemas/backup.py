"""What a backup says of itself."""

from __future__ import annotations

from datetime import datetime

from schemas.case import Wire


class BackedUpFile(Wire):
    """One file of a backup, by its path in it."""

    path: str
    size: int
    sha256: str


class LogSummary(Wire):
    """All logs at one instant.

    Attributes:
        head: SHA-256 (hex) over case, last number and hash of every log, in the order of the cases.
        day, day_head: the newest daily head, if there is one.
    """

    cases: int
    rows: int
    newest_at: datetime | None
    head: str
    day: str | None
    day_head: str | None


class Manifest(Wire):
    """The list of contents, beside the contents.

    Attributes:
        tables: the revision of the database's tables.
        database: `sqlite`, or `postgresql` for a dump of its own tool.
        engine: `embedded`, or `elsewhere` when its data are not in the backup.
        engine_at, database_at: when each was copied, in this order.
    """

    format: int
    version: str
    tables: str
    database: str
    engine: str
    begun_at: datetime
    engine_at: datetime | None
    database_at: datetime
    finished_at: datetime
    demo: bool
    with_key: bool
    log: LogSummary
    files: tuple[BackedUpFile, ...]
