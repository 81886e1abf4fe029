"""One thing in the history of a case before it is put into words, its place, and where a page ended."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import accumulate

from db.case_reader import CommandEntry, LogEntry
from db.identity_store import Opening
from domain.event import Event
from schemas.inspection import Entry, EntryKind

BESIDE, COMMANDS, OPENINGS = 10**9, 2 * 10**9, 3 * 10**9
"""Behind the events that one engine event tells of; and what people asked for or opened behind that."""
Key = tuple[int, int]


class Source(StrEnum):
    """Where the page has the history from."""

    ENGINE = "m"
    EXPORT = "b"
    LOG = "l"


@dataclass(frozen=True, kw_only=True)
class Item:
    """`slot` is the number of the engine's event, or of the log's; `at` when it was decided or written."""

    slot: int
    sub: int
    at: datetime
    entry: Entry | None = None
    event: Event | None = None
    command: CommandEntry | None = None
    opening: Opening | None = None

    @property
    def key(self) -> Key:
        """Its place within its part of the history; the later, the greater."""
        return self.slot, self.sub


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins: before `key` of a run or of the log; what came from `until` on is elsewhere."""

    source: Source
    run_id: str = ""
    key: Key | None = None
    until: datetime | None = None

    def spelled(self) -> str:
        """For an address."""
        slot, sub = self.key or (0, 0)
        until = 0 if self.until is None else round(self.until.timestamp() * 1_000_000)
        return f"{self.source.value}.{self.run_id}.{slot}.{sub}.{until}"


def place_of(text: str) -> Place | None:
    """The place that an address names; None for the newest, and for what is none of ours."""
    parts = text.split(".")
    try:
        source, run_id, slot, sub, until = parts
        key = (int(slot), int(sub))
        return Place(
            source=Source(source),
            run_id=run_id[:64],
            key=None if key == (0, 0) else key,
            until=datetime.fromtimestamp(int(until) / 1_000_000, UTC) if int(until) > 0 else None,
        )
    except (ValueError, OverflowError, OSError):
        return None


def of_entries(entries: Sequence[Entry]) -> list[Item]:
    """The items of a run, oldest first."""
    return [
        Item(
            slot=entry.number,
            sub=entry.event.seq if entry.kind is EntryKind.HAPPENED and entry.event else BESIDE,
            at=entry.at,
            entry=entry,
            event=entry.event,
        )
        for entry in entries
    ]


def of_log(rows: Sequence[LogEntry]) -> list[Item]:
    """The items of the log, oldest first; `rows` are newest first."""
    return [
        Item(slot=row.event.seq, sub=row.event.seq, at=row.recorded_at, event=row.event)
        for row in reversed(rows)
    ]


def with_acts(
    items: Sequence[Item], commands: Sequence[CommandEntry], openings: Sequence[Opening] = ()
) -> list[Item]:
    """The items with commands that had no effect, and openings of the identity, at their place in time."""
    times = list(accumulate((item.at for item in items), max))

    def slot(at: datetime) -> int:
        before = bisect_right(times, at)
        return items[before - 1].slot if before else 0

    placed = [
        Item(slot=slot(at), sub=COMMANDS, at=at, command=command)
        for command in sorted(commands, key=lambda one: (one.command.recorded_at, one.command.id))
        for at in [command.command.recorded_at]
    ]
    placed += [
        Item(slot=slot(one.opened_at), sub=OPENINGS, at=one.opened_at, opening=one)
        for one in sorted(openings, key=lambda one: one.opened_at)
    ]
    return sorted([*items, *placed], key=lambda item: item.key)
