"""The history of a case as a timeline: people's acts loud, machines quiet, what came too late marked late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from db.case_reader import LogEntry
from db.publication_store import PublicationEntry
from domain.case import ClockName, Relation
from domain.clock import Clock
from domain.event import Event, EventKind
from domain.publication import PublicationAct
from web.desk.case_material import Material
from web.desk.way import came_by
from web.language import ZONE, language, moment
from web.presenter.happening import event_label
from web.presenter.labels import CLOCKS, ROLES, actor_label
from web.text import LazyText, gettext, lazy_gettext

RECORDED_LATER = timedelta(minutes=1)
"""Acts that were applied so much later than they count were waiting for the engine; the page says so."""
KEEPS: Mapping[ClockName, frozenset[EventKind]] = {
    ClockName.VERIFICATION: frozenset({EventKind.DISPOSED, EventKind.ARCHIVED, EventKind.MERGED}),
    ClockName.FIRST_FOLLOW_UP: frozenset({EventKind.FOLLOWED_UP, EventKind.ANSWERED}),
    ClockName.RESOLUTION: frozenset({EventKind.ANSWERED}),
    ClockName.PROMISE: frozenset({EventKind.FOLLOWED_UP, EventKind.ANSWERED}),
    ClockName.COMPLETION: frozenset({EventKind.COMPLETED}),
    ClockName.CONFIRMATION: frozenset({EventKind.CONFIRMED, EventKind.DISPUTED}),
}
"""By what each clock that binds somebody is kept; whatever else ends one keeps nothing. Source: CLOCKS."""
PUBLICATION: Mapping[PublicationAct, LazyText] = {
    PublicationAct.PUBLISHED: lazy_gettext("Versi yang disamarkan dipublikasikan"),
    PublicationAct.CHANGED: lazy_gettext("Versi publik diubah"),
    PublicationAct.UNPUBLISHED: lazy_gettext("Versi publik ditarik"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line; `tone` is quiet, loud or late. `time_text` is "" where only the day is known."""

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


def history(given: Material) -> list[Day]:
    """The log as days, newest first, with what was made public."""
    words = {message.seq: message.text for message in given.messages if message.kind != "report"}
    undone = _taken_back(given.events)
    lines = [
        _entry(row, given, words.get(row.event.seq, ""), undone=row.event.seq in undone)
        for row in reversed(given.log)
    ]
    lines += [_published(entry, given.names) for entry in given.publication]
    lines.sort(key=attrgetter("at"), reverse=True)
    days = groupby(lines, key=lambda line: line.at.date())
    return [Day(on=on, entries=list(entries)) for on, entries in days]


def _taken_back(events: list[Event]) -> set[int]:
    """The seqs of answers that were taken back."""
    found, answered = set(), 0
    for event in events:
        if event.kind is EventKind.ANSWERED:
            answered = event.seq
        elif event.kind is EventKind.ANSWER_TAKEN_BACK:
            found.add(answered)
    return found


def _entry(row: LogEntry, given: Material, words: str, *, undone: bool) -> Entry:
    event = row.event
    by_hand = came_by(given.way) if event.kind is EventKind.RECEIVED else ""
    clocks = [gettext("Kemudian ditarik kembali.")] if undone else list(_planned_and_actual(event))
    at = event.at.astimezone(ZoneInfo(ZONE))
    return Entry(
        at=at,
        time_text="" if by_hand else _time(at),
        actor=by_hand or actor_label(event.actor, given.names),
        text=event_label(event, given.names),
        detail="\n".join(part for part in (*clocks, _recorded_later(row), words) if part),
        tone=_tone(event, by_hand=bool(by_hand)),
    )


def _published(entry: PublicationEntry, names: Mapping[int, str]) -> Entry:
    at = entry.at.astimezone(ZoneInfo(ZONE))
    role = "" if entry.role is None else str(ROLES[entry.role])
    return Entry(
        at=at,
        time_text=_time(at),
        actor=", ".join(part for part in (role, names.get(entry.unit_id or 0, "")) if part),
        text=str(PUBLICATION[entry.act]),
        detail="",
        tone="loud",
    )


def _time(at: datetime) -> str:
    return at.strftime("%H.%M" if language() == "id" else "%H:%M")


def _tone(event: Event, *, by_hand: bool) -> str:
    if event.kind is EventKind.CLOCK_EXPIRED:
        return "late"
    return "quiet" if Relation.SYSTEM in event.actor.relations and not by_hand else "loud"


def _planned_and_actual(event: Event) -> Iterator[str]:
    """For every clock that this event ran out, or that it kept: when it was due, and whether that held."""
    for clock in event.clocks:
        if clock.due_at is None or clock.name not in KEEPS:
            continue  # clocks of the ladder, windows and offers are plans of nobody's
        if event.kind is EventKind.CLOCK_EXPIRED:
            yield _planned(clock, clock.due_at)
        elif clock.stopped_at == event.at and event.kind in KEEPS[clock.name]:
            yield _kept(clock, clock.due_at, event.at)


def _planned(clock: Clock, due_at: datetime) -> str:
    label, due = str(CLOCKS[clock.name]), moment(due_at)
    return gettext("%(clock)s: direncanakan paling lambat %(due)s.", clock=label, due=due)


def _kept(clock: Clock, due_at: datetime, at: datetime) -> str:
    planned = _planned(clock, due_at)
    if at <= due_at:
        return gettext("%(planned)s Tepat waktu.", planned=planned)
    return gettext("%(planned)s Terlambat.", planned=planned)


def _recorded_later(row: LogEntry) -> str:
    if row.recorded_at - row.event.at < RECORDED_LATER:
        return ""
    return gettext("Baru tercatat %(when)s.", when=moment(row.recorded_at))
