"""Attachments in a real browser: sent ahead, over a line that breaks, and without any script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.navigator import Citizen
from tests.pictures import jpeg, mp4, pdf, png
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

FORM = "/lapor/semua"
FIELD = "[data-upload]"


def posted(name: str, content: bytes) -> dict[str, Any]:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def fill(page: Page) -> None:
    page.locator("input[name=kind][value=complaint]").check(force=True)
    page.locator("[name=title]").fill("Jalan berlubang")
    page.locator("[name=text]").fill("Lubang di depan pasar makin dalam.")


def choose(page: Page, *files: dict[str, Any]) -> None:
    page.locator(f"{FIELD} input[type=file]").first.set_input_files(list(files))


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim laporan").click()


def test_files_go_ahead_of_the_form_and_arrive_with_it(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    citizen = Citizen(browser, stack.url, pictures)
    page = citizen.page
    citizen.go(FORM)
    fill(page)
    choose(page, posted("lubang.jpg", jpeg(800, 600)), posted("film.mp4", mp4(3 * 1024 * 1024)))
    choose(page, posted("surat.pdf", pdf()))
    expect(page.get_by_text("sudah terlampir")).to_have_count(3)
    expect(page.locator(".upload-item img")).to_have_count(1)
    page.get_by_role("button", name="Hapus surat.pdf").click()
    expect(page.locator(".upload-item")).to_have_count(2)
    citizen.look("20-attachments")
    send(page)
    page.wait_for_url("**/lapor/tanda-terima/**")
    citizen.key_path = page.locator("a[href*='/l/']").first.get_attribute("href") or ""
    citizen.follow()
    expect(page.get_by_alt_text("lubang.jpg")).to_be_visible()
    expect(page.get_by_role("link", name="film.mp4")).to_be_visible()
    expect(page.get_by_text("surat.pdf")).to_have_count(0)
    citizen.look("21-attachments-shown")


def test_a_broken_line_costs_one_piece(stack: Stack, browser: Browser, pictures: Path) -> None:
    page = Citizen(browser, stack.url, pictures).page
    offsets: list[str] = []
    broken = [True]

    def line(route: Route) -> None:
        body = (route.request.post_data_buffer or b"").decode("latin-1")
        offsets.append(body.split('name="offset"\r\n\r\n')[1].split("\r\n")[0])
        if broken[0] and offsets[-1] != "0":
            route.abort()
        else:
            route.continue_()

    page.route("**/unggah", line)
    page.goto(stack.url + FORM)
    fill(page)
    choose(page, posted("film.mp4", mp4(1200 * 1024)))
    again = page.get_by_role("button", name="Lanjutkan film.mp4")
    expect(again).to_be_visible()
    expect(page.get_by_text("Terputus. Yang sudah terkirim tidak hilang.")).to_be_visible()
    send(page)
    expect(page.get_by_text("Ada lampiran yang belum selesai")).to_be_visible()
    broken[0] = False
    again.click()
    expect(page.get_by_text("1,2 MB, sudah terlampir")).to_be_visible()
    assert offsets.count("0") == 1 and offsets.count("524288") >= 2
    send(page)
    page.wait_for_url("**/lapor/tanda-terima/**")


def test_a_form_that_is_sent_early_waits_for_its_files(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    page = Citizen(browser, stack.url, pictures).page
    held: list[Route] = []
    page.route("**/unggah", lambda route: held.append(route))
    page.goto(stack.url + FORM)
    fill(page)
    choose(page, posted("lubang.jpg", jpeg()))
    expect(page.locator("progress")).to_be_visible()
    send(page)
    expect(page.get_by_text("Menunggu lampiran selesai")).to_be_visible()
    assert FORM in page.url and len(held) == 1
    held[0].continue_()
    page.wait_for_url("**/lapor/tanda-terima/**")


def test_where_nothing_can_be_kept_ahead_the_file_goes_with_the_form(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    page = Citizen(browser, stack.url, pictures).page
    full = {"status": 503, "content_type": "application/json", "body": '{"error": "penuh"}'}
    page.route("**/unggah", lambda route: route.fulfill(**full))
    page.goto(stack.url + FORM)
    fill(page)
    choose(page, posted("lubang.jpg", jpeg()))
    expect(page.get_by_text("terkirim bersama formulir")).to_be_visible()
    send(page)
    page.wait_for_url("**/lapor/tanda-terima/**")
    page.goto(page.locator("a[href*='/l/']").first.get_attribute("href") or "")
    expect(page.get_by_alt_text("lubang.jpg")).to_be_visible()


def test_an_unfit_file_says_why_beside_itself(stack: Stack, browser: Browser, pictures: Path) -> None:
    page = Citizen(browser, stack.url, pictures).page
    page.goto(stack.url + FORM)
    choose(page, posted("lubang.jpg", png()), *[posted(f"{number}.pdf", pdf()) for number in range(5)])
    expect(page.get_by_text("isinya tidak sesuai dengan namanya")).to_be_visible()
    expect(page.get_by_text("Paling banyak 5 berkas.", exact=True)).to_be_visible()
    expect(page.locator(".upload-item")).to_have_count(5)


def test_without_any_script_files_go_with_the_form_and_stay_when_it_comes_back(
    stack: Stack, browser: Browser
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(stack.url + FORM)
    fill(page)
    page.locator("[name=title]").fill(" ")
    choose(page, posted("lubang.jpg", jpeg()), posted("surat.pdf", pdf()))
    send(page)
    expect(page.get_by_text("sudah terlampir")).to_have_count(2)
    page.get_by_label("Hapus surat.pdf").check(force=True)
    page.locator("[name=title]").fill("Jalan berlubang")
    send(page)
    page.wait_for_url("**/lapor/tanda-terima/**")
    page.goto(page.locator("a[href*='/l/']").first.get_attribute("href") or "")
    expect(page.get_by_alt_text("lubang.jpg")).to_be_visible()
    expect(page.get_by_text("surat.pdf")).to_have_count(0)


def test_a_refused_file_holds_the_form_back_with_what_to_do_until_it_is_removed(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    page = Citizen(browser, stack.url, pictures).page
    page.goto(stack.url + FORM)
    fill(page)
    choose(page, posted("catatan.txt", b"halo"))
    expect(page.get_by_text("Berkas catatan.txt bukan foto")).to_be_visible()
    send(page)
    note = page.get_by_text("Ada berkas yang tidak dapat kami terima")
    expect(note).to_be_visible()
    page.get_by_role("button", name="Hapus catatan.txt").click()
    expect(note).to_have_count(0)
    send(page)
    page.wait_for_url("**/lapor/tanda-terima/**")


def test_switching_the_language_of_the_form_keeps_words_and_files_and_enter_still_goes_on(
    stack: Stack, browser: Browser, pictures: Path
) -> None:
    page = Citizen(browser, stack.url, pictures).page
    page.goto(stack.url + "/lapor")
    fill(page)
    choose(page, posted("foto.png", png()))
    expect(page.get_by_text("sudah terlampir")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="What happened?")).to_be_visible()
    expect(page.get_by_role("button", name="Remove foto.png")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("Jalan berlubang")
    page.locator("[name=title]").press("Enter")
    page.wait_for_url("**/lapor/langkah/2")
