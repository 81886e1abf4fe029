"""A case as it was then, and what changed between two instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.case import Action, FollowUp
from tests.factories import MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.inspected import handled, inspector

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)


@pytest.fixture
def case(site: Site) -> MadeCase:
    return handled(site, AT)


@pytest.fixture
def browser(site: Site, case: MadeCase) -> Browser:
    return at_desk(site, "pu.atasan")


def then(browser: Browser, case: MadeCase, query: str) -> str:
    answer = browser.get(f"{inspector(case.code)}/keadaan{query}")
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.parametrize(
    ("typed", "stage", "seq"),
    [
        ("1", "Menunggu verifikasi", 1),
        ("%232", "Terdisposisi, belum ditindaklanjuti", 2),
        ("2026-11-02T03:59:59Z", "Menunggu verifikasi", 1),
        ("2026-11-02+11.00", "Terdisposisi, belum ditindaklanjuti", 2),
        ("2026-11-02T11:00%2B07:00", "Terdisposisi, belum ditindaklanjuti", 2),
        ("2026-11-09+16.00", "Terdisposisi, belum ditindaklanjuti", 4),
        ("", "Menunggu konfirmasi pelapor", 6),
    ],
)
def test_any_event_and_any_instant_shows_the_case_as_it_was(
    browser: Browser, case: MadeCase, typed: str, stage: str, seq: int
) -> None:
    words = then(browser, case, f"?pada={typed}")
    assert f"Tahap {stage}" in words and f"peristiwa nomor {seq}:" in words


@pytest.mark.parametrize("typed", ["0", "2020-01-01"])
def test_before_its_first_event_a_case_was_not_there_and_has_no_stage(
    browser: Browser, case: MadeCase, typed: str
) -> None:
    words = then(browser, case, f"?pada={typed}")
    assert "Laporan ini belum ada" in words
    assert "Tahap" not in words and "peristiwa nomor 0" not in words


def test_what_the_first_event_brought_is_a_difference_to_nothing(browser: Browser, case: MadeCase) -> None:
    assert "Tahap – Menunggu verifikasi" in then(browser, case, "?pada=0&dengan=1")


@pytest.mark.parametrize("query", ["?pada=99", "?pada=1&dengan=99"])
def test_an_event_that_has_not_happened_is_refused_beside_its_field(
    browser: Browser, case: MadeCase, query: str
) -> None:
    answer = browser.get(f"{inspector(case.code)}/keadaan{query}")
    assert answer.status_code == 400
    assert "Peristiwa itu belum ada: yang terakhir di laporan ini bernomor 6." in text_of(answer)


def test_clocks_stand_as_they_stood_and_say_how_their_date_came_about(
    browser: Browser, case: MadeCase
) -> None:
    words = then(browser, case, "?pada=2")
    assert "Tindak lanjut pertama Senin, 9 November 2026, 16.00 WIB" in words.replace(
        "sisa 5 hari kerja ", ""
    )
    assert "Bagaimana tanggal ini dihitung?" in words and "hari kerja ke-1" in words
    assert "Yang akan datang sendiri menurut rencana saat itu peringatan Tindak lanjut pertama" in words


def test_the_difference_of_two_instants_is_told_in_words(browser: Browser, case: MadeCase) -> None:
    words = then(browser, case, "?pada=1&dengan=2")
    changed = words[words.index("Yang berubah") : words.index("Keadaan Senin")]
    assert "Tahap Menunggu verifikasi Terdisposisi, belum ditindaklanjuti" in changed
    assert "Pemegang Instansi kota Dinas pu" in changed
    assert (
        "Verifikasi sampai Kamis, 5 November 2026, 16.00 WIB berhenti Senin, 2 November 2026, 11.00 WIB"
        in changed
    )
    assert "Tindak lanjut pertama – sampai Senin, 9 November 2026, 16.00 WIB" in changed
    assert "Jenis" not in changed


def test_the_order_in_which_two_instants_are_typed_does_not_matter(browser: Browser, case: MadeCase) -> None:
    forth, back = (then(browser, case, query) for query in ("?pada=3&dengan=4", "?pada=4&dengan=3"))
    for words in (forth, back):
        assert "Eskalasi belum naik jenjang 1" in words
        assert "16.00 WIB sampai Senin, 9 November 2026, 16.00 WIB, terlewati" in words


def test_two_instants_without_a_change_between_them_say_so(browser: Browser, case: MadeCase) -> None:
    assert "Tidak ada yang berubah di antara kedua saat itu." in then(browser, case, "?pada=4&dengan=5")


def test_who_took_it_is_part_of_the_difference(site: Site, browser: Browser, case: MadeCase) -> None:
    site.factory.act(case, None, Action.DISPUTE, words="Belum.")
    site.factory.act(case, "pu.penghubung", Action.CLAIM)
    follow_up = {"follow_up": FollowUp.ACTION, "words": "Lagi."}
    site.factory.act(case, "pu.penghubung", Action.FOLLOW_UP, **follow_up)
    assert "Diambil oleh – Akun pu.penghubung" in then(browser, case, "?pada=7&dengan=8")
    assert "Pernyataan belum selesai – 1 kali" in then(browser, case, "?pada=6&dengan=7")


@pytest.mark.parametrize("typed", ["kemarin", "2026-13-40", "12x", "99999999999"])
def test_an_instant_that_is_none_is_refused_beside_its_field(
    browser: Browser, case: MadeCase, typed: str
) -> None:
    answer = browser.get(f"{inspector(case.code)}/keadaan?pada={typed}")
    assert answer.status_code == 400
    assert "Tulis nomor peristiwa, atau saat seperti 2026-11-20 10.00." in text_of(answer)
    assert f'value="{typed}"' in answer.get_data(as_text=True)


def test_one_walks_from_event_to_event(browser: Browser, case: MadeCase) -> None:
    markup = browser.get(f"{inspector(case.code)}/keadaan?pada=2").get_data(as_text=True)
    assert "pada=1" in markup and "pada=3" in markup and "pada=1&amp;dengan=2" in markup
    last = browser.get(f"{inspector(case.code)}/keadaan?pada=6").get_data(as_text=True)
    assert "pada=7" not in last


def test_a_damaged_log_is_said_and_is_no_fault_of_the_page(
    site: Site, browser: Browser, case: MadeCase
) -> None:
    with site.services.database.write() as session:
        session.execute(text("delete from case_log where case_id = :id and seq = 3"), {"id": case.id})
    assert "Terdisposisi" in then(browser, case, "?pada=2")
    assert "Keadaan saat itu tidak dapat disusun" in then(browser, case, "?pada=5")


def test_a_report_without_a_first_event_has_a_state_already(site: Site) -> None:
    early = site.factory.report(started=False, at=AT + timedelta(days=1))
    words = then(at_desk(site, "kota.admin"), early, "")
    assert "Belum ada peristiwa" in words and "Menunggu verifikasi" in words


def test_in_english_nothing_is_left_in_indonesian(browser: Browser, case: MadeCase) -> None:
    words = then(browser, case, "?pada=2&dengan=6&lang=en")
    assert "What changed" in words and "Stage" in words and "How it stood" in words
    for foreign in ("Keadaan", "Yang berubah", "Tahap", "sampai", "berhenti"):
        assert foreign not in words
