"""Forms of the desk that are kept, looked at and filled before they are sent."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from domain.case import Stage
from tests.factories import MadeCase
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

WORDS = "Lampu sudah kami ganti kemarin sore."
JSON = {"Accept": "application/json"}


def in_hand(site: Site) -> MadeCase:
    case = site.factory.report("Lampu jalan padam")
    site.factory.dispose(case)
    return case


def page_of(browser: Browser, case: MadeCase) -> TestResponse:
    return browser.get(f"/desk/{case.code}")


def press(browser: Browser, case: MadeCase, act: str, step: str, **fields: str) -> TestResponse:
    """The answer to a button beside the form's own."""
    return browser.send(page_of(browser, case), f"/{act}", {"step": step, **fields})


def stage(site: Site, case: MadeCase) -> Stage:
    return site.factory.cases.state(case.code).stage


def test_a_draft_is_kept_without_sending_and_is_there_after_logging_out(live_site: Site) -> None:
    case = in_hand(live_site)
    kept = press(at_desk(live_site, "pu.penghubung"), case, "answer", "draft", words=WORDS)
    assert kept.status_code == 303
    assert stage(live_site, case) is Stage.DISPOSED
    words = text_of(page_of(at_desk(live_site, "pu.penghubung"), case))
    assert WORDS in words and "Draf tersimpan" in words and "Buang draf" in words


def test_a_draft_is_of_one_person_alone(live_site: Site) -> None:
    case = in_hand(live_site)
    press(at_desk(live_site, "pu.penghubung"), case, "answer", "draft", words=WORDS)
    for login in ("pu.operator", "pu.atasan", "kota.admin"):
        assert WORDS not in text_of(page_of(at_desk(live_site, login), case))


def test_sending_ends_the_draft(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    press(browser, case, "answer", "draft", words=WORDS)
    assert browser.send(page_of(browser, case), "/answer", {"words": WORDS}).status_code == 303
    assert live_site.services.drafts.of_case(case.id) == []


def test_a_script_gets_the_time_and_a_late_draft_of_a_sent_form_is_none(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    page = page_of(browser, case)
    saved = browser.send(page, "/note", {"step": "draft", "words": WORDS}, headers=JSON)
    assert saved.get_json()["saved"].startswith("Draf tersimpan ")
    assert browser.send(page, "/note", {"words": WORDS}).status_code == 303
    late = browser.send(page, "/note", {"step": "draft", "words": WORDS}, headers=JSON)
    assert late.get_json() == {"saved": ""}
    assert live_site.services.drafts.of_case(case.id) == []


def test_throwing_away_and_emptying_forget_a_draft(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    press(browser, case, "answer", "draft", words=WORDS)
    assert press(browser, case, "answer", "discard").status_code == 303
    assert live_site.services.drafts.of_case(case.id) == []
    press(browser, case, "answer", "draft", words=WORDS)
    press(browser, case, "answer", "draft", words=" ")
    assert live_site.services.drafts.of_case(case.id) == []


def test_the_liaison_takes_over_what_an_operator_has_prepared(live_site: Site) -> None:
    case, operator = in_hand(live_site), at_desk(live_site, "pu.operator")
    assert "Siapkan jawaban" in text_of(page_of(operator, case))
    press(operator, case, "answer", "draft", words=WORDS)
    liaison = at_desk(live_site, "pu.penghubung")
    page = page_of(liaison, case)
    assert "Draf dari Pengelola" in text_of(page) and "Akun pu.operator" not in text_of(page)
    author = str(live_site.factory.offices.people["pu.operator"])
    taken = liaison.send(page, "/answer", {"step": "take", "author": author})
    assert taken.status_code == 200 and "Draf itu sekarang ada di formulir Anda" in text_of(taken)
    assert liaison.send(page_of(liaison, case), "/answer", {"words": WORDS}).status_code == 303
    assert stage(live_site, case) is Stage.AWAITING_CONFIRMATION
    assert live_site.services.drafts.of_case(case.id) == []


def test_nobody_takes_over_a_draft_that_was_not_prepared_for_them(live_site: Site) -> None:
    case = in_hand(live_site)
    press(at_desk(live_site, "pu.penghubung"), case, "answer", "draft", words=WORDS)
    author = str(live_site.factory.offices.people["pu.penghubung"])
    answer = press(at_desk(live_site, "pu.operator"), case, "answer", "take", author=author)
    assert answer.status_code == 303
    assert WORDS not in text_of(page_of(at_desk(live_site, "pu.operator"), case))


def test_a_case_that_one_may_not_see_takes_no_draft(live_site: Site) -> None:
    case = in_hand(live_site)
    stranger, mine = at_desk(live_site, "didik.penghubung"), live_site.factory.report(agency="hulu")
    live_site.factory.dispose(mine, login="hulu.admin", unit="didik")
    page = page_of(stranger, mine)
    hidden = {"step": "draft", "words": WORDS}
    fields = {**hidden, **hidden_fields(page, "/answer")}
    assert stranger.post(f"/desk/{case.code}/answer", data=fields).status_code == 404
    assert live_site.services.drafts.of_case(case.id) == []


def test_a_preview_shows_letter_mail_and_clocks_and_sends_nothing(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    shown = press(browser, case, "answer", "preview", words=WORDS)
    words = text_of(shown)
    assert shown.status_code == 200
    assert "Pratinjau, belum terkirim" in words and "jawaban menunggu konfirmasi Anda" in words
    assert "Tenggat Konfirmasi pelapor mulai, sampai" in words
    assert "Tenggat Penyelesaian berhenti." in words and "Tahap menjadi: Menunggu konfirmasi" in words
    assert shown.get_data(as_text=True).count(WORDS) == 2
    assert stage(live_site, case) is Stage.DISPOSED
    assert live_site.services.reader.commands(case.id, "waiting") == []


def test_a_preview_for_a_script_is_the_same_alone(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    page = page_of(browser, case)
    shown = browser.send(page, "/answer", {"step": "preview", "words": "<b>Selesai</b>"}, headers=JSON)
    assert "&lt;b&gt;Selesai&lt;/b&gt;" in shown.get_json()["html"]
    wrong = browser.send(page, "/answer", {"step": "preview", "words": ""}, headers=JSON)
    assert (wrong.status_code, wrong.get_json()["errors"]) == (400, ["Tulis kata-kata untuk pelapor."])


def test_a_preview_of_a_note_says_that_the_reporter_hears_nothing(live_site: Site) -> None:
    case = in_hand(live_site)
    shown = press(at_desk(live_site, "pu.penghubung"), case, "note", "preview", words=WORDS)
    assert "Pelapor tidak mendapat kabar dari tindakan ini." in text_of(shown)


@pytest.mark.parametrize("act", ["answer", "ask"])
def test_a_place_that_nobody_filled_in_stops_the_sending(live_site: Site, act: str) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    sent = browser.send(page_of(browser, case), f"/{act}", {"words": "Selesai pada {tanggal_janji}."})
    assert sent.status_code == 400
    assert "Masih ada isian kosong: {tanggal_janji}." in text_of(sent)
    braces = browser.send(page_of(browser, case), f"/{act}", {"words": "Rumus {a} biasa."})
    assert braces.status_code == 303
