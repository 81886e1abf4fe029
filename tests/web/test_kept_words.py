"""Words that were typed and not taken come back: the log-in had ended, or the visit had."""

from __future__ import annotations

from domain.code import show_code
from tests.factories import MadeCase
from tests.offices import PASSWORD
from tests.web.browser import hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk, log_in

WORDS = "Tim sudah ke lokasi <b>dua kali</b>."


def disposed(site: Site) -> MadeCase:
    case = site.factory.report()
    site.factory.dispose(case)
    return case


def test_an_officer_whose_log_in_has_ended_gets_the_words_back_and_returns_to_the_case(
    live_site: Site,
) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}")
    browser.delete_cookie("tuntas-staff")
    refused = browser.send(page, "/answer", {"words": WORDS})
    assert refused.status_code == 401
    assert "Waktu masuk Anda sudah berakhir" in text_of(refused) and WORDS in text_of(refused)
    markup = refused.get_data(as_text=True)
    hidden = hidden_fields(page, "/answer")
    assert hidden["command_id"] not in markup and hidden["csrf_token"] not in markup
    back = f"/desk/{show_code(case.code)}"
    assert f'href="/masuk?next={back}"' in markup
    credentials = {"login": "pu.penghubung", "password": PASSWORD}
    assert browser.send_form(f"/masuk?next={back}", "/masuk", credentials).location == back
    assert len(live_site.services.reader.log(case.id)) == 2


def test_who_logged_out_in_another_window_gets_the_words_back_too(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}")
    browser.send_form("/desk", "/keluar", {})
    refused = browser.send(page, "/follow_up", {"type": "action", "words": WORDS})
    assert refused.status_code == 400 and WORDS in text_of(refused)
    assert f'href="/masuk?next=/desk/{show_code(case.code)}"' in refused.get_data(as_text=True)
    assert "Sesi Anda berakhir" in text_of(refused) and "tersimpan sebagai draf ada lagi" in text_of(refused)


def test_who_logged_in_anew_meanwhile_gets_the_words_back_without_a_log_in(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}")
    browser.send_form("/desk", "/keluar", {})
    log_in(browser, "pu.penghubung")
    refused = browser.send(page, "/answer", {"words": WORDS})
    assert refused.status_code == 400 and WORDS in text_of(refused) and "Masuk lagi" not in text_of(refused)


def test_a_reporter_whose_visit_has_ended_gets_the_words_back(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = live_site.browser()
    browser.get(f"/l/{case.key}")
    page = browser.get(f"/lacak/{case.code}")
    browser.delete_cookie("tuntas")
    refused = browser.send(page, "/pesan", {"text": WORDS})
    assert refused.status_code == 400 and WORDS in text_of(refused) and "untuk disalin" in text_of(refused)
    assert live_site.services.reader.message_count(case.id) == 0


def test_neither_passwords_nor_tokens_are_ever_shown_again(site: Site) -> None:
    sent = {
        "login": "pu.penghubung",
        "password": "rahasia-sekali",
        "csrf_token": "tok-1",
        "key": "k-1",
        "words": "W",
    }
    page = site.browser().post("/masuk", data=sent).get_data(as_text=True)
    assert not [value for value in ("rahasia-sekali", "tok-1", "k-1", "pu.penghubung") if value in page]


def test_a_wrong_role_is_still_told_that_it_may_not(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.operator")
    hidden = hidden_fields(browser.get(f"/desk/{case.code}"), "/follow_up")
    refused = browser.post(f"/desk/{case.code}/archive", data={**hidden, "words": WORDS})
    assert refused.status_code == 403 and "Anda tidak berhak membuka ini" in text_of(refused)
