"""Sealed files that no row names: what a crash between writing and committing has left behind.

They are set aside first. Whoever puts back a database of another day than the files finds them there, and
those that its rows name come back by themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from db.case_table import FileRow
from db.database import Database
from db.file_place import FilePlace
from db.upload_store import FOLDER

log = logging.getLogger(__name__)

OLD_AFTER = timedelta(hours=25)
"""Nothing that is still being sent, or waits for its form, is so old."""
ASIDE = "lost+found"
ASIDE_FOR = timedelta(days=30)
BATCH = 500


class FileSweep:
    """Sets orphans aside and deletes them later; safe to repeat and beside whoever is writing."""

    def __init__(self, database: Database, files: FilePlace) -> None:
        self._database = database
        self._files = files
        self._aside = files.inside(ASIDE)

    def run(self, at: datetime) -> int:
        """How many files of no row, old at that instant, are gone or set aside now."""
        before = at - OLD_AFTER
        gone = _remove(self._files.inside(FOLDER), before)
        if not self._knows_any():
            return gone
        self._bring_back(at)
        gone += _remove(self._aside, at - ASIDE_FOR)
        for name in self._unknown(self._files.names(before=before)):
            self._files.move(name, self._aside, at)
            gone += 1
        return gone

    def _bring_back(self, at: datetime) -> None:
        """What was set aside and is named by a row: the database is another than it was."""
        for batch in _batches(self._aside.names()):
            known = self._known({_stem(name) for name in batch})
            for name in (name for name in batch if _stem(name) in known):
                self._aside.move(name, self._files, at)
                log.warning("a file that was set aside is named by a row; it is back")

    def _unknown(self, names: Iterator[str]) -> Iterator[str]:
        for batch in _batches(names):
            known = self._known({_stem(name) for name in batch})
            yield from (name for name in batch if _stem(name) not in known)

    def _knows_any(self) -> bool:
        """A database that knows no file at all may be the wrong one: its word is not taken for the bytes."""
        with self._database.read() as session:
            return session.scalars(select(FileRow.id).limit(1)).first() is not None

    def _known(self, names: set[str]) -> set[str]:
        with self._database.read() as session:
            return set(session.scalars(select(FileRow.stored_as).where(FileRow.stored_as.in_(names))))


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, BATCH)):
        yield batch


def _stem(name: str) -> str:
    """The name of the file that a copy or thumbnail belongs to."""
    return name.split(".")[0]


def _remove(files: FilePlace, before: datetime) -> int:
    gone = 0
    for name in files.names(before=before):
        files.remove(name)
        gone += 1
    return gone
