"""Open cases that may speak of the same thing: the newest of the same agency and secrecy, by their titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from db.case_table import CaseViewRow, MessageRow, ReportRow
from db.database import Database
from db.desk_scope import Onlooker, held_in_view, visible
from db.directory_table import UnitRow
from db.keyring import Keyring
from domain.case import OPEN_STAGES
from schemas.report import ReportWords

MOST = 200
"""So many cases are opened and compared; older ones are found by the search."""


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
        same_agency = true() if sought.agency_id is None else UnitRow.agency_id == sought.agency_id
        query = (
            select(CaseViewRow, ReportRow.wrapped_key, UnitRow.name.label("holder"), MessageRow.sealed)
            .join(UnitRow, UnitRow.id == CaseViewRow.holder_id)
            .join(ReportRow, ReportRow.id == CaseViewRow.case_id)
            .join(MessageRow, (MessageRow.case_id == CaseViewRow.case_id) & (MessageRow.kind == "report"))
            .where(
                CaseViewRow.case_id != sought.case_id,
                CaseViewRow.secret == sought.secret,
                CaseViewRow.stage.in_([stage.value for stage in OPEN_STAGES]),
                same_agency,
                visible(who, held_in_view()),
            )
            .order_by(CaseViewRow.case_id.desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [
                _candidate(row, holder, self._words(row.code, key, sealed))
                for row, key, holder, sealed in session.execute(query).tuples()
            ]

    def _words(self, code: str, wrapped_key: bytes, sealed: bytes) -> ReportWords:
        seal = self._keyring.case_seal(wrapped_key, code)
        return ReportWords.model_validate_json(seal.open(sealed, f"message.sealed:{code}"))


def _candidate(row: CaseViewRow, holder: str, words: ReportWords) -> Candidate:
    return Candidate(
        case_id=row.case_id,
        code=row.code,
        title=words.title,
        place=words.place,
        category_id=row.category_id,
        region_code=row.region_code,
        received_at=row.received_at,
        holder=holder,
    )
