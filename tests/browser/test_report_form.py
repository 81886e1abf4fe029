"""The report form in steps, in a real browser: with scripts, without them, and on a small screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.navigator import Citizen
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

TITLE, TEXT = "Lampu taman padam", "Lampu taman di depan balai kota padam sejak Senin."
SMALL: ViewportSize = {"width": 320, "height": 640}


def onward(page: Page) -> None:
    page.locator("main form .btn-primary").click()


def tell(page: Page) -> None:
    """The first step."""
    page.locator("input[name=kind][value=complaint]").check(force=True)
    page.locator("#title").fill(TITLE)
    page.locator("#text").fill(TEXT)


def test_four_steps_with_a_region_from_the_list(stack: Stack, browser: Browser, pictures: Path) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    page = citizen.page
    citizen.go("/lapor")
    tell(page)
    citizen.look("20-what")
    onward(page)
    page.locator("#region").press_sequentially("cibinong bogor", delay=20)
    expect(page.get_by_role("option").first).to_contain_text("Kecamatan Cibinong")
    citizen.look("21-where")
    page.locator("#region").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#region")).to_have_value("Kecamatan Cibinong, Kabupaten Bogor, Jawa Barat")
    expect(page.get_by_role("combobox", name="Wilayah")).to_have_attribute("aria-expanded", "false")
    onward(page)
    citizen.look("22-who")
    page.locator("#email").fill("pelapor@contoh.example")
    onward(page)
    expect(page.locator(".check-list")).to_contain_text("Kecamatan Cibinong")
    citizen.look("23-check")
    citizen.send()
    citizen.look("24-receipt")
    citizen.follow()
    expect(page.locator(".case-head")).to_contain_text("Kecamatan Cibinong")


def test_a_mistake_is_told_on_its_step_and_the_back_button_finds_every_word(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    page = citizen.page
    citizen.go("/lapor")
    tell(page)
    onward(page)
    page.locator("#region").fill("tidak ada di mana pun")
    onward(page)
    expect(page.locator(".error-summary")).to_be_focused()
    assert [line for line in citizen.complaints if "422" not in line] == []
    citizen.complaints.clear()
    citizen.look("25-wrong-region")
    citizen.go("/lapor/langkah/2")
    page.locator("#region").fill("bogor")
    onward(page)
    page.get_by_label("Kota Bogor, Jawa Barat", exact=True).check(force=True)
    onward(page)
    expect(page.locator("#email")).to_be_visible()
    citizen.complaints.clear()
    citizen.go("/lapor/langkah/2")
    expect(page.locator("#region")).to_have_value("Kota Bogor, Jawa Barat")
    page.locator("#region").fill("")
    onward(page)
    expect(page.locator("#email")).to_be_visible()
    page.go_back()
    expect(page.locator("#region")).to_be_visible()
    page.get_by_role("button", name="Kembali").click()
    expect(page.locator("#text")).to_have_value(TEXT)
    citizen.go("/lapor")
    expect(page.get_by_role("link", name="Lanjutkan laporan")).to_be_visible()
    citizen.look("26-resume")
    page.get_by_role("button", name="Buang dan mulai baru").click()
    expect(page.locator("#text")).to_have_value("")


def test_without_scripts_on_a_small_screen_the_same_can_be_done(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(viewport=SMALL, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.url}/lapor")
    tell(page)
    onward(page)
    page.locator("#region").fill("bogor")
    page.get_by_role("button", name="Cari", exact=True).click()
    page.get_by_label("Kota Bogor, Jawa Barat", exact=True).check(force=True)
    onward(page)
    page.get_by_role("button", name="Kembali").click()
    expect(page.locator("#region")).to_have_value("Kota Bogor, Jawa Barat")
    onward(page)
    onward(page)
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", name="Laporan Anda sudah kami terima")).to_be_visible()
    expect(page.locator("[data-copy]")).to_be_hidden()
    context.close()


def test_the_receipt_can_be_copied(stack: Stack, browser: Browser, pictures: Path) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    citizen.file("Halte tanpa atap", "Atap halte sudah lama hilang.")
    citizen.send()
    citizen.page.get_by_role("button", name="Salin kode dan kunci").click()
    expect(citizen.page.get_by_text("Tersalin")).to_be_visible()
    copied = citizen.page.evaluate("navigator.clipboard.readText()")
    assert citizen.page.locator(".panel .code").inner_text() in copied and "/l/" in copied
