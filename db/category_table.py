"""The table of categories: what reports are about, in two levels."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base


class CategoryRow(Base):
    """A subject of reports; one without a parent is a group and is chosen for no report."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Stable over all versions: `jalan`, `jalan.lampu`."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool]
    """An inactive one stays with its reports and is offered no more."""
    sort: Mapped[int]

    __table_args__ = (Index("ix_category_parent", "parent_id", "sort"),)
