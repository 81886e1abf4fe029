"""The same story with PostgreSQL as the only difference."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.chaos.checker import Checker
from tests.chaos.journal import Journal
from tests.chaos.story import walk_together
from tests.databases import postgres_database
from tests.stack import Stack


def once() -> threading.Event:
    """Enough from the beginning: everybody walks one story."""
    enough = threading.Event()
    enough.set()
    return enough


@pytest.mark.server
@pytest.mark.postgres
def test_the_whole_path_runs_on_postgresql(cluster: str, tmp_path: Path) -> None:
    with postgres_database(cluster) as url:
        stack = Stack(tmp_path / "home", TUNTAS_DATABASE_URL=url)
        stack.start()
        try:
            journal = Journal(tmp_path / "journal.jsonl")
            assert walk_together(stack.url, journal, 2, once()) == []
            assert Checker(stack.settings, journal).findings() == []
        finally:
            stack.stop()
    assert not (stack.home / "tuntas.db").exists()
