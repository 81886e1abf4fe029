"""Pages full of canaries in a real browser: none of them runs, and the policy has nothing to stop (T1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import serving
from tests.offices import PASSWORD, Offices
from tests.web.canary_story import Story, filing, handling, name_everybody, publishing, verdicts
from tests.web.conftest import open_site

pytestmark = pytest.mark.browser

LISTEN = """
window.heard = [];
document.addEventListener('securitypolicyviolation', event => heard.push(event.violatedDirective));
for (const name of ['alert', 'confirm', 'prompt', 'k']) window[name] = () => heard.push(name);
"""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running web with the story so far."""

    url: str
    story: Story


@pytest.fixture(scope="module")
def stage(seeded: tuple[Path, Offices], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    site = open_site(seeded, tmp_path_factory.mktemp("canary") / "home", live=True)
    story = Story(site, thorough=False)
    for chapter in (name_everybody, filing, handling, verdicts, publishing):
        chapter(story)
    with serving(site.app) as url:
        yield Stage(url=url, story=story)
    site.services.database.dispose()


def check_silence(page: Page, urls: list[str]) -> None:
    """No page runs a canary, asks for what is not ours, or needs its policy to stop one."""
    noises: list[str] = []
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (noises.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: noises.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: noises.append(str(error)))
    for url in urls:
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        noises += page.evaluate("heard")
        assert "kn" in page.content()
        assert noises == [], url


def test_public_pages_run_nothing(stage: Stage, browser: Browser) -> None:
    case, slug = stage.story.cases["filed"], stage.story.values["slug"][0]
    query = urlencode({"q": stage.story.aviary.words_for("?q")})
    paths = (f"/l/{case.key}", f"/laporan/{slug}", "/laporan", f"/laporan?{query}")
    page = browser.new_page()
    check_silence(page, [stage.url + path for path in paths])


def test_the_desk_runs_nothing(stage: Stage, browser: Browser) -> None:
    case, page = stage.story.cases["filed"], browser.new_page()
    page.goto(f"{stage.url}/masuk")
    page.fill("#login", "pu.penghubung")
    page.fill("#password", PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/desk**")
    paths = ["?view=all", f"/{case.code}", f"/{case.code}/publikasi", "/komentar", "/catat", "/balasan"]
    check_silence(page, [f"{stage.url}/desk{path}" for path in paths])


def test_a_canary_that_is_markup_would_be_heard(stage: Stage, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(LISTEN)
    page.goto(f"{stage.url}/laporan")
    page.evaluate("document.querySelector('main').innerHTML = '<svg onload=k()>'")
    assert page.wait_for_function("heard.length > 0 && heard").json_value()
