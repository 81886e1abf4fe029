"""Acts on many cases at once: recorded as a whole before any is sent, and told case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from db.case_table import CommandRow, ReportRow
from db.command_store import CommandStore, OtherBodySentError, ReadyCommand, RecordedCommand
from db.database import Database, now, settle_race
from db.desk_table import BulkItemRow, BulkRow
from db.wire import REFUSAL
from domain.case import Action
from domain.command import Refusal
from schemas.command import NewCommand


class LeftOut(StrEnum):
    """Why nothing was asked of a case that had been chosen."""

    NOT_NOW = "not_now"
    """The rules do not let this person act so on the case as it stands."""
    WRONG_STAGE = "wrong_stage"
    """They let nobody act so in this stage."""
    NOT_YOURS = "not_yours"
    """They let others act so."""
    ALREADY = "already"
    """It is so already."""
    NOT_FIT = "not_fit"
    """What was chosen for all does not suit this case."""


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """A case of a new bulk: a command, or why there is none."""

    case_id: int
    command: NewCommand | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class NewBulk:
    """One act on many cases. `body_hash` tells two contents of one form apart."""

    id: str
    person_id: int
    action: Action
    body_hash: str
    items: tuple[NewItem, ...]


@dataclass(frozen=True, kw_only=True)
class BulkLine:
    """What became of one case. `outcome` is that of its command; None where it was left out."""

    case_id: int
    code: str
    outcome: str | None
    refusal: Refusal | None
    left_out: LeftOut | None


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """An act on many cases as the tables know it now, in the order of its form."""

    id: str
    action: Action
    created_at: datetime
    lines: tuple[BulkLine, ...]


class BulkStore:
    """Records acts on many cases and tells what became of them."""

    def __init__(self, database: Database, commands: CommandStore) -> None:
        self._database = database
        self._commands = commands

    def record(self, new: NewBulk) -> list[RecordedCommand]:
        """Commits the bulk with all its commands, or nothing; the same form again commits nothing.

        Returns: the commands to send; none if the form had come before.
        Raises: OtherBodySentError if the id carried something else.
        """
        if self.came_before(new.id, new.person_id, new.body_hash):
            return []
        ready = [self._commands.prepare(item.command) for item in new.items if item.command]
        return settle_race(lambda: self._record(new, ready))

    def _record(self, new: NewBulk, ready: Sequence[ReadyCommand]) -> list[RecordedCommand]:
        with self._database.write() as session:
            if _known(session, new.id, new.person_id, new.body_hash):
                return []
            session.add(
                BulkRow(
                    id=new.id,
                    person_id=new.person_id,
                    action=new.action.value,
                    body_hash=new.body_hash,
                    created_at=now(session),
                )
            )
            session.flush()
            recorded = [self._commands.add(session, one) for one in ready]
            session.add_all(_item(new.id, position, item) for position, item in enumerate(new.items))
            return recorded

    def came_before(self, bulk_id: str, person_id: int, body_hash: str) -> bool:
        """Whether this very form has come before. Raises: OtherBodySentError."""
        with self._database.read() as session:
            return _known(session, bulk_id, person_id, body_hash)

    def find(self, bulk_id: str, person_id: int) -> Bulk | None:
        """What became of a bulk of that person; two queries, however many cases it has."""
        with self._database.read() as session:
            row = session.get(BulkRow, bulk_id)
            if row is None or row.person_id != person_id:
                return None
            lines = tuple(_line(found) for found in session.execute(_lines(bulk_id)))
            return Bulk(id=row.id, action=Action(row.action), created_at=row.created_at, lines=lines)

    def waiting_count(self, bulk_id: str) -> int:
        """How many of its commands have no outcome yet."""
        query = (
            select(func.count(CommandRow.id))
            .join(BulkItemRow, BulkItemRow.command_id == CommandRow.id)
            .where(BulkItemRow.bulk_id == bulk_id, CommandRow.outcome == "waiting")
        )
        with self._database.read() as session:
            return session.scalars(query).one()


def _known(session: Session, bulk_id: str, person_id: int, body_hash: str) -> bool:
    row = session.get(BulkRow, bulk_id)
    if row is not None and (row.person_id, row.body_hash) != (person_id, body_hash):
        raise OtherBodySentError
    return row is not None


def _item(bulk_id: str, position: int, item: NewItem) -> BulkItemRow:
    return BulkItemRow(
        bulk_id=bulk_id,
        position=position,
        case_id=item.case_id,
        command_id=item.command.id if item.command else None,
        problem=item.left_out.value if item.left_out else None,
    )


def _lines(bulk_id: str) -> Any:
    return (
        select(
            BulkItemRow.case_id, ReportRow.code, CommandRow.outcome, CommandRow.refusal, BulkItemRow.problem
        )
        .join(ReportRow, ReportRow.id == BulkItemRow.case_id)
        .outerjoin(CommandRow, CommandRow.id == BulkItemRow.command_id)
        .where(BulkItemRow.bulk_id == bulk_id)
        .order_by(BulkItemRow.position)
    )


def _line(row: Row[Any]) -> BulkLine:
    refusal = None if row.refusal is None else REFUSAL.validate_python(row.refusal, strict=False)
    return BulkLine(
        case_id=row.case_id,
        code=row.code,
        outcome=row.outcome,
        refusal=refusal,
        left_out=None if row.problem is None else LeftOut(row.problem),
    )
