"""What a reporter can do besides a verdict: complete, withdraw, nudge, bring back, hand over, call back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.case import Action, EndReason, Kind, Stage
from domain.event import Event, EventKind
from tests.factories import MadeCase
from tests.web.browser import Browser, forms, text_of
from tests.web.conftest import NewSite, Site


def opened(site: Site, case: MadeCase) -> Browser:
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    return browser


def page_of(browser: Browser, case: MadeCase) -> TestResponse:
    return browser.get(f"/lacak/{case.code}")


def offered(page: TestResponse) -> set[str]:
    return {url.rsplit("/", 1)[1] for url in forms(page) if "/lacak/" in url}


def stage(site: Site, case: MadeCase) -> Stage:
    return site.factory.cases.state(case.code).stage


def sent(browser: Browser, case: MadeCase, act: str, fields: dict[str, Any]) -> str:
    answer = browser.send(page_of(browser, case), f"/{act}", fields)
    assert answer.status_code == 303, text_of(answer)
    return text_of(browser.get(answer.location))


def test_the_question_is_shown_and_the_box_is_its_answer(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case)
    live_site.factory.ask(case, words="Di RT berapa?")
    browser = opened(live_site, case)
    page = page_of(browser, case)
    words = text_of(page)
    assert "Petugas bertanya kepada Anda Di RT berapa?" in words and "menunggu Anda" in words
    assert "14 hari kerja tersisa setelah Anda melengkapi." in words
    assert "jawaban" in offered(page) and "pesan" not in offered(page)
    empty = browser.send(page, "/jawaban", {"text": " "})
    assert empty.status_code == 422 and "Tulis jawaban Anda." in text_of(empty)
    assert "Jawaban Anda sudah sampai ke Dinas pu" in sent(browser, case, "jawaban", {"text": "RT 03."})
    assert stage(live_site, case) is Stage.DISPOSED


def test_a_report_is_withdrawn_after_a_question(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = opened(live_site, case)
    assert "pencabutan" in page_of(browser, case).get_data(as_text=True)
    asked = browser.get(f"/lacak/{case.code}/pencabutan")
    assert "Cabut laporan ini?" in text_of(asked) and stage(live_site, case) is Stage.VERIFICATION
    done = browser.send(asked, "/pencabutan", {"words": "Sudah selesai sendiri."})
    words = text_of(browser.get(done.location))
    assert done.status_code == 303 and "Laporan Anda dicabut." in words and "Dicabut" in words
    assert stage(live_site, case) is Stage.CLOSED
    assert browser.get(f"/lacak/{case.code}/pencabutan").status_code == 303


def test_an_oversight_complaint_goes_on_and_says_so(live_site: Site) -> None:
    case = live_site.factory.report(kind=Kind.COMPLAINT_OVERSIGHT)
    browser = opened(live_site, case)
    asked = browser.get(f"/lacak/{case.code}/pencabutan")
    assert "pemeriksaannya tetap berjalan" in text_of(asked)
    browser.send(asked, "/pencabutan", {})
    assert "Pencabutan Anda sudah dicatat" in text_of(page_of(browser, case))
    assert stage(live_site, case) is Stage.VERIFICATION


def test_a_unit_is_nudged_once_a_day(new_site: NewSite) -> None:
    moment = datetime.now(UTC)
    site = new_site(live=True, now=lambda: moment)
    case = site.factory.report()
    browser = opened(site, case)
    page = page_of(browser, case)
    assert "Instansi kota sudah kami ingatkan." in sent(browser, case, "ingatkan", {})
    assert "Anda dapat mengingatkan lagi" in text_of(page_of(browser, case))
    assert "ingatkan" not in offered(page_of(browser, case))
    again = browser.send(page, "/ingatkan", {}, follow_redirects=True)
    assert "Anda dapat mengingatkan lagi" in text_of(again)
    moment += timedelta(hours=25)
    assert "ingatkan" in offered(page_of(browser, case))


def test_a_closed_report_is_opened_again_with_a_reason(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case)
    live_site.factory.answer(case)
    live_site.factory.act(case, None, Action.CONFIRM)
    browser = opened(live_site, case)
    assert "Anda dapat membukanya kembali sampai" in text_of(page_of(browser, case))
    empty = browser.send(page_of(browser, case), "/buka-kembali", {"words": ""})
    assert empty.status_code == 422 and "Tulis mengapa laporan perlu dibuka kembali." in text_of(empty)
    assert "Laporan dibuka kembali di Dinas pu" in sent(
        browser, case, "buka-kembali", {"words": "Padam lagi."}
    )


def test_an_archived_report_says_why_and_until_when_and_is_revived_with_what_was_missing(
    live_site: Site,
) -> None:
    case = live_site.factory.report()
    fields = {"end_reason": EndReason.INCOMPLETE, "words": "Tempatnya tidak kami temukan."}
    live_site.factory.act(case, "kota.admin", Action.ARCHIVE, **fields)
    browser = opened(live_site, case)
    words = text_of(page_of(browser, case))
    assert "belum cukup lengkap untuk ditangani. Anda dapat mengaktifkannya kembali sampai" in words
    assert "Tempatnya tidak kami temukan." in words
    assert "Laporan aktif kembali" in sent(browser, case, "aktifkan-kembali", {"words": "Jalan Melati 3."})
    assert stage(live_site, case) is Stage.VERIFICATION


def test_the_ombudsman_is_for_those_who_were_offered_it_and_agree(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = opened(live_site, case)
    assert "ombudsman" not in offered(page_of(browser, case))
    offer_ombudsman(live_site, case)
    refused = browser.send(page_of(browser, case), "/ombudsman", {})
    assert refused.status_code == 422 and "Centang bila Anda setuju" in text_of(refused)
    assert "diserahkan ke Ombudsman" in sent(browser, case, "ombudsman", {"consents": "1"})
    assert stage(live_site, case) is Stage.CLOSED and "buka-kembali" not in offered(page_of(browser, case))


def offer_ombudsman(site: Site, case: MadeCase) -> None:
    """Records the offer as time would have made it."""
    state = site.factory.cases.state(case.code)
    last = site.factory.reader.log(case.id)[-1].event
    offer: Event = replace(
        last,
        seq=state.seq + 1,
        kind=EventKind.OMBUDSMAN_OFFERED,
        clocks=(),
        facts=replace(state.facts, offered_at=datetime.now(UTC)),
    )
    site.factory.cases.happen(state, offer)


def test_ones_own_waiting_message_is_called_back(site: Site) -> None:
    case = site.factory.report()
    browser = opened(site, case)
    page = page_of(browser, case)
    assert browser.send(page, "/pesan", {"text": "Tidak jadi."}).status_code == 202
    cancelled = browser.send(page_of(browser, case), "/batalkan", {})
    assert cancelled.status_code == 202
    assert "Sedang dibatalkan: Pesan" in text_of(page_of(browser, case))
    again = browser.send(page, "/pesan", {"text": "Tidak jadi."})
    assert again.status_code == 409 and "Anda sudah meminta kiriman ini dibatalkan" in text_of(again)


def test_a_merged_report_shows_the_elders_stage_and_replies_and_nothing_else(live_site: Site) -> None:
    factory = live_site.factory
    elder, case = factory.report("Judul yang tua"), factory.report("Judul yang muda")
    factory.dispose(elder)
    factory.ask(elder, words="Pertanyaan untuk yang tua.")
    factory.act(elder, None, Action.COMPLETE, words="Kelengkapan dari yang tua.")
    factory.follow_up(elder, words="Tim sudah ke lokasi.")
    factory.merge(case, elder)
    page = page_of(opened(live_site, case), case)
    words = text_of(page)
    assert "mengikuti laporan lain" in words and "Tim sudah ke lokasi." in words
    assert "Dinas pu menangani laporan itu" in words and "Konfirmasi pelapor" in words
    for hidden in ("Judul yang tua", "yang tua.", elder.code, elder.code[:4], elder.mask):
        assert hidden not in words
    assert "pesan" not in offered(page) and "aktifkan-kembali" not in offered(page)


@pytest.mark.parametrize(
    "act", ["jawaban", "pencabutan", "ingatkan", "buka-kembali", "ombudsman", "batalkan"]
)
def test_the_code_alone_does_nothing(live_site: Site, act: str) -> None:
    case = live_site.factory.report()
    stranger = live_site.browser()
    hidden = next(fields for url, fields in forms(page_of(stranger, case)).items() if url == "/lacak")
    assert stranger.post(f"/lacak/{case.code}/{act}", data=hidden).status_code == 403
