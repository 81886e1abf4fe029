"""The history inspector while the engine is away: everything that the tables know, and whence."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.case_table import OutboxRow
from domain.case import Action, MailProblem, Role
from tests.factories import MadeCase
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.inspected import handled, inspector, with_many_messages, words_of

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
ADDRESS = "pelapor@contoh.example"


@pytest.fixture
def case(site: Site) -> MadeCase:
    return handled(site, AT)


def test_without_the_engine_the_log_is_shown_and_says_so(site: Site, case: MadeCase) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code)
    assert "Log laporan di basis data , dibaca" in words
    assert "Mesin tidak menjawab, jadi yang tampil bukan dari mesin." in words
    assert "Menurut tabel; mesin tidak ditanya atau tidak menjawab." in words


def test_people_machines_and_words_stand_in_one_timeline_newest_first(site: Site, case: MadeCase) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code)
    order = [
        "Laporan dijawab",
        "Lampu sudah menyala lagi.",
        "Pelapor mengirim pesan",
        "Kapan diperbaiki?",
        "Batas waktu Tindak lanjut pertama terlewati",
        "Laporan didisposisikan ke Dinas pu",
        "Mohon segera ke lokasi.",
        "Laporan diterima",
    ]
    places = [words.index(one) for one in order]
    assert places == sorted(places)
    assert "Admin Instansi, Instansi kota" in words and "Akun kota.admin" not in words


def test_plan_and_outcome_stand_side_by_side(site: Site, case: MadeCase) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code)
    assert "Direncanakan (Verifikasi) Kamis, 5 November 2026, 16.00 WIB" in words
    assert "Terjadi Senin, 2 November 2026, 11.00 WIB tepat waktu" in words
    assert "Direncanakan (Tindak lanjut pertama) Senin, 9 November 2026, 16.00 WIB" in words
    assert "Terjadi Senin, 9 November 2026, 16.00 WIB terlewati tanpa tindakan" in words
    assert "(Penyelesaian) Jumat, 20 November 2026, 16.30 WIB" in words and "terlambat" in words


def test_every_date_says_how_it_came_about(site: Site, case: MadeCase) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code)
    assert "Tenggat yang ditetapkan: Verifikasi, Penyelesaian, Tawaran Ombudsman" in words
    assert "hari kerja sejak Senin, 2 November 2026." in words
    assert "Tidak dihitung:" in words and "akhir pekan" in words


def test_deliveries_are_told_by_role_state_attempts_and_times_and_never_by_address(
    site: Site, case: MadeCase
) -> None:
    with site.services.database.write() as session:
        rows = session.scalars(
            select(OutboxRow).where(OutboxRow.case_id == case.id).order_by(OutboxRow.id)
        ).all()
        assert len(rows) >= 3
        rows[0].state, rows[0].sent_at, rows[0].attempts = "sent", rows[0].not_before, 2
        rows[1].state, rows[1].problem, rows[1].attempts = "failed", "bounced", 1
        rows[2].state, rows[2].problem = "unknown", "sender_lost"
    answer = at_desk(site, "pu.atasan").get(inspector(case.code))
    words, markup = text_of(answer), answer.get_data(as_text=True)
    for told in (
        "2 percobaan",
        "alamat menolak",
        "tidak diketahui sampai atau tidak",
        "1 gagal",
        "→ Pelapor",
    ):
        assert told in words
    assert ADDRESS not in markup and "Canary" not in markup and "@contoh" not in markup
    assert "→ Pejabat Penghubung, Dinas pu" in words


def test_what_was_refused_and_what_waits_is_there_with_reason_and_words(site: Site, case: MadeCase) -> None:
    site.factory.act(
        case, "kota.admin", Action.DISPOSE, unit=site.factory.offices.unit("hub"), words="Ke hub."
    )
    site.factory.command(case, None, Action.MESSAGE, words="Masih di jalan.")
    words = words_of(at_desk(site, "kota.admin"), case.code, "?jenis=tertahan")
    assert "Ditolak: Disposisi" in words and "Ke hub." in words
    assert "Tindakan ini tidak berlaku pada tahap laporan sekarang." in words
    assert "Menunggu diterapkan: Pesan" in words and "Masih di jalan." in words
    assert "Laporan diterima" not in words


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?jenis=orang", "Laporan dijawab", "terlewati; atasan"),
        ("?jenis=waktu", "terlewati; atasan", "Laporan dijawab"),
        ("?jenis=pesan", "Kapan diperbaiki?", "Laporan didisposisikan"),
        ("?jenis=kiriman&jenis=waktu", "terlewati; atasan", "Tidak ada baris"),
        ("?q=MENYALA+lagi", "Lampu sudah menyala lagi.", "Kapan diperbaiki?"),
        ("?q=pejabat+menyala", "Laporan dijawab", "Pelapor mengirim pesan"),
        ("?jenis=orang&q=disposisikan", "Mohon segera", "Laporan dijawab"),
        ("?jenis=entah&q=", "Laporan diterima", "Tidak ada baris"),
        ("?q=tidakadakatabegini", "Tidak ada yang cocok dengan saringan ini.", "Laporan diterima"),
    ],
)
def test_the_timeline_is_searched_and_filtered_by_its_address(
    site: Site, case: MadeCase, query: str, there: str, gone: str
) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code, query)
    assert there in words and gone not in words


def test_the_filter_form_keeps_what_was_asked_and_leads_back(site: Site, case: MadeCase) -> None:
    markup = (
        at_desk(site, "pu.atasan").get(inspector(case.code, "?q=lampu&jenis=orang")).get_data(as_text=True)
    )
    assert 'value="lampu"' in markup
    assert re.search(r'id="jenis-orang"[^>]* checked', markup) and not re.search(
        r'id="jenis-waktu"[^>]* checked', markup
    )
    assert "Hapus saringan" in markup


def test_in_english_nothing_of_it_is_left_in_indonesian(site: Site, case: MadeCase) -> None:
    words = words_of(at_desk(site, "pu.atasan"), case.code, "?lang=en")
    assert "The report's log in the database" in words and "The engine does not answer" in words
    assert "Planned (Verification)" in words and "on time" in words
    for foreign in ("Direncanakan", "kiriman", "Tenggat", "peristiwa", "Cari di"):
        assert foreign not in words


def test_twelve_thousand_messages_are_read_page_by_page(site: Site) -> None:
    case = site.factory.report(at=AT)
    site.factory.dispose(case, at=AT + timedelta(hours=1))
    with_many_messages(site, case, 12_000)
    browser, seen, pages = at_desk(site, "pu.atasan"), [], 0
    address = inspector(case.code, "?sumber=log")
    began = time.monotonic()
    while address and pages < 3:
        markup = browser.get(address).get_data(as_text=True)
        numbers = [int(one) for one in re.findall(r'id="peristiwa-(\d+)"', markup)]
        assert 0 < len(numbers) <= 200 and len(markup) < 400_000
        seen, pages = seen + numbers, pages + 1
        found = re.search(r'rel="next" href="([^"]+)"', markup)
        address = found[1].replace("&amp;", "&") if found else ""
    assert time.monotonic() - began < 120
    assert seen == list(range(12_003, 12_003 - len(seen), -1))
    old = browser.get(inspector(case.code, "?sumber=log&q=diterima")).get_data(as_text=True)
    assert "Pencarian berhenti di sini" in old or "Laporan diterima" in old


def test_the_last_page_ends_with_the_first_event_and_leads_back_to_the_newest(site: Site) -> None:
    case = site.factory.report(at=AT)
    with_many_messages(site, case, 150)
    browser = at_desk(site, "kota.atasan")
    first = browser.get(inspector(case.code, "?sumber=log")).get_data(as_text=True)
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    last = browser.get(older[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "Laporan diterima" in last and 'rel="next"' not in last and "Terbaru" in last
    numbers = re.findall(r'id="peristiwa-(\d+)"', first + last)
    assert [int(one) for one in numbers] == list(range(152, 0, -1))


@pytest.mark.parametrize(
    "place", ["x", "m.1.2", "l..5.5.0.0", "z..1.1.0", "l..-3.0.0", "m.no-run.9.9.0", "l..9.9.x"]
)
def test_a_place_that_is_none_of_ours_shows_the_newest_page(site: Site, case: MadeCase, place: str) -> None:
    assert site.browser().get(inspector(case.code)).status_code == 303
    answer = at_desk(site, "pu.atasan").get(inspector(case.code, f"?sebelum={place}"))
    assert answer.status_code == 200


def test_a_report_that_no_engine_has_taken_is_shown_as_such(site: Site) -> None:
    case = site.factory.report(started=False)
    words = words_of(at_desk(site, "kota.admin"), case.code)
    assert "Belum ada riwayat" in words


def test_the_log_can_be_downloaded_whole(site: Site, case: MadeCase) -> None:
    answer = at_desk(site, "pu.atasan").get(f"{inspector(case.code)}/mentah?sumber=log")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{case.code}-log.json"'
    rows = json.loads(answer.get_data(as_text=True))
    assert [row["seq"] for row in rows] == [6, 5, 4, 3, 2, 1] or [row["seq"] for row in rows][-1] == 1
    assert rows[-1]["event"]["kind"] == "received"


def test_the_accused_stays_unnamed_for_those_who_only_look_on(site: Site) -> None:
    site.factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    case = site.factory.report(at=AT)
    accused = site.factory.offices.people["hub.penghubung"]
    site.factory.dispose(case, unit="pu", accused_person_id=accused)
    path = f"{inspector(case.code)}/mentah?sumber=log"
    for login, shown in (("kota.admin", accused), ("pemantau", None)):
        rows = json.loads(at_desk(site, login).get(path).get_data(as_text=True))
        assert rows[0]["event"]["facts"]["accused_person_id"] == shown
        then = text_of(at_desk(site, login).get(f"{inspector(case.code)}/keadaan?pada=2"))
        assert ("Akun hub.penghubung" in then) is (shown is not None)


def test_a_run_that_cannot_be_fetched_is_said_with_the_right_status(site: Site, case: MadeCase) -> None:
    browser = at_desk(site, "pu.atasan")
    assert browser.get(f"{inspector(case.code)}/mentah?bagian=abc").status_code == 503


def test_a_check_without_engine_and_file_says_why(site: Site, case: MadeCase) -> None:
    browser = at_desk(site, "pu.atasan")
    answer = browser.send_form(inspector(case.code), "/ulang", {})
    words = text_of(answer)
    assert answer.status_code == 200
    assert "Pemeriksaan ulang: tidak dapat dipastikan" in words
    assert "Mesin tidak menjawab, dan riwayat yang tersimpan tidak ada." in words
    assert browser.get(f"{inspector(case.code)}/ulang?lang=en").status_code == 303


def test_a_mail_that_did_not_arrive_is_a_disturbance(site: Site, case: MadeCase) -> None:
    site.factory.fail_mail(case, AT + timedelta(days=10))
    assert MailProblem.BOUNCED.value == "bounced"
    words = words_of(at_desk(site, "pu.atasan"), case.code, "?jenis=gangguan")
    assert "Surel kepada pelapor tidak sampai" in words and "Laporan dijawab" not in words


def test_the_desk_leads_to_the_inspector_only_those_who_oversee(site: Site, case: MadeCase) -> None:
    link = f"/oversight/kasus/{case.code[:4]}-{case.code[4:8]}-{case.code[8:]}"
    for login, led in (("pu.atasan", True), ("kota.admin", True), ("pu.penghubung", False)):
        markup = at_desk(site, login).get(f"/desk/{case.code}").get_data(as_text=True)
        assert (link in markup) is led
        assert ('href="/oversight"' in markup) is led
