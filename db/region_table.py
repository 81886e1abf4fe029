"""Tables of the regions of the country, from provinces down to villages, and of the words that find them."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base

CODE_LENGTH = 13
RegionCode = String(CODE_LENGTH).with_variant(String(CODE_LENGTH, "C"), "postgresql")
WordText = String(40).with_variant(String(40, "C"), "postgresql")
"""Both are compared byte by byte on both databases: an index answers what begins with some letters."""


class RegionRow(Base):
    """A province (level 1), regency or city (2), district (3) or village (4)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
    """The ministry's dotted code: `32`, `32.76`, `32.76.01`, `32.76.01.1001`; parts begin so."""
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(RegionCode, index=True)
    path: Mapped[str] = mapped_column(String(250))
    """Its name and those of all that it lies in, nearest first, as people read it."""
    search: Mapped[str] = mapped_column(String(250))
    """The folded words of the path, each with a blank before it."""


class RegionWordRow(Base):
    """A folded word of a region's own name."""

    __tablename__ = "region_word"

    word: Mapped[str] = mapped_column(WordText, primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
