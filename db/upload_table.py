"""The table of files that were sent ahead of their form."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class UploadRow(Base):
    """A file on its way to a form; its bytes lie sealed under an own key until the form takes it."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    """A fingerprint of the browser's session; to everybody else the upload does not exist."""
    form_id: Mapped[str] = mapped_column(String(36))
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    received: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    """Empty until all has come and was found fit."""
    served_type: Mapped[str] = mapped_column(String(60))
    has_copy: Mapped[bool]
    has_thumbnail: Mapped[bool]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_upload_owner", "owner", "form_id", "created_at"),
        Index("ix_upload_expires", "expires_at"),
    )
