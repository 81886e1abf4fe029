"""Tables of the directory: units, their calendars and policies, staff accounts and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class CalendarRow(Base):
    """One version of a working calendar; versions are never changed, only added."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("name", "version"),)


class PolicyRow(Base):
    """One version of a policy: the amounts of all clocks."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(400))
    valid_from: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("name", "version"),)


class UnitRow(Base):
    """A node of the tree of organisations."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    """The agency that the unit belongs to; its own id for an agency and for the national level."""
    calendar_name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(default=True)


class UnitAncestorRow(Base):
    """Every unit above every unit, itself included at depth 0: subtrees without recursion."""

    __tablename__ = "unit_ancestor"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    depth: Mapped[int]

    __table_args__ = (Index("ix_unit_ancestor_ancestor", "ancestor_id", "unit_id"),)


class PersonRow(Base):
    """A staff account."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="id")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MembershipRow(Base):
    """A role of a person in a unit."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (Index("ix_membership_unit_role", "unit_id", "role"),)


class StaffSessionRow(Base):
    """A log-in, known by the hash of a random token; ended by deleting it."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class LoginAttemptRow(Base):
    """Failed log-ins, counted per account and per address hash, to slow guessing down."""

    __tablename__ = "login_attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant)


class InstallationRow(Base):
    """Facts about this installation, such as that it was seeded as a demo."""

    __tablename__ = "installation"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
