"""Tables of the figures: what is measured of each case, and what a figure should reach."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.case_table import BigKey
from db.database import Base, Instant

_COUNTED = ("month", "measure", "outcome", "first", "days", "rating")
_ASIDE = ("secret", "accused_person_id", "counted_at")


class CaseMeasureRow(Base):
    """One promise of a case, or the verdict on one answer; written with the event that changes it."""

    __tablename__ = "case_measure"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(12), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    """The unit to which it counts, also after the case has moved on."""
    month: Mapped[int | None]
    """The month in which it counts, as 202611; empty while nobody can know it."""
    outcome: Mapped[str] = mapped_column(String(12))
    first: Mapped[bool]
    days: Mapped[int | None]
    rating: Mapped[int | None]
    secret: Mapped[bool]
    accused_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    seq: Mapped[int | None]
    """The event that found the promise broken, or that was the verdict."""

    __table_args__ = (
        Index("ix_case_measure_unit", "unit_id", *_COUNTED, *_ASIDE),
        Index("ix_case_measure_month", *_COUNTED, "unit_id", *_ASIDE),
    )
    """Both hold all that a figure needs, in the order in which it is grouped: it never touches the rows."""


class FigureTargetRow(Base):
    """What a figure should reach, from an instant on; a newer row takes its place, none is changed."""

    __tablename__ = "figure_target"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    measure: Mapped[str] = mapped_column(String(12))
    percent: Mapped[int]
    near_percent: Mapped[int]
    """From here on the figure is near its target: yellow, no longer red."""
    source: Mapped[str] = mapped_column(String(400))
    valid_from: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_figure_target_measure", "measure", "valid_from"),)
