"""Opens the vault to staff: the opening is on the record before anything is shown. Source: docs/adr/015."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from db.case_table import IdentityRow, ReportRow
from db.database import Database, now, settle_race
from db.directory_table import UnitRow
from db.identity_table import IdentityOpeningRow
from db.keyring import CaseSeal, Keyring
from domain.case import Role
from domain.identity import OpeningReason
from schemas.report import Identity

SHOWN_FOR = timedelta(minutes=15)
"""So long an opening shows the identity to who made it; after that it takes another."""
MOST_TOLD = 50
PLACE = "identity_opening.sealed"


@dataclass(frozen=True, kw_only=True)
class NewOpening:
    """What is put on the record; `id` is that of the form."""

    id: str
    case_id: int
    person_id: int
    unit_id: int
    role: Role
    reason: OpeningReason
    words: str


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An opening as its readers see it; `words` only for staff, else ""."""

    unit: str
    role: Role
    reason: OpeningReason
    opened_at: datetime
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenedIdentity:
    """Who the reporter is, and until when the page may show it without asking again."""

    identity: Identity
    until: datetime


class IdentityStore:
    """Who opened what is for everybody who sees the case, its reporter included."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def record(self, new: NewOpening) -> None:
        """Puts an opening on the record; the same form counts once."""
        settle_race(lambda: self._record(new))

    def opened(self, case_id: int, person_id: int) -> OpenedIdentity | None:
        """The identity, for who has opened it a short while ago."""
        row = IdentityOpeningRow
        last = select(row.opened_at).where(row.case_id == case_id, row.person_id == person_id)
        with self._database.read() as session:
            opened_at = session.scalars(last.order_by(row.opened_at.desc()).limit(1)).one_or_none()
            if opened_at is None or now(session) >= opened_at + SHOWN_FOR:
                return None
            report = session.get_one(ReportRow, case_id)
            sealed = session.get_one(IdentityRow, case_id).sealed
            content = self._seal(report).open(sealed, f"identity.sealed:{report.code}")
        return OpenedIdentity(identity=Identity.model_validate_json(content), until=opened_at + SHOWN_FOR)

    def openings(self, case_id: int) -> list[Opening]:
        """The newest openings with their reasons, the newest first."""
        return self._opened(case_id, _openings(case_id))

    def between(self, case_id: int, from_at: datetime | None, to_at: datetime | None) -> list[Opening]:
        """The newest openings in `[from_at, to_at)` with their reasons, the newest first."""
        row = IdentityOpeningRow
        query = _openings(case_id)
        query = query if from_at is None else query.where(row.opened_at >= from_at)
        query = query if to_at is None else query.where(row.opened_at < to_at)
        return self._opened(case_id, query)

    def told(self, case_id: int) -> list[Opening]:
        """The same as the reporter reads it: which unit, when and for what."""
        with self._database.read() as session:
            return [_opening(row, unit, "") for row, unit in session.execute(_openings(case_id))]

    def _opened(self, case_id: int, query: Select[IdentityOpeningRow, str]) -> list[Opening]:
        with self._database.read() as session:
            found = session.execute(query).all()
            if not found:
                return []
            report = session.get_one(ReportRow, case_id)
            seal = self._seal(report)
            return [
                _opening(row, unit, seal.open(row.sealed, f"{PLACE}:{report.code}").decode())
                for row, unit in found
            ]

    def _record(self, new: NewOpening) -> None:
        with self._database.write() as session:
            if session.get(IdentityOpeningRow, new.id) is not None:
                return
            report = session.get_one(ReportRow, new.case_id)
            session.add(
                IdentityOpeningRow(
                    id=new.id,
                    case_id=new.case_id,
                    person_id=new.person_id,
                    unit_id=new.unit_id,
                    role=new.role.value,
                    reason=new.reason.value,
                    sealed=self._seal(report).seal(new.words.encode(), f"{PLACE}:{report.code}"),
                    opened_at=now(session),
                )
            )

    def _seal(self, report: ReportRow) -> CaseSeal:
        return self._keyring.case_seal(report.wrapped_key, report.code)


def _openings(case_id: int) -> Select[IdentityOpeningRow, str]:
    row = IdentityOpeningRow
    query = select(row, UnitRow.name).join(UnitRow, UnitRow.id == row.unit_id).where(row.case_id == case_id)
    return query.order_by(row.opened_at.desc()).limit(MOST_TOLD)


def _opening(row: IdentityOpeningRow, unit: str, words: str) -> Opening:
    return Opening(
        unit=unit,
        role=Role(row.role),
        reason=OpeningReason(row.reason),
        opened_at=row.opened_at,
        words=words,
    )
