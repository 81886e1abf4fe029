"""What is sent, gone back to and sent again is there once, whatever ids the fetched pages carry."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from db.case_table import ReportRow
from tests.factories import MadeCase
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk
from tests.web.report_answers import answers, file_report

SAME = "Laporan yang sama sudah kami terima"


def reports(site: Site) -> int:
    with site.services.database.read() as session:
        return session.scalar(select(func.count(ReportRow.id))) or 0


def intake_id(page: TestResponse) -> str:
    return hidden_fields(page, "/reports")["intake_id"]


def again_link(page: TestResponse) -> str:
    found = re.search(r'href="(/lapor\?beside=[^"]+)"', page.get_data(as_text=True))
    assert found is not None
    return found[1]


def held(site: Site, case: MadeCase) -> Browser:
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    return browser


def test_the_form_is_fetched_again_with_its_id_until_it_has_made_a_report(site: Site) -> None:
    browser = site.browser()
    first, second = browser.get("/lapor/semua"), browser.get("/lapor/semua")
    assert intake_id(first) == intake_id(second)
    browser.send(second, "/reports", answers())
    assert intake_id(browser.get("/lapor/semua")) != intake_id(second)


def test_the_same_words_from_a_form_fetched_again_lead_to_the_first_receipt(site: Site) -> None:
    browser = site.browser()
    first = file_report(browser)
    second = file_report(browser)
    assert reports(site) == 1 and second.status_code == 303
    assert second.headers["Location"].split("?")[0] == first.headers["Location"]
    receipt = browser.get(second.headers["Location"])
    assert SAME in text_of(receipt) and "Kunci laporan" in text_of(receipt)
    assert SAME not in text_of(browser.get(first.headers["Location"]))


def test_a_report_whose_answer_was_lost_on_the_way_is_found_again(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/lapor/semua")
    cookie = browser.get_cookie("tuntas")
    assert cookie is not None
    browser.send(page, "/reports", answers())
    browser.set_cookie("tuntas", cookie.value)
    receipt = browser.get(file_report(browser).headers["Location"])
    assert reports(site) == 1 and SAME in text_of(receipt)


def test_who_means_a_second_report_sends_it_once_under_a_new_id(site: Site) -> None:
    browser = site.browser()
    file_report(browser)
    link = again_link(browser.get(file_report(browser).headers["Location"]))
    for wanted, same in ((2, False), (2, True)):
        form = browser.get(link)
        assert "Lampu di depan pasar padam sejak Senin." in form.get_data(as_text=True)
        receipt = browser.send(form, "/reports", answers(), follow_redirects=True)
        assert (reports(site), SAME in text_of(receipt)) == (wanted, same)


def test_other_words_are_another_report(site: Site) -> None:
    browser = site.browser()
    file_report(browser)
    assert file_report(browser, text="Sekarang soal trotoar.").status_code == 303
    assert reports(site) == 2


def test_the_same_words_later_or_from_somebody_else_are_another_report(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    site = new_site(now=lambda: now[0])
    browser = site.browser()
    file_report(browser)
    file_report(site.browser())
    assert reports(site) == 2
    now[0] += timedelta(minutes=11)
    file_report(browser)
    assert reports(site) == 3


def test_nobody_gets_the_words_of_a_report_that_another_browser_has_sent(site: Site) -> None:
    address = file_report(site.browser()).headers["Location"]
    page = site.browser().get("/lapor", query_string={"beside": address.rsplit("/", 1)[1]})
    markup = page.get_data(as_text=True)
    assert page.status_code == 200 and "Lampu jalan padam" not in markup and "pasar padam" not in markup


def test_a_message_sent_again_from_a_page_fetched_again_is_there_once(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = held(live_site, case)
    for _ in range(2):
        page = browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Halo"}, follow_redirects=True)
    assert "tidak kami kirim dua kali" in text_of(page)
    assert live_site.services.reader.message_count(case.id) == 1
    browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Halo lagi"})
    assert live_site.services.reader.message_count(case.id) == 2


def test_a_message_that_still_waits_is_not_taken_twice_either(site: Site) -> None:
    case = site.factory.report()
    browser = held(site, case)
    assert browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Halo"}).status_code == 202
    page = browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Halo"}, follow_redirects=True)
    assert "tidak kami kirim dua kali" in text_of(page)
    assert site.services.reader.message_count(case.id) == 1


def test_the_same_message_later_is_another_message(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    site = new_site(live=True, now=lambda: now[0])
    case = site.factory.report()
    browser = held(site, case)
    for _ in range(2):
        browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Halo"})
        now[0] += timedelta(minutes=11)
    assert site.services.reader.message_count(case.id) == 2


def test_a_follow_up_sent_again_is_there_once_and_another_kind_of_it_is_not_the_same(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case)
    browser = at_desk(live_site, "pu.penghubung")
    fields = {"type": "action", "words": "Tim sudah ke lokasi."}
    for _ in range(2):
        page = browser.send_form(f"/desk/{case.code}", "/follow_up", fields, follow_redirects=True)
    assert "tidak kami kirim dua kali" in text_of(page)
    assert len(live_site.services.reader.log(case.id)) == 3
    browser.send_form(f"/desk/{case.code}", "/follow_up", fields | {"type": "acknowledgement"})
    assert len(live_site.services.reader.log(case.id)) == 4
