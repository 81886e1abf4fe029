"""A real browser on a real copy of Tuntas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.require import require
from tests.stack import ROOT, Stack

expect.set_options(timeout=60_000)
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One copy for all stories."""
    made = Stack(tmp_path_factory.mktemp("browser") / "home")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its loop ends with the file, so that the next file may have one of its own."""
    require(CHROMIUM.exists(), "Chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where pictures stay, to be looked at; `make pictures` uses some of them in the README."""
    folder = ROOT / "var" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
