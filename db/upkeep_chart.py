"""All that the tables hold about a case's handling, read so that a damaged row is a fact and no failure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Text, cast, select
from sqlalchemy.orm import Session

from db.case_record import FIRST_HASH, chain_hash
from db.case_table import CaseLogRow, CaseViewRow, CommandRow, OutboxRow, ReportRow
from db.database import Database, now
from db.wire import STATE
from domain.state import CaseState

START_WITHIN = timedelta(minutes=10)
"""So long a report may wait for its workflow without anything being wrong."""
SENDING_AT_MOST = timedelta(minutes=1)
"""Beyond its lease: then nobody is there who would release it."""
WAITING_AT_MOST = timedelta(hours=72, minutes=10)
"""A command is given up after 72 hours; ten minutes later somebody should have done so."""


@dataclass(frozen=True, kw_only=True)
class ViewChart:
    """A row of the lists.

    Attributes:
        state: the copy of the workflow's state; None if it cannot be read.
        fits: whether the columns say what that copy says.
        of_first: version 0.1.0 wrote it, which knew less of a case.
    """

    seq: int
    ended: bool
    state: CaseState | None
    fits: bool
    of_first: bool = False


@dataclass(frozen=True, kw_only=True)
class LogChart:
    """A log: how far it goes, whether it counts 1, 2, 3 …, and whether the hashes are those of its rows."""

    last_seq: int
    whole: bool
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A case as the tables have it.

    Attributes:
        overdue: it was taken by the engine, or should have been long ago.
        mail_stuck, command_stuck: something of it has been under way for too long.
    """

    case_id: int
    code: str
    started: bool
    overdue: bool
    view: ViewChart | None
    log: LogChart
    mail_stuck: bool
    command_stuck: bool

    @property
    def ended(self) -> bool:
        """Whether its life is over, as far as the view knows."""
        return self.view is not None and self.view.ended


class ChartStore:
    """Reads charts, and says which cases there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def charts(self, case_ids: Collection[int]) -> list[Chart]:
        """The charts of these cases, by id; a handful of queries however many they are."""
        with self._database.read() as session:
            at = now(session)
            reports = session.execute(_reports().where(ReportRow.id.in_(case_ids))).all()
            views = {row.case_id: row for row in session.execute(_views(case_ids))}
            logs = _by_case(session.execute(_logs(case_ids)))
            mails, commands = _stuck_mails(session, at, case_ids), _stuck_commands(session, at, case_ids)
        return [
            Chart(
                case_id=report.id,
                code=report.code,
                started=report.started_at is not None,
                overdue=report.started_at is not None or report.created_at < at - START_WITHIN,
                view=_view(views.get(report.id)),
                log=_log(logs.get(report.id, [])),
                mail_stuck=report.id in mails,
                command_stuck=report.id in commands,
            )
            for report in reports
        ]

    def id_of(self, code: str) -> int | None:
        """The case of a code."""
        with self._database.read() as session:
            return session.scalars(select(ReportRow.id).where(ReportRow.code == code)).one_or_none()

    def next_ids(self, after: int, limit: int) -> list[int]:
        """The next cases in the order of their ids."""
        query = select(ReportRow.id).where(ReportRow.id > after).order_by(ReportRow.id).limit(limit)
        with self._database.read() as session:
            return list(session.scalars(query))

    def pages(self, size: int) -> Iterator[list[int]]:
        """All cases, so many at a time."""
        after = 0
        while page := self.next_ids(after, size):
            yield page
            after = page[-1]

    def stuck_ids(self, limit: int) -> set[int]:
        """Some cases with a message or a command that has been under way for too long."""
        with self._database.read() as session:
            at = now(session)
            return _stuck_mails(session, at, None, limit) | _stuck_commands(session, at, None, limit)


def _reports() -> Any:
    return select(ReportRow.id, ReportRow.code, ReportRow.started_at, ReportRow.created_at).order_by(
        ReportRow.id
    )


def _views(case_ids: Collection[int]) -> Any:
    return select(
        CaseViewRow.case_id,
        CaseViewRow.seq,
        CaseViewRow.version,
        CaseViewRow.stage,
        CaseViewRow.holder_id,
        CaseViewRow.ended,
        cast(CaseViewRow.state, Text).label("state"),
    ).where(CaseViewRow.case_id.in_(case_ids))


def _logs(case_ids: Collection[int]) -> Any:
    content = cast(CaseLogRow.event, Text).label("event")
    rows = select(CaseLogRow.case_id, CaseLogRow.seq, CaseLogRow.hash, content)
    return rows.where(CaseLogRow.case_id.in_(case_ids)).order_by(CaseLogRow.case_id, CaseLogRow.seq)


def _by_case(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _stuck_mails(
    session: Session, at: datetime, case_ids: Collection[int] | None, limit: int | None = None
) -> set[int]:
    query = select(OutboxRow.case_id).where(
        OutboxRow.state == "sending", OutboxRow.lease_until < at - SENDING_AT_MOST
    )
    return _some(session, query if case_ids is None else query.where(OutboxRow.case_id.in_(case_ids)), limit)


def _stuck_commands(
    session: Session, at: datetime, case_ids: Collection[int] | None, limit: int | None = None
) -> set[int]:
    query = select(CommandRow.case_id).where(
        CommandRow.outcome == "waiting", CommandRow.recorded_at < at - WAITING_AT_MOST
    )
    return _some(session, query if case_ids is None else query.where(CommandRow.case_id.in_(case_ids)), limit)


def _some(session: Session, query: Any, limit: int | None) -> set[int]:
    return set(session.scalars(query.limit(limit)))


def _view(row: Row[Any] | None) -> ViewChart | None:
    if row is None:
        return None
    try:
        state = STATE.validate_json(row.state, strict=False)
    except ValidationError:
        return ViewChart(seq=row.seq, ended=row.ended, state=None, fits=False)
    told = (state.seq, state.version, state.stage.value, state.holder.id, state.ended)
    fits = told == (row.seq, row.version, row.stage, row.holder_id, row.ended)
    of_first = "facts" not in json.loads(row.state)
    return ViewChart(seq=row.seq, ended=row.ended, state=state, fits=fits, of_first=of_first)


def _log(rows: list[Row[Any]]) -> LogChart:
    return LogChart(
        last_seq=rows[-1].seq if rows else 0,
        whole=[row.seq for row in rows] == list(range(1, len(rows) + 1)),
        verified=_is_verified(rows),
    )


def _is_verified(rows: list[Row[Any]]) -> bool:
    """A gap is a finding of its own: over it the chain is taken up again."""
    previous, last_seq = FIRST_HASH, 0
    for row in rows:
        if row.seq == last_seq + 1 and not _is_hash_of(row, previous):
            return False
        previous, last_seq = row.hash, row.seq
    return True


def _is_hash_of(row: Row[Any], previous: str) -> bool:
    try:
        content = json.loads(row.event)
    except ValueError:
        return False
    return isinstance(content, dict) and row.hash == chain_hash(previous, content)
