"""Tables of operation: leases, heartbeats, outages and the demo's own mail endpoint."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant

BigKey = BigInteger().with_variant(Integer(), "sqlite")


class LeaseRow(Base):
    """Who alone may do a piece of background work, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(Instant)


class HeartbeatRow(Base):
    """When a kind of process was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class OutageRow(Base):
    """A time in which no worker ran; told to every open case before it is done."""

    __tablename__ = "outage"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_at: Mapped[datetime] = mapped_column(Instant)
    to_at: Mapped[datetime] = mapped_column(Instant)
    told_up_to: Mapped[int] = mapped_column(default=0)
    """Cases with an id up to this one have been told."""
    done: Mapped[bool] = mapped_column(default=False)


class DevMailRow(Base):
    """A mail that reached the demo's own SendGrid-compatible endpoint."""

    __tablename__ = "dev_mail"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Instant)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
