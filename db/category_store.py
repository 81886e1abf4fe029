"""Categories, read for forms and pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.category_table import CategoryRow
from db.database import remembered


@dataclass(frozen=True, kw_only=True)
class Category:
    """A subject of reports in both languages, with the group that it is in."""

    id: int
    code: str
    name: str
    name_en: str
    group: str
    group_en: str
    active: bool


_LEAF, _GROUP = aliased(CategoryRow), aliased(CategoryRow)
_LEAVES = (
    select(
        _LEAF.id,
        _LEAF.code,
        _LEAF.name,
        _LEAF.name_en,
        _GROUP.name.label("group"),
        _GROUP.name_en.label("group_en"),
        _LEAF.active,
    )
    .join(_GROUP, _LEAF.parent_id == _GROUP.id)
    .order_by(_GROUP.sort, _GROUP.id, _LEAF.sort, _LEAF.id)
)


def categories(session: Session, *, active_only: bool = True) -> list[Category]:
    """All that a report can have, group by group."""
    query = _LEAVES.where(_LEAF.active, _GROUP.active) if active_only else _LEAVES

    def find() -> tuple[Category, ...]:
        return tuple(Category(**row) for row in session.execute(query).mappings())

    return list(remembered(session, ("categories", active_only), find))


def category(session: Session, category_id: int | None) -> Category | None:
    """The category of that id, active or not."""
    row = None if category_id is None else session.get(CategoryRow, category_id)
    above = None if row is None or row.parent_id is None else session.get(CategoryRow, row.parent_id)
    return None if row is None else _category(row, above or row)


def _category(row: CategoryRow, group: CategoryRow) -> Category:
    return Category(
        id=row.id,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        group=group.name,
        group_en=group.name_en,
        active=row.active,
    )
