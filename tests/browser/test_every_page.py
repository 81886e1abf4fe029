"""Every page of the address map, full of long words, light and dark, at 1280 and 320 pixels: axe is content.

Three hundred and twenty pixels are also what is left of a wide screen at a zoom of 400 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE
from tests.browser.navigator import picture
from tests.browser.serving import serving
from tests.offices import Offices
from tests.web.canary_browser import MAILS, CanaryBrowser
from tests.web.canary_pages import READERS, pages, paths
from tests.web.canary_story import Story, tell
from tests.web.conftest import open_site

pytestmark = pytest.mark.browser

SIGHTS = (("light", 1280), ("dark", 320))
UNFOLD = "document.querySelectorAll('main details').forEach(fold => { fold.open = true; })"
FAULTS = """async () => (await axe.run(document, {iframes: false})).violations
    .map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`)"""
"""Mails in their frames are looked at by `test_mail_look`."""
ENOUGH = 3
"""So many addresses of one page are looked at; the others differ in their words alone."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running web at the end of the story."""

    url: str
    story: Story


@pytest.fixture(scope="module")
def stage(seeded: tuple[Path, Offices], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    site = open_site(seeded, tmp_path_factory.mktemp("every-page") / "home", live=True)
    story = tell(site, thorough=False)
    with serving(site.app) as url:
        yield Stage(url=url, story=story)
    site.services.database.dispose()


def sights(story: Story) -> dict[str, list[str]]:
    """The addresses of pages by one who may see them; both languages in turn."""
    found: dict[str, list[str]] = {}
    languages = cycle(("id", "en"))
    for rule in pages(story):
        for path in paths(story, rule)[:ENOUGH]:
            reader = next(
                (who for who, _ in READERS[rule.endpoint.split(".")[0]] if shows(story, who, path)), None
            )
            if reader is not None:
                found.setdefault(reader, []).append(f"{path}?lang={next(languages)}")
    return found


def shows(story: Story, who: str, path: str) -> bool:
    """Mails as they look are no pages of ours: `test_mail_look` has them."""
    answer = story.who(who).get(path)
    return not path.startswith(MAILS) and answer.status_code == 200 and answer.mimetype == "text/html"


def faults(page: Page, url: str, pictures: Path) -> list[str]:
    """What is wrong with a page in one of the sights, of which a picture stays."""
    found = []
    page.goto(url)
    page.evaluate(AXE.read_text())
    page.evaluate(UNFOLD)
    for scheme, width in SIGHTS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{scheme} {width}: {fault}" for fault in page.evaluate(FAULTS)]
        picture(page, pictures / f"{name_of(url)}-{width}.png", whole=True)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: wider than the window")
    if page.locator("h1").count() != 1:
        found.append("one h1")
    return found


def name_of(url: str) -> str:
    """A file's name, without the codes and tokens that differ each time."""
    parts = urlsplit(url).path.strip("/").split("/")
    return "-".join(part if part.islower() and part.isalpha() else "x" for part in parts)


def window_of(browser: Browser, client: CanaryBrowser, url: str) -> Page:
    """A window of somebody who has been here before."""
    context = browser.new_context(reduced_motion="reduce")
    kept = client._cookies.values()
    context.add_cookies([{"name": one.key, "value": one.value, "url": url} for one in kept])
    return context.new_page()


def test_every_page_is_for_everybody(stage: Stage, browser: Browser, pictures: Path) -> None:
    folder = pictures / "every-page"
    folder.mkdir(exist_ok=True)
    story, wrong = stage.story, dict[str, list[str]]()
    for who, urls in sights(story).items():
        page = window_of(browser, story.who(who), stage.url)
        for path in urls:
            found = faults(page, stage.url + path, folder)
            if found:
                wrong[f"{who} {path}"] = found
        page.context.close()
    assert wrong == {}
