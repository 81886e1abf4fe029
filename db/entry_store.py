"""How a report reached us, who entered it, and whether its reporter can be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.case_table import IdentityRow, ReportRow
from domain.case import Channel


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The way of a report; `entered_by` is None for one that the reporter sent."""

    case_id: int
    channel: Channel
    entered_by: int | None
    has_email: bool
    created_at: datetime


def entry_of_case(session: Session, case_id: int) -> Entry:
    """The way of the report of a case; the identity itself stays shut."""
    return _entry(session, ReportRow.id == case_id)


def entry_of_form(session: Session, intake_id: str) -> Entry | None:
    """The way of the report that a form has made; None before it has."""
    if session.scalar(select(ReportRow.id).where(ReportRow.intake_id == intake_id)) is None:
        return None
    return _entry(session, ReportRow.intake_id == intake_id)


def _entry(session: Session, condition: ColumnElement[bool]) -> Entry:
    query = (
        select(ReportRow, IdentityRow.has_email)
        .join(IdentityRow, IdentityRow.case_id == ReportRow.id)
        .where(condition)
    )
    row, has_email = session.execute(query).one()
    return Entry(
        case_id=row.id,
        channel=Channel(row.channel),
        entered_by=row.entered_by,
        has_email=has_email,
        created_at=row.created_at,
    )
