"""Parts of a case's history, newest first: from the engine, from the exported file, or from the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from db.case_reader import CaseFile
from engine.history import EngineAwayError
from engine.history_file import LongHistoryError, UnreadableHistoryError, read_history
from engine.inspection import read_exported
from schemas.inspection import LiveRun, RunDigest
from schemas.upkeep import FetchedHistory
from web.oversight.item import Item, Place, Source, of_entries, of_log, with_acts
from web.services import services

LOG_ROWS = 200
"""Events of the log that are read at once."""


class Why(StrEnum):
    """Why the engine's own history is not what is shown."""

    ASKED = "asked"
    AWAY = "away"
    GONE = "gone"
    LONG = "long"
    BROKEN = "broken"
    """The exported file cannot be read."""
    NOT_STARTED = "not_started"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A run, or some of the log: items oldest first, and where the history goes on backwards (or None)."""

    place: Place
    items: list[Item]
    older: Place | None
    run: RunDigest | None = None
    live: LiveRun | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The history from one source. `as_of`: when the engine was asked, the file or the newest row written."""

    source: Source
    as_of: datetime
    why: Why | None
    first: Part
    exported: FetchedHistory | None = None


def open_history(file: CaseFile, place: Place | None, *, log_only: bool) -> Opened:
    """The best source that answers: the engine, else the exported file, else the log."""
    if log_only or (place is not None and place.source is Source.LOG):
        return _from_log(file, place, Why.ASKED)
    if place is None or place.source is Source.ENGINE:
        found = _from_engine(file, place or Place(source=Source.ENGINE))
        if isinstance(found, Opened):
            return found
    else:
        found = Why.GONE
    if found in {Why.GONE, Why.AWAY}:
        return _from_file(file, place, found)
    return _from_log(file, None, found)


def parts(file: CaseFile, opened: Opened) -> Iterator[Part]:
    """The parts from the first on; ends early, before the end, if a source falls silent."""
    part: Part | None = opened.first
    while part is not None:
        yield part
        part = None if part.older is None else next_part(file, opened, part.older)


def next_part(file: CaseFile, opened: Opened, place: Place) -> Part | None:
    """The part at a place of the same source; None if it cannot be had now."""
    if place.source is Source.LOG:
        return _log_part(file, place)
    if place.source is Source.EXPORT:
        return None if opened.exported is None else _file_part(file, opened.exported, place)
    found = _engine_part(file, place)
    return found if isinstance(found, Part) else None


def _from_engine(file: CaseFile, place: Place) -> Opened | Why:
    found = _engine_part(file, place)
    if isinstance(found, Why):
        return found
    return Opened(source=Source.ENGINE, as_of=services().now(), why=None, first=found)


def _from_file(file: CaseFile, place: Place | None, why: Why) -> Opened:
    """What was exported; without it the log."""
    try:
        found = read_history(services().settings.histories_folder, file.code)
        if found is not None and found[0].runs:
            exported, written_at = found
            at = place if place is not None and place.source is Source.EXPORT else None
            newest = Place(source=Source.EXPORT, run_id=exported.runs[-1].run_id)
            part = _file_part(file, exported, at or newest) or _file_part(file, exported, newest)
            assert part is not None  # noqa: S101  its newest run is there
            return Opened(source=Source.EXPORT, as_of=written_at, why=why, first=part, exported=exported)
    except UnreadableHistoryError:
        why = Why.BROKEN
    except LongHistoryError:
        why = Why.LONG
    if why is Why.GONE and not services().inspection.is_started(file.case_id):
        why = Why.NOT_STARTED
    return _from_log(file, None, why)


def _from_log(file: CaseFile, place: Place | None, why: Why) -> Opened:
    part = _log_part(file, place or Place(source=Source.LOG))
    return Opened(source=Source.LOG, as_of=services().now(), why=why, first=part)


def _engine_part(file: CaseFile, place: Place) -> Part | Why:
    try:
        reading = services().histories.read(file.code, place.run_id)
    except EngineAwayError:
        return Why.AWAY
    except LongHistoryError:
        return Why.LONG
    if reading is None:
        return Why.GONE
    part = _run_part(file, reading.digest, place, reading.older_run_id)
    return replace(part, live=reading.live)


def _file_part(file: CaseFile, exported: FetchedHistory, place: Place) -> Part | None:
    """Raises: UnreadableHistoryError."""
    numbers = {run.run_id: number for number, run in enumerate(exported.runs)}
    number = numbers.get(place.run_id)
    if number is None:
        return None
    run = read_exported(exported.workflow_id, exported.runs[number])
    older = exported.runs[number - 1].run_id if number else ""
    return _run_part(file, run, place, older)


def _run_part(file: CaseFile, run: RunDigest, place: Place, older_run_id: str) -> Part:
    from_at = run.started_at if older_run_id else None
    older = Place(source=place.source, run_id=older_run_id, until=run.started_at)
    return Part(
        place=replace(place, run_id=run.run_id),
        items=_with_acts(file, of_entries(run.entries), from_at, place.until),
        older=older if older_run_id else None,
        run=run,
    )


def _log_part(file: CaseFile, place: Place) -> Part:
    """Rows of the log up to the place's own, with what was asked for in their time."""
    before = None if place.key is None else place.key[0] + 1
    rows = services().inspection.log_before(file.case_id, before, LOG_ROWS)
    more = bool(rows) and rows[-1].event.seq > 1
    from_at = rows[-1].recorded_at if more else None
    older = Place(source=Source.LOG, key=(rows[-1].event.seq, 0), until=from_at) if more else None
    return Part(place=place, items=_with_acts(file, of_log(rows), from_at, place.until), older=older)


def _with_acts(
    file: CaseFile, items: list[Item], from_at: datetime | None, until: datetime | None
) -> list[Item]:
    """The items with what else people did in that time: asked in vain, or opened the identity."""
    commands = services().inspection.commands_between(file.case_id, from_at, until)
    return with_acts(items, commands, services().identities.between(file.case_id, from_at, until))
