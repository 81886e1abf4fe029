"""The whole story in a browser: from the form to the reporter's confirmation, looked at on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.navigator import Citizen, Officer
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

TEXT = "Tiga lampu jalan di depan pasar padam sejak seminggu lalu. Malam hari gelap dan rawan."


def test_a_report_goes_from_the_form_to_the_confirmation(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.go("/")
    citizen.look("0-home")
    citizen.file("Lampu jalan padam di depan pasar", TEXT)
    citizen.look("1-form")
    citizen.send()
    citizen.look("2-receipt")
    citizen.follow()
    citizen.look("3-tracking")

    admin = Officer(browser, stack.url, pictures)
    admin.go("/masuk")
    admin.look("7-login")
    admin.log_in("kota")
    admin.look("4-desk")
    admin.open(citizen.code)
    admin.act("dispose", unit="Dinas Pekerjaan Umum", note="Mohon ditindaklanjuti.")
    expect(admin.page.get_by_role("status").first).to_be_visible()

    liaison = Officer(browser, stack.url, pictures)
    liaison.log_in("pu")
    liaison.open(citizen.code)
    liaison.look("5-case")
    liaison.act("follow_up", type="action", words="Tim sudah memeriksa ketiga tiang; kabelnya putus.")
    liaison.act("answer", words="Ketiga lampu sudah menyala kembali sejak pukul 14.00 WIB.")
    expect(liaison.page.get_by_text("Menunggu konfirmasi pelapor").first).to_be_visible()

    citizen.page.reload()
    citizen.look("6-verdict")
    citizen.confirm()
    expect(citizen.page.get_by_text("Selesai").first).to_be_visible()
    citizen.look("8-closed")
    citizen.go("/dev/outbox")
    citizen.look("9-outbox")


def test_a_disputed_answer_is_back_on_the_desk_one_rung_higher(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Saluran tersumbat", "Air meluap setiap hujan.")
    citizen.send()
    citizen.follow()
    admin = Officer(browser, stack.url, pictures)
    admin.log_in("kota")
    admin.open(citizen.code)
    admin.act("dispose", unit="Dinas Pekerjaan Umum")
    liaison = Officer(browser, stack.url, pictures)
    liaison.log_in("pu")
    liaison.open(citizen.code)
    liaison.act("answer", words="Sudah dikeruk.")
    citizen.page.reload()
    citizen.dispute("Baru sebagian yang dikeruk.")
    liaison.open(citizen.code)
    expect(liaison.page.get_by_text("Baru sebagian yang dikeruk.").first).to_be_visible()
    supervisor = Officer(browser, stack.url, pictures)
    supervisor.log_in("pu.atasan")
    supervisor.open(citizen.code)
    supervisor.look("10-supervisor")


def test_a_form_with_mistakes_keeps_every_word(stack: Stack, browser: Browser, pictures: Path) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("", TEXT)
    citizen.page.locator("#email").fill("bukan-alamat")
    citizen.page.locator("main form").evaluate("form => form.noValidate = true")
    citizen.page.locator("main form button[type=submit]").last.click()
    expect(citizen.page.locator("#text")).to_have_value(TEXT)
    assert [line for line in citizen.complaints if "422" not in line] == []
    citizen.complaints.clear()
    citizen.look("11-mistakes")
