"""Who opened a reporter's identity, when and for what: rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class IdentityOpeningRow(Base):
    """One opening by a member of staff, in the role in which they stood to the case."""

    __tablename__ = "identity_opening"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """The id of the form."""
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The reason in words."""
    opened_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_identity_opening_case", "case_id", "opened_at"),)
