"""Reports on their way: what a visitor has typed so far, sealed, for a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.database import Database
from db.draft_table import ReportDraftRow
from db.keyring import CaseSeal, Keyring, SealBrokenError

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
SWEPT_AT_ONCE = 500
Answers = dict[str, str | bool]


@dataclass(frozen=True, kw_only=True)
class ReportDraft:
    """The answers so far, by the names of their fields."""

    intake_id: str
    answers: Answers
    changed_at: datetime


class DraftStore:
    """Keeps answers until they have become a report. Who may read them is decided by the caller."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._seal = CaseSeal(keyring.secret("report-draft"))

    def keep(self, intake_id: str, answers: Mapping[str, str | bool], at: datetime) -> None:
        """Adds answers to those that the form has; newer ones replace older ones of the same field."""
        try:
            self._keep(intake_id, answers, at)
        except IntegrityError:  # two steps of one form came at once
            self._keep(intake_id, answers, at)

    def newest(self, intake_ids: Collection[str], at: datetime) -> ReportDraft | None:
        """The draft among these forms that was changed last, unless that is over a day ago.

        None also where it cannot be opened: a form that begins anew is better than none.
        """
        query = (
            select(ReportDraftRow)
            .where(ReportDraftRow.intake_id.in_(intake_ids), ReportDraftRow.changed_at > at - KEPT_FOR)
            .order_by(ReportDraftRow.changed_at.desc())
            .limit(1)
        )
        with self._database.read() as session:
            row = session.scalars(query).one_or_none()
            return None if row is None else self._opened(row)

    def discard(self, intake_id: str) -> None:
        """The answers are gone. Safe to repeat."""
        with self._database.write() as session:
            session.execute(delete(ReportDraftRow).where(ReportDraftRow.intake_id == intake_id))

    def _keep(self, intake_id: str, answers: Mapping[str, str | bool], at: datetime) -> None:
        with self._database.write() as session:
            row = session.get(ReportDraftRow, intake_id, with_for_update=True)
            found = None if row is None or row.changed_at <= at - KEPT_FOR else self._opened(row)
            before = {} if found is None else found.answers
            content = json.dumps({**before, **answers}, ensure_ascii=False).encode()
            sealed = self._seal.seal(content, _place(intake_id))
            if row is None:
                session.add(ReportDraftRow(intake_id=intake_id, sealed=sealed, changed_at=at))
            else:
                row.sealed, row.changed_at = sealed, at

    def _opened(self, row: ReportDraftRow) -> ReportDraft | None:
        try:
            answers: Answers = json.loads(self._seal.open(row.sealed, _place(row.intake_id)))
        except (SealBrokenError, ValueError) as broken:
            log.warning("a draft cannot be opened: %s", type(broken).__name__)
            return None
        return ReportDraft(intake_id=row.intake_id, answers=answers, changed_at=row.changed_at)


def sweep_drafts(database: Database, at: datetime) -> int:
    """Deletes drafts of more than a day ago, some at a time; how many. Safe to repeat."""
    old = select(ReportDraftRow.intake_id).where(ReportDraftRow.changed_at <= at - KEPT_FOR)
    with database.write() as session:
        found = session.scalars(old.limit(SWEPT_AT_ONCE)).all()
        _delete(session, found)
    return len(found)


def _delete(session: Session, intake_ids: Collection[str]) -> None:
    session.execute(delete(ReportDraftRow).where(ReportDraftRow.intake_id.in_(intake_ids)))


def _place(intake_id: str) -> str:
    return f"report_draft.sealed:{intake_id}"
