"""A receipt promises what is so: how long its key is shown, what its browser opens, whether mails leave."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from db.case_table import ReportRow
from tests.fakes.event_signer import EventSigner
from tests.web.browser import Browser, text_of
from tests.web.conftest import NewSite, Site
from tests.web.report_answers import file_report

MAILING = {
    "TUNTAS_DEMO": "0",
    "SENDGRID_API_KEY": "SG.uji",
    "SENDGRID_WEBHOOK_KEY": EventSigner().public_key,
    "TUNTAS_MAIL_FROM": "tuntas@contoh.example",
}


def case_id(site: Site) -> int:
    with site.services.database.read() as session:
        return session.scalars(select(ReportRow.id)).one()


def receipt_of(browser: Browser) -> str:
    return text_of(browser.get(file_report(browser).headers["Location"]))


def code_in(words: str) -> str:
    found = re.search(r"\w{4}-\w{4}-\w{2}", words)
    assert found is not None
    return found[0]


def test_the_receipt_says_how_long_the_key_is_shown(site: Site) -> None:
    words = receipt_of(site.browser())
    assert "selama 30 menit" in words and "hanya tampil sekali" not in words


def test_the_browser_that_filed_proves_its_address_with_the_first_mail_link(site: Site) -> None:
    browser = site.browser()
    file_report(browser)
    link = f"/m/{site.services.links.mint(case_id(site), outbox_id=1)}"
    assert "Lampu jalan padam" not in text_of(site.browser().get(link))
    page = browser.get(link, follow_redirects=True)
    assert "Lampu jalan padam" in text_of(page) and site.services.vault.is_confirmed(case_id(site))


def test_without_a_mail_provider_neither_form_nor_receipt_promises_mails(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    assert "Surel sedang tidak kami kirim" in text_of(browser.get("/lapor/semua"))
    words = receipt_of(browser)
    assert "Surel sedang tidak kami kirim" in words and "kami kabarkan ke" not in words


def test_with_a_mail_provider_both_promise_mails(new_site: NewSite) -> None:
    browser = new_site(**MAILING).browser()
    assert "Isi surel jika Anda ingin diberi kabar" in text_of(browser.get("/lapor/semua"))
    assert "kami kabarkan ke sari@contoh.example" in receipt_of(browser)


def test_while_the_mail_provider_is_down_the_receipt_says_that_mails_are_delayed(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    site = new_site(now=lambda: now[0], **MAILING)
    site.factory.report()  # its mail waits from now on
    browser = site.browser()
    assert "kami kabarkan ke" in receipt_of(browser)
    now[0] += timedelta(minutes=16)
    words = text_of(browser.get(file_report(browser, text="Soal lain.").headers["Location"]))
    assert "Surel kami sedang terlambat keluar" in words and "kami kabarkan ke" not in words


def test_a_public_computer_forgets_a_case_and_its_receipt(site: Site) -> None:
    browser = site.browser()
    receipt = file_report(browser).headers["Location"]
    path = f"/lacak/{code_in(text_of(browser.get(receipt)))}"
    assert "Lampu jalan padam" in text_of(browser.get(path))
    looked_up = browser.send_form(path, "/tutup", {}, follow_redirects=True)
    assert looked_up.request.path == "/lacak" and "sudah ditutup di perangkat ini" in text_of(looked_up)
    assert "Lampu jalan padam" not in text_of(browser.get(path))
    markup = browser.get(receipt).get_data(as_text=True)
    assert "/l/" not in markup and "sari@contoh.example" not in markup


def test_forgetting_one_case_leaves_the_others_and_the_key_opens_it_again(site: Site) -> None:
    case, other = site.factory.report("Lampu jalan padam"), site.factory.report("Trotoar rusak")
    browser = site.browser()
    for one in (case, other):
        browser.get(f"/l/{one.key}")
    browser.send_form(f"/lacak/{case.code}", "/tutup", {})
    assert "Lampu jalan padam" not in text_of(browser.get(f"/lacak/{case.code}"))
    assert "Trotoar rusak" in text_of(browser.get(f"/lacak/{other.code}"))
    assert "Lampu jalan padam" in text_of(browser.get(f"/l/{case.key}", follow_redirects=True))


def test_a_secret_case_that_was_forgotten_is_as_unknown_as_before(site: Site) -> None:
    case = site.factory.report("Pungutan liar", secret=True)
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    page = browser.get(f"/lacak/{case.code}")
    assert browser.send(page, "/tutup", {}).status_code == 303
    assert browser.send(page, "/tutup", {}).status_code == 404
    assert browser.get(f"/lacak/{case.code}").status_code == 404
