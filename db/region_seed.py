"""Fills the table of regions piece by piece, so that nobody waits for the villages of a whole country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from db.database import Database
from db.directory_table import InstallationRow
from db.region_store import folded_words
from db.region_table import RegionRow, RegionWordRow

MARK = "regions"


@dataclass(frozen=True, kw_only=True)
class NewRegion:
    """A region of a list: its dotted code, its name, and its name with those of all that it lies in."""

    code: str
    name: str
    path: str

    @property
    def level(self) -> int:
        """1 for a province … 4 for a village."""
        return self.code.count(".") + 1


def region_mark(database: Database) -> str:
    """How far the table has been filled, in the words of whoever fills it; "" if not at all."""
    with database.read() as session:
        row = session.get(InstallationRow, MARK)
        return "" if row is None else row.value


def write_regions(database: Database, regions: Sequence[NewRegion], mark: str) -> None:
    """Adds regions, or replaces those of the same code, and notes how far that is, all at once."""
    codes = [each.code for each in regions]
    with database.write() as session:
        if codes:
            session.execute(delete(RegionWordRow).where(RegionWordRow.code.in_(codes)))
            session.execute(delete(RegionRow).where(RegionRow.code.in_(codes)))
            session.execute(insert(RegionRow), [_row(each) for each in regions])
            session.execute(insert(RegionWordRow), [word for each in regions for word in _words(each)])
        _note(session, mark)


def _note(session: Session, mark: str) -> None:
    row = session.get(InstallationRow, MARK)
    if row is None:
        session.add(InstallationRow(key=MARK, value=mark))
    else:
        row.value = mark


def _row(region: NewRegion) -> dict[str, object]:
    return {
        "code": region.code,
        "level": region.level,
        "name": region.name,
        "parent_code": region.code.rpartition(".")[0] or None,
        "path": region.path,
        "search": "".join(f" {word}" for word in folded_words(region.path)),
    }


def _words(region: NewRegion) -> list[dict[str, object]]:
    words = dict.fromkeys(folded_words(region.name))
    return [{"word": word, "level": region.level, "code": region.code} for word in words]
