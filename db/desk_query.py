"""The lists of the desk: what somebody may see, in views and pages, and never more rows than are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session, join
from sqlalchemy.sql.selectable import Join, ScalarSelect

from db import directory_store
from db.case_table import CaseViewRow, CommandRow, DueRow, MessageRow, ReportRow
from db.database import Database
from db.desk_scope import (
    Held,
    Onlooker,
    escalated,
    held_in_view,
    subtree,
    to_me,
    units_in_reach,
    visible,
)
from db.directory_table import CalendarRow, PersonRow, UnitRow
from db.keyring import Keyring
from domain.calendar import WorkCalendar
from domain.case import OPEN_STAGES, REPORTER_STAGES, ClockName, Kind, Stage
from domain.clock import STAFF_CLOCKS
from domain.derivation import Derivation
from domain.event import EventKind
from schemas.report import ReportWords

PAGE_SIZE = 50
COUNTED_TO = 1_000
"""Counts are exact up to here; one more means "and more"."""


class DeskView(StrEnum):
    """The saved views."""

    TO_ME = "to_me"
    ESCALATED = "escalated"
    LATE = "late"
    TODAY = "today"
    THIS_WEEK = "this_week"
    UNCLAIMED = "unclaimed"
    AWAITING_REPORTER = "awaiting_reporter"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class DeskMoment:
    """Now, and where the day and the week of the person end; aware UTC."""

    at: datetime
    day_ends_at: datetime
    week_ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """What somebody wants to see. `unit_id` means the unit with all below it; `code` one exact case."""

    moment: DeskMoment
    view: DeskView = DeskView.ALL
    kind: Kind | None = None
    stage: Stage | None = None
    unit_id: int | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins after, or ends before: a row by its place in the order."""

    due_at: datetime | None
    case_id: int
    backwards: bool = False


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """One case in a list.

    Attributes:
        waiting: an act of somebody has not been applied yet.
        claimer: the name of who shows that they work on it; "" if nobody does.
        derivation: how `due_at` came about; None while there is no due or it is being computed.
    """

    case_id: int
    code: str
    mask: str
    title: str
    place: str
    stage: Stage
    kind: Kind
    secret: bool
    level: int
    holder: str
    due_at: datetime | None
    due_clock: ClockName | None
    last_kind: EventKind
    last_at: datetime
    waiting: bool
    claimer: str
    derivation: Derivation | None


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """Rows in order: earliest due first, cases without a due last.

    Attributes:
        calendars: the calendars of the derivations, by id and version.
    """

    rows: tuple[DeskRow, ...]
    calendars: dict[tuple[str, int], WorkCalendar]
    more_before: bool
    more_after: bool


