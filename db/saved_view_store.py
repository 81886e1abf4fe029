"""Views of the list that people keep for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.database import Database, now, settle_race
from db.desk_table import SavedViewRow
from domain.errors import TuntasError

MOST_VIEWS = 20
LONGEST_NAME = 60


class TooManyViewsError(TuntasError):
    """A person keeps as many views as a column of links can hold."""


class NameTakenError(TuntasError):
    """Another view of the same person has that name."""


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """Filters under a name."""

    id: int
    name: str
    filters: dict[str, str]


class SavedViewStore:
    """Each person's own views, which nobody else reads or changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person_id: int) -> list[SavedView]:
        """The person's views by name."""
        query = select(SavedViewRow).where(SavedViewRow.person_id == person_id).order_by(SavedViewRow.name)
        with self._database.read() as session:
            return [_view(row) for row in session.scalars(query)]

    def save(self, person_id: int, name: str, filters: Mapping[str, str]) -> None:
        """Keeps filters under a name; the same name again holds the new ones. Raises: TooManyViewsError."""
        settle_race(lambda: self._save(person_id, name, filters))

    def _save(self, person_id: int, name: str, filters: Mapping[str, str]) -> None:
        mine = SavedViewRow.person_id == person_id
        with self._database.write() as session:
            row = session.scalars(select(SavedViewRow).where(mine, SavedViewRow.name == name)).one_or_none()
            if row is not None:
                row.filters = dict(filters)
                return
            if (session.scalar(select(func.count(SavedViewRow.id)).where(mine)) or 0) >= MOST_VIEWS:
                raise TooManyViewsError
            row = SavedViewRow(person_id=person_id, name=name, filters=dict(filters), created_at=now(session))
            session.add(row)

    def rename(self, person_id: int, view_id: int, name: str) -> bool:
        """Gives a view another name; False if the person has no such view. Raises: NameTakenError."""
        try:
            with self._database.write() as session:
                row = _own(session, person_id, view_id)
                if row is not None:
                    row.name = name
                return row is not None
        except IntegrityError as taken:
            raise NameTakenError from taken

    def delete(self, person_id: int, view_id: int) -> None:
        """Forgets a view. Safe to repeat."""
        mine = delete(SavedViewRow).where(SavedViewRow.person_id == person_id, SavedViewRow.id == view_id)
        with self._database.write() as session:
            session.execute(mine)


def _own(session: Session, person_id: int, view_id: int) -> SavedViewRow | None:
    row = session.get(SavedViewRow, view_id)
    return row if row is not None and row.person_id == person_id else None


def _view(row: SavedViewRow) -> SavedView:
    return SavedView(id=row.id, name=row.name, filters={name: str(row.filters[name]) for name in row.filters})
