"""Texts that a unit keeps ready for its replies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from db.case_desk_table import SavedReplyRow
from db.database import Database, now

MOST = 200
"""Texts of one unit that are read at once; more would help nobody."""


@dataclass(frozen=True, kw_only=True)
class SavedReply:
    """A text of a unit, with its places as they were written: `{kode}`."""

    id: int
    unit_id: int
    title: str
    text: str
    changed_at: datetime


class SavedReplyStore:
    """Saved replies by unit; who may change them is for the caller to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_units(self, unit_ids: Collection[int]) -> list[SavedReply]:
        """The texts of these units by title."""
        query = select(SavedReplyRow).where(SavedReplyRow.unit_id.in_(list(unit_ids)))
        with self._database.read() as session:
            rows = session.scalars(query.order_by(SavedReplyRow.title, SavedReplyRow.id).limit(MOST))
            return [_reply(row) for row in rows]

    def find(self, reply_id: int, unit_ids: Collection[int]) -> SavedReply | None:
        """The text of that id, if it is one of these units'."""
        with self._database.read() as session:
            row = session.get(SavedReplyRow, reply_id)
            return None if row is None or row.unit_id not in unit_ids else _reply(row)

    def add(self, unit_id: int, person_id: int, title: str, text: str) -> int:
        """A new text of a unit; its id."""
        with self._database.write() as session:
            row = SavedReplyRow(
                unit_id=unit_id, title=title, text=text, changed_by=person_id, changed_at=now(session)
            )
            session.add(row)
            session.flush()
            return row.id

    def change(self, reply_id: int, person_id: int, title: str, text: str) -> None:
        """New words for a text; what was inserted before stays as it was sent."""
        with self._database.write() as session:
            row = session.get_one(SavedReplyRow, reply_id)
            row.title, row.text = title, text
            row.changed_by, row.changed_at = person_id, now(session)

    def delete(self, reply_id: int) -> None:
        """Forgets a text. Safe to repeat."""
        with self._database.write() as session:
            session.execute(delete(SavedReplyRow).where(SavedReplyRow.id == reply_id))


def _reply(row: SavedReplyRow) -> SavedReply:
    return SavedReply(
        id=row.id, unit_id=row.unit_id, title=row.title, text=row.text, changed_at=row.changed_at
    )
