"""The whole story without a mouse, from the first question to the reporter's word; and a superior at work."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from settings import DEMO_PASSWORD
from tests.browser.keyboard import Hands
from tests.browser.navigator import Citizen, Officer
from tests.eventually import eventually_here
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]


def button(page: Page, name: str) -> Hands:
    hands = Hands(page)
    hands.press(page.get_by_role("button", name=name).first)
    return hands


def filed(citizen: Citizen) -> None:
    """The four steps, from the front door to the receipt."""
    page, hands = citizen.page, Hands(citizen.page)
    citizen.go("/")
    hands.write(page.locator("main textarea").first, "Pagar taman roboh ke jalan.")
    button(page, "Lanjutkan")
    page.wait_for_url("**/lapor")
    hands.tick(page.locator("input[name=kind][value=complaint]"))
    hands.write(page.locator("#title"), "Pagar taman roboh")
    button(page, "Lanjutkan")
    page.wait_for_url("**/langkah/2")
    hands.write(page.locator("#place"), "Taman kota, sisi timur")
    hands.choose(page.locator("#agency"), "Pemerintah Kota Contoh")
    button(page, "Lanjutkan")
    page.wait_for_url("**/langkah/3")
    hands.write(page.locator("#email"), "pelapor@contoh.example")
    hands.tick(page.locator("#anonymous"))
    button(page, "Lanjutkan")
    page.wait_for_url("**/langkah/4")
    button(page, "Kirim laporan")
    page.wait_for_url("**/lapor/tanda-terima/**")


def logged_in(officer: Officer, login: str) -> Hands:
    page, hands = officer.page, Hands(officer.page)
    officer.go("/masuk")
    hands.write(page.locator("input[name=login]"), login)
    hands.write(page.locator("input[name=password]"), DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk**")
    return hands


def found(officer: Officer, hands: Hands, title: str) -> None:
    """The case by searching its words, again until its first event has brought it into the lists."""
    line = officer.page.locator("a.title", has_text=title)

    def listed() -> bool:
        officer.go("/desk")
        hands.write(officer.page.locator("#cari"), title)
        with officer.page.expect_navigation():
            officer.page.keyboard.press("Enter")
        return line.count() > 0

    eventually_here(listed, f"{title} in the list", pause=0.5)
    hands.press(line.first)
    officer.page.wait_for_url("**/desk/*-*")


def opened(officer: Officer, hands: Hands, action: str) -> None:
    """The form of an act, with all unfolded that hides it."""
    for card in officer.page.locator(f"details:has(form[action*='/{action}'])").all():
        if card.get_attribute("open") is None:
            hands.press(card.locator("> summary"))


def sent(officer: Officer, hands: Hands, action: str) -> None:
    form = officer.page.locator(f"form[action*='/{action}']")
    with officer.page.expect_navigation():
        hands.press(form.locator("button[type=submit]:not([name]):visible").first)
    officer.settle()


def test_citizen_and_officers_need_no_mouse(stack: Stack, browser: Browser, pictures: Path) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    filed(citizen)
    admin = Officer(browser, stack.url, pictures)
    hands = logged_in(admin, "kota")
    found(admin, hands, "Pagar taman roboh")
    opened(admin, hands, "dispose")
    hands.choose(admin.page.locator("form[action*='/dispose'] [name=unit]"), "Dinas Pekerjaan Umum")
    sent(admin, hands, "dispose")
    expect(admin.page.get_by_text("Terdisposisi").first).to_be_visible()

    liaison = Officer(browser, stack.url, pictures)
    hands = logged_in(liaison, "pu")
    found(liaison, hands, "Pagar taman roboh")
    opened(liaison, hands, "answer")
    hands.write(liaison.page.locator("form[action*='/answer'] [name=words]"), "Pagar sudah berdiri lagi.")
    sent(liaison, hands, "answer")
    expect(liaison.page.get_by_text("Menunggu konfirmasi pelapor").first).to_be_visible()

    page, hands = citizen.page, Hands(citizen.page)
    hands.press(page.locator("main a[href*='/lacak/'], main a[href*='/l/']").first)
    page.wait_for_url("**/lacak/**")
    hands.press(page.get_by_text("Ya, selesai", exact=True))
    with page.expect_navigation():
        button(page, "Kirim: sudah selesai")
    citizen.settle()
    expect(page.get_by_text("Selesai").first).to_be_visible()
    assert citizen.complaints == admin.complaints == liaison.complaints == []


def test_a_superior_extends_a_promise_with_a_reason_that_the_reporter_reads(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Halte tanpa atap", "Atap halte hilang sejak dua bulan lalu.")
    citizen.send()
    citizen.follow()
    admin = Officer(browser, stack.url, pictures)
    admin.log_in("kota")
    admin.open(citizen.code)
    admin.act("dispose", unit="Dinas Pekerjaan Umum")
    expect(admin.page.get_by_text("Terdisposisi").first).to_be_visible()

    superior = Officer(browser, stack.url, pictures)
    superior.log_in("pu.atasan")
    superior.open(citizen.code)
    superior.look("12-superior")
    superior.act("extend", words="Bahan atap baru tiba minggu depan.")
    expect(superior.page.get_by_text("Bahan atap baru tiba minggu depan.").first).to_be_visible()
    superior.look("13-extended")
    citizen.page.reload()
    expect(citizen.page.get_by_text("Bahan atap baru tiba minggu depan.").first).to_be_visible()
