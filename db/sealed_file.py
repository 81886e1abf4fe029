"""Sealed bytes of files: written wholly before the row that names them, opened only under the case's key."""

from __future__ import annotations

import logging
import secrets

from db.case_table import FileRow
from db.file_place import FilePlace
from db.keyring import CaseSeal, SealBrokenError
from domain.errors import TuntasError
from schemas.report import NewFile

log = logging.getLogger(__name__)

COPY, THUMBNAIL = ".copy", ".thumb"
NAME_BYTES = 16


class LostFileError(TuntasError):
    """The bytes that a name promises are gone, torn, or sealed by another key; a retry does not help."""


def store_file(place: FilePlace, seal: CaseSeal, file: NewFile) -> FileRow:
    """Writes an attachment with its copy and thumbnail; the row still belongs to no case and no message.

    A crash before the row is committed leaves orphans, no lie.
    """
    name = secrets.token_hex(NAME_BYTES)
    write_sealed(place, name, seal, file.content)
    copy, thumbnail = f"{name}{COPY}", f"{name}{THUMBNAIL}"
    if file.served is not None:
        write_sealed(place, copy, seal, file.served)
    if file.thumbnail is not None:
        write_sealed(place, thumbnail, seal, file.thumbnail)
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


def write_sealed(place: FilePlace, name: str, seal: CaseSeal, content: bytes) -> None:
    """The sealed bytes under a name, there to stay when this returns. Safe to repeat. Raises: OSError."""
    place.put(name, seal.seal(content, f"file:{name}"))


def read_sealed(place: FilePlace, name: str, seal: CaseSeal) -> bytes:
    """The opened bytes. Raises: LostFileError; another OSError if the place does not answer."""
    try:
        return seal.open(place.get(name), f"file:{name}")
    except (FileNotFoundError, SealBrokenError) as lost:
        log.warning("a sealed file is lost: %s", type(lost).__name__)
        raise LostFileError(name) from lost
