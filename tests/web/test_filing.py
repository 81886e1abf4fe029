from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from db.case_table import FileRow, ReportRow
from domain.code import parse_code
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.report_answers import answers, attachment, file_report, png
from web.public.upload import MAX_FILE_BYTES
from web.security import MAX_BODY_BYTES

KEPT = (
    "Lampu jalan padam",
    "Lampu di depan pasar padam sejak Senin.",
    "Jalan Melati 3",
    "sari@contoh.example",
)


def count(site: Site, row: type[Any] = ReportRow) -> int:
    with site.services.database.read() as session:
        return session.scalar(select(func.count(row.id))) or 0


def test_a_report_is_acknowledged_with_code_and_key_although_the_engine_is_away(site: Site) -> None:
    browser = site.browser()
    sent = file_report(browser)
    assert sent.status_code == 303
    receipt = browser.get(sent.headers["Location"])
    assert receipt.status_code == 202
    words = text_of(receipt)
    code = parse_code(re.search(r"\w{4}-\w{4}-\w{2}", words)[0])  # type: ignore[index]
    found = site.services.reader.by_code(code)
    assert found is not None and found.words.title == "Lampu jalan padam" and not found.recorded
    assert "sari@contoh.example" in words and "paling lambat" in words


def test_the_receipt_survives_a_reload_and_its_picture_leads_to_the_case(site: Site) -> None:
    browser = site.browser()
    address = file_report(browser).headers["Location"]
    first, second = browser.get(address), browser.get(address)
    key = re.search(r"/l/([0-9a-f]{32})", first.get_data(as_text=True))
    assert key is not None and key[1] in second.get_data(as_text=True)
    assert "data:image/svg+xml" in first.get_data(as_text=True)
    opened = browser.get(f"/l/{key[1]}")
    assert opened.status_code == 303 and key[1] not in opened.headers["Location"]
    assert "Lampu di depan pasar" in text_of(browser.get(opened.headers["Location"]))


def test_another_browser_does_not_find_the_receipt(site: Site) -> None:
    address = file_report(site.browser()).headers["Location"]
    assert site.browser().get(address).status_code == 404


