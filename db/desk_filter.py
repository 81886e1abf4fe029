"""What somebody wants to see in a list, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, TextClause, and_, false, func, select, true

from db.case_table import BOUNCED, HAS_CLIMBED, STILL_OPEN, CaseViewRow, ReportRow
from db.desk_scope import Onlooker, escalated, held_in_view, subtree, to_me, visible
from db.measure_filter import Counted, counted_cases
from db.search_table import SearchTokenRow
from db.stuck_query import stuck_cases
from domain.case import OPEN_STAGES, REPORTER_STAGES, Kind, Stage
from domain.clock import STAFF_CLOCKS
from domain.code import ALPHABET, CODE_LENGTH

_WITH_STAFF = [stage.value for stage in OPEN_STAGES - REPORTER_STAGES]
_WITH_REPORTER = [stage.value for stage in REPORTER_STAGES]
BINDS_STAFF = CaseViewRow.due_clock.in_([name.value for name in STAFF_CLOCKS])


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


class Claimed(StrEnum):
    """Who shows that they work on a case, as seen by the one who looks."""

    ME = "me"
    NOBODY = "nobody"
    SOMEBODY = "somebody"


class Mark(StrEnum):
    """What those who oversee look for, whatever the stage."""

    OPEN = "open"
    """Somebody must still do something; for the order of the longest wait."""
    BOUNCED = "bounced"
    """Sent back twice or more."""
    STUCK = "stuck"
    """Something that should run by itself does not."""


@dataclass(frozen=True, kw_only=True)
class DeskMoment:
    """Now, and where the day and the week of the person end; aware UTC."""

    at: datetime
    day_ends_at: datetime
    week_ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Stems that the words of a case must hold, the rarest first: all of them, or any.

    Attributes:
        common: too many cases hold them for a list to begin with those.
    """

    tokens: tuple[int, ...]
    any_of_them: bool = False
    common: bool = False


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """What somebody wants to see.

    Attributes:
        unit_id: means the unit with all below it.
        region_code: means the region with all that lies in it.
        code: the beginning of a code, in its plain spelling.
        reporter: the sign by which staff tell reporters apart.
        due_from: the due instant is not earlier; `due_until`: not later.
        level: the rung of the ladder that has been reached at least.
        counted: the cases behind a figure.
    """

    moment: DeskMoment
    view: DeskView = DeskView.ALL
    kind: Kind | None = None
    stage: Stage | None = None
    unit_id: int | None = None
    category_id: int | None = None
    region_code: str | None = None
    code: str | None = None
    reporter: str | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    level: int | None = None
    claimed: Claimed | None = None
    mark: Mark | None = None
    counted: Counted | None = None
    sought: Sought | None = None


def matching(who: Onlooker, wanted: DeskFilter) -> list[ColumnElement[bool]]:
    """Conditions on `case_view`; the first is what the person may see at all."""
    return [visible(who, held_in_view()), *_in_view(who, wanted), *narrowed(who, wanted)]


def walking(who: Onlooker, wanted: DeskFilter, *, by_due: bool) -> list[ColumnElement[bool]]:
    """The same for who walks a list in its order, and looks at it row by row.

    By due, an index begins and ends where the dates do, and may be of one subject, stage or kind; nothing
    else is looked up in one.
    """
    looked_up = [*_still_open(wanted), *_between(wanted), *_alike(wanted)] if by_due else []
    return [*looked_up, func.coalesce(and_(true(), *matching(who, wanted)), false())]


def is_plain(wanted: DeskFilter) -> bool:
    """Whether all is wanted that somebody may see, or a unit holds."""
    return replace(wanted, unit_id=None) == DeskFilter(moment=wanted.moment)


def is_open(wanted: DeskFilter) -> bool:
    """Whether only cases that have not ended are wanted."""
    return wanted.view is not DeskView.ALL or wanted.stage in OPEN_STAGES


def code_begins(prefix: str) -> ColumnElement[bool]:
    """A condition that the index of the codes answers, however a database compares texts."""
    last = prefix + ALPHABET[-1] * (CODE_LENGTH - len(prefix))
    return CaseViewRow.code.between(prefix, last)


def in_region(code: str) -> ColumnElement[bool]:
    """A part's code begins with that of its whole and a dot; only digits and dots come after."""
    return CaseViewRow.region_code.between(code, f"{code}.~")