class DeskQuery:
    """Lists for staff. Every query is bounded by what its reader may see."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def page(
        self,
        who: Onlooker,
        wanted: DeskFilter,
        place: Place | None = None,
        size: int = PAGE_SIZE,
    ) -> DeskPage:
        """The rows after (or before) a place; four queries, however long the list and the page."""
        backwards = place is not None and place.backwards
        query = _rows().where(*_conditions(who, wanted), _seek(place)).order_by(*_order(backwards))
        with self._database.read() as session:
            found = session.execute(query.limit(size + 1)).mappings().all()
            shown = found[:size]
            words, dues = self._words(session, shown), _derivations(session, shown)
            calendars = _calendars(session, dues.values())
        rows = [_row(row, words[row["case_id"]], dues.get(row["case_id"])) for row in shown]
        more = len(found) > size
        return DeskPage(
            rows=tuple(reversed(rows)) if backwards else tuple(rows),
            calendars=calendars,
            more_before=more if backwards else place is not None,
            more_after=backwards or more,
        )

    def counts(self, who: Onlooker, moment: DeskMoment) -> dict[DeskView, int]:
        """How many cases each view holds, counted up to one more than `COUNTED_TO`; one query."""
        columns = [_bounded(who, DeskFilter(moment=moment, view=view)).label(view.value) for view in DeskView]
        with self._database.read() as session:
            counted = session.execute(select(*columns)).one()._mapping
            return {view: counted[view.value] for view in DeskView}

    def count(self, who: Onlooker, wanted: DeskFilter) -> int:
        """How many cases match, counted up to one more than `COUNTED_TO`."""
        with self._database.read() as session:
            return session.execute(select(_bounded(who, wanted))).scalar_one()

    def visible_case(self, who: Onlooker, code: str) -> int | None:
        """The id of the case of a code, if this person may see it: unknown and hidden cost the same query.

        A report whose first event is not recorded yet is held by its verifier.
        """
        held = Held(
            case_id=ReportRow.id,
            holder_id=func.coalesce(CaseViewRow.holder_id, ReportRow.verifier_id),
            secret=ReportRow.secret,
            level=func.coalesce(CaseViewRow.level, 0),
            accused_person_id=CaseViewRow.accused_person_id,
        )
        query = (
            select(ReportRow.id)
            .outerjoin(CaseViewRow, CaseViewRow.case_id == ReportRow.id)
            .where(ReportRow.code == code, visible(who, held))
        )
        with self._database.read() as session:
            return session.scalars(query).one_or_none()

    def visible_codes(self, who: Onlooker, case_ids: Iterable[int]) -> dict[int, str]:
        """The codes of those of the cases that this person may see, by id."""
        query = select(CaseViewRow.case_id, CaseViewRow.code).where(
            CaseViewRow.case_id.in_(list(case_ids)), visible(who, held_in_view())
        )
        with self._database.read() as session:
            return {case_id: code for case_id, code in session.execute(query).tuples()}

    def people(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Names of accounts by id."""
        query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(list(person_ids)))
        with self._database.read() as session:
            return {person_id: name for person_id, name in session.execute(query).tuples()}

    def units(self, who: Onlooker) -> list[tuple[int, str]]:
        """The units whose cases this person can meet, as (id, name), by name."""
        query = select(UnitRow.id, UnitRow.name).where(units_in_reach(who)).order_by(UnitRow.name)
        with self._database.read() as session:
            return list(session.execute(query).tuples())

    def supervisors(self, unit_id: int) -> list[str]:
        """The names of those to whom a late case of the unit climbs first."""
        with self._database.read() as session:
            people = directory_store.supervisors_of(session, unit_id)
            query = select(PersonRow.name).where(PersonRow.id.in_(people)).order_by(PersonRow.name)
            return list(session.scalars(query))

    def _words(self, session: Session, found: Sequence[RowMapping]) -> dict[int, ReportWords]:
        """The words of the reports of these rows, opened; one query."""
        sources = {row["case_id"]: row for row in found}
        query = select(MessageRow.case_id, MessageRow.sealed).where(
            MessageRow.case_id.in_(list(sources)), MessageRow.kind == "report"
        )
        return {
            case_id: self._open(sources[case_id], sealed)
            for case_id, sealed in session.execute(query).tuples()
        }

    def _open(self, row: RowMapping, sealed: bytes) -> ReportWords:
        seal = self._keyring.case_seal(row["wrapped_key"], row["code"])
        return ReportWords.model_validate_json(seal.open(sealed, f"message.sealed:{row['code']}"))


def _rows() -> Select[*tuple[Any, ...]]:
    waiting = exists().where(CommandRow.case_id == CaseViewRow.case_id, CommandRow.outcome == "waiting")
    claimer = select(PersonRow.name).where(PersonRow.id == CaseViewRow.claimed_by).scalar_subquery()
    shown = (
        CaseViewRow.case_id,
        CaseViewRow.code,
        CaseViewRow.stage,
        CaseViewRow.kind,
        CaseViewRow.secret,
        CaseViewRow.level,
        CaseViewRow.due_at,
        CaseViewRow.due_clock,
        CaseViewRow.last_kind,
        CaseViewRow.last_at,
        ReportRow.mask,
        ReportRow.wrapped_key,
        UnitRow.name.label("holder"),
        waiting.label("waiting"),
        claimer.label("claimer"),
    )
    return select(*shown).select_from(_joined()).join(ReportRow, ReportRow.id == CaseViewRow.case_id)


def _derivations(session: Session, found: Sequence[RowMapping]) -> dict[int, Derivation]:
    """How the shown due dates came about, by case."""
    query = (
        select(DueRow.case_id, DueRow.derivation)
        .join(CaseViewRow, CaseViewRow.case_id == DueRow.case_id)
        .where(
            DueRow.case_id.in_([row["case_id"] for row in found]),
            DueRow.clock == CaseViewRow.due_clock,
            DueRow.due_at == CaseViewRow.due_at,
        )
        .order_by(DueRow.seq)
    )
    return {case_id: Derivation.from_json(content) for case_id, content in session.execute(query).tuples()}


