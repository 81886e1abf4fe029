"""The history of a case says what happened, and no more than anybody knows."""

from __future__ import annotations

from db.publication_store import Edition
from tests.factories import MadeCase
from tests.publications import Publisher
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.test_desk_case import ACTS, disposed, page_of
from tests.web.test_entry import day_ago, enter


def history_of(browser: Browser, case: MadeCase) -> str:
    words = text_of(page_of(browser, case))
    return words[words.rindex("Riwayat") :]


def test_an_entered_report_names_its_way_and_a_day_without_an_hour(live_site: Site) -> None:
    browser = at_desk(live_site, "kota.admin")
    answer = enter(browser, received_on=day_ago(3).isoformat())
    found = live_site.services.intakes.find(answer.location.rsplit("/", 1)[1])
    assert found is not None
    case = MadeCase(id=found.case_id, code=found.code, key=found.key, mask="")
    live_site.factory.start(case)
    words = text_of(page_of(browser, case))
    assert "Laporan diterima Surat, dicatat oleh petugas Baru tercatat" in words
    assert "12.00 · " not in words and "Sistem" not in words
    assert "12.00 WIB" not in words[words.rindex("Percakapan") : words.rindex("Waktu")]


def test_an_answer_that_was_taken_back_kept_no_promise_and_nobody_confirmed_it(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    browser.send(page_of(browser, case), "/answer", ACTS["/answer"])
    assert "Penyelesaian: direncanakan" in history_of(browser, case)
    browser.send(page_of(browser, case), "/take_back", {})
    told = history_of(browser, case)
    assert "Jawaban ditarik kembali" in told and "Kemudian ditarik kembali." in told
    for clock in ("Konfirmasi pelapor", "Penyelesaian", "Tindak lanjut pertama"):
        assert f"{clock}: direncanakan" not in told


def test_the_history_and_the_summary_say_what_is_public(live_site: Site) -> None:
    publisher = Publisher(live_site.factory)
    case = publisher.allowed()
    browser = at_desk(live_site, "pu.penghubung")
    assert "boleh, setelah disamarkan; belum tampil" in text_of(page_of(browser, case))
    publisher.edit(case, Edition(title="Lampu padam", text="Gelap sekali."))
    assert "Publikasi versi yang disamarkan sedang tampil" in text_of(page_of(browser, case))
    told = history_of(browser, case)
    assert "Versi yang disamarkan dipublikasikan" in told and "Pejabat Penghubung, Dinas pu" in told
    assert "Gelap sekali." not in text_of(page_of(browser, case))
    publisher.take_back(case)
    assert "sudah ditarik; tidak tampil" in text_of(page_of(browser, case))
    assert "Versi publik ditarik" in history_of(browser, case)
