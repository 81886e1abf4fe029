"""A supervisor looks into a case: its history, how it stood then, and whether today's program agrees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.navigator import NARROW, Citizen, Inspector, Officer
from tests.eventually import eventually_here
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]
OFFICE = "Dinas Pekerjaan Umum"
MACHINERY = "Tampilkan juga kerja mesin: pewaktu dan peristiwa alur kerja"


@pytest.fixture(scope="module")
def code(browser: Browser, stack: Stack, pictures: Path) -> str:
    """A case that was sent to an office, asked back about, followed up and answered."""
    citizen = Citizen(browser, stack.url, pictures)
    citizen.file("Tutup got hilang di depan sekolah", "Tutup got hilang sejak Senin, anak-anak bisa jatuh.")
    citizen.send()
    citizen.follow()
    acts = (
        ("kota", "dispose", {"unit": OFFICE, "note": "Mohon segera, ini di depan sekolah."}),
        ("pu", "follow_up", {"type": "action", "words": "Kami pasang penutup sementara hari ini."}),
        ("pu", "answer", {"words": "Penutup beton sudah terpasang."}),
    )
    for login, action, fields in acts:
        officer = Officer(browser, stack.url, pictures)
        officer.log_in(login)
        officer.open(citizen.code)
        officer.act(action, **fields)
        officer.context.close()
    citizen.context.close()
    return citizen.code


@pytest.fixture
def inspector(browser: Browser, stack: Stack, pictures: Path) -> Iterator[Inspector]:
    made = Inspector(browser, stack.url, pictures)
    made.log_in("pu.atasan")
    yield made
    made.context.close()


def test_the_history_tells_who_decided_what_was_planned_and_what_came(
    inspector: Inspector, code: str
) -> None:
    page = inspector.page
    inspector.inspect(code)
    told = inspector.titles()
    people = [one for one in told if one.startswith(("Laporan di", "Tindakan"))]
    assert people == [
        "Laporan dijawab",
        "Tindakan",
        f"Laporan didisposisikan ke {OFFICE}",
        "Laporan diterima",
    ]
    assert not any(one.startswith("Pewaktu") for one in told)
    assert page.get_by_text("Riwayat alur kerja di mesin").is_visible()
    inspector.only(MACHINERY)
    assert any(one.startswith("Pewaktu di") for one in inspector.titles())
    fold = page.locator(".timeline > .is-fold summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator(".machine li").first.is_visible()
    page.locator(".folds summary").first.click()
    inspector.look("inspector")


def test_lines_are_searched_and_chosen_by_kind(inspector: Inspector, code: str) -> None:
    inspector.inspect(code)
    inspector.only("Keputusan orang", words="beton")
    assert inspector.titles() == ["Laporan dijawab"]
    inspector.look("inspector-found")
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("link", name="Hapus saringan").click()
    inspector.only(MACHINERY)
    inspector.only("Peristiwa mesin")
    assert "Pencatatan selesai" in " ".join(inspector.titles())


def test_the_case_stands_as_it_stood_and_the_difference_is_in_words(inspector: Inspector, code: str) -> None:
    page = inspector.page
    inspector.inspect(code)
    page.locator("#peristiwa-2").get_by_role("link", name="nomor 2").click()
    expect(page.get_by_text("Terdisposisi, belum ditindaklanjuti").first).to_be_visible()
    changed = inspector.compare("1", "4")
    assert changed["Tahap"] == ("Menunggu verifikasi", "Menunggu konfirmasi pelapor")
    assert changed["Pemegang"] == ("Pemerintah Kota Contoh", OFFICE)
    assert changed["Konfirmasi pelapor"][0] == "–"
    inspector.look("as-it-was")


def test_the_program_of_today_agrees_with_the_history(inspector: Inspector, code: str) -> None:
    page = inspector.page
    inspector.inspect(code)

    def agrees() -> bool:
        with page.expect_navigation():
            page.get_by_role("button", name="Periksa ulang").click()
        assert page.get_by_text("Pemeriksaan ulang: berbeda").count() == 0
        return page.get_by_text("Pemeriksaan ulang: sama").count() > 0

    eventually_here(agrees, "the same, and not cut off for being slow")
    inspector.look("inspector-checked")
    with page.expect_download() as started:
        page.get_by_role("link", name="peristiwa mesin (JSON)").click()
    events = json.loads(Path(started.value.path()).read_text())["events"]
    assert events[0]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"


def test_everything_works_without_scripts_and_on_a_narrow_screen(
    browser: Browser, stack: Stack, inspector: Inspector, code: str
) -> None:
    state = inspector.context.storage_state()
    plain = browser.new_context(
        java_script_enabled=False, storage_state=state, viewport={**NARROW, "width": 320}
    )
    page = plain.new_page()
    page.goto(f"{stack.url}/oversight")
    page.locator("#kode").fill(code)
    page.locator("form:has(#kode) button").click()
    page.wait_for_url("**/oversight/kasus/**")
    page.locator("#q").fill("beton")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator(".timeline .what strong")).to_have_text(["Laporan dijawab"])
    page.locator("#pada").fill("2")
    page.get_by_role("button", name="Lihat keadaannya").click()
    expect(page.locator("h1")).to_have_text("Seperti saat itu: Tutup got hilang di depan sekolah")
    plain.close()
    inspector.page.set_viewport_size({**NARROW, "width": 320})
    for path in ("", "/keadaan?pada=1&dengan=4"):
        inspector.go(f"/oversight/kasus/{code}{path}")
        assert not inspector.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_while_the_engine_is_down_the_log_speaks_and_says_so(
    stack: Stack, inspector: Inspector, code: str
) -> None:
    engine = stack.freeze("engine")
    try:
        inspector.go(f"/oversight/kasus/{code}")
        said = "Mesin tidak menjawab, jadi yang tampil bukan dari mesin."
        expect(inspector.page.get_by_text(said)).to_be_visible()
        assert "Laporan dijawab" in inspector.titles()
    finally:
        stack.thaw(engine)
    inspector.page.reload()
    inspector.see_engine()
