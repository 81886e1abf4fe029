"""The list by keyboard, and one act on many cases, on a real copy with a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.navigator import NARROW, WIDE, Officer
from tests.eventually import eventually_here
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]


DEMO_CASES = 5
"""So many the worker has begun soon after the start."""


@pytest.fixture
def officer(browser: Browser, stack: Stack, pictures: Path) -> Iterator[Officer]:
    """The city's admin, who sees the cases of the demo."""
    made = Officer(browser, stack.url, pictures)
    made.log_in("kota")
    eventually_here(lambda: _rows(made) >= DEMO_CASES, "the demo's cases are listed", pause=0.5)
    yield made
    made.context.close()


def _rows(officer: Officer) -> int:
    officer.go("/desk?view=all")
    return officer.page.locator("a.title").count()


def focused(officer: Officer) -> str:
    found: str = officer.page.evaluate("document.activeElement.textContent")
    return found


def test_the_keyboard_walks_chooses_searches_and_leads_to_views(officer: Officer) -> None:
    page = officer.page
    officer.go("/desk?view=all")
    titles = page.locator("a.title").all_text_contents()
    assert len(titles) >= 2
    for key, title in (("j", titles[0]), ("j", titles[1]), ("k", titles[0])):
        page.keyboard.press(key)
        assert focused(officer) == title
    page.keyboard.press("x")
    assert page.locator("[data-pick]").first.is_checked()
    assert page.get_by_text("1 dipilih").is_visible()
    officer.look("desk-picked")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jxc?")
    assert page.locator("#cari").input_value() == "jxc?"
    page.locator("h1").click()

    def led_to_late() -> bool:
        """Both keys have to come within a moment of each other."""
        page.keyboard.press("g")
        page.keyboard.press("t")
        return "view=late" in page.url

    eventually_here(led_to_late, "the late ones", pause=1.0)


def test_single_letters_can_be_switched_off(officer: Officer) -> None:
    page = officer.page
    officer.go("/desk?view=all")
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck(force=True)
    page.get_by_role("button", name="Tutup").click()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-pick]:checked").count() == 0
    page.locator("[data-opens-keys]").click()
    page.locator("#keys-on").check(force=True)


def test_many_cases_are_claimed_through_the_engine(officer: Officer) -> None:
    page = officer.page
    picks = page.locator("[data-pick]")

    def several() -> bool:
        officer.go("/desk?view=all&claimed=nobody&stage=verification")
        return picks.count() > 1

    eventually_here(several, "cases that nobody has claimed", pause=0.5)
    chosen = min(3, picks.count())
    picks.first.click()
    picks.nth(chosen - 1).click(modifiers=["Shift"])
    assert page.locator("[data-pick]:checked").count() == chosen
    page.locator("#action").select_option("claim")
    with page.expect_navigation():
        page.get_by_role("button", name="Lanjutkan").click()
    officer.look("desk-many")
    page.get_by_role("button", name="Ambil semua").click()
    page.wait_for_url("**/desk/massal/*")

    def applied() -> bool:
        page.reload()
        return page.get_by_text(f"{chosen} selesai").count() > 0

    eventually_here(applied, "all are applied", pause=0.5)
    officer.look("desk-many-result")


def test_a_case_takes_one_line_on_a_desk_and_two_on_a_phone(officer: Officer) -> None:
    page = officer.page
    page.set_viewport_size(WIDE)
    officer.go("/desk?view=all")
    page.evaluate("""document.querySelectorAll("a.title, td:not(.is-last) .one-line")
        .forEach((words) => { words.textContent = "Nama yang sangat panjang ".repeat(8); })""")
    rows = page.locator("tr[data-row]").all()
    assert max(_height(row) for row in rows) < 48
    page.set_viewport_size(NARROW)
    assert max(_height(row) for row in rows) < 80
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.set_viewport_size(WIDE)


def test_the_head_of_the_desk_takes_two_rows_on_a_phone(officer: Officer) -> None:
    page = officer.page
    for width in (390, 320):
        page.set_viewport_size({**NARROW, "width": width})
        officer.go("/desk?view=all")
        demo, head = page.locator(".demo-band"), page.locator(".site-header")
        assert _height(head) - _height(demo) <= 2 * 52
    account = page.locator("details.account")
    account.locator("summary").click()
    officer.look("desk-account")
    page.keyboard.press("Escape")
    assert account.get_attribute("open") is None
    account.locator("summary").click()
    page.locator("h1").click(force=True)
    assert account.get_attribute("open") is None


def _height(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["height"]


def test_the_list_fits_a_narrow_screen_and_works_without_scripts(
    browser: Browser, stack: Stack, pictures: Path, officer: Officer
) -> None:
    officer.page.set_viewport_size({**NARROW, "width": 320})
    officer.go("/desk?view=all")
    assert not officer.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    plain = browser.new_context(java_script_enabled=False, storage_state=officer.context.storage_state())
    page = plain.new_page()
    page.goto(f"{stack.url}/desk?view=all")
    page.locator("[data-pick]").first.check()
    page.get_by_role("button", name="Lanjutkan").click()
    page.wait_for_url("**/desk/massal**")
    expect(page.locator("h1")).to_have_count(1)
    plain.close()
