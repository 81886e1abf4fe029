"""Sealed bytes on disk: written wholly before the row that names them, opened only under the case's key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from db.case_table import FileRow
from db.keyring import CaseSeal
from schemas.report import NewFile

COPY, THUMBNAIL = ".copy", ".thumb"
NAME_BYTES = 16


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
    """The sealed bytes under a name, on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("wb") as stored:
        stored.write(seal.seal(content, f"file:{name}"))
        stored.flush()
        os.fsync(stored.fileno())


def read_sealed(folder: Path, name: str, seal: CaseSeal) -> bytes:
    """The opened bytes. Raises: FileNotFoundError, SealBrokenError."""
    return seal.open((folder / name).read_bytes(), f"file:{name}")
