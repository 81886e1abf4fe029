from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from werkzeug.test import TestResponse

from domain.case import Action, Kind
from tests.factories import MadeCase
from tests.web.browser import Browser, forms, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk
from tests.web.page_checks import HTML, parse

IN_TWO_WEEKS = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
IN_TWO_YEARS = (datetime.now(UTC) + timedelta(days=730)).date().isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
STEERS = {"reclassify", "reassign", "claim", "note"}
ACTS: dict[str, dict[str, str]] = {
    "/follow_up": {"type": "action", "words": "Tim sudah ke lokasi."},
    "/answer": {"words": "Lampu sudah menyala."},
}


def page_of(browser: Browser, case: MadeCase) -> TestResponse:
    return browser.get(f"/desk/{case.code}")


def disposed(site: Site, **changes: object) -> MadeCase:
    case = site.factory.report("Lampu jalan padam", **changes)  # type: ignore[arg-type]
    site.factory.dispose(case)
    return case


def followed(browser: Browser, answer: TestResponse) -> str:
    assert answer.status_code == 303
    return text_of(browser.get(answer.location))


def offered(page: TestResponse) -> list[str]:
    return [action.rsplit("/", 1)[1] for action in forms(page) if "/desk/" in action]


def main_act(page: TestResponse) -> str:
    """The act that stands open and filled; "" if nothing does."""
    found = re.search(r'<div class="card-plain todo" id="tindakan-(\w+)"', page.get_data(as_text=True))
    return found[1] if found else ""


def options(page: TestResponse, name: str) -> list[str]:
    tree = parse(page.get_data(as_text=True))
    select = next(one for one in tree.iter(f"{HTML}select") if one.get("name") == name)
    return [(option.text or "").strip() for option in select.iter(f"{HTML}option")]


def typed_words(page: TestResponse, ending: str) -> str:
    tree = parse(page.get_data(as_text=True))
    form = next(one for one in tree.iter(f"{HTML}form") if one.get("action", "").endswith(ending))
    return next((area.text or "").strip() for area in form.iter(f"{HTML}textarea"))


def event_kinds(site: Site, case: MadeCase) -> list[str]:
    return [row.event.kind.value for row in site.factory.reader.log(case.id)]


