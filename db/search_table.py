"""Tables of the search: which stems a case's words hold, as numbers that only the master key can make."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class SearchTokenRow(Base):
    """A case whose words hold a stem. The number is a keyed hash: without the key it says nothing."""

    __tablename__ = "search_token"

    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)

    __table_args__ = (Index("ix_search_token_case", "case_id"), {"sqlite_with_rowid": False})


class SearchedCaseRow(Base):
    """A case all of whose words are in the search; reports of older versions come to it one by one."""

    __tablename__ = "searched_case"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
