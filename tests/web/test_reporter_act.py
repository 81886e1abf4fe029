from __future__ import annotations

from uuid import uuid4

from domain.case import Action, Stage
from domain.command import Refusal, RefusalReason
from tests.factories import MadeCase, long_ago
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site


def answered(site: Site) -> tuple[MadeCase, Browser]:
    """A case with its answer, and a browser that holds its key."""
    case = site.factory.report("Lampu jalan padam")
    site.factory.dispose(case)
    site.factory.answer(case)
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    return case, browser


def test_a_confirmation_closes_the_case_and_the_page_says_so(live_site: Site) -> None:
    case, browser = answered(live_site)
    fields = {"rating": "5", "words": "Terima kasih"}
    page = browser.send_form(f"/lacak/{case.code}", "/konfirmasi", fields, follow_redirects=True)
    words = text_of(page)
    assert "Laporan ini selesai atas pernyataan Anda" in words and "Ya, selesai" not in words
    assert "Laporan ini tidak lagi menerima pesan" in words and "Terima kasih" in words
    state = live_site.factory.cases.state(case.code)
    assert state.stage is Stage.CLOSED


def test_a_dispute_brings_the_case_back_to_the_unit(live_site: Site) -> None:
    case, browser = answered(live_site)
    fields = {"reason": "Masih gelap."}
    page = browser.send_form(f"/lacak/{case.code}", "/sanggahan", fields, follow_redirects=True)
    assert "Laporan kembali ke Dinas pu" in text_of(page) and "Masih gelap." in text_of(page)
    assert live_site.factory.cases.state(case.code).stage is Stage.IN_PROGRESS


def test_a_dispute_without_a_reason_is_asked_for_one(live_site: Site) -> None:
    case, browser = answered(live_site)
    page = browser.send_form(f"/lacak/{case.code}", "/sanggahan", {"reason": " "})
    assert page.status_code == 422 and "Tulis apa yang belum selesai." in text_of(page)
    assert '<details class="verdict" name="verdict" open>' in page.get_data(as_text=True)


def test_a_rating_that_is_none_is_refused_and_the_words_are_kept(live_site: Site) -> None:
    case, browser = answered(live_site)
    fields = {"rating": "6", "words": "Cukup baik"}
    page = browser.send_form(f"/lacak/{case.code}", "/konfirmasi", fields)
    assert page.status_code == 422 and "Cukup baik" in page.get_data(as_text=True)


def test_a_verdict_after_another_is_refused_with_who_did_what_and_the_words_are_kept(live_site: Site) -> None:
    case, browser = answered(live_site)
    page = browser.get(f"/lacak/{case.code}")
    live_site.factory.act(case, None, Action.CONFIRM)
    late = browser.send(page, "/sanggahan", {"reason": "Masih gelap."})
    words = text_of(late)
    assert late.status_code == 409 and "Pelapor menyatakan selesai" in words and "Masih gelap." in words


def test_a_form_made_from_an_older_version_comes_again_with_its_words_and_a_new_id(live_site: Site) -> None:
    case, browser = answered(live_site)
    page = browser.get(f"/lacak/{case.code}")
    live_site.factory.act(case, None, Action.DISPUTE, words="Dari telepon lain.")
    live_site.factory.answer(case)
    late = browser.send(page, "/sanggahan", {"reason": "Masih gelap."})
    assert (
        late.status_code == 409 and "sudah berubah" in text_of(late) and "Pejabat Penghubung" in text_of(late)
    )
    assert "Masih gelap." in late.get_data(as_text=True)
    assert hidden_fields(late, "/sanggahan")["command_id"] != hidden_fields(page, "/sanggahan")["command_id"]
    assert browser.send(late, "/sanggahan", {"reason": "Masih gelap."}).status_code == 303


def test_the_same_form_sent_twice_is_applied_once(live_site: Site) -> None:
    case, browser = answered(live_site)
    page = browser.get(f"/lacak/{case.code}")
    assert browser.send(page, "/pesan", {"text": "Halo"}).status_code == 303
    again = browser.send(page, "/pesan", {"text": "Halo"}, follow_redirects=True)
    assert again.status_code == 200 and "Tidak ada yang terkirim dua kali" in text_of(again)
    assert live_site.services.reader.message_count(case.id) == 1


