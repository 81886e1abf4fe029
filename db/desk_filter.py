"""What somebody wants to see in a list, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, TextClause, and_, or_, select, true

from db.case_table import BOUNCED, STILL_OPEN, CaseViewRow
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
    """Stems that the words of a case must hold, the rarest first: all of them, or any."""

    tokens: tuple[int, ...]
    any_of_them: bool = False


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """What somebody wants to see.

    Attributes:
        unit_id: means the unit with all below it.
        region_code: means the region with all that lies in it.
        code: the beginning of a code, in its plain spelling.
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
    due_from: datetime | None = None
    due_until: datetime | None = None
    level: int | None = None
    claimed: Claimed | None = None
    mark: Mark | None = None
    counted: Counted | None = None
    sought: Sought | None = None


def matching(who: Onlooker, wanted: DeskFilter, *, walked: bool = False) -> list[ColumnElement[bool]]:
    """Conditions on `case_view`; the first is what the person may see at all. `walked`: as `held_in_view`."""
    return [visible(who, held_in_view(walked=walked)), _in_view(who, wanted), *_narrowed(who, wanted)]


def code_begins(prefix: str) -> ColumnElement[bool]:
    """A condition that the index of the codes answers, however a database compares texts."""
    last = prefix + ALPHABET[-1] * (CODE_LENGTH - len(prefix))
    return CaseViewRow.code.between(prefix, last)


def _in_view(who: Onlooker, wanted: DeskFilter) -> ColumnElement[bool]:
    row, moment = CaseViewRow, wanted.moment
    views: dict[DeskView, Callable[[], ColumnElement[bool]]] = {
        DeskView.TO_ME: lambda: to_me(who),
        DeskView.ESCALATED: lambda: escalated(who),
        DeskView.LATE: lambda: and_(BINDS_STAFF, row.due_at < moment.at),
        DeskView.TODAY: lambda: and_(BINDS_STAFF, row.due_at.between(moment.at, moment.day_ends_at)),
        DeskView.THIS_WEEK: lambda: and_(BINDS_STAFF, row.due_at.between(moment.at, moment.week_ends_at)),
        DeskView.UNCLAIMED: lambda: and_(row.claimed_by.is_(None), row.stage.in_(_WITH_STAFF)),
        DeskView.AWAITING_REPORTER: lambda: row.stage.in_(_WITH_REPORTER),
        DeskView.ALL: true,
    }
    return views[wanted.view]()


def _narrowed(who: Onlooker, wanted: DeskFilter) -> list[ColumnElement[bool]]:
    row = CaseViewRow
    asked: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "kind": lambda kind: row.kind == kind,
        "stage": lambda stage: row.stage == stage,
        "unit_id": lambda unit_id: row.holder_id.in_(subtree([unit_id])),
        "category_id": lambda category_id: row.category_id == category_id,
        "region_code": _in_region,
        "code": code_begins,
        "due_from": lambda at: row.due_at >= at,
        "due_until": lambda at: row.due_at <= at,
        "level": lambda level: row.level >= level,
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


def _in_region(code: str) -> ColumnElement[bool]:
    """A part's code begins with that of its whole."""
    return or_(CaseViewRow.region_code == code, CaseViewRow.region_code.startswith(f"{code}."))


def _claimed(who: Onlooker, claimed: Claimed) -> ColumnElement[bool]:
    by = CaseViewRow.claimed_by
    if claimed is Claimed.ME:
        return by == (who.person_id or 0)
    return by.is_(None) if claimed is Claimed.NOBODY else by.is_not(None)


def _said(sought: Sought) -> ColumnElement[bool]:
    """Walks the cases of the rarest stem, and looks up the others for each. No stem is in no case."""
    rows, tokens = select(SearchTokenRow.case_id), sought.tokens
    if sought.any_of_them or not tokens:
        return CaseViewRow.case_id.in_(rows.where(SearchTokenRow.token.in_(tokens)))
    found = CaseViewRow.case_id.in_(rows.where(SearchTokenRow.token == tokens[0]))
    others = (
        select(SearchTokenRow.case_id)
        .where(SearchTokenRow.token == token, SearchTokenRow.case_id == CaseViewRow.case_id)
        .correlate(CaseViewRow)
        .exists()
        for token in tokens[1:]
    )
    return and_(found, *others)
