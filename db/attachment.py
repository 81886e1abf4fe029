"""Attachments as the readers of a case see them, without their bytes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.case_table import FileRow
from db.keyring import CaseSeal, SealBrokenError

log = logging.getLogger(__name__)

NAMELESS = "lampiran"
"""What a file is called whose own name cannot be opened."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a message, without its bytes.

    Attributes:
        served_type: the type of what people are shown; "" in rows of before, of which no copy was made.
        width, height: of the picture that people are shown; 0 for what is no picture.
    """

    id: int
    name: str
    media_type: str
    size: int
    served_type: str = ""
    has_thumbnail: bool = False
    width: int = 0
    height: int = 0


def attachments(session: Session, seal: CaseSeal, case_id: int) -> dict[int, tuple[Attachment, ...]]:
    """Those of a case, by message."""
    found: dict[int, tuple[Attachment, ...]] = {}
    for row in session.scalars(select(FileRow).where(FileRow.case_id == case_id).order_by(FileRow.id)):
        found[row.message_id] = (*found.get(row.message_id, ()), attachment(row, seal))
    return found


def attachments_of(session: Session, seal: CaseSeal, message_id: int) -> tuple[Attachment, ...]:
    """Those of a message."""
    rows = session.scalars(select(FileRow).where(FileRow.message_id == message_id).order_by(FileRow.id))
    return tuple(attachment(row, seal) for row in rows)


def attachment(row: FileRow, seal: CaseSeal) -> Attachment:
    """A file as its readers see it."""
    return Attachment(
        id=row.id,
        name=_file_name(row, seal),
        media_type=row.media_type,
        size=row.size,
        served_type=row.served_type or "",
        has_thumbnail=row.thumbnail_as is not None,
        width=row.width or 0,
        height=row.height or 0,
    )


def _file_name(row: FileRow, seal: CaseSeal) -> str:
    """One name that cannot be opened does not hide a whole case."""
    try:
        return seal.open(row.sealed_name, f"file.sealed_name:{row.stored_as}").decode()
    except SealBrokenError:
        log.critical("the name of file %d cannot be opened", row.id)
        return NAMELESS