def test_a_used_id_with_other_words_is_refused_and_the_words_are_kept_under_a_new_one(
    live_site: Site,
) -> None:
    case, browser = answered(live_site)
    page = browser.get(f"/lacak/{case.code}")
    browser.send(page, "/pesan", {"text": "Halo"})
    other = browser.send(page, "/pesan", {"text": "Satu hal lagi"})
    assert other.status_code == 409 and "sudah pernah terkirim" in text_of(other)
    assert "Satu hal lagi</textarea>" in other.get_data(as_text=True)
    assert browser.send(other, "/pesan", {"text": "Satu hal lagi"}).status_code == 303


def test_an_act_waits_while_the_engine_is_away_and_the_page_shows_it_instead_of_a_second_form(
    site: Site,
) -> None:
    case, browser = answered(site)
    sent = browser.send_form(f"/lacak/{case.code}", "/sanggahan", {"reason": "Masih gelap."})
    assert sent.status_code == 202 and "Anda tidak perlu mengirim ulang" in text_of(sent)
    page = browser.get(f"/lacak/{case.code}")
    assert "Sudah tercatat, belum diterapkan" in text_of(page) and "Masih gelap." in text_of(page)
    assert "/konfirmasi" not in page.get_data(as_text=True)


def test_an_act_that_was_given_up_tells_the_reporter_and_keeps_the_words(site: Site) -> None:
    case, browser = answered(site)
    browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Kenari yang terlambat."})
    waiting = site.services.reader.commands(case.id, "waiting")[0]
    site.services.commands.refuse(waiting.command.id, Refusal(reason=RefusalReason.GIVEN_UP))
    page = text_of(browser.get(f"/lacak/{case.code}"))
    assert "Tidak dijalankan: Pesan" in page
    assert "72 jam" in page and "Kenari yang terlambat." in page


def test_the_sixth_message_within_an_hour_is_not_taken_and_its_words_are_kept(live_site: Site) -> None:
    case, browser = answered(live_site)
    for number in range(5):
        sent = browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": f"Pesan {number}"})
        assert sent.status_code == 303
    sixth = browser.send_form(f"/lacak/{case.code}", "/pesan", {"text": "Pesan keenam"})
    assert sixth.status_code == 429 and "Pesan keenam</textarea>" in sixth.get_data(as_text=True)
    assert live_site.services.reader.message_count(case.id) == 5


def test_after_twenty_messages_the_page_offers_none(live_site: Site) -> None:
    case, browser = answered(live_site)
    for number in range(20):
        at = long_ago(hours=2 * (20 - number))
        live_site.factory.command(case, None, Action.MESSAGE, words=f"Pesan {number}", version=None, at=at)
    page = browser.get(f"/lacak/{case.code}")
    assert "/pesan" not in page.get_data(as_text=True)
    forged = {"csrf_token": hidden_fields(page, "/konfirmasi")["csrf_token"], "command_id": str(uuid4())}
    sent = browser.post(f"/lacak/{case.code}/pesan", data=forged | {"text": "Satu lagi"})
    assert sent.status_code == 429 and "Satu lagi" in sent.get_data(as_text=True)


def test_the_code_alone_may_not_act(live_site: Site) -> None:
    case, holder = answered(live_site)
    form = hidden_fields(holder.get(f"/lacak/{case.code}"), "/konfirmasi")
    stranger = live_site.browser()
    token = hidden_fields(stranger.get(f"/lacak/{case.code}"), "/lacak")["csrf_token"]
    refused = stranger.post(f"/lacak/{case.code}/konfirmasi", data=form | {"csrf_token": token})
    assert refused.status_code == 403
    assert live_site.factory.cases.state(case.code).stage is Stage.AWAITING_CONFIRMATION


def test_hidden_fields_that_were_changed_are_a_bad_request(live_site: Site) -> None:
    case, browser = answered(live_site)
    for changed in ({"command_id": "1"}, {"version": "x"}, {"version": "-1"}):
        page = browser.send_form(f"/lacak/{case.code}", "/konfirmasi", {"rating": "", **changed})
        assert page.status_code == 400


def test_an_act_without_a_token_changes_nothing(live_site: Site) -> None:
    case, browser = answered(live_site)
    page = browser.send_form(f"/lacak/{case.code}", "/konfirmasi", {"csrf_token": ""})
    assert page.status_code == 400
    assert live_site.factory.cases.state(case.code).stage is Stage.AWAITING_CONFIRMATION
