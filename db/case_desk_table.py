"""Tables of the desk's forms: what was typed and not sent yet, and replies that a unit keeps ready."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.case_table import BigKey
from db.database import Base, Instant


class DeskDraftRow(Base):
    """The unsent form of one person for one act on a case, sealed under the case's key."""

    __tablename__ = "desk_draft"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    action: Mapped[str] = mapped_column(String(30), primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """The unit for which it was written; empty where a role of no unit near the case wrote it."""
    role: Mapped[str | None] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant, index=True)


class EntryDraftRow(Base):
    """The unsent form of a report that a member of staff is entering; there is no case yet, nor its key."""

    __tablename__ = "entry_draft"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    intake_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """The id of its form: two that are open beside each other do not touch each other's words."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant, index=True)


class SavedReplyRow(Base):
    """A text that a unit uses again and again; it speaks of no case."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_saved_reply_unit", "unit_id", "title", "id"),)