def _calendars(session: Session, dues: Iterable[Derivation]) -> dict[tuple[str, int], WorkCalendar]:
    named = {(due.calendar_id, due.calendar_version) for due in dues}
    query = select(CalendarRow.content).where(
        tuple_(CalendarRow.name, CalendarRow.version).in_(sorted(named))
    )
    found = (WorkCalendar.from_json(content) for content in session.scalars(query))
    return {(calendar.id, calendar.version): calendar for calendar in found}


def _joined() -> Join:
    """Each case with its holder."""
    return join(CaseViewRow, UnitRow, UnitRow.id == CaseViewRow.holder_id)


def _bounded(who: Onlooker, wanted: DeskFilter) -> ScalarSelect[int]:
    """Counts no further than is ever said."""
    matching = (
        select(CaseViewRow.case_id)
        .select_from(_joined())
        .where(*_conditions(who, wanted))
        .limit(COUNTED_TO + 1)
    )
    return select(func.count()).select_from(matching.subquery()).scalar_subquery()


def _conditions(who: Onlooker, wanted: DeskFilter) -> list[ColumnElement[bool]]:
    conditions = [visible(who, held_in_view()), _in_view(who, wanted)]
    if wanted.kind is not None:
        conditions.append(CaseViewRow.kind == wanted.kind.value)
    if wanted.stage is not None:
        conditions.append(CaseViewRow.stage == wanted.stage.value)
    if wanted.unit_id is not None:
        conditions.append(CaseViewRow.holder_id.in_(subtree([wanted.unit_id])))
    if wanted.code is not None:
        conditions.append(CaseViewRow.code == wanted.code)
    return conditions


def _in_view(who: Onlooker, wanted: DeskFilter) -> ColumnElement[bool]:
    moment = wanted.moment
    views = {
        DeskView.TO_ME: to_me(who),
        DeskView.ESCALATED: escalated(who),
        DeskView.LATE: and_(_BINDS_STAFF, CaseViewRow.due_at < moment.at),
        DeskView.TODAY: and_(_BINDS_STAFF, CaseViewRow.due_at.between(moment.at, moment.day_ends_at)),
        DeskView.THIS_WEEK: and_(_BINDS_STAFF, CaseViewRow.due_at.between(moment.at, moment.week_ends_at)),
        DeskView.UNCLAIMED: and_(CaseViewRow.claimed_by.is_(None), CaseViewRow.stage.in_(_WITH_STAFF)),
        DeskView.AWAITING_REPORTER: CaseViewRow.stage.in_([stage.value for stage in REPORTER_STAGES]),
        DeskView.ALL: true(),
    }
    return views[wanted.view]


_WITH_STAFF = [stage.value for stage in OPEN_STAGES - REPORTER_STAGES]
_BINDS_STAFF = CaseViewRow.due_clock.in_([name.value for name in STAFF_CLOCKS])


def _seek(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    due_at, case_id = CaseViewRow.due_at, CaseViewRow.case_id
    if place.backwards:
        tie = case_id < place.case_id
        if place.due_at is None:
            return or_(due_at.is_not(None), tie)
        return or_(due_at < place.due_at, and_(due_at == place.due_at, tie))
    tie = case_id > place.case_id
    if place.due_at is None:
        return and_(due_at.is_(None), tie)
    return or_(due_at > place.due_at, and_(due_at == place.due_at, tie), due_at.is_(None))


def _order(backwards: bool) -> tuple[UnaryExpression[Any], ...]:
    if backwards:
        return CaseViewRow.due_at.desc().nulls_first(), CaseViewRow.case_id.desc()
    return CaseViewRow.due_at.asc().nulls_last(), CaseViewRow.case_id.asc()


def _row(row: RowMapping, words: ReportWords, derivation: Derivation | None) -> DeskRow:
    return DeskRow(
        case_id=row["case_id"],
        code=row["code"],
        mask=row["mask"],
        title=words.title,
        place=words.place,
        stage=Stage(row["stage"]),
        kind=Kind(row["kind"]),
        secret=row["secret"],
        level=row["level"],
        holder=row["holder"],
        due_at=row["due_at"],
        due_clock=None if row["due_clock"] is None else ClockName(row["due_clock"]),
        last_kind=EventKind(row["last_kind"]),
        last_at=row["last_at"],
        waiting=bool(row["waiting"]),
        claimer=row["claimer"] or "",
        derivation=derivation,
    )
