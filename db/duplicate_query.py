"""Open cases that may speak of the same thing: the newest of the same agency and secrecy, by their titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, select, true
from sqlalchemy.engine import RowMapping

from db.case_table import CaseViewRow, MessageRow, ReportRow
from db.database import Database
from db.desk_scope import Onlooker, held_in_view, visible
from db.directory_table import UnitRow
from db.keyring import Keyring
from domain.case import OPEN_STAGES
from schemas.report import ReportWords

MOST = 200
"""So many cases are opened and compared; older ones are found by the search."""

_COMPARED = (
    CaseViewRow.case_id,
    CaseViewRow.code,
    CaseViewRow.category_id,
    CaseViewRow.region_code,
    CaseViewRow.received_at,
)


@dataclass(frozen=True, kw_only=True)
class Sought:
    """The case to which others are compared; `agency_id` is None for one that the national level holds."""

    case_id: int
    secret: bool
    agency_id: int | None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A case that is compared, by what tells it apart."""

    case_id: int
    code: str
    title: str
    place: str
    category_id: int | None
    region_code: str | None
    received_at: datetime
    holder: str


class DuplicateQuery:
    """Cases to compare with one; never one that the reader may not see."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def candidates(self, who: Onlooker, sought: Sought, limit: int = MOST) -> list[Candidate]:
        """The newest open cases of the same agency and secrecy, newest first; one query."""
        near = _nearest(who, sought, limit)
        query = (
            select(*_COMPARED, ReportRow.wrapped_key, UnitRow.name.label("holder"), MessageRow.sealed)
            .join(near, near.c.case_id == CaseViewRow.case_id)
            .join(UnitRow, UnitRow.id == CaseViewRow.holder_id)
            .join(ReportRow, ReportRow.id == CaseViewRow.case_id)
            .join(MessageRow, (MessageRow.case_id == CaseViewRow.case_id) & (MessageRow.kind == "report"))
            .order_by(CaseViewRow.case_id.desc())
        )
        with self._database.read() as session:
            return [
                _candidate(row, self._words(row["code"], row["wrapped_key"], row["sealed"]))
                for row in session.execute(query).mappings()
            ]

    def _words(self, code: str, wrapped_key: bytes, sealed: bytes) -> ReportWords:
        seal = self._keyring.case_seal(wrapped_key, code)
        return ReportWords.model_validate_json(seal.open(sealed, f"message.sealed:{code}"))


def _nearest(who: Onlooker, sought: Sought, limit: int) -> Subquery:
    """The newest of an agency are sorted out of its open cases; those of the country are walked."""
    here = true() if sought.agency_id is None else CaseViewRow.agency_id == sought.agency_id
    index = "ix_case_view_newest" if sought.agency_id is None else "ix_case_view_open_agency"
    return (
        select(CaseViewRow.case_id)
        .with_hint(CaseViewRow, f"INDEXED BY {index}", "sqlite")
        .where(
            here,
            CaseViewRow.end_reason.is_(None),
            CaseViewRow.case_id != sought.case_id,
            CaseViewRow.secret == sought.secret,
            CaseViewRow.stage.in_([stage.value for stage in OPEN_STAGES]),
            visible(who, held_in_view()),
        )
        .order_by(CaseViewRow.case_id.desc())
        .limit(limit)
        .subquery()
    )


def _candidate(row: RowMapping, words: ReportWords) -> Candidate:
    shown = {column.key: row[column.key] for column in _COMPARED}
    return Candidate(**shown, holder=row["holder"], title=words.title, place=words.place)
