"""The table of which mails a reporter wants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class MailPreferenceRow(Base):
    """What was chosen for the mails of one case; without a row all of them are wanted."""

    __tablename__ = "mail_preference"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    wanted: Mapped[str] = mapped_column(String(10))
    locale: Mapped[str | None] = mapped_column(String(5))
    """The language of the mails; empty: that of the report."""
    changed_by: Mapped[str] = mapped_column(String(10))
    """`page`, `mail` (one click) or `provider` (a spam report, or an unsubscription with the provider)."""
    changed_at: Mapped[datetime] = mapped_column(Instant)
