"""Where sealed bytes lie: a folder of this machine, or a bucket that several machines share (`db.bucket`)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

UNFINISHED = ".new-"
"""How the name of a file begins that is still being written."""
_NAME_BYTES = 16


class FilePlace(Protocol):
    """Bytes under plain names. All may be repeated, and done by several at once; all may raise OSError."""

    def inside(self, folder: str) -> FilePlace:
        """A part of this place, whose names are its own."""

    def put(self, name: str, content: bytes) -> None:
        """Bytes under a name, there to stay when this returns; a kill here leaves what was before."""

    def get(self, name: str) -> bytes:
        """The bytes. Raises: FileNotFoundError."""

    def remove(self, name: str) -> None:
        """Nothing has that name any more."""

    def move(self, name: str, to: FilePlace, at: datetime) -> None:
        """To another part of the same place, as changed at that instant."""

    def names(self, beginning: str = "", before: datetime | None = None) -> Iterator[str]:
        """The names that begin so, of what was last changed before an instant; without those of parts."""


class FolderPlace:
    """A folder; made when it is first written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def inside(self, folder: str) -> FolderPlace:
        """A folder in it."""
        return FolderPlace(self.path / folder)

    def put(self, name: str, content: bytes) -> None:
        """Written under a name of its own first, which is swept if a kill leaves it."""
        self._make()
        unfinished = self.path / f"{UNFINISHED}{secrets.token_hex(_NAME_BYTES)}"
        try:
            with unfinished.open("xb") as stored:
                stored.write(content)
                stored.flush()
                os.fsync(stored.fileno())
            unfinished.replace(self.path / name)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        _sync(self.path)

    def get(self, name: str) -> bytes:
        """The bytes. Raises: FileNotFoundError."""
        return (self.path / name).read_bytes()

    def remove(self, name: str) -> None:
        """Nothing has that name any more."""
        (self.path / name).unlink(missing_ok=True)

    def move(self, name: str, to: FilePlace, at: datetime) -> None:
        """The instant is noted first: who is killed in between begins again."""
        assert isinstance(to, FolderPlace)  # noqa: S101  parts of one place are of one kind
        to.path.mkdir(exist_ok=True)
        os.utime(self.path / name, (at.timestamp(), at.timestamp()))
        (self.path / name).replace(to.path / name)

    def names(self, beginning: str = "", before: datetime | None = None) -> Iterator[str]:
        """As the folder lists them."""
        if not self.path.is_dir():
            return
        for path in self.path.iterdir():
            with suppress(FileNotFoundError):  # whoever writes there has finished it meanwhile
                fits = path.name.startswith(beginning) and path.is_file()
                if fits and (before is None or datetime.fromtimestamp(path.stat().st_mtime, UTC) < before):
                    yield path.name

    def _make(self) -> None:
        if not self.path.is_dir():
            self.path.mkdir(parents=True, exist_ok=True)
            _sync(self.path.parent)


def _sync(folder: Path) -> None:
    """Makes the names in a folder last, too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
