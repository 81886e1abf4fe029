"""A row of the list, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_timedelta  # type: ignore[import-untyped]

from db.desk_query import DeskPage, DeskRow
from domain.clock import Clock
from domain.code import show_code
from web.language import language
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import Running, clock_chip
from web.presenter.happening import EVENTS
from web.presenter.labels import KINDS, STAGES, reporter_mask
from web.text import LazyText


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the person brings to the rows: the list from which they come, and the cases of their drafts."""

    came: Mapping[str, Any]
    drafted: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row in `desk/list.html`.

    Attributes:
        claim_url: where the case is claimed without leaving the list; "" if somebody is on it already.
        about: category and place in one line.
        last_ago: how long ago the last event was; `last_since` without the words for "ago".
    """

    url: str
    claim_url: str
    code: str
    title: str
    chip: Chip
    stage_label: LazyText
    about: str
    mask: str
    reporter_mask: str
    holder: str
    assignee: str
    last_event: LazyText
    last_at: datetime
    last_ago: str
    last_since: str
    secret: bool
    waiting: bool
    drafted: bool
    level: int


def line_of(row: DeskRow, page: DeskPage, now: datetime, beside: Beside) -> Line:
    """The row as it stands at the moment of the list."""
    came = beside.came
    code = show_code(row.code)
    return Line(
        url=url_for("desk.case", code=code, **came),
        claim_url="" if row.claimer else url_for("desk.claim", code=code, **came, stay=1),
        code=code,
        title=row.title,
        chip=_chip(row, page, now),
        stage_label=STAGES[row.stage],
        about=_about(row),
        mask=row.mask,
        reporter_mask=reporter_mask(row.mask),
        holder=row.holder,
        assignee=row.claimer,
        last_event=EVENTS[row.last_kind],
        last_at=row.last_at,
        last_ago=str(format_timedelta(row.last_at - now, granularity="minute", add_direction=True)),
        last_since=str(format_timedelta(row.last_at - now, granularity="minute")),
        secret=row.secret,
        waiting=row.waiting,
        drafted=row.case_id in beside.drafted,
        level=row.level,
    )


def _about(row: DeskRow) -> str:
    """The category, or the kind where nobody has said one, and where it is."""
    category = row.category_en if language() == "en" else row.category
    return " · ".join(part for part in (category or str(KINDS[row.kind]), row.place, row.region) if part)


def _chip(row: DeskRow, page: DeskPage, now: datetime) -> Chip:
    by_stage = stage_chip(row.stage, for_reporter=False)
    if by_stage is not None:
        return by_stage
    derivation = row.derivation
    if derivation is None or row.due_clock is None:
        return undated_chip()
    calendar = page.calendars[derivation.calendar_id, derivation.calendar_version]
    clock = Clock(
        name=row.due_clock,
        unit_id=0,
        amount=derivation.amount,
        started_at=derivation.start_at,
        due_at=row.due_at,
    )
    return clock_chip(Running(clock=clock, derivation=derivation, calendar=calendar), now)