def _in_view(who: Onlooker, wanted: DeskFilter) -> list[ColumnElement[bool]]:
    row, moment = CaseViewRow, wanted.moment
    views: dict[DeskView, Callable[[], ColumnElement[bool]]] = {
        DeskView.TO_ME: lambda: to_me(who),
        DeskView.ESCALATED: lambda: and_(HAS_CLIMBED, escalated(who)),
        DeskView.LATE: lambda: and_(BINDS_STAFF, row.due_at < moment.at),
        DeskView.TODAY: lambda: and_(BINDS_STAFF, row.due_at.between(moment.at, moment.day_ends_at)),
        DeskView.THIS_WEEK: lambda: and_(BINDS_STAFF, row.due_at.between(moment.at, moment.week_ends_at)),
        DeskView.UNCLAIMED: lambda: and_(row.claimed_by.is_(None), row.stage.in_(_WITH_STAFF)),
        DeskView.AWAITING_REPORTER: lambda: row.stage.in_(_WITH_REPORTER),
        DeskView.ALL: true,
    }
    return [views[wanted.view](), *_still_open(wanted)]


def _still_open(wanted: DeskFilter) -> list[ColumnElement[bool]]:
    """What the index of open cases holds. Source: `domain.state`, the reason of an end."""
    return [CaseViewRow.end_reason.is_(None)] if is_open(wanted) else []


def _between(wanted: DeskFilter) -> list[ColumnElement[bool]]:
    """The part of the dates in which the view and the filter look."""
    due_at, at = CaseViewRow.due_at, wanted.moment.at
    timed = {DeskView.TODAY: due_at >= at, DeskView.THIS_WEEK: due_at >= at, DeskView.LATE: due_at < at}
    found = [timed[wanted.view]] if wanted.view in timed else []
    found += [due_at >= wanted.due_from] if wanted.due_from else []
    return [*found, *([due_at <= wanted.due_until] if wanted.due_until else [])]


def _alike(wanted: DeskFilter) -> list[ColumnElement[bool]]:
    row = CaseViewRow
    asked = ((row.category_id, wanted.category_id), (row.stage, wanted.stage), (row.kind, wanted.kind))
    return [column == value for column, value in asked if value is not None]


def narrowed(who: Onlooker, wanted: DeskFilter) -> list[ColumnElement[bool]]:
    """What the filter asks beside the view."""
    row = CaseViewRow
    asked: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "kind": lambda kind: row.kind == kind,
        "stage": lambda stage: row.stage == stage,
        "unit_id": lambda unit_id: row.holder_id.in_(subtree([unit_id])),
        "category_id": lambda category_id: row.category_id == category_id,
        "region_code": in_region,
        "code": code_begins,
        "reporter": lambda mask: row.case_id.in_(select(ReportRow.id).where(ReportRow.mask == mask)),
        "due_from": lambda at: row.due_at >= at,
        "due_until": lambda at: row.due_at <= at,
        "level": lambda level: and_(HAS_CLIMBED, row.level >= level),
        "claimed": lambda claimed: _claimed(who, claimed),
        "mark": lambda mark: _marked(mark, wanted.moment),
        "counted": lambda counted: row.case_id.in_(counted_cases(who, counted, wanted.moment.at)),
        "sought": _said,
    }
    given = {name: getattr(wanted, name) for name in asked}
    return [asked[name](value) for name, value in given.items() if value is not None]


def _marked(mark: Mark, moment: DeskMoment) -> ColumnElement[bool]:
    marks: dict[Mark, Callable[[], ColumnElement[bool] | TextClause]] = {
        Mark.OPEN: lambda: STILL_OPEN,
        Mark.BOUNCED: lambda: and_(BOUNCED, STILL_OPEN),
        Mark.STUCK: lambda: stuck_cases(CaseViewRow.case_id, moment.at),
    }
    return and_(true(), marks[mark]())


def _claimed(who: Onlooker, claimed: Claimed) -> ColumnElement[bool]:
    by = CaseViewRow.claimed_by
    if claimed is Claimed.NOBODY:
        return by.is_(None)
    return by == (who.person_id or 0) if claimed is Claimed.ME else by.is_not(None)


def _said(sought: Sought) -> ColumnElement[bool]:
    """Begins with the cases of the rarest stem, and looks up the others for each. No stem is in no case.

    Common stems are all looked up, for cases that are found in another way.
    """
    rows, tokens = select(SearchTokenRow.case_id), sought.tokens
    if sought.any_of_them or not tokens:
        any_of_them = SearchTokenRow.token.in_(tokens)
        return _holds(any_of_them) if sought.common else CaseViewRow.case_id.in_(rows.where(any_of_them))
    first = SearchTokenRow.token == tokens[0]
    found = _holds(first) if sought.common else CaseViewRow.case_id.in_(rows.where(first))
    return and_(found, *(_holds(SearchTokenRow.token == token) for token in tokens[1:]))


def _holds(said: ColumnElement[bool]) -> ColumnElement[bool]:
    """Looked up for each case; as `EXISTS`, PostgreSQL would gather all cases of a common stem first."""
    of_case = SearchTokenRow.case_id == CaseViewRow.case_id
    found = select(SearchTokenRow.case_id).where(said, of_case).limit(1)
    return found.correlate(CaseViewRow).scalar_subquery().is_not(None)
