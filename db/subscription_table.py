"""The tables of who follows a published report by mail, and of who may be asked whether they want to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.case_table import BigKey
from db.database import Base, Instant

SUBSCRIBER = "subscriber:"
"""How the outbox names a reader of this table: `subscriber:7`."""


class SubscriptionRow(Base):
    """One address that follows one publication, once its reader has confirmed. Rows are never deleted.

    A number is so never given twice: a link in an old mail cannot come to mean somebody else.
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    address_hash: Mapped[str] = mapped_column(String(64))
    """Keyed: by it the same address is known again, and by nothing else."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The address, under the key of the case; empty once the subscription has ended."""
    locale: Mapped[str] = mapped_column(String(5))
    asks: Mapped[int]
    """How often the address was asked whether it wants to follow."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("publication_id", "address_hash"),
        Index("ix_subscription_address", "address_hash", "asked_at"),
        Index("ix_subscription_unanswered", "ended_at", "confirmed_at", "asked_at"),
    )


class FollowAddressRow(Base):
    """An address that was ever entered to follow something: its keyed hash alone, which is never forgotten.

    Whoever asks or answers for an address locks its row first, so that no two count past a limit.
    """

    __tablename__ = "follow_address"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """As in `subscription`."""
    refused: Mapped[str | None] = mapped_column(String(10))
    """`ended` by its reader, or `unwanted`: called spam, or not to be reached."""
    unanswered: Mapped[int]
    """How often it was asked since its reader last said yes."""
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was last asked without a yes."""
