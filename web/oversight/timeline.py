"""Gathers one page of a history: never more than a page of lines, a few parts, and a few seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from db.case_reader import CaseFile
from domain.explain import explain
from schemas.inspection import RunDigest
from web.language import language
from web.oversight.asked import Asked
from web.oversight.delivered import delivered_by_event, people_of
from web.oversight.item import Item, Place
from web.oversight.line import DateLine, Line, Material, Tone, lines_of
from web.oversight.source import Opened, Part, parts
from web.presenter.happening import units_of_log
from web.presenter.labels import CLOCKS
from web.presenter.refusal import units_of_refusal
from web.services import services

LINES, ENTRIES = 120, 900
"""Lines that a page shows at most, without and with those that are folded."""
PARTS = 8
SECONDS = 6.0
"""So many parts, and so long, a page searches; it then says how far it came."""
WINDOW = 300


@dataclass(kw_only=True)
class Timeline:
    """Lines, newest first. `older`: where the next page begins; `cut_short`: there may be more before it."""

    lines: list[Line] = field(default_factory=list)
    runs: list[RunDigest] = field(default_factory=list)
    older: Place | None = None
    cut_short: bool = False

    @property
    def full(self) -> bool:
        """Whether the page holds as much as one does."""
        shown = sum(line.tone is not Tone.MACHINE for line in self.lines)
        return shown >= LINES or len(self.lines) >= ENTRIES


def timeline(file: CaseFile, opened: Opened, asked: Asked) -> Timeline:
    """The page that was asked for."""
    found, ends_at = Timeline(), time.monotonic() + SECONDS
    for number, part in enumerate(parts(file, opened), start=1):
        found.runs += [] if part.run is None else [part.run]
        found.older = part.older
        if not _take(file, part, asked, found, ends_at):
            break
        if part.older is not None and (number >= PARTS or time.monotonic() > ends_at):
            found.cut_short = True
            break
    found.lines = _with_dates(file, found.lines)
    return found


def _take(file: CaseFile, part: Part, asked: Asked, found: Timeline, ends_at: float) -> bool:
    """Adds the wanted lines of a part; False if the page ends within it."""
    recorded_seq = services().reader.seq_of(file.case_id)
    for window in _windows(part):
        for line in lines_of(window, _material(file, window, recorded_seq)):
            if not asked.takes(line):
                continue
            if found.full and line.item.key != found.lines[-1].item.key:
                found.older = replace(part.place, key=found.lines[-1].item.key)
                return False
            found.lines.append(line)
        if time.monotonic() > ends_at and window[-1].key != part.items[0].key:
            found.older, found.cut_short = replace(part.place, key=window[-1].key), True
            return False
    return True


def _windows(part: Part) -> Iterator[list[Item]]:
    """The items before the part's place, newest first, some at a time."""
    before = part.place.key
    items = [item for item in reversed(part.items) if before is None or item.key < before]
    for start in range(0, len(items), WINDOW):
        yield items[start : start + WINDOW]


def _material(file: CaseFile, items: Sequence[Item], recorded_seq: int) -> Material:
    store = services().inspection
    events = [item.event for item in items if item.event is not None]
    entries = store.deliveries(file.case_id, events[-1].seq, events[0].seq) if events else []
    roles = store.roles(people_of(entries)) if entries else {}
    commands = [item.command for item in items if item.command is not None]
    unit_ids = units_of_log(events) | {one.unit_id for held in roles.values() for one in held}
    for entry in commands:
        unit_ids |= {entry.command.actor.unit_id or 0}
        unit_ids |= set() if entry.refusal is None else units_of_refusal(entry.refusal)
    names = store.unit_names(unit_ids) if unit_ids else {}
    message_ids = {event.message_id for event in events if event.message_id is not None}
    return Material(
        names=names,
        words=store.words_of(file.case_id, message_ids) if message_ids else {},
        delivered=delivered_by_event(entries, roles, names),
        recorded_seq=recorded_seq,
    )


def _with_dates(file: CaseFile, lines: list[Line]) -> list[Line]:
    """The lines with the dates that their events gave to clocks, and how each came about."""
    clocks = [
        replace(clock, seq=line.seq)
        for line in lines
        if line.item.event is not None
        for clock in line.item.event.clocks
        if clock.live
    ]
    dates: dict[int, list[DateLine]] = {}
    for dated in services().inspection.dated(file.case_id, clocks) if clocks else []:
        told = explain(dated.derivation, language(), dated.calendar, dated.earlier)
        label = str(CLOCKS[dated.clock.name])
        one = DateLine(label=label, due_at=dated.derivation.due_at, lines=told)
        dates.setdefault(dated.clock.seq, []).append(one)
    return [replace(line, dates=dates.get(line.seq, [])) for line in lines]
