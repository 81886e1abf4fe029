"""The mails that the demo's own endpoint has taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from db.database import Database, now
from db.operation_table import DevMailRow


@dataclass(frozen=True, kw_only=True)
class DevMail:
    """A mail as SendGrid would have got it: the JSON of the request."""

    id: int
    received_at: datetime
    payload: dict[str, Any]


class DevMailStore:
    """Takes mails and shows the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, payload: dict[str, Any]) -> int:
        """Keeps a mail; its id."""
        with self._database.write() as session:
            row = DevMailRow(received_at=now(session), payload=payload)
            session.add(row)
            session.flush()
            return row.id

    def find(self, mail_id: int) -> DevMail | None:
        """One mail by its id."""
        with self._database.read() as session:
            row = session.get(DevMailRow, mail_id)
            return None if row is None else _mail(row)

    def newest(self, limit: int) -> list[DevMail]:
        """The newest mails first."""
        query = select(DevMailRow).order_by(DevMailRow.id.desc()).limit(limit)
        with self._database.read() as session:
            return [_mail(row) for row in session.scalars(query)]


def _mail(row: DevMailRow) -> DevMail:
    return DevMail(id=row.id, received_at=row.received_at, payload=row.payload)
