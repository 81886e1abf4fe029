"""Which mails reporters want: chosen on a page, by one click in a mail, or told by the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.case_table import IdentityRow, OutboxRow, ReportRow
from db.database import Database, now, settle_race
from db.mail_preference_table import MailPreferenceRow
from db.outgoing_mail import FOLLOWER, REPORTER
from db.subscriber import is_subscriber, still_wants
from schemas.mail import News, ProviderEvent, Wanted, is_wanted

STEP = 500
"""Mails of whose readers one transaction takes note at most."""


class ChangedBy(StrEnum):
    """Where a choice was made."""

    PAGE = "page"
    MAIL = "mail"
    """By one click in a mail, or in the program that shows it."""
    PROVIDER = "provider"
    """Called spam, or unsubscribed with the provider."""


@dataclass(frozen=True, kw_only=True)
class MailPreference:
    """What holds for the mails of one case.

    Attributes:
        has_address: without one no mail goes out, whatever is chosen.
        locale: the language of the mails.
        changed_by: None, like `changed_at`, while nothing was ever chosen.
    """

    has_address: bool
    wanted: Wanted
    locale: str
    changed_by: ChangedBy | None
    changed_at: datetime | None


class MailPreferenceStore:
    """Reads and keeps preferences; it holds no key, so it can open no address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, case_id: int) -> MailPreference:
        """The preference for a case that is there."""
        with self._database.read() as session:
            report = session.get_one(ReportRow, case_id)
            row = session.get(MailPreferenceRow, case_id)
            return MailPreference(
                has_address=session.get_one(IdentityRow, case_id).has_email,
                wanted=Wanted.ALL if row is None else Wanted(row.wanted),
                locale=(row and row.locale) or report.locale,
                changed_by=None if row is None else ChangedBy(row.changed_by),
                changed_at=None if row is None else row.changed_at,
            )

    def choose(self, case_id: int, wanted: Wanted, locale: str) -> None:
        """Keeps what was chosen on a page. Safe to repeat."""
        settle_race(lambda: self._keep(case_id, wanted, ChangedBy.PAGE, locale))

    def stop(self, case_id: int) -> None:
        """No more mails of a case, by one click. Safe to repeat."""
        settle_race(lambda: self._keep(case_id, Wanted.NONE, ChangedBy.MAIL))

    def hear(self, events: Sequence[ProviderEvent]) -> None:
        """No more mails to reporters who called one of ours spam or unsubscribed. Safe to repeat.

        To staff they go on: what staff are told follows from their duties.
        """
        ids = sorted({event.outbox_id for event in events if event.news is News.UNWANTED})
        for start in range(0, len(ids), STEP):
            for case_id in self._readers(ids[start : start + STEP]):
                settle_race(lambda case_id=case_id: self._refuse(case_id))  # type: ignore[misc]

    def _readers(self, outbox_ids: list[int]) -> list[int]:
        """The cases whose reporters those rows were for."""
        query = select(OutboxRow).where(OutboxRow.id.in_(outbox_ids))
        with self._database.read() as session:
            found = {case_of_reader(row) for row in session.scalars(query)}
            known = select(ReportRow.id).where(ReportRow.id.in_(found - {None})).order_by(ReportRow.id)
            return list(session.scalars(known))

    def _keep(self, case_id: int, wanted: Wanted, by: ChangedBy, locale: str | None = None) -> None:
        with self._database.write() as session:
            at = now(session)
            row = session.get(MailPreferenceRow, case_id, with_for_update=True)
            if row is None:
                row = MailPreferenceRow(case_id=case_id)
                session.add(row)
            row.wanted, row.changed_by, row.changed_at = wanted, by, at
            row.locale = locale or row.locale

    def _refuse(self, case_id: int) -> None:
        self._keep(case_id, Wanted.NONE, ChangedBy.PROVIDER)


def case_of_reader(row: OutboxRow) -> int | None:
    """The case whose reporter is to get a row, their own also where the news is of another; else None."""
    if row.recipient == REPORTER:
        return row.case_id
    follower = row.recipient.removeprefix(FOLLOWER)
    return int(follower) if row.recipient.startswith(FOLLOWER) and follower.isdecimal() else None


def wants(session: Session, row: OutboxRow) -> bool:
    """Whether the reader of a row still wants mails of its kind."""
    if is_subscriber(row.recipient):
        return still_wants(session, row)
    case_id = case_of_reader(row)
    chosen = None if case_id is None else session.get(MailPreferenceRow, case_id)
    return chosen is None or is_wanted(Wanted(chosen.wanted), row.template)
