"""The same story with PostgreSQL as the only difference; and what measures a copy, measuring a little."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.filing import Filing
from bench.insert import seconds_to_insert
from bench.life import ACTS, Lives
from tests.chaos.checker import Checker
from tests.chaos.journal import Journal
from tests.chaos.story import walk_together
from tests.databases import postgres_database
from tests.stack import Stack

pytestmark = [pytest.mark.server, pytest.mark.postgres]


@pytest.fixture(scope="module")
def stack(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running copy."""
    with postgres_database(cluster) as url:
        made = Stack(tmp_path_factory.mktemp("postgres") / "home", TUNTAS_DATABASE_URL=url)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def once() -> threading.Event:
    """Enough from the beginning: everybody walks one story."""
    enough = threading.Event()
    enough.set()
    return enough


def test_the_whole_path_runs_on_postgresql(stack: Stack, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    assert walk_together(stack.url, journal, 2, once()) == []
    assert Checker(stack.settings, journal).findings() == []
    assert not (stack.home / "tuntas.db").exists()


def test_what_measures_lives_through_the_pages_still_finds_its_forms(stack: Stack) -> None:
    times, codes = Lives(stack.settings, stack.url).live(3, 2)
    assert len(set(codes)) == len(times.reports) == 3
    assert len(times.acts) == 3 * ACTS
    burst, recorded, numbers = Lives(stack.settings, stack.url).burst(3, 2)
    assert len(burst.reports) == 3 and recorded >= burst.total
    assert seconds_to_insert(Filing(stack.settings).database, numbers) > 0
    assert len(Filing(stack.settings).file(3, 2)) == 3
