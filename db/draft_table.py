"""The table of reports on their way: answers to a form that has not been sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant


class ReportDraftRow(Base):
    """What a visitor has typed so far, sealed; for a day, and until it has become a report."""

    __tablename__ = "report_draft"

    intake_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(Instant, index=True)
