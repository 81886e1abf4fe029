"""The back button of a real browser, which fetches the page anew and puts the words back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.navigator import Citizen, Officer
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

TEXT = "Trotoar di depan sekolah berlubang dan berbahaya bagi anak-anak."


def put_back(page: Page, name: str, words: str) -> None:
    """Where a browser did not put the words back itself, the person types them again."""
    if page.locator(name).input_value() != words:
        page.locator(name).fill(words)


def code_on(page: Page) -> str:
    return page.locator(".panel .code").inner_text()


def test_a_report_sent_gone_back_to_and_sent_again_is_one_report(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Trotoar berlubang", TEXT)
    citizen.send()
    first = code_on(citizen.page)
    citizen.page.go_back()
    expect(citizen.page.locator("#title")).to_be_visible()
    if citizen.page.locator("#title").input_value() != "Trotoar berlubang":
        citizen.file("Trotoar berlubang", TEXT)
    citizen.send()
    assert code_on(citizen.page) == first
    expect(citizen.page.get_by_text("Laporan yang sama sudah kami terima")).to_be_visible()
    citizen.look("12-same-again")
    citizen.page.get_by_role("link", name="Kirim sebagai laporan baru").click()
    expect(citizen.page.locator("#text")).to_have_value(TEXT)
    citizen.send()
    assert code_on(citizen.page) != first


def test_a_message_sent_gone_back_to_and_sent_again_is_there_once(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Trotoar berlubang lagi", TEXT)
    citizen.send()
    citizen.follow()
    for turn in range(2):
        put_back(citizen.page, "#pesan-text", "Apakah ada kabar?")
        citizen.submit(citizen.page.get_by_role("button", name="Kirim pesan"))
        expect(citizen.page.locator(".letter .words").get_by_text("Apakah ada kabar?")).to_have_count(1)
        if turn == 0:
            citizen.page.go_back()
    expect(citizen.page.get_by_text("tidak kami kirim dua kali")).to_be_visible()
    citizen.look("13-message-again")
    citizen.page.get_by_role("button", name="Tutup laporan ini di perangkat ini").click()
    expect(citizen.page.get_by_text("sudah ditutup di perangkat ini")).to_be_visible()
    citizen.look("14-forgotten")


def test_an_officer_whose_log_in_has_ended_finds_the_words_on_the_next_page(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Halte rusak", TEXT)
    citizen.send()
    citizen.follow()
    admin = Officer(browser, stack.url, pictures)
    admin.log_in("kota")
    admin.open(citizen.code)
    admin.look("15-dispose")
    admin.context.clear_cookies(name="tuntas-staff")
    admin.act("dispose", unit="Dinas Pekerjaan Umum", note="Mohon segera, dekat sekolah.")
    expect(admin.page.get_by_text("Mohon segera, dekat sekolah.")).to_be_visible()
    assert [line for line in admin.complaints if "401" not in line] == []
    admin.complaints.clear()
    admin.look("16-ended")
    expect(admin.page.get_by_role("link", name="Masuk lagi")).to_have_attribute(
        "href", re.compile("next=/desk/")
    )
