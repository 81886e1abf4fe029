"""Whether mails are held back, what waits meanwhile, and how what is stale is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.case_table import OutboxRow
from db.database import Database, now
from db.directory_table import InstallationRow

HELD = "mail_held_since"
DROPPED = "dropped"
STEP = 500


@dataclass(frozen=True, kw_only=True)
class WaitingMails:
    """Mails of one template that are not sent yet.

    Attributes:
        before: how many of them were queued before mails were held.
    """

    template: str
    count: int
    before: int
    oldest_at: datetime
    newest_at: datetime


def held_since(session: Session) -> datetime | None:
    """Since when nothing leaves; None while mails go their way."""
    row = session.get(InstallationRow, HELD)
    return None if row is None else datetime.fromisoformat(row.value)


class MailHoldStore:
    """The brake of the relay. Safe to repeat, all of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held_since(self) -> datetime | None:
        """Since when nothing leaves."""
        with self._database.read() as session:
            return held_since(session)

    def hold(self, *, anew: bool = False) -> datetime:
        """From now on nothing leaves, but for a mail that is under way.

        The first instant stays; `anew`: unless what was queued until now is to count as from before.
        """
        with self._database.write() as session:
            since = None if anew else held_since(session)
            if since is None:
                since = now(session)
                session.merge(InstallationRow(key=HELD, value=since.isoformat()))
            return since

    def release(self) -> None:
        """Mails go their way again."""
        with self._database.write() as session:
            row = session.get(InstallationRow, HELD)
            if row is not None:
                session.delete(row)

    def waiting(self) -> list[WaitingMails]:
        """What is not sent yet, by template."""
        with self._database.read() as session:
            since = held_since(session) or now(session)
            query = (
                select(
                    OutboxRow.template,
                    func.count().label("count"),
                    func.count().filter(OutboxRow.created_at <= since).label("before"),
                    func.min(OutboxRow.created_at).label("oldest_at"),
                    func.max(OutboxRow.created_at).label("newest_at"),
                )
                .where(OutboxRow.state == "pending")
                .group_by(OutboxRow.template)
                .order_by(OutboxRow.template)
            )
            return [WaitingMails(**row._mapping) for row in session.execute(query)]

    def drop(self, queued_until: datetime, template: str | None) -> int:
        """Ends mails that were queued until an instant, of one template or of all; how many."""
        which = [OutboxRow.state == "pending", OutboxRow.created_at <= queued_until]
        which += [] if template is None else [OutboxRow.template == template]
        dropped = 0
        while True:
            with self._database.write() as session:
                query = select(OutboxRow.id).where(*which).order_by(OutboxRow.id).limit(STEP)
                ids = list(session.scalars(query.with_for_update()))
                if not ids:
                    return dropped
                session.execute(
                    update(OutboxRow).where(OutboxRow.id.in_(ids)).values(state="skipped", problem=DROPPED)
                )
                dropped += len(ids)
