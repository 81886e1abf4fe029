"""The history of a case as a timeline: people's acts loud, machines quiet, what came too late marked late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from db.case_reader import LogEntry, Message
from domain.case import ClockName, Relation
from domain.clock import REPORTER_CLOCKS, STAFF_CLOCKS, Clock
from domain.event import Event, EventKind
from web.language import ZONE, language, moment
from web.presenter.happening import event_label
from web.presenter.labels import CLOCKS, actor_label
from web.text import gettext

RECORDED_LATER = timedelta(minutes=1)
"""Acts that were applied so much later than they count were waiting for the engine; the page says so."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line; `tone` is quiet, loud or late."""

    at: datetime
    time_text: str
    actor: str
    text: str
    detail: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A civil day in Jakarta with its lines, newest first."""

    on: date
    entries: list[Entry]


def history(log: list[LogEntry], messages: list[Message], unit_names: Mapping[int, str]) -> list[Day]:
    """The log as days, newest first."""
    words = {message.seq: message.text for message in messages if message.kind != "report"}
    lines = [_entry(row, words.get(row.event.seq, ""), unit_names) for row in reversed(log)]
    days = groupby(lines, key=lambda line: line.at.date())
    return [Day(on=on, entries=list(entries)) for on, entries in days]


def _entry(row: LogEntry, words: str, unit_names: Mapping[int, str]) -> Entry:
    event = row.event
    at = event.at.astimezone(ZoneInfo(ZONE))
    parts = [*_planned_and_actual(event), _recorded_later(row), words]
    return Entry(
        at=at,
        time_text=at.strftime("%H.%M" if language() == "id" else "%H:%M"),
        actor=actor_label(event.actor, unit_names),
        text=event_label(event, unit_names),
        detail="\n".join(part for part in parts if part),
        tone=_tone(event),
    )


def _tone(event: Event) -> str:
    if event.kind is EventKind.CLOCK_EXPIRED:
        return "late"
    return "quiet" if Relation.SYSTEM in event.actor.relations else "loud"


def _planned_and_actual(event: Event) -> list[str]:
    """For every clock that this event ran out or stopped: when it was due, and whether that was kept."""
    if event.kind is EventKind.CLOCK_EXPIRED:
        return [_planned(clock) for clock in event.clocks if _binds(clock)]
    stopped = [clock for clock in event.clocks if clock.stopped_at == event.at and _binds(clock)]
    return [_kept(clock, event.at) for clock in stopped]


def _binds(clock: Clock) -> bool:
    """Clocks of the ladder, windows and offers are plans of nobody's."""
    return clock.due_at is not None and clock.name in STAFF_CLOCKS | REPORTER_CLOCKS | {ClockName.PROMISE}


def _planned(clock: Clock) -> str:
    assert clock.due_at is not None  # noqa: S101  the caller has looked
    due = moment(clock.due_at)
    return gettext("%(clock)s: direncanakan paling lambat %(due)s.", clock=str(CLOCKS[clock.name]), due=due)


def _kept(clock: Clock, at: datetime) -> str:
    assert clock.due_at is not None  # noqa: S101  the caller has looked
    if at <= clock.due_at:
        return gettext("%(planned)s Tepat waktu.", planned=_planned(clock))
    return gettext("%(planned)s Terlambat.", planned=_planned(clock))


def _recorded_later(row: LogEntry) -> str:
    if row.recorded_at - row.event.at < RECORDED_LATER:
        return ""
    return gettext("Baru tercatat %(when)s.", when=moment(row.recorded_at))
