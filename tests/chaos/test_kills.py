"""kill -9 of every part while people file, act and confirm: nothing is lost, nothing is doubled.

CI runs a slice; `TUNTAS_KILLS=100` (make chaos) the long version, which adds its outcomes to the file that
`TUNTAS_OUTCOMES` names, for docs/reliability.md.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.checker import Checker
from tests.chaos.journal import Journal
from tests.chaos.outcome import write_outcome
from tests.chaos.story import walk_together
from tests.stack import Stack

KILLS = int(os.environ.get("TUNTAS_KILLS", "2"))
PEOPLE = 3
pytestmark = [pytest.mark.chaos, pytest.mark.server, pytest.mark.timeout(600 + 60 * KILLS)]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A running copy of its own."""
    made = Stack(tmp_path / "home")
    made.start()
    yield made
    made.stop()


class Killer(threading.Thread):
    """Kills a part again and again, each time after a random moment of work."""

    def __init__(self, stack: Stack, part: str, seed: int) -> None:
        super().__init__()
        self.stack, self.part = stack, part
        self.random = random.Random(seed)
        self.enough = threading.Event()
        self.kills = 0

    def run(self) -> None:
        try:
            self._kill_again_and_again()
        finally:
            self.enough.set()

    def _kill_again_and_again(self) -> None:
        for _ in range(KILLS):
            self.enough.wait(self.random.uniform(0.3, 3.0))
            for part in ("engine", "worker", "web") if self.part == "all" else (self.part,):
                self.stack.kill(part)
            self.kills += 1
            self.stack.wait_until_whole()


@pytest.mark.parametrize("part", ["web", "worker", "engine", "all"])
def test_nothing_is_lost_or_doubled_when_a_part_is_killed(stack: Stack, tmp_path: Path, part: str) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    killer = Killer(stack, part, seed=len(part))
    began = time.monotonic()
    killer.start()
    problems = walk_together(stack.url, journal, PEOPLE, killer.enough)
    killer.join()
    stack.wait_until_whole()
    checker = Checker(stack.settings, journal)
    findings = checker.findings()
    counts = checker.counts() | {"impatient": len(problems), "faults": len(findings)}
    write_outcome(part, killer.kills, time.monotonic() - began, counts)
    assert killer.kills == KILLS
    assert len(journal.entries("received")) >= PEOPLE
    assert problems == []
    assert findings == []
