"""How many browsers say that they met the same as a published report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.database import Database, now
from db.publication_table import PublicationRow, PublicationSupportRow


class SupportStore:
    """Counts each supporter once; the count beside the publication is always that of the rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, publication_id: int, supporter: str) -> None:
        """Counts a supporter. Safe to repeat."""
        with self._database.write() as session:
            row = {"publication_id": publication_id, "supporter": supporter, "at": now(session)}
            dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
            insert = dialect.insert(PublicationSupportRow).values(row).on_conflict_do_nothing()
            _count(session, publication_id, _changed(session, insert))

    def take_back(self, publication_id: int, supporter: str) -> None:
        """Counts a supporter no more. Safe to repeat."""
        gone = delete(PublicationSupportRow).where(
            PublicationSupportRow.publication_id == publication_id,
            PublicationSupportRow.supporter == supporter,
        )
        with self._database.write() as session:
            _count(session, publication_id, -_changed(session, gone))

    def supports(self, publication_id: int, supporter: str) -> bool:
        """Whether this supporter is counted."""
        query = select(PublicationSupportRow.at).where(
            PublicationSupportRow.publication_id == publication_id,
            PublicationSupportRow.supporter == supporter,
        )
        with self._database.read() as session:
            return session.scalars(query).one_or_none() is not None


def _changed(session: Session, statement: Any) -> int:
    """How many rows an insert or delete has touched; counting them by the driver is not certain."""
    return len(session.scalars(statement.returning(PublicationSupportRow.publication_id)).all())


def _count(session: Session, publication_id: int, by: int) -> None:
    if by:
        changed = update(PublicationRow).where(PublicationRow.id == publication_id)
        session.execute(changed.values(supports=PublicationRow.supports + by))
