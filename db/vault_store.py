"""What guards a case from the outside: its key, its secrecy, and the proof of the reporter's address."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from db.case_table import IdentityRow, ReportRow
from db.database import Database, now


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What must be known of a case before anything of it is opened; no word of it is unsealed for this."""

    case_id: int
    code: str
    key_hash: str
    secret: bool


class VaultStore:
    """Looks at gates, and keeps that an address was proved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def gate(self, code: str) -> Gate | None:
        """The gate of a code."""
        with self._database.read() as session:
            row = session.scalars(select(ReportRow).where(ReportRow.code == code)).one_or_none()
            return None if row is None else _gate(row)

    def gate_of_case(self, case_id: int) -> Gate | None:
        """The gate of a case's id."""
        with self._database.read() as session:
            row = session.get(ReportRow, case_id)
            return None if row is None else _gate(row)

    def confirm_address(self, case_id: int) -> None:
        """The holder of the key has opened a mail: the address is theirs. Safe to repeat."""
        proved = update(IdentityRow).where(
            IdentityRow.case_id == case_id, IdentityRow.has_email, IdentityRow.confirmed_at.is_(None)
        )
        with self._database.write() as session:
            session.execute(proved.values(confirmed_at=now(session)))

    def is_confirmed(self, case_id: int) -> bool:
        """Whether mails of this case reach the holder of its key."""
        query = select(IdentityRow.confirmed_at).where(IdentityRow.case_id == case_id)
        with self._database.read() as session:
            return session.scalars(query).one_or_none() is not None


def _gate(row: ReportRow) -> Gate:
    return Gate(case_id=row.id, code=row.code, key_hash=row.key_hash, secret=row.secret)
