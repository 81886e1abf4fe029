"""Writes the history of each ended case into a file, which outlives the engine's retention."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

from db.upkeep_export import Exported, ExportStore
from engine.history import EngineAwayError, HistoryClient, StillRunningError
from engine.history_file import history_path, packed
from engine.run import Run
from schemas.upkeep import FetchedHistory, FetchedRun

log = logging.getLogger(__name__)

BATCH = 5


class HistoryExporter:
    """Exports ended cases a few at a time. Killed anywhere, the next try writes the same file again."""

    def __init__(self, store: ExportStore, histories: HistoryClient, folder: Path) -> None:
        self._store = store
        self._histories = histories
        self._folder = folder
        self._after = 0

    def run(self, hold: Callable[[], None]) -> None:
        """One batch; `hold` is called before each case and raises when the work is another's."""
        waiting = self._store.waiting(self._after, BATCH)
        for case_id, code in waiting.cases:
            hold()
            try:
                self._export(case_id, code)
            except StillRunningError:
                log.debug("case %d has not come to its end in the engine", case_id)
            except EngineAwayError:
                return
            except OSError as problem:
                log.error("histories cannot be written: %s", problem.strerror)
                return
        self._after = waiting.next_after

    def _export(self, case_id: int, code: str) -> None:
        fetched = self._histories.fetch(code)
        if fetched is None:
            if self._store.add(case_id, Exported(state="missing")):
                log.critical("the engine no longer has the history of case %d", case_id)
            return
        content = packed(fetched)
        write_whole(history_path(self._folder, code), content)
        exported = Exported(
            state="exported" if fetched.whole else "partial",
            runs=len(fetched.runs),
            events=fetched.event_count,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        if self._store.add(case_id, exported) and not fetched.whole:
            log.critical("the engine no longer has the beginning of the history of case %d", case_id)


def kept_run(folder: Path, code: str, run: Run) -> None:
    """Writes a run that ends before its case does, under a name of its own. Safe to repeat."""
    history = run.history
    fetched = FetchedRun(run_id=run.run_id, event_count=len(history.events), history=history.to_json_dict())
    whole = FetchedHistory(workflow_id=history.workflow_id, runs=(fetched,), whole=not run.continued_from)
    path = history_path(folder, code)
    write_whole(path.with_name(f"{code}.{run.run_id}.json.gz"), packed(whole))


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file wholly or not at all, and on the disk when this returns. Safe to repeat."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The new name itself must survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
