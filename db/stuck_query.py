"""Cases in which something that should run by itself does not, and what that is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select

from db.case_table import CaseViewRow, CommandRow, ReportRow
from db.database import Database
from db.desk_scope import Held, Onlooker, held_in_view, subtree, visible
from db.upkeep_table import FindingRow
from schemas.upkeep import FindingKind

WAITS_AT_MOST = timedelta(minutes=10)
"""The sweeper sends again within seconds; what waits longer does not get through."""


@dataclass(frozen=True, kw_only=True)
class StuckCase:
    """A case with what is wrong with it.

    Attributes:
        since: since when the oldest of it has been known; None if only the engine knows.
        waiting: how many acts of people wait; `findings`: what the doctor found.
        failing: the engine says that the steps of its workflow fail.
    """

    case_id: int
    code: str
    since: datetime | None
    failing: bool
    waiting: int
    findings: tuple[FindingKind, ...]


def stuck_cases(case_id: SQLColumnExpression[int], at: datetime) -> ColumnElement[bool]:
    """Cases with an open finding, or with an act that waits too long."""
    found = select(FindingRow.case_id).where(FindingRow.resolved_at.is_(None))
    known = found.where(FindingRow.case_id.is_not(None))
    return or_(case_id.in_(known), case_id.in_(select(CommandRow.case_id).where(_waits(at))))


@dataclass(frozen=True, kw_only=True)
class Within:
    """Whose cases are looked at, below which unit, and when."""

    who: Onlooker
    unit_id: int
    at: datetime


class StuckQuery:
    """Says what is wrong, of cases that somebody may see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cases(self, within: Within, failing: Collection[str], limit: int) -> list[StuckCase]:
        """So many of the stuck cases, those longest known first; three queries.

        `failing`: codes of cases that the engine names, of which some may be out of sight.
        """
        at = within.at
        shown = (
            select(CaseViewRow.case_id, CaseViewRow.code)
            .where(or_(stuck_cases(CaseViewRow.case_id, at), CaseViewRow.code.in_(failing)))
            .where(visible(within.who, held_in_view()))
            .where(CaseViewRow.holder_id.in_(subtree([within.unit_id])))
            .order_by(CaseViewRow.case_id)
            .limit(limit)
        )
        with self._database.read() as session:
            codes = dict(session.execute(shown).tuples().all())
            waits = (
                select(
                    CommandRow.case_id,
                    func.count(),
                    func.min(CommandRow.recorded_at, type_=CommandRow.recorded_at.type),
                )
                .where(CommandRow.case_id.in_(codes), _waits(at))
                .group_by(CommandRow.case_id)
            )
            waiting = {case_id: (count, since) for case_id, count, since in session.execute(waits).tuples()}
            query = select(FindingRow).where(FindingRow.case_id.in_(codes), FindingRow.resolved_at.is_(None))
            findings: dict[int, list[FindingRow]] = {}
            for row in session.scalars(query):
                findings.setdefault(row.case_id or 0, []).append(row)
            made = [
                _stuck((case_id, code), waiting.get(case_id), findings.get(case_id, []), code in failing)
                for case_id, code in codes.items()
            ]
        return sorted(made, key=lambda one: one.since or at)

    def not_started(self, within: Within, limit: int) -> list[str]:
        """The codes of reports that the engine has not taken for so long that something must be wrong."""
        held = Held(
            case_id=ReportRow.id,
            holder_id=ReportRow.verifier_id,
            secret=ReportRow.secret,
            level=ReportRow.id - ReportRow.id,
            accused_person_id=func.nullif(ReportRow.id, ReportRow.id),
        )
        query = (
            select(ReportRow.code)
            .where(ReportRow.started_at.is_(None), ReportRow.created_at < within.at - WAITS_AT_MOST)
            .where(visible(within.who, held), ReportRow.verifier_id.in_(subtree([within.unit_id])))
            .order_by(ReportRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            return list(session.scalars(query))


def _waits(at: datetime) -> ColumnElement[bool]:
    return and_(CommandRow.outcome == "waiting", CommandRow.recorded_at < at - WAITS_AT_MOST)


def _stuck(
    case: tuple[int, str], waiting: tuple[int, datetime] | None, findings: list[FindingRow], failing: bool
) -> StuckCase:
    since = [row.first_seen_at for row in findings] + ([] if waiting is None else [waiting[1]])
    return StuckCase(
        case_id=case[0],
        code=case[1],
        since=min(since, default=None),
        failing=failing,
        waiting=0 if waiting is None else waiting[0],
        findings=tuple(sorted(FindingKind(row.kind) for row in findings)),
    )
