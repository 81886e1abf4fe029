"""The forms of a case and of a report entered by staff, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from settings import DEMO_PASSWORD
from tests.browser.navigator import WIDE, Citizen, Officer
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

WORDS = "Ketiga lampu sudah kami ganti kemarin sore."


@pytest.fixture(scope="module")
def code(stack: Stack, browser: Browser, pictures: Path) -> str:
    """A case in the hands of an office."""
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Lampu jalan padam di depan pasar", "Tiga lampu padam.")
    citizen.send()
    citizen.follow()
    admin = Officer(browser, stack.url, pictures)
    admin.log_in("kota")
    admin.open(citizen.code)
    admin.act("dispose", unit="Dinas Pekerjaan Umum")
    return citizen.code


@pytest.fixture
def liaison(stack: Stack, browser: Browser, pictures: Path) -> Iterator[Officer]:
    """The liaison officer of that office."""
    made = Officer(browser, stack.url, pictures)
    made.log_in("pu")
    yield made
    made.context.close()


def unfolded(officer: Officer, action: str) -> Locator:
    """The form of an act, visible."""
    form = officer.page.locator(f"form[data-draft][action*='/{action}']")
    if not form.is_visible():
        officer.page.locator(f"#tindakan-{action} > summary").click()
    return form


def test_words_keep_themselves_and_a_preview_comes_in_place(
    stack: Stack, browser: Browser, pictures: Path, code: str
) -> None:
    liaison = Officer(browser, stack.url, pictures)
    liaison.log_in("pu")
    liaison.open(code)
    form = unfolded(liaison, "answer")
    form.locator("[name=words]").fill(WORDS)
    expect(form.locator("[data-draft-note]")).to_have_text(re.compile(r"Draf tersimpan \d\d\.\d\d"))
    form.get_by_role("button", name="Pratinjau").click()
    expect(liaison.page.locator("#answer-preview")).to_be_focused()
    expect(liaison.page.locator("#answer-preview")).to_contain_text("Tenggat Penyelesaian berhenti.")
    liaison.look("case-preview")
    liaison.page.set_viewport_size({"width": 320, "height": 700})
    assert not liaison.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_the_draft_is_there_without_any_script(stack: Stack, browser: Browser, code: str) -> None:
    page = browser.new_context(java_script_enabled=False, locale="id-ID").new_page()
    page.goto(f"{stack.url}/masuk")
    page.locator("input[name=login]").fill("pu")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.goto(f"{stack.url}/desk/{code}")
    form = page.locator("form[data-draft][action*='/answer']")
    expect(form.locator("[name=words]")).to_have_value(WORDS)
    form.get_by_role("button", name="Pratinjau").click()
    expect(page.locator("#answer-preview")).to_contain_text(WORDS)
    page.locator("form[data-draft][action*='/answer']").get_by_role("button", name="Buang draf").or_(
        page.locator("form[data-draft][action*='/answer']").get_by_role("button", name="Simpan draf")
    ).first.click()
    expect(page.locator("form[data-draft][action*='/answer'] [name=words]")).to_have_value(WORDS)


def test_reports_are_entered_one_after_the_other_by_keyboard(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    operator = Officer(browser, stack.url, pictures)
    operator.log_in("kota")
    operator.go("/desk/catat")
    operator.look("entry")
    keys = operator.page.keyboard
    operator.go("/desk/catat")
    keys.press("Space")
    operator.page.locator("[name=kind]").first.focus()
    keys.press("Space")
    operator.page.locator("[name=title]").fill("Saluran tersumbat")
    operator.page.locator("[name=text]").fill("Air meluap tiap hujan.")
    operator.page.locator("[name=title]").focus()
    keys.press("Enter")
    operator.page.wait_for_url("**/tanda-terima/**")
    expect(operator.page.get_by_role("button", name="Cetak tanda terima")).to_be_visible()
    operator.look("entry-receipt")
    operator.page.get_by_role("link", name="Catat laporan berikutnya").click()
    expect(operator.page.locator("[name=channel]").first).to_be_focused()


LONG = "Namayangsangatpanjangtanpajeda" * 3


def test_long_names_and_a_long_conversation_break_no_page_of_a_case(liaison: Officer, code: str) -> None:
    page = liaison.page
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for path in (f"/desk/{code}", f"/desk/{code}/publikasi", "/desk?view=all"):
            liaison.go(path)
            page.evaluate(
                """(name) => {
                    const named = ".letter h3, .words, dd, .claim > span, .timeline strong";
                    document.querySelectorAll(named).forEach((one) => { one.textContent = name; });
                    const letters = document.querySelector(".letters");
                    for (let more = 60; letters && more; more -= 1) {
                        letters.append(letters.lastElementChild.cloneNode(true));
                    }
                }""",
                LONG,
            )
            wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wider, f"{path} at {width}"
    page.set_viewport_size(WIDE)


def test_the_date_of_a_plan_is_asked_of_a_plan_alone(liaison: Officer, code: str) -> None:
    liaison.go(f"/desk/{code}")
    form = unfolded(liaison, "follow_up")
    expect(form.locator(".only-for-plan")).to_be_hidden()
    form.locator("[name=type][value=plan]").check(force=True)
    expect(form.locator(".only-for-plan")).to_be_visible()
