"""Pages on a bad day of the whole copy: a worker or an engine that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.checker import Checker
from tests.chaos.journal import Journal
from tests.chaos.story import Story
from tests.stack import Stack

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One copy for all bad days."""
    made = Stack(tmp_path_factory.mktemp("bad-day") / "home")
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize("part", ["worker", "engine"])
def test_an_act_waits_honestly_and_is_applied_once_afterwards(
    stack: Stack, tmp_path: Path, part: str
) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    story = Story(stack.url, journal, 1)
    story.file()
    admin = story.staff("kota")
    form = story.page_with(admin, "dispose").form("/dispose")
    unit = story.option(admin, "unit", "Dinas Pekerjaan Umum")
    frozen = stack.freeze(part)
    try:
        answer = admin.send(form, unit=unit, note="Mohon ditindaklanjuti.")
    finally:
        stack.thaw(frozen)
    assert answer.status == 202
    assert "Belum diterapkan" in answer.text and "Mohon ditindaklanjuti." in answer.text
    story.page_with(story.staff("pu"), "follow_up")
    assert Checker(stack.settings, journal).findings() == []


@pytest.mark.parametrize(("part", "statuses"), [("worker", {200, 202}), ("engine", {202})])
def test_a_report_is_received_all_the_same(
    stack: Stack, tmp_path: Path, part: str, statuses: set[int]
) -> None:
    """Without a worker the engine still takes the start, unless it is slow."""
    journal = Journal(tmp_path / "journal.jsonl")
    story = Story(stack.url, journal, 2)
    form, words = story.fill()
    frozen = stack.freeze(part)
    try:
        receipt = story.citizen.send(form, **words)
    finally:
        stack.thaw(frozen)
    assert receipt.status in statuses
    story.read_receipt(receipt.text)
    journal.note("received", intake_id=form.values["intake_id"], code=story.code)
    assert Checker(stack.settings, journal).findings() == []
