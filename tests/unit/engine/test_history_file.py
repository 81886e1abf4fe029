"""The file of a history: written, read again, and honest about damage."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engine.history_file import UnreadableHistoryError, history_path, packed, read_history, unpacked
from engine.inspection import history_of, read_exported
from schemas.upkeep import FetchedRun
from tests.histories import CORPUS, fetched

CODE = "ABCDEFGHJK"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    given = fetched(*CORPUS[:2])
    path = history_path(tmp_path, CODE)
    path.parent.mkdir()
    path.write_bytes(packed(given))
    found = read_history(tmp_path, CODE)
    assert found is not None
    read, written_at = found
    assert [run.history for run in read.runs] == [run.history for run in given.runs]
    assert read.whole and written_at.tzinfo is not None
    assert read.runs[0].event_count == read_exported(read.workflow_id, read.runs[0]).event_count


def test_a_case_without_a_file_has_none(tmp_path: Path) -> None:
    assert read_history(tmp_path, CODE) is None


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        packed(fetched(CORPUS[0]))[:-20],
        gzip.compress(b"no json"),
        gzip.compress(json.dumps({"format": 2}).encode()),
        gzip.compress(json.dumps({"format": 1, "workflow_id": "x"}).encode()),
        gzip.compress(b"[]"),
    ],
)
def test_a_damaged_file_is_told_apart_from_none(content: bytes) -> None:
    with pytest.raises(UnreadableHistoryError):
        unpacked(content)


@pytest.mark.parametrize("history", [{}, {"events": []}, {"events": "x"}])
def test_a_run_that_is_none_is_unreadable(history: dict[str, object]) -> None:
    with pytest.raises(UnreadableHistoryError):
        history_of("case-x", FetchedRun(run_id="r", event_count=0, history=history))
