"""The demo has something to read for everybody: published by the stores once its cases have come so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ops.seed_publication import PUBLIC_STORIES, publish_cases
from tests.eventually import eventually_here
from tests.stack import Stack

pytestmark = pytest.mark.server


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "home")
    made.start()
    yield made
    made.stop()


def page(demo: Stack, path: str) -> str:
    return requests.get(f"{demo.url}{path}", timeout=10).text


def test_the_demo_shows_public_reports_with_support_and_a_comment(demo: Stack) -> None:
    def is_published() -> bool:
        """Also by us: a slow copy gives up before its cases have come so far."""
        done = publish_cases(demo.settings)
        return done and all(story.title in page(demo, "/laporan") for story in PUBLIC_STORIES)

    eventually_here(is_published, "published and supported", pause=0.5)
    slugs = dict(re.findall(r'<a href="(/laporan/\w+)">([^<]+)</a>', page(demo, "/laporan")))
    for slug, title in slugs.items():
        story = next(one for one in PUBLIC_STORIES if one.title == title)
        shown = page(demo, slug)
        assert str(story.supports or "") in shown and story.text in shown
        assert story.approved in shown and not (story.waiting and story.waiting in shown)
    assert len(slugs) == len(PUBLIC_STORIES)
    assert publish_cases(demo.settings), "a second time changes nothing"
    assert len(re.findall(r'<a href="/laporan/\w+">', page(demo, "/laporan"))) == len(PUBLIC_STORIES)
