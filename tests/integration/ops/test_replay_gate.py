"""`tuntas replay` lets an upgrade pass only if the code follows every history."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from engine.run import RunReader
from ops.history_export import history_path, packed
from ops.refusal import Refusal
from ops.replay import replay
from schemas.upkeep import FetchedHistory, FetchedRun
from settings import Settings
from tests.eventually import eventually_here
from tests.offices import Offices
from tests.replay.test_replay import BAD, GOOD
from tests.ward import open_ward

CODES = ("AAAAAAAAAA", "BBBBBBBBBB")


def export(folder: Path, code: str, source: Path) -> None:
    """A history as the sweeper exports it."""
    run = FetchedRun(run_id="run", event_count=1, history=json.loads(source.read_text()))
    path = history_path(folder, code)
    path.parent.mkdir(parents=True)
    path.write_bytes(packed(FetchedHistory(workflow_id=f"case-{code}", runs=(run,), whole=True)))


def settings_for(home: Path, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), **more})


def test_histories_that_the_code_follows_let_an_upgrade_pass(tmp_path: Path) -> None:
    for code, source in zip(CODES, GOOD, strict=False):
        export(tmp_path / "histories", code, source)
    done = replay(settings_for(tmp_path), None, 0)
    assert (done.lines, done.fit) == (["2 histories, 0 do not fit"], True)


def test_a_history_that_the_code_does_not_follow_stops_it_and_is_named(tmp_path: Path) -> None:
    export(tmp_path, CODES[0], GOOD[0])
    export(tmp_path, CODES[1], BAD)
    done = replay(settings_for(tmp_path), tmp_path, 0)
    assert not done.fit
    assert done.lines == [f"case-{CODES[1]} does not fit: NondeterminismError", "2 histories, 1 do not fit"]


def test_a_file_that_is_no_history_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json.gz").write_bytes(b"")
    with pytest.raises(Refusal, match=r"broken\.json\.gz"):
        replay(settings_for(tmp_path), tmp_path, 0)


def test_open_cases_cannot_be_replayed_without_an_engine(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="--open 0"):
        replay(settings_for(tmp_path, TEMPORAL_ADDRESS="127.0.0.1:9"), None, None)


@pytest.mark.server
async def test_open_cases_are_replayed_from_the_engine(sqlite_offices: Offices, tmp_path: Path) -> None:
    async with open_ward(sqlite_offices) as ward:
        case = await ward.report()
        known = RunReader(ward.bridge).known
        await asyncio.to_thread(
            eventually_here, lambda: case.code in known(), "the case in the engine's list"
        )
        settings = settings_for(tmp_path, TEMPORAL_ADDRESS=ward.address)
        done = await asyncio.to_thread(replay, settings, None, None)
    assert done.lines == ["1 histories, 0 do not fit"]
