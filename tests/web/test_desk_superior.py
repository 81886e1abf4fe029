"""What superiors do about a case that stands still: take it over, speak for its unit, raise it."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from db.case_table import MessageRow, OutboxRow
from db.directory_table import PersonRow
from domain.case import Action
from domain.code import show_code
from tests.factories import MadeCase
from tests.pictures import jpeg
from tests.web.browser import forms, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.test_desk_bulk import chosen
from tests.web.test_desk_bulk import send as send_all
from tests.web.test_desk_case import ACTS, disposed, event_kinds, followed, offered, page_of
from tests.web.test_presenter import seen_by_reporter

WHY = "Kelurahan sudah tiga kali menagih."
SPEAKS = {"follow_up", "answer"}


def claimed(site: Site, login: str = "pu.penghubung") -> MadeCase:
    case = disposed(site)
    site.factory.act(case, login, Action.CLAIM)
    return case


def told(site: Site, case: MadeCase, template: str) -> set[str]:
    """The logins of those for whom such a notice was queued."""
    people = {f"person:{number}": login for login, number in site.factory.offices.people.items()}
    found = select(OutboxRow).where(OutboxRow.case_id == case.id, OutboxRow.template == template)
    with site.services.database.read() as session:
        rows = session.scalars(found).all()
        assert all(row.digest_key for row in rows), "such notices wait for the digest"
        return {people[row.recipient] for row in rows}


def test_a_claim_over_somebody_elses_is_a_take_over_in_button_words_history_and_notice(
    live_site: Site,
) -> None:
    case, browser = claimed(live_site), at_desk(live_site, "pu.atasan")
    page = page_of(browser, case)
    assert "Diambil oleh Akun pu.penghubung Ambil alih" in text_of(page)
    assert "Petugas itu diberi tahu, dan tetap dapat bertindak." in text_of(page)
    words = followed(browser, browser.send(page, "/claim", {}))
    assert "Laporan Anda ambil alih dari Akun pu.penghubung, yang diberi tahu." in words
    assert "Laporan diambil alih dari petugas lain" in words
    assert told(live_site, case, "staff_taken_over") == {"pu.penghubung"}
    assert live_site.factory.view(case).claimed_by == live_site.factory.offices.people["pu.atasan"]


def test_a_first_claim_takes_from_nobody(live_site: Site) -> None:
    case, browser = disposed(live_site), at_desk(live_site, "pu.operator")
    page = page_of(browser, case)
    assert "Belum diambil siapa pun Ambil" in text_of(page) and "Ambil alih" not in text_of(page)
    assert "Laporan Anda ambil. Petugas lain" in followed(browser, browser.send(page, "/claim", {}))
    assert event_kinds(live_site, case)[-1] == "claimed"


def test_whoever_has_no_part_any_more_hears_of_no_take_over(live_site: Site) -> None:
    case = claimed(live_site)
    with live_site.services.database.write() as session:
        session.get_one(PersonRow, live_site.factory.offices.people["pu.penghubung"]).active = False
    live_site.factory.act(case, "pu.atasan", Action.CLAIM)
    assert told(live_site, case, "staff_taken_over") == set()


def test_many_are_taken_over_and_the_page_says_before_how_many(live_site: Site) -> None:
    mine, other, free = (
        claimed(live_site, login) if login else disposed(live_site)
        for login in ("pu.atasan", "pu.penghubung", "")
    )
    browser = at_desk(live_site, "pu.atasan")
    page = chosen(browser, Action.CLAIM, mine, other, free)
    words = text_of(page)
    assert "1 laporan sedang diambil petugas lain. Anda mengambil alihnya" in words
    assert "Diambil alih dari Akun pu.penghubung" in words and "Ambil: 2 laporan" in words
    markup = page.get_data(as_text=True)
    cases = [part.split('"')[0] for part in markup.split('name="case" value="')[1:]]
    sent = browser.post("/desk/massal", data={**hidden_fields(page, "/desk/massal"), "case": cases})
    result = text_of(browser.get(sent.location))
    assert "2 selesai" in result and "1 tidak ikut" in result
    assert [event_kinds(live_site, case)[-1] for case in (other, free)] == ["taken_over", "claimed"]
    again = chosen(at_desk(live_site, "pu.operator"), Action.CLAIM, mine, other)
    assert "2 laporan sedang diambil petugas lain" in text_of(again)


@pytest.mark.parametrize("login", ["pu.atasan", "kota.atasan"])
def test_a_superior_speaks_for_the_unit_with_the_claim_and_not_without(live_site: Site, login: str) -> None:
    case, browser = claimed(live_site), at_desk(live_site, login)
    assert SPEAKS.isdisjoint(offered(page_of(browser, case)))
    live_site.factory.act(case, login, Action.CLAIM)
    page = page_of(browser, case)
    assert set(offered(page)) >= SPEAKS
    plan = {"type": "plan", "plan_on": "", "words": "Besok."}
    assert "Tulis tanggal rencana selesai." in text_of(browser.send(page, "/follow_up", plan))
    words = followed(browser, browser.send(page, "/answer", ACTS["/answer"]))
    assert "Jawaban terkirim ke pelapor." in words and "Lampu sudah menyala." in words
    assert event_kinds(live_site, case)[-1] == "answered"
    back = followed(browser, browser.send(page_of(browser, case), "/take_back", {}))
    assert "Jawaban ditarik kembali" in back
    browser.send(page_of(browser, case), "/answer", ACTS["/answer"])
    reply = live_site.factory.cases.state(case.code).facts.replies[-1]
    corrected = {"corrects": str(reply), "words": "Lampunya dua."}
    followed(browser, browser.send(page_of(browser, case), "/correct_reply", corrected))
    reporter = seen_by_reporter(live_site, case.key, case.code)
    assert "Lampu sudah menyala." in reporter and "Lampunya dua." in reporter


def test_another_superior_is_not_offered_it(live_site: Site) -> None:
    case = claimed(live_site, "pu.atasan")
    assert SPEAKS.isdisjoint(offered(page_of(at_desk(live_site, "kota.atasan"), case)))
    assert set(offered(page_of(at_desk(live_site, "pu.penghubung"), case))) >= SPEAKS


def test_drafts_saved_replies_previews_and_files_serve_who_stands_in(live_site: Site) -> None:
    case, operator = claimed(live_site, "pu.atasan"), at_desk(live_site, "pu.operator")
    unit = at_desk(live_site, "pu.penghubung")
    text = {"title": "Sudah diganti", "text": "Laporan {kode} selesai."}
    unit.send_form("/desk/balasan", "/desk/balasan", text)
    prepared = {"words": "Draf dari pengelola.", "step": "draft"}
    operator.send(page_of(operator, case), "/answer", prepared)
    browser = at_desk(live_site, "pu.atasan")
    page = page_of(browser, case)
    assert "Draf dari pengelola." in text_of(page) and "Sudah diganti" in text_of(page)
    author = live_site.factory.offices.people["pu.operator"]
    taken = browser.send(page, "/answer", {"step": "take", "author": str(author)})
    assert "Draf itu sekarang ada di formulir Anda." in text_of(taken)
    preview = browser.send(page, "/answer", {**ACTS["/answer"], "step": "preview"})
    assert "Tahap menjadi: Menunggu konfirmasi pelapor." in text_of(preview)
    photo = (io.BytesIO(jpeg()), "bukti.jpg")
    followed(browser, browser.send(page, "/answer", {**ACTS["/answer"], "files": photo}))
    answer = live_site.factory.reader.messages(case.id, for_reporter=True)[-1]
    assert (answer.text, len(answer.attachments)) == ("Lampu sudah menyala.", 1)
    assert live_site.services.drafts.of_case(case.id) == []


def test_a_saved_reply_of_the_unit_serves_a_superior_above_only_while_he_stands_in(live_site: Site) -> None:
    case = disposed(live_site)
    text = {"title": "Sudah diganti", "text": "Laporan {kode} selesai."}
    at_desk(live_site, "pu.penghubung").send_form("/desk/balasan", "/desk/balasan", text)
    browser = at_desk(live_site, "kota.atasan")
    assert "Sudah diganti" not in text_of(page_of(browser, case))
    live_site.factory.act(case, "kota.atasan", Action.CLAIM)
    page = page_of(browser, case)
    assert "Sudah diganti" in text_of(page)
    (reply,) = live_site.services.saved_replies.of_units({live_site.factory.offices.units["pu"]})
    inserted = browser.send(page, "/answer", {"step": "insert", "saved_reply": str(reply.id), "words": ""})
    assert "selesai." in text_of(inserted) and inserted.status_code == 200


def test_a_raise_lifts_the_case_tells_the_rung_and_moves_no_date(live_site: Site) -> None:
    case, browser = disposed(live_site), at_desk(live_site, "kota.atasan")
    before = live_site.factory.view(case).due_at
    page = page_of(browser, case)
    assert "Naik ke jenjang 1 (atasan unit), yang diberi tahu." in text_of(page)
    assert "Tulis mengapa laporan ini dinaikkan." in text_of(browser.send(page, "/raise_case", {"words": ""}))
    preview = text_of(browser.send(page, "/raise_case", {"words": WHY, "step": "preview"}))
    assert "Jenjang menjadi 1: atasan unit." in preview and "petugas di jenjang eskalasi" in preview
    words = followed(browser, browser.send(page, "/raise_case", {"words": WHY}))
    assert "Laporan naik ke jenjang 1: atasan unit diberi tahu." in words
    assert "Atasan menaikkan jenjang laporan" in words and WHY in words
    assert "Jenjang 1: atasan unit." in words
    assert told(live_site, case, "staff_raised") == {"pu.atasan"}
    view = live_site.factory.view(case)
    assert (view.level, view.due_at, view.version) == (1, before, 2)
    assert "Lampu jalan padam" in text_of(at_desk(live_site, "pu.atasan").get("/desk?view=escalated"))


def test_the_reason_of_a_raise_is_sealed_and_the_reporter_reads_nothing_of_it(live_site: Site) -> None:
    case = disposed(live_site)
    live_site.factory.act(case, "kota.atasan", Action.RAISE_CASE, words=WHY)
    with live_site.services.database.read() as session:
        row = session.scalars(select(MessageRow).where(MessageRow.kind == "raising")).one()
        assert WHY.encode() not in row.sealed
    words = seen_by_reporter(live_site, case.key, case.code)
    assert WHY not in words and "jenjang" not in words


def test_a_raise_opens_a_secret_case_to_the_rung_and_says_so_before(live_site: Site) -> None:
    case, above = disposed(live_site, secret=True), at_desk(live_site, "kota.admin")
    assert above.get(f"/desk/{case.code}").status_code == 404
    page = page_of(at_desk(live_site, "pu.atasan"), case)
    assert "Laporan ini rahasia; yang berdiri di jenjang itu lalu dapat membacanya." in text_of(page)
    live_site.factory.act(case, "pu.atasan", Action.RAISE_CASE, words=WHY)
    assert above.get(f"/desk/{case.code}").status_code == 200
    assert told(live_site, case, "staff_raised") == {"kota.admin"}


def test_who_raises_from_a_rung_lifts_the_case_above_it_and_hears_nothing_of_it(live_site: Site) -> None:
    case, browser = disposed(live_site), at_desk(live_site, "pu.atasan")
    page = page_of(browser, case)
    assert "Naik ke jenjang 2 (admin instansi), yang diberi tahu." in text_of(page)
    preview = text_of(browser.send(page, "/raise_case", {"words": WHY, "step": "preview"}))
    assert "Jenjang menjadi 2: admin instansi." in preview
    words = followed(browser, browser.send(page, "/raise_case", {"words": WHY}))
    assert "Laporan naik ke jenjang 2: admin instansi diberi tahu." in words
    assert told(live_site, case, "staff_raised") == {"kota.admin"}


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_where_nobody_stands_above_nothing_is_raised_and_no_raise_leads_to_the_offer(
    live_site: Site, late: bool
) -> None:
    case, lone = disposed(live_site), at_desk(live_site, "pu.atasan")
    other = disposed(live_site)
    if late:
        live_site.factory.expire_next(case)
    before = live_site.factory.view(case).level
    with live_site.services.database.write() as session:
        for login in ("kota.atasan", "kota.admin", "kota.inspektorat", "nasional.admin"):
            person = live_site.factory.offices.people.get(login)
            if person is not None:
                session.get_one(PersonRow, person).active = False
    page = page_of(lone, case)
    assert "raise_case" not in offered(page)
    chosen_page = text_of(chosen(lone, Action.RAISE_CASE, case, other))
    assert "Laporan sudah di jenjang tertinggi" in chosen_page
    live_site.factory.act(case, "pu.atasan", Action.RAISE_CASE, words=WHY)
    assert live_site.factory.view(case).level == before + 1
    assert told(live_site, case, "staff_raised") == set()


def test_a_vacant_rung_is_skipped_and_the_page_says_which_was_reached(live_site: Site) -> None:
    case = live_site.factory.report("Lampu jalan padam")
    live_site.factory.dispose(case, unit="hub")
    browser = at_desk(live_site, "kota.atasan")
    page = page_of(browser, case)
    preview = text_of(browser.send(page, "/raise_case", {"words": WHY, "step": "preview"}))
    assert "Jenjang menjadi 2: admin instansi." in preview
    words = followed(browser, browser.send(page, "/raise_case", {"words": WHY}))
    assert "Laporan naik ke jenjang 2: admin instansi diberi tahu." in words
    assert told(live_site, case, "staff_raised") == {"kota.admin"}


def test_a_late_case_climbs_on_and_its_next_rung_has_its_own_time(live_site: Site) -> None:
    case = disposed(live_site)
    live_site.factory.expire_next(case)
    live_site.factory.act(case, "kota.atasan", Action.RAISE_CASE, words=WHY)
    assert live_site.factory.view(case).level == 2
    assert told(live_site, case, "staff_raised") == {"kota.admin"}
    words = text_of(page_of(at_desk(live_site, "kota.admin"), case))
    assert "Jenjang 2: admin instansi." in words and "Tanpa tindakan naik lagi" in words


def test_many_are_raised_with_a_preview_and_each_with_its_outcome(live_site: Site) -> None:
    low, high, top = (disposed(live_site) for _ in range(3))
    live_site.factory.act(high, "kota.atasan", Action.RAISE_CASE, words=WHY)
    for _ in range(4):
        live_site.factory.act(top, "kota.atasan", Action.RAISE_CASE, words=WHY)
    browser = at_desk(live_site, "kota.atasan")
    page = chosen(browser, Action.RAISE_CASE, low, high, top)
    words = text_of(page)
    assert "Naikkan jenjang: 2 laporan" in words
    assert "Ke jenjang 1: atasan unit" in words and "Ke jenjang 2: admin instansi" in words
    assert "Laporan sudah di jenjang tertinggi" in words
    assert send_all(browser, page, low, high, top, words="").status_code == 400
    sent = send_all(browser, page, low, high, top, words=WHY)
    result = text_of(browser.get(sent.location))
    assert "2 selesai" in result and "1 tidak ikut" in result
    assert [live_site.factory.view(case).level for case in (low, high, top)] == [1, 2, 4]


@pytest.mark.parametrize("login", ["pu.penghubung", "pu.operator"])
def test_who_does_not_stand_above_raises_nothing(live_site: Site, login: str) -> None:
    case, browser = disposed(live_site), at_desk(live_site, login)
    page = page_of(browser, case)
    assert not [action for action in forms(page) if action.endswith("/raise_case")]
    token = hidden_fields(page, "/keluar")
    assert browser.post(f"/desk/{case.code}/raise_case", data={**token, "words": WHY}).status_code == 403


def test_a_raise_of_many_says_which_secret_reports_it_opens_to_the_rung(live_site: Site) -> None:
    plain, secret = disposed(live_site), disposed(live_site, secret=True)
    words = text_of(chosen(at_desk(live_site, "pu.atasan"), Action.RAISE_CASE, plain, secret))
    assert words.count("yang lalu dapat membaca laporan rahasia ini") == 1


def test_a_claim_promises_a_voice_only_where_it_gives_one(live_site: Site) -> None:
    promise = "menindaklanjuti dan menjawab atas nama unit"
    fresh, in_hand = live_site.factory.report("Lampu jalan padam"), disposed(live_site)
    browser = at_desk(live_site, "kota.atasan")
    for case, promised in ((fresh, False), (in_hand, True)):
        page = page_of(browser, case)
        assert (promise in text_of(page)) is promised
        assert (promise in followed(browser, browser.send(page, "/claim", {}))) is promised


def test_nobody_lets_go_of_what_another_has_taken(live_site: Site) -> None:
    case, browser = claimed(live_site, "pu.atasan"), at_desk(live_site, "pu.operator")
    page = page_of(browser, case)
    assert "release" not in offered(page)
    fields = {**hidden_fields(page, "/claim")}
    said = followed(browser, browser.post(f"/desk/{case.code}/release", data=fields))
    assert "Laporan ini sedang diambil Akun pu.atasan; tidak ada yang berubah." in said
    many = text_of(chosen(browser, Action.RELEASE, case))
    assert "1 laporan: Laporan ini sedang diambil petugas lain; hanya ia yang melepaskannya." in many
    assert live_site.factory.view(case).claimed_by == live_site.factory.offices.people["pu.atasan"]


def test_the_key_of_the_list_takes_nothing_from_a_colleague(live_site: Site) -> None:
    case, browser = disposed(live_site), at_desk(live_site, "pu.operator")
    before, address = browser.get("/desk"), f"/desk/{show_code(case.code)}/claim"
    assert address in before.get_data(as_text=True)
    live_site.factory.act(case, "pu.penghubung", Action.CLAIM)
    fields = hidden_fields(before, "/desk")
    answer = browser.post(f"{address}?stay=1", data=fields)
    assert answer.location.endswith(f"#laporan-{show_code(case.code)}")
    after = browser.get("/desk")
    assert "sedang diambil Akun pu.penghubung; tidak ada yang berubah" in text_of(after)
    assert address not in after.get_data(as_text=True)
    assert event_kinds(live_site, case)[-1] == "claimed"


def test_who_loses_the_claim_while_writing_is_told_what_to_do_and_finds_the_words_again(
    live_site: Site,
) -> None:
    case, browser = claimed(live_site, "pu.atasan"), at_desk(live_site, "pu.atasan")
    page = page_of(browser, case)
    live_site.factory.act(case, "pu.penghubung", Action.CLAIM)
    refused = browser.send(page, "/answer", {"words": "Sudah diganti semua."})
    assert refused.status_code == 409
    said = text_of(refused)
    assert "Ambil dulu laporannya." in said and "Sudah diganti semua." in said
    assert "Didahului oleh" not in said and "Yang terakhir terjadi" not in said, "a claim is no such act"
    live_site.factory.act(case, "pu.atasan", Action.CLAIM)
    assert "Sudah diganti semua." in page_of(browser, case).get_data(as_text=True)
