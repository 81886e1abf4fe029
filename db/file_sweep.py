"""Sealed files that no row names: what a crash between writing and committing has left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from db.case_table import FileRow
from db.database import Database
from db.upload_store import FOLDER

OLD_AFTER = timedelta(hours=25)
"""Nothing that is still being sent, or waits for its form, is so old."""
BATCH = 500


class FileSweep:
    """Deletes orphans; safe to repeat and beside whoever is writing."""

    def __init__(self, database: Database, files_folder: Path) -> None:
        self._database = database
        self._folder = files_folder

    def run(self, at: datetime) -> int:
        """How many files of no row, old at that instant, are gone now."""
        before = (at - OLD_AFTER).timestamp()
        gone = _unlink(_older(self._folder / FOLDER, before))
        if not self._knows_any():
            return gone
        paths = _older(self._folder, before)
        while batch := list(islice(paths, BATCH)):
            known = self._known({_stem(path) for path in batch})
            gone += _unlink(path for path in batch if _stem(path) not in known)
        return gone

    def _knows_any(self) -> bool:
        """A database that knows no file at all may be the wrong one: its word is not taken for the bytes."""
        with self._database.read() as session:
            return session.scalars(select(FileRow.id).limit(1)).first() is not None

    def _known(self, names: set[str]) -> set[str]:
        with self._database.read() as session:
            return set(session.scalars(select(FileRow.stored_as).where(FileRow.stored_as.in_(names))))


def _older(folder: Path, before: float) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_mtime < before:
            yield path


def _stem(path: Path) -> str:
    """The name of the file that a copy or thumbnail belongs to."""
    return path.name.split(".")[0]


def _unlink(paths: Iterator[Path] | list[Path]) -> int:
    gone = 0
    for path in paths:
        path.unlink(missing_ok=True)
        gone += 1
    return gone
