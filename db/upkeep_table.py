"""Tables of upkeep: exported histories, daily heads over all logs, the doctor's findings and its place."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.case_table import BigKey, CaseLogRow, CaseViewRow
from db.database import Base, Instant

Index("ix_case_log_recorded", CaseLogRow.recorded_at)
Index("ix_case_view_ended", CaseViewRow.ended, CaseViewRow.case_id)


class HistoryExportRow(Base):
    """What became of an ended case's history: where it lies follows from the code."""

    __tablename__ = "history_export"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    """`exported`; `partial`: the engine no longer had its oldest runs; `missing`: it had none."""
    runs: Mapped[int]
    events: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the compressed file; 0 without one."""
    sha256: Mapped[str] = mapped_column(String(64))
    listed_at: Mapped[datetime] = mapped_column(Instant)


class FindingRow(Base):
    """Something that must always hold and did not; open until it holds again."""

    __tablename__ = "finding"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`case 12`, or `day 2026-11-21` for the head of a day."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index("ix_finding_open", "resolved_at", "last_seen_at"),)


class LogHeadRow(Base):
    """The hash over the logs that grew on one UTC day, chained with the day before."""

    __tablename__ = "log_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    cases: Mapped[int]
    rows: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class UpkeepPlaceRow(Base):
    """How far a piece of work that walks over all cases has come; it begins again at 0."""

    __tablename__ = "upkeep_place"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey)
