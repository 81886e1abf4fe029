"""Sealed files that no row names: what a crash between writing and committing has left behind.

They are set aside first. Whoever puts back a database of another day than the files finds them there, and
those that its rows name come back by themselves.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from db.case_table import FileRow
from db.database import Database
from db.upload_store import FOLDER

log = logging.getLogger(__name__)

OLD_AFTER = timedelta(hours=25)
"""Nothing that is still being sent, or waits for its form, is so old."""
ASIDE = "lost+found"
ASIDE_FOR = timedelta(days=30)
BATCH = 500


class FileSweep:
    """Sets orphans aside and deletes them later; safe to repeat and beside whoever is writing."""

    def __init__(self, database: Database, files_folder: Path) -> None:
        self._database = database
        self._folder = files_folder
        self._aside = files_folder / ASIDE

    def run(self, at: datetime) -> int:
        """How many files of no row, old at that instant, are gone or set aside now."""
        before = (at - OLD_AFTER).timestamp()
        gone = _unlink(_older(self._folder / FOLDER, before))
        if not self._knows_any():
            return gone
        self._bring_back()
        gone += _unlink(_older(self._aside, (at - ASIDE_FOR).timestamp()))
        for path in self._unknown(_older(self._folder, before)):
            self._set_aside(path, at)
            gone += 1
        return gone

    def _bring_back(self) -> None:
        """What was set aside and is named by a row: the database is another than it was."""
        for batch in _batches(_older(self._aside)):
            known = self._known({_stem(path) for path in batch})
            for path in (path for path in batch if _stem(path) in known):
                path.rename(self._folder / path.name)
                log.warning("a file that was set aside is named by a row; it is back")

    def _set_aside(self, path: Path, at: datetime) -> None:
        """The time since when it lies there is noted first: who is killed in between starts it again."""
        self._aside.mkdir(exist_ok=True)
        os.utime(path, (at.timestamp(), at.timestamp()))
        path.replace(self._aside / path.name)

    def _unknown(self, paths: Iterator[Path]) -> Iterator[Path]:
        for batch in _batches(paths):
            known = self._known({_stem(path) for path in batch})
            yield from (path for path in batch if _stem(path) not in known)

    def _knows_any(self) -> bool:
        """A database that knows no file at all may be the wrong one: its word is not taken for the bytes."""
        with self._database.read() as session:
            return session.scalars(select(FileRow.id).limit(1)).first() is not None

    def _known(self, names: set[str]) -> set[str]:
        with self._database.read() as session:
            return set(session.scalars(select(FileRow.stored_as).where(FileRow.stored_as.in_(names))))


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    while batch := list(islice(paths, BATCH)):
        yield batch


def _older(folder: Path, before: float = float("inf")) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # whoever writes there has finished it meanwhile
            if path.is_file() and path.stat().st_mtime < before:
                yield path


def _stem(path: Path) -> str:
    """The name of the file that a copy or thumbnail belongs to."""
    return path.name.split(".")[0]


def _unlink(paths: Iterator[Path]) -> int:
    gone = 0
    for path in paths:
        path.unlink(missing_ok=True)
        gone += 1
    return gone