def test_the_verifier_sends_a_case_to_an_office_and_hears_who_must_act_by_when(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = at_desk(live_site, "kota.admin")
    page = page_of(browser, case)
    assert main_act(page) == "dispose"
    assert set(offered(page)) == {"dispose", "ask", "not_ours", "archive", "merge", *STEERS}
    assert options(page, "unit") == ["Pilih unit", "Dinas hub", "Dinas pu"]
    unit = live_site.factory.offices.units["pu"]
    fields = {"unit": unit, "kind": "complaint_oversight", "note": "Mohon segera."}
    words = followed(browser, browser.send(page, "/dispose", fields))
    assert "Laporan dikirim ke Dinas pu. Dinas pu harus menindaklanjuti paling lambat" in words
    assert "WIB" in words and "Sedang ditangani oleh Dinas pu." in words
    view = live_site.factory.view(case)
    assert (view.stage, view.kind, view.holder_id) == ("disposed", "complaint_oversight", unit)
    assert "Mohon segera." in text_of(page_of(at_desk(live_site, "pu.penghubung"), case))


def test_the_nation_sends_cases_to_agencies_only(live_site: Site) -> None:
    case, units = live_site.factory.report(agency=None), live_site.factory.offices.units
    browser = at_desk(live_site, "nasional.admin")
    page = page_of(browser, case)
    assert options(page, "unit") == ["Pilih unit", "Instansi hulu", "Instansi kota"]
    for wrong in (units["pu"], units["nasional"], 999, "x"):
        refused = browser.send(page, "/dispose", {"unit": wrong, "kind": "complaint"})
        assert refused.status_code == 400
        assert "Pilih unit tujuan dari daftar." in text_of(refused)
    words = followed(browser, browser.send(page, "/dispose", {"unit": units["kota"], "kind": "complaint"}))
    assert "Laporan dikirim ke Instansi kota. Instansi kota harus memverifikasi paling lambat" in words


def test_a_form_with_mistakes_keeps_its_words_and_its_id(live_site: Site) -> None:
    case = live_site.factory.report()
    browser = at_desk(live_site, "kota.admin")
    page = page_of(browser, case)
    sent = {"unit": "", "kind": "entah", "note": "Catatan <b>tebal</b>"}
    again = browser.send(page, "/dispose", sent)
    assert again.status_code == 400
    assert "Ada 2 hal yang perlu diperbaiki" in text_of(again)
    assert typed_words(again, "/dispose") == "Catatan <b>tebal</b>"
    before, after = (hidden_fields(one, "/dispose")["command_id"] for one in (page, again))
    assert before == after
    assert event_kinds(live_site, case) == ["received"]


@pytest.mark.parametrize(
    ("fields", "mistake"),
    [
        ({"type": "", "words": "Kata."}, "Pilih jenis tindak lanjut."),
        ({"type": "plan", "words": "Kata."}, "Tulis tanggal rencana selesai."),
        ({"type": "plan", "words": "Kata.", "plan_on": "besok"}, "Tulis tanggal rencana selesai."),
        ({"type": "plan", "words": "Kata.", "plan_on": YESTERDAY}, "Tanggal rencana sudah lewat"),
        ({"type": "plan", "words": "Kata.", "plan_on": IN_TWO_YEARS}, "paling lama satu tahun dari hari ini"),
        ({"type": "action", "words": "  "}, "Tulis kata-kata untuk pelapor."),
        ({"type": "action", "words": "x" * 8001}, "Terlalu panjang: 8001 huruf, paling banyak 8000."),
    ],
)
def test_a_follow_up_is_checked_beside_its_fields(
    live_site: Site, fields: dict[str, str], mistake: str
) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    answer = browser.send(page_of(browser, case), "/follow_up", fields)
    assert answer.status_code == 400
    assert mistake in text_of(answer)
    assert event_kinds(live_site, case) == ["received", "disposed"]


def test_a_plan_shows_its_day_and_stops_the_first_clock(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    assert main_act(page_of(browser, case)) == "follow_up"
    fields = {"type": "plan", "words": "Kami ganti lampunya.", "plan_on": IN_TWO_WEEKS}
    words = followed(browser, browser.send(page_of(browser, case), "/follow_up", fields))
    assert "Rencana tindak lanjut terkirim ke pelapor. Dinas pu harus menjawab paling lambat" in words
    assert "Direncanakan selesai:" in words and "Kami ganti lampunya." in words
    assert "Tindak lanjut pertama: direncanakan paling lambat" in words and "Tepat waktu." in words
    assert main_act(page_of(browser, case)) == "answer"


def test_an_acknowledgement_says_that_the_clock_runs_on(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.operator")
    fields = {"type": "acknowledgement", "words": "Sudah kami baca."}
    words = followed(browser, browser.send(page_of(browser, case), "/follow_up", fields))
    assert "Dinas pu harus menindaklanjuti paling lambat" in words
    assert live_site.factory.view(case).stage == "disposed"


def test_an_operator_acts_but_neither_plans_nor_answers(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.operator")
    page = page_of(browser, case)
    assert set(offered(page)) == {"follow_up", "ask", "claim", "note", "answer"}
    assert "Jawaban diterbitkan oleh pejabat penghubung." in text_of(page)
    assert "Kirim jawaban" not in text_of(page)
    assert "Tanggal rencana selesai" not in text_of(page)
    plan = {"type": "plan", "words": "Kata.", "plan_on": IN_TWO_WEEKS}
    refused = browser.send(page, "/follow_up", plan)
    assert refused.status_code == 400
    assert "Rencana diterbitkan oleh pejabat penghubung" in text_of(refused)
    hidden = hidden_fields(page, "/follow_up")
    told = browser.post(f"/desk/{case.code}/answer", data={**hidden, "words": "Selesai."})
    assert told.status_code == 409 and "Peran Anda pada laporan ini" in text_of(told)
    assert browser.post(f"/desk/{case.code}/archive", data=hidden).status_code == 403
    assert browser.send(page_of(browser, case), "/follow_up", ACTS["/follow_up"]).status_code == 303


def test_an_answer_hands_the_case_to_its_reporter(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    words = followed(browser, browser.send(page_of(browser, case), "/answer", ACTS["/answer"]))
    assert "Jawaban terkirim ke pelapor. Pelapor dapat menyatakan selesai atau belum sampai" in words
    assert "23.59 WIB; tanpa kabar, laporan ditutup." in words
    assert "menunggu pelapor" in words and main_act(page_of(browser, case)) == ""
    assert "take_back" in offered(page_of(browser, case))
    assert "answer" not in offered(page_of(browser, case))


def test_a_supervisor_sees_what_is_late_since_when_and_leaves_the_answer_to_the_liaison(
    live_site: Site,
) -> None:
    received_at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    case = live_site.factory.report(at=received_at)
    live_site.factory.dispose(case, at=received_at + timedelta(hours=1))
    live_site.factory.expire_next(case)
    for login in ("pu.atasan", "kota.atasan"):
        browser = at_desk(live_site, login)
        page = page_of(browser, case)
        words = text_of(page)
        assert "Tindak lanjut pertama terlambat sejak Senin, 9 November 2026, 16.00 WIB." in words
        assert 'class="is-late"' in page.get_data(as_text=True)
        assert main_act(page) == "" and "Sedang ditangani oleh Dinas pu." in words
        token = hidden_fields(page, "/keluar")["csrf_token"]
        sent = {"csrf_token": token, "version": "2", **ACTS["/answer"]}
        refused = browser.post(f"/desk/{case.code}/answer", data=sent)
        assert refused.status_code == 409
        assert "Ambil dulu laporannya." in text_of(refused)
    liaison = at_desk(live_site, "pu.penghubung")
    words = followed(liaison, liaison.send(page_of(liaison, case), "/answer", ACTS["/answer"]))
    assert "direncanakan paling lambat Senin, 9 November 2026, 16.00 WIB. Terlambat." in words


def test_on_a_narrow_page_the_actions_come_before_the_history(live_site: Site) -> None:
    markup = page_of(at_desk(live_site, "pu.penghubung"), disposed(live_site)).get_data(as_text=True)
    assert markup.index('id="percakapan"') < markup.index('id="tindakan"') < markup.index('id="riwayat"')


def test_after_a_dispute_the_flash_names_the_duty_whose_date_it_gives(live_site: Site) -> None:
    case = disposed(live_site)
    live_site.factory.answer(case)
    live_site.factory.act(case, None, Action.DISPUTE, words="Belum.")
    browser = at_desk(live_site, "pu.operator")
    fields = {"type": "acknowledgement", "words": "Sudah kami baca."}
    words = followed(browser, browser.send(page_of(browser, case), "/follow_up", fields))
    assert "Dinas pu harus menindaklanjuti paling lambat" in words and "harus menjawab" not in words


@pytest.mark.parametrize(("first", "second"), list(product(ACTS, ACTS)))
def test_of_two_acts_on_one_version_one_wins_and_the_other_is_told_who_did_what(
    live_site: Site, first: str, second: str
) -> None:
    live_site.factory.add_person("pu.kedua", [("pu", live_site.factory.memberships("pu.penghubung")[0].role)])
    case = disposed(live_site)
    quick, slow = at_desk(live_site, "pu.penghubung"), at_desk(live_site, "pu.kedua")
    quick_page, slow_page = page_of(quick, case), page_of(slow, case)
    assert quick.send(quick_page, first, ACTS[first]).status_code == 303
    told = slow.send(slow_page, second, {**ACTS[second], "words": "Kata-kata saya."})
    assert told.status_code == 409
    words = text_of(told)
    assert "Pejabat Penghubung, Dinas pu" in words
    assert "Kata-kata saya." in words
    assert len(event_kinds(live_site, case)) == 3
    if first == "/answer":
        return
    assert "Laporan ditindaklanjuti" in words
    assert typed_words(told, second) == "Kata-kata saya."
    before, after = (hidden_fields(one, second) for one in (slow_page, told))
    assert before["command_id"] != after["command_id"]
    assert int(after["version"]) == int(before["version"]) + 1
    assert slow.send(told, second, {**ACTS[second], "words": "Kata-kata saya."}).status_code == 303


def test_two_admins_on_one_version_hear_of_each_other(live_site: Site) -> None:
    case, units = live_site.factory.report(agency=None), live_site.factory.offices.units
    role = live_site.factory.memberships("nasional.admin")[0].role
    live_site.factory.add_person("nasional.dua", [("nasional", role)])
    quick, slow = at_desk(live_site, "nasional.admin"), at_desk(live_site, "nasional.dua")
    slow_page = page_of(slow, case)
    sent = {"unit": units["kota"], "kind": "complaint"}
    assert quick.send(page_of(quick, case), "/dispose", sent).status_code == 303
    told = slow.send(slow_page, "/dispose", {"unit": units["hulu"], "kind": "complaint", "note": "Ke hulu."})
    assert told.status_code == 409
    assert "Laporan didisposisikan" in text_of(told) and "Admin Nasional" in text_of(told)
    assert "Ke hulu." in text_of(told)
    assert live_site.factory.view(case).holder_id == units["kota"]


def test_while_the_engine_is_away_acts_wait_and_show_their_words(site: Site) -> None:
    site.factory.add_person("pu.kedua", [("pu", site.factory.memberships("pu.penghubung")[0].role)])
    case = disposed(site)
    first, second = at_desk(site, "pu.penghubung"), at_desk(site, "pu.kedua")
    second_page = page_of(second, case)
    waiting = first.send(page_of(first, case), "/answer", {"words": "Jawaban pertama."})
    assert waiting.status_code == 202
    assert "Belum diterapkan: Jawaban" in text_of(waiting)
    assert "Jawaban pertama." in text_of(waiting)
    assert offered(waiting) == ["cancel", "claim", "note"]
    also = second.send(second_page, "/answer", {"words": "Jawaban kedua."})
    assert also.status_code == 202
    assert "Jawaban pertama." in text_of(also) and "Jawaban kedua." in text_of(also)
    deliver_waiting(site)
    assert event_kinds(site, case) == ["received", "disposed", "answered"]
    words = text_of(page_of(second, case))
    assert "Belum diterapkan" not in words
    assert "Tindakan yang ditolak atau dibatalkan" in words and "Jawaban kedua." in words
    assert "Laporan dijawab (Pejabat Penghubung, Dinas pu;" in words


def deliver_waiting(site: Site) -> None:
    """What the sweeper does once the engine is back, oldest first."""
    later = datetime.now(UTC) + timedelta(hours=1)
    for recorded in site.services.commands.waiting(later, 10):
        outcome = site.factory.cases.send(recorded.code, recorded.command)
        if hasattr(outcome, "refusal"):
            site.services.commands.refuse(recorded.command.id, outcome.refusal)


def test_a_message_that_waits_takes_no_form_away(site: Site) -> None:
    case = disposed(site)
    site.factory.command(case, None, Action.MESSAGE, words="Kapan?")
    page = page_of(at_desk(site, "pu.penghubung"), case)
    assert "Belum diterapkan: Pesan" in text_of(page)
    assert {"follow_up", "answer"} <= set(offered(page)) and "cancel" not in offered(page)


def test_a_form_sent_twice_acts_once(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = page_of(browser, case)
    for _ in range(2):
        words = followed(browser, browser.send(page, "/follow_up", ACTS["/follow_up"]))
    assert "Tidak ada yang terkirim dua kali." in words
    assert event_kinds(live_site, case) == ["received", "disposed", "followed_up"]


def test_a_form_sent_again_with_other_words_keeps_them_under_a_new_id(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = page_of(browser, case)
    browser.send(page, "/follow_up", ACTS["/follow_up"])
    again = browser.send(page, "/follow_up", {"type": "action", "words": "Yang kedua."})
    assert again.status_code == 409
    assert "sudah pernah terkirim dengan isi lain" in text_of(again)
    assert typed_words(again, "/follow_up") == "Yang kedua."
    assert browser.send(again, "/follow_up", {"type": "action", "words": "Yang kedua."}).status_code == 303
    assert event_kinds(live_site, case)[2:] == ["followed_up", "followed_up"]


def test_an_answer_that_crosses_a_message_goes_out_with_a_warning(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = page_of(browser, case)
    live_site.factory.act(case, None, Action.MESSAGE, words="Sekarang dua lampu padam.")
    words = followed(browser, browser.send(page, "/answer", ACTS["/answer"]))
    assert "Pelapor menulis pesan baru sebelum jawaban ini terkirim." in words
    assert "Sekarang dua lampu padam." in words


@pytest.mark.parametrize(
    "broken", [{"version": ""}, {"version": "x"}, {"command_id": "x"}, {"version": "9" * 30}]
)
def test_hidden_fields_that_we_did_not_make_are_refused(live_site: Site, broken: dict[str, str]) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    answer = browser.send(page_of(browser, case), "/answer", {**ACTS["/answer"], **broken})
    assert answer.status_code == 400
    assert event_kinds(live_site, case) == ["received", "disposed"]


def test_a_case_opens_under_any_spelling_of_its_code(site: Site) -> None:
    case = disposed(site)
    spelled = f"{case.code[:4]}-{case.code[4:8]}-{case.code[8:]}".lower()
    assert at_desk(site, "pu.penghubung").get(f"/desk/{spelled}").status_code == 200


def test_a_report_that_no_workflow_has_taken_yet_can_be_read_and_acted_on(site: Site) -> None:
    case = site.factory.report(started=False)
    browser = at_desk(site, "kota.admin")
    page = page_of(browser, case)
    unit = site.factory.offices.units["pu"]
    assert browser.send(page, "/dispose", {"unit": unit, "kind": "complaint"}).status_code == 202


def test_the_address_of_an_act_leads_back_to_its_case(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    mistaken = browser.send(page_of(browser, case), "/answer", {"words": ""})
    led = browser.get(f"{mistaken.request.path}?lang=en")
    assert (led.status_code, led.location.replace("-", "")) == (303, f"/desk/{case.code}")
    assert '<html lang="en">' in browser.get(led.location).get_data(as_text=True)


def test_a_secret_and_anonymous_case_shows_both_tags(site: Site) -> None:
    case = disposed(site, secret=True, anonymous=True)
    words = text_of(page_of(at_desk(site, "pu.penghubung"), case))
    assert "Rahasia" in words and "Anonim" in words
    assert f"Pelapor {case.mask}" in words


def test_words_of_people_are_text_and_never_markup(live_site: Site) -> None:
    case = disposed(live_site, kind=Kind.ASPIRATION)
    evil = "<img src=x onerror=alert(1)>\nBaris kedua"
    live_site.factory.act(case, None, Action.MESSAGE, words=evil)
    live_site.factory.follow_up(case, words=evil)
    page = page_of(at_desk(live_site, "pu.penghubung"), case)
    assert "<img src=x" not in page.get_data(as_text=True)
    assert "<img src=x onerror=alert(1)> Baris kedua" in text_of(page)


def test_people_name_the_holder_the_verifier_and_the_supervisor(site: Site) -> None:
    case = disposed(site)
    words = text_of(page_of(at_desk(site, "pu.penghubung"), case))
    assert "Pemegang Dinas pu Verifikator Instansi kota Atasan Akun pu.atasan" in words


def test_the_way_back_leads_to_the_view_one_came_from(new_site: NewSite) -> None:
    site = new_site()
    disposed(site)
    browser = at_desk(site, "pu.penghubung")
    markup = browser.get("/desk?view=all").get_data(as_text=True)
    link = markup.split('class="title one-line" href="')[1].split('"')[0]
    assert 'class="back" href="/desk?view=all"' in browser.get(link).get_data(as_text=True)
