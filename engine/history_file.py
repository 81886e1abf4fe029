"""The file in which the history of an ended case outlives the engine: its place, its writing, its reading."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.upkeep import FetchedHistory, FetchedRun

FORMAT = 1


class UnreadableHistoryError(Exception):
    """A file of histories is not what `packed` wrote."""


def history_path(folder: Path, code: str) -> Path:
    """Where the history of a case lies once it is exported."""
    return folder / code[:2] / f"{code}.json.gz"


def packed(fetched: FetchedHistory) -> bytes:
    """A history as compressed JSON; the same history gives the same bytes."""
    document = {
        "format": FORMAT,
        "workflow_id": fetched.workflow_id,
        "whole": fetched.whole,
        "runs": [{"run_id": run.run_id, "history": run.history} for run in fetched.runs],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def unpacked(content: bytes) -> FetchedHistory:
    """What `packed` wrote. Raises: UnreadableHistoryError."""
    try:
        document = json.loads(gzip.decompress(content))
        if document["format"] != FORMAT:
            raise UnreadableHistoryError
        return FetchedHistory(
            workflow_id=document["workflow_id"],
            runs=tuple(_run(run) for run in document["runs"]),
            whole=document["whole"],
        )
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as problem:
        raise UnreadableHistoryError from problem


def read_history(folder: Path, code: str) -> tuple[FetchedHistory, datetime] | None:
    """The exported history of a case and when its file was written; None if there is none.

    Raises: UnreadableHistoryError.
    """
    path = history_path(folder, code)
    try:
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return unpacked(path.read_bytes()), written_at
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise UnreadableHistoryError from problem


def _run(run: dict[str, Any]) -> FetchedRun:
    return FetchedRun(run_id=run["run_id"], event_count=len(run["history"]["events"]), history=run["history"])
