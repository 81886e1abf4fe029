"""The failed mails of which a reporter's case has still to be told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.case_table import UNTOLD, OutboxRow, ReportRow
from db.database import Database, now
from db.outgoing_mail import FOLLOWER, REPORTER
from domain.case import MailProblem
from schemas.case import MailFailure


@dataclass(frozen=True, kw_only=True)
class UntoldFailure:
    """A failed mail and the case of its reader: their own, also where the news was of an elder one.

    Attributes:
        code: the case; None if the row names none that we know.
    """

    failure: MailFailure
    case_id: int
    code: str | None


_OLDEST_FIRST = (OutboxRow.state, OutboxRow.told_at, OutboxRow.id)
"""By id, spelled as the index is: by the id alone PostgreSQL would rather walk through all rows."""


class MailFailureStore:
    """What the sweeper reads and marks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def untold(self, limit: int) -> list[UntoldFailure]:
        """The failures to tell next, the oldest rows first."""
        with self._database.read() as session:
            found = select(OutboxRow).where(UNTOLD).order_by(*_OLDEST_FIRST).limit(limit)
            rows = [(row, _case_of(row)) for row in session.scalars(found)]
            codes = _codes(session, {case_id for _, case_id in rows})
            return [
                UntoldFailure(failure=_failure(row), case_id=case_id, code=codes.get(case_id))
                for row, case_id in rows
            ]

    def mark_told(self, outbox_id: int) -> None:
        """Notes that a failure need not be told again."""
        with self._database.write() as session:
            session.get_one(OutboxRow, outbox_id, with_for_update=True).told_at = now(session)


def _case_of(row: OutboxRow) -> int:
    """The case whose reporter was to get a row; 0, which is none, if it does not say."""
    if row.recipient == REPORTER:
        return row.case_id
    follower = row.recipient.removeprefix(FOLLOWER)
    return int(follower) if follower.isdecimal() else 0


def _codes(session: Session, case_ids: set[int]) -> dict[int, str]:
    query = select(ReportRow.id, ReportRow.code).where(ReportRow.id.in_(case_ids))
    return {found.id: found.code for found in session.execute(query)}


def _failure(row: OutboxRow) -> MailFailure:
    known = {problem.value for problem in MailProblem}
    problem = MailProblem(row.problem) if row.problem in known else MailProblem.OTHER
    return MailFailure(id=row.id, problem=problem)
