"""The lines of a page by civil day, newest first, with what machines did folded between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from web.language import ZONE, language, moment, today
from web.oversight.line import Line, Tone
from web.text import ngettext


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line, or a fold of several; `time_text` without the day where that is the section's own."""

    time_text: str
    at: datetime
    line: Line | None = None
    folded: list[Row] | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A civil day in Jakarta."""

    on: date
    rows: list[Row]


def sections(lines: Sequence[Line], *, fold: bool) -> list[Section]:
    """The lines by day. What machines did while an act was applied later stands at the act's own day."""
    days = _days(lines)
    by_day = groupby(zip(days, lines, strict=True), key=lambda pair: pair[0])
    return [Section(on=on, rows=_rows(on, [line for _, line in pairs], fold)) for on, pairs in by_day]


def _days(lines: Sequence[Line]) -> list[date]:
    """The day of each line: those of events never go back, all others lie between those of their events."""
    days = [today(line.at) for line in lines]
    latest: date | None = None
    for number in reversed(range(len(lines))):
        if lines[number].seq:
            latest = days[number] = days[number] if latest is None else max(days[number], latest)
    newer: date | None = None
    for number, line in enumerate(lines):
        if line.seq:
            newer = days[number]
        elif newer is not None:
            days[number] = min(days[number], newer)
    return days


def _rows(on: date, lines: Sequence[Line], fold: bool) -> list[Row]:
    rows: list[Row] = []
    for machine, some in groupby(lines, key=lambda line: fold and line.tone is Tone.MACHINE):
        made = [_row(on, line) for line in some]
        rows += [_fold(made)] if machine else made
    return rows


def _row(on: date, line: Line) -> Row:
    return Row(time_text=_time(on, line.at), at=line.at, line=line)


def _fold(rows: list[Row]) -> Row:
    text = ngettext("%(num)d peristiwa mesin", "%(num)d peristiwa mesin", len(rows))
    return Row(time_text=rows[-1].time_text, at=rows[-1].at, folded=rows, text=text)


def _time(on: date, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(ZONE))
    if local.date() != on:
        return moment(at)
    return local.strftime("%H.%M.%S" if language() == "id" else "%H:%M:%S")