def test_the_key_is_not_shown_any_more_after_half_an_hour(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    browser = new_site(now=lambda: now[0]).browser()
    address = file_report(browser).headers["Location"]
    now[0] += timedelta(minutes=31)
    late = browser.get(address)
    assert "/l/" not in late.get_data(as_text=True) and "Kunci sudah pernah ditampilkan" in text_of(late)


def test_sending_a_form_again_later_does_not_show_its_key_longer(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    browser = new_site(now=lambda: now[0]).browser()
    form = hidden_fields(browser.get("/lapor/semua"), "/reports")
    browser.post("/reports", data=form | answers())
    now[0] += timedelta(minutes=31)
    again = browser.post("/reports", data=form | answers(), follow_redirects=True)
    assert "/l/" not in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("kind", "", "Pilih jenis laporan."),
        ("kind", "complaint_oversight", "Pilih jenis laporan."),
        ("title", " ", "Tulis judul laporan."),
        ("title", "x" * 151, "paling banyak 150 huruf"),
        ("text", "", "Tulis isi laporan."),
        ("text", "x" * 8001, "paling banyak 8000 huruf"),
        ("agency", "999", "Pilih instansi dari daftar"),
        ("agency", "1", "Pilih instansi dari daftar"),
        ("place", "x" * 201, "paling banyak 200 huruf"),
        ("event_on", "kemarin", "Tulis tanggal seperti"),
        ("event_on", "2999-01-01", "belum tiba"),
        ("event_on", "0012-01-01", "terlalu lama"),
        ("name", "x" * 121, "paling banyak 120 huruf"),
        ("email", "sari@", "Alamat surel tidak lengkap"),
        ("email", "a@b@contoh.id", "Alamat surel tidak lengkap"),
        ("phone", "tidak ada", "Nomor telepon hanya berisi angka"),
        ("phone", "08123", "Nomor telepon ini terlalu pendek"),
        ("phone", "0" * 25, "paling banyak 24 huruf"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    site: Site, field: str, value: str, complaint: str
) -> None:
    given = answers(**{field: value})
    page = site.browser().send_form("/lapor/semua", "/reports", given)
    assert page.status_code == 422 and count(site) == 0
    markup = page.get_data(as_text=True)
    assert complaint in text_of(page) and f'href="#{field}"' in markup and f'id="{field}-error"' in markup
    for words in set(KEPT) & {str(kept) for kept in given.values()}:
        assert words in markup
    assert field in {"kind", "agency"} or value.strip() in markup


def test_an_event_today_in_jakarta_is_not_in_the_future(new_site: NewSite) -> None:
    site = new_site(now=lambda: datetime(2026, 3, 2, 18, 0, tzinfo=UTC))
    assert file_report(site.browser(), event_on="2026-03-03").status_code == 303
    assert file_report(site.browser(), event_on="2026-03-04").status_code == 422


def test_the_id_of_a_form_that_was_corrected_stays_the_same(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/lapor/semua")
    wrong = browser.send(page, "/reports", answers(title=""))
    assert hidden_fields(wrong, "/reports")["intake_id"] == hidden_fields(page, "/reports")["intake_id"]


@pytest.mark.usefixtures("patient")
def test_twenty_clicks_on_one_form_make_one_report(site: Site) -> None:
    form = hidden_fields(site.browser().get("/lapor/semua"), "/reports") | answers()
    visitor = site.browser()
    form["csrf_token"] = hidden_fields(visitor.get("/lapor/semua"), "/reports")["csrf_token"]
    cookie = visitor.get_cookie("tuntas")
    assert cookie is not None

    def click(_number: int) -> tuple[int, str]:
        twin: Browser = site.browser()
        twin.set_cookie("tuntas", cookie.value)
        answer = twin.post("/reports", data=form)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(click, range(20)))
    assert found == {(303, f"/lapor/tanda-terima/{form['intake_id']}")} and count(site) == 1


def test_a_used_form_with_other_words_says_so_and_keeps_them_under_a_new_id(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/lapor/semua")
    assert browser.send(page, "/reports", answers()).status_code == 303
    other = browser.send(page, "/reports", answers(text="Sekarang soal trotoar."))
    assert other.status_code == 409 and count(site) == 1
    assert "Formulir ini sudah terkirim" in text_of(other)
    assert "Sekarang soal trotoar." in other.get_data(as_text=True)
    assert hidden_fields(other, "/reports")["intake_id"] != hidden_fields(page, "/reports")["intake_id"]
    assert browser.send(other, "/reports", answers(text="Sekarang soal trotoar.")).status_code == 303
    assert count(site) == 2


def test_a_machine_that_fills_in_the_trap_files_nothing(site: Site) -> None:
    page = file_report(site.browser(), isian_kosong="http://spam.example")
    assert page.status_code == 422 and count(site) == 0
    assert "Lampu jalan padam" in page.get_data(as_text=True)
    assert "Belum terkirim: kolom tersembunyi ikut terisi" in text_of(page)


def test_an_id_that_is_no_uuid_is_a_bad_request(site: Site) -> None:
    assert file_report(site.browser(), intake_id="1").status_code == 400


def test_the_words_from_the_front_door_are_in_the_form(site: Site) -> None:
    browser = site.browser()
    form = browser.send_form("/", "/lapor", {"text": "Air mati <b>tiga hari</b>"})
    assert "Air mati &lt;b&gt;tiga hari&lt;/b&gt;</textarea>" in form.get_data(as_text=True)


def test_attachments_are_kept_under_their_names_and_run_no_script(site: Site) -> None:
    browser = site.browser()
    files = [attachment("foto lubang.png", png()), attachment("../../surat<1>.png", png())]
    address = file_report(browser, attachments=files).headers["Location"]
    key = re.search(r"/l/\w+", browser.get(address).get_data(as_text=True))
    assert key is not None and count(site, FileRow) == 2
    page = browser.get(key[0], follow_redirects=True)
    link = re.search(r'href="(/lacak/[^"]+/lampiran/\d+)"', page.get_data(as_text=True))
    assert link is not None and 'alt="foto lubang.png"' in page.get_data(as_text=True)
    assert 'alt="surat_1_.png"' in page.get_data(as_text=True)
    saved = browser.get(link[1])
    assert saved.mimetype == "image/png" and saved.headers["Content-Disposition"].startswith("inline;")
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert site.browser().get(link[1]).status_code == 404
    assert browser.get(f"{link[1]}{9:0>30}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("foto.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "bukan foto"),
        ("foto.jpg", png(), "bukan foto"),
        ("program.exe", png(), "bukan foto"),
        ("halaman.pdf", b"<html><script>1</script></html>", "bukan foto"),
        ("foto.png", b"", "kosong"),
        ("foto.png", png() + b"\x00" * MAX_FILE_BYTES, "lebih besar dari 10 MB"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_are_kept(
    site: Site, name: str, content: bytes, complaint: str
) -> None:
    page = file_report(site.browser(), attachments=attachment(name, content))
    assert page.status_code == 422 and count(site) == 0
    assert complaint in text_of(page) and 'id="attachments-error"' in page.get_data(as_text=True)
    assert "Lampu di depan pasar padam sejak Senin." in page.get_data(as_text=True)


def test_six_files_are_too_many(site: Site) -> None:
    files = [attachment(f"{number}.png", png()) for number in range(6)]
    page = file_report(site.browser(), attachments=files)
    assert page.status_code == 422 and "paling banyak 5 berkas" in text_of(page)


def test_as_many_and_as_big_files_as_the_form_says_are_taken(site: Site) -> None:
    browser = site.browser()
    assert "paling banyak 5 berkas" in text_of(browser.get("/lapor/semua"))
    files = [attachment(f"{number}.png", png().ljust(MAX_FILE_BYTES, b"\x00")) for number in range(5)]
    assert file_report(browser, attachments=files, text="x" * 8000).status_code == 303
    assert count(site, FileRow) == 5


def test_a_body_that_can_be_read_is_complained_about_at_the_field(site: Site) -> None:
    big = png().ljust(MAX_BODY_BYTES - 64 * 1024, b"\x00")
    page = file_report(site.browser(), attachments=attachment("foto.png", big))
    assert page.status_code == 422 and 'id="attachments-error"' in page.get_data(as_text=True)
    assert "Lampu di depan pasar padam sejak Senin." in page.get_data(as_text=True)


def test_a_body_that_is_too_big_to_be_read_is_told_the_limits(site: Site) -> None:
    big = png().ljust(MAX_BODY_BYTES, b"\x00")
    page = file_report(site.browser(), attachments=attachment("foto.png", big))
    assert page.status_code == 413
    assert "paling banyak 5 lampiran, masing-masing paling besar 10 MB" in text_of(page)
