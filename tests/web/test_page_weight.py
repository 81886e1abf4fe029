"""A cheap telephone on a bad line: what the first pages weigh, as they are sent."""

from __future__ import annotations

import re

import pytest

from tests.web.browser import Browser
from tests.web.conftest import Site
from tests.web.page_checks import HTML, parse

MOST_BYTES = 150_000
GZIP = {"Accept-Encoding": "gzip"}
LOADED = re.compile(r"^/static/[^#]+")


def parts(markup: str) -> set[str]:
    """The addresses of all that a page brings along."""
    named = (
        element.get(name, "")
        for element in parse(markup).iter()
        if element.tag != f"{HTML}a"
        for name in ("href", "src")
    )
    return {found[0] for each in named if (found := LOADED.match(each))}


def weight(browser: Browser, address: str) -> int:
    answer = browser.get(address, headers=GZIP)
    assert answer.status_code == 200, address
    return len(answer.data)


@pytest.mark.parametrize("path", ["/", "/lapor", "/lapor/semua"])
def test_a_first_page_weighs_at_most_150_kilobytes(site: Site, path: str) -> None:
    browser = site.browser()
    found = {part: weight(browser, part) for part in parts(browser.get(path).get_data(as_text=True))}
    assert {"bootstrap.min.css", "tuntas.css", "latin.woff2", "icons.svg"} <= {
        part.split("?")[0].rsplit("/", 1)[1] for part in found
    }
    assert weight(browser, path) + sum(found.values()) <= MOST_BYTES, found
