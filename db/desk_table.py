"""Tables of the desk: views that people keep for themselves, and acts on many cases at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class SavedViewRow(Base):
    """Filters that somebody keeps under a name; never words."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the address of the list says, by the names of its arguments."""
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("person_id", "name"),)


class BulkRow(Base):
    """One act on many cases, as one form asked for it."""

    __tablename__ = "bulk"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(30))
    body_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_bulk_person", "person_id", "created_at"),)


class BulkItemRow(Base):
    """A case of it. Without a command nothing was asked of the case, and `problem` says why."""

    __tablename__ = "bulk_item"

    bulk_id: Mapped[str] = mapped_column(ForeignKey("bulk.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    command_id: Mapped[str | None] = mapped_column(ForeignKey("command.id"), unique=True)
    problem: Mapped[str | None] = mapped_column(String(20))
