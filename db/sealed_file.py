"""Sealed bytes on disk: written wholly before the row that names them, opened only under the case's key."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from db.case_table import FileRow
from db.keyring import CaseSeal, SealBrokenError
from domain.errors import TuntasError
from schemas.report import NewFile

log = logging.getLogger(__name__)

COPY, THUMBNAIL = ".copy", ".thumb"
UNFINISHED = ".new-"
"""How the name of a file begins that is still being written."""
NAME_BYTES = 16


class LostFileError(TuntasError):
    """The bytes that a name promises are gone, torn, or sealed by another key; a retry does not help."""


def store_file(folder: Path, seal: CaseSeal, file: NewFile) -> FileRow:
    """Writes an attachment with its copy and thumbnail; the row still belongs to no case and no message.

    A crash before the row is committed leaves orphans, no lie.
    """
    name = secrets.token_hex(NAME_BYTES)
    write_sealed(folder, name, seal, file.content)
    copy, thumbnail = f"{name}{COPY}", f"{name}{THUMBNAIL}"
    if file.served is not None:
        write_sealed(folder, copy, seal, file.served)
    if file.thumbnail is not None:
        write_sealed(folder, thumbnail, seal, file.thumbnail)
    return FileRow(
        stored_as=name,
        sealed_name=seal.seal(file.name.encode(), f"file.sealed_name:{name}"),
        media_type=file.media_type,
        size=len(file.content),
        served_as=None if file.served is None else copy,
        served_type=file.served_type or None,
        thumbnail_as=None if file.thumbnail is None else thumbnail,
        width=file.width or None,
        height=file.height or None,
    )


def write_sealed(folder: Path, name: str, seal: CaseSeal, content: bytes) -> None:
    """The sealed bytes under a name, on disk when this returns; a kill here leaves what was before.

    Safe to repeat, and to do by several at once. What a kill leaves has a name of its own and is swept.
    """
    _make_folder(folder)
    unfinished = folder / f"{UNFINISHED}{secrets.token_hex(NAME_BYTES)}"
    try:
        with unfinished.open("xb") as stored:
            stored.write(seal.seal(content, f"file:{name}"))
            stored.flush()
            os.fsync(stored.fileno())
        unfinished.replace(folder / name)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(folder)


def read_sealed(folder: Path, name: str, seal: CaseSeal) -> bytes:
    """The opened bytes. Raises: LostFileError."""
    try:
        return seal.open((folder / name).read_bytes(), f"file:{name}")
    except (FileNotFoundError, SealBrokenError) as lost:
        log.warning("a sealed file is lost: %s", type(lost).__name__)
        raise LostFileError(name) from lost


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the names in a folder last, too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
