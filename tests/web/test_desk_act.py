"""Every act of staff through its form: what it does, what it says, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.case import Action, EndReason, Kind, Stage
from domain.state import CaseState
from tests.factories import MadeCase
from tests.web.browser import Browser, forms, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk

Brings = Callable[[Site], MadeCase]
Fields = dict[str, Any]


def verified(site: Site) -> MadeCase:
    return site.factory.report("Lampu jalan padam")


def disposed(site: Site) -> MadeCase:
    case = verified(site)
    site.factory.dispose(case, assisting=(site.factory.offices.units["hub"],))
    return case


def going(site: Site) -> MadeCase:
    case = disposed(site)
    site.factory.follow_up(case)
    return case


def answered(site: Site) -> MadeCase:
    case = disposed(site)
    site.factory.answer(case, words="Jawaban yang keliru.")
    return case


def closed(site: Site) -> MadeCase:
    case = answered(site)
    site.factory.act(case, None, Action.CONFIRM)
    return case


def archived(site: Site) -> MadeCase:
    case = verified(site)
    fields = {"end_reason": EndReason.INCOMPLETE, "words": "Kurang jelas."}
    site.factory.act(case, "kota.admin", Action.ARCHIVE, **fields)
    return case


def merged(site: Site) -> MadeCase:
    elder, case = site.factory.report("Yang lebih dahulu"), verified(site)
    site.factory.merge(case, elder)
    return case


ROWS: list[tuple[Brings, str, str, Fields, str, Stage]] = [
    # (how far it has come, who, the act, what is typed, what is said, where it stands then)
    (verified, "kota.admin", "ask", {"words": "Di mana?"}, "Pertanyaan terkirim", Stage.AWAITING_REPORTER),
    (verified, "kota.admin", "not_ours", {"words": "Jalan provinsi."}, "naik ke", Stage.VERIFICATION),
    (verified, "kota.admin", "reclassify", {"kind": "aspiration"}, "sekarang: Aspirasi", Stage.VERIFICATION),
    (verified, "kota.admin", "claim", {}, "Laporan Anda ambil", Stage.VERIFICATION),
    (
        verified,
        "kota.admin",
        "archive",
        {"end_reason": "spam", "words": "Bukan laporan."},
        "Laporan diarsipkan",
        Stage.ARCHIVED,
    ),
    (
        disposed,
        "pu.penghubung",
        "return_case",
        {"words": "Bukan kami."},
        "dikembalikan ke",
        Stage.VERIFICATION,
    ),
    (
        disposed,
        "pu.operator",
        "ask",
        {"words": "Sejak kapan?"},
        "Pertanyaan terkirim",
        Stage.AWAITING_REPORTER,
    ),
    (disposed, "pu.penghubung", "note", {"words": "Sudah ditelepon."}, "Catatan tersimpan", Stage.DISPOSED),
    (disposed, "hub.penghubung", "contribute", {"words": "Marka dari kami."}, "Masukan", Stage.DISPOSED),
    (going, "pu.atasan", "extend", {"words": "Menunggu suku cadang."}, "diperpanjang", Stage.IN_PROGRESS),
    (answered, "pu.penghubung", "take_back", {}, "ditarik kembali", Stage.DISPOSED),
    (closed, "pu.atasan", "reopen", {"words": "Padam lagi."}, "dibuka kembali", Stage.IN_PROGRESS),
    (archived, "kota.admin", "revive", {"words": "Kini jelas."}, "diaktifkan kembali", Stage.VERIFICATION),
    (merged, "kota.atasan", "unmerge", {"note": "Lain tempat."}, "dipisahkan lagi", Stage.VERIFICATION),
]


def page_path(case: MadeCase) -> str:
    return f"/desk/{case.code}"


def sent(browser: Browser, case: MadeCase, act: str, fields: Fields) -> str:
    """The page after an act that was taken, as text."""
    answer = browser.send(browser.get(page_path(case)), f"/{act}", fields)
    assert answer.status_code == 303, text_of(answer)
    return text_of(browser.get(answer.location))


def state(site: Site, case: MadeCase) -> CaseState:
    return site.factory.cases.state(case.code)


@pytest.mark.parametrize(("bring", "login", "act", "fields", "said", "stage"), ROWS)
def test_an_act_is_done_and_says_so(
    live_site: Site, bring: Brings, login: str, act: str, fields: Fields, said: str, stage: Stage
) -> None:
    case = bring(live_site)
    words = sent(at_desk(live_site, login), case, act, fields)
    assert said in words
    assert state(live_site, case).stage is stage


@pytest.mark.parametrize(
    ("bring", "login", "act", "fields", "mistake"),
    [
        (verified, "kota.admin", "ask", {"words": " "}, "Tulis apa yang perlu dilengkapi pelapor."),
        (verified, "kota.admin", "not_ours", {}, "Tulis alasannya."),
        (verified, "kota.admin", "archive", {"words": "Ya."}, "Pilih alasan pengarsipan."),
        (verified, "kota.admin", "archive", {"end_reason": "silence", "words": "Ya."}, "Pilih alasan"),
        (verified, "kota.admin", "reclassify", {"kind": "complaint"}, "Pilih jenis yang berbeda"),
        (verified, "kota.admin", "merge", {"code": "0000000000"}, "Kode ini tidak kami kenal"),
        (verified, "kota.admin", "merge", {"code": "?"}, "Kode ini tidak kami kenal"),
        (disposed, "pu.penghubung", "return_case", {"words": "x" * 2001}, "Terlalu panjang: 2001 huruf"),
        (disposed, "pu.atasan", "reassign", {"unit": "1", "words": "Ya."}, "Pilih unit tujuan dari daftar."),
        (answered, "pu.penghubung", "correct_reply", {"corrects": "1", "words": "Ya."}, "Pilih tanggapan"),
        (going, "pu.atasan", "extend", {"words": ""}, "Tulis mengapa perlu waktu lebih lama."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_changes_nothing(
    live_site: Site, bring: Brings, login: str, act: str, fields: Fields, mistake: str
) -> None:
    case = bring(live_site)
    before, browser = state(live_site, case), at_desk(live_site, login)
    answer = browser.send(browser.get(page_path(case)), f"/{act}", fields)
    assert answer.status_code == 400 and mistake in text_of(answer)
    assert f'id="tindakan-{act}"' in answer.get_data(as_text=True)
    assert state(live_site, case) == before


def test_a_disposal_carries_the_accused_the_helpers_and_the_publication(live_site: Site) -> None:
    case, units = verified(live_site), live_site.factory.offices.units
    section = live_site.factory.add_sub_unit("lampu")
    browser = at_desk(live_site, "kota.admin")
    fields = {"unit": units["pu"], "kind": "complaint", "accused": units["hub"], "publish": "1"}
    words = sent(browser, case, "dispose", {**fields, "assisting": [section]})
    after = state(live_site, case)
    assert after.facts.assisting == (section,) and after.facts.publish
    assert after.accused_unit_id == units["hub"]
    assert "Unit pendukung Seksi lampu" in words and "Unit terlapor Dinas hub" in words


def test_the_accused_unit_neither_holds_nor_helps(live_site: Site) -> None:
    case, units = verified(live_site), live_site.factory.offices.units
    browser = at_desk(live_site, "kota.admin")
    fields = {"unit": units["pu"], "kind": "complaint", "accused": units["pu"], "assisting": [units["pu"]]}
    answer = browser.send(browser.get(page_path(case)), "/dispose", fields)
    assert answer.status_code == 400
    assert "Unit terlapor tidak boleh menangani" in text_of(answer)
    assert "Unit pendukung tidak boleh" in text_of(answer)


def test_a_case_goes_down_to_a_sub_unit_where_there_is_one(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    assert not [url for url in forms(browser.get(page_path(case))) if url.endswith("/redispose")]
    section = live_site.factory.add_sub_unit("lampu")
    answer = browser.send(browser.get(page_path(case)), "/redispose", {"unit": section})
    assert answer.status_code == 303 and state(live_site, case).holder.id == section


def test_a_supervisor_gives_a_case_to_another_office_of_the_agency(live_site: Site) -> None:
    case, units = going(live_site), live_site.factory.offices.units
    browser = at_desk(live_site, "kota.atasan")
    words = sent(browser, case, "reassign", {"unit": units["hub"], "words": "Lebih cocok."})
    assert "Laporan dialihkan ke Dinas hub." in words
    assert state(live_site, case).holder.id == units["hub"]


def test_a_correction_stands_in_the_letter_that_it_corrects(live_site: Site) -> None:
    case = answered(live_site)
    reply = state(live_site, case).facts.replies[0]
    fields = {"corrects": reply, "words": "Selesai hari Jumat."}
    words = sent(at_desk(live_site, "pu.penghubung"), case, "correct_reply", fields)
    assert "Jawaban yang keliru. Ralat Dinas pu" in words and "Selesai hari Jumat." in words


def test_a_case_joins_an_elder_one_and_both_pages_lead_to_the_other(live_site: Site) -> None:
    elder, case = live_site.factory.report("Yang lebih dahulu"), verified(live_site)
    browser = at_desk(live_site, "kota.admin")
    words = sent(browser, case, "merge", {"code": elder.code})
    assert "Laporan ini mengikuti laporan" in words and "Mengikuti laporan" in words
    assert state(live_site, case).facts.merged_into == elder.id


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [({"secret": True}, "Laporan rahasia dan laporan biasa"), ({"agency": "hulu"}, "tidak kami kenal")],
)
def test_a_case_joins_only_what_its_verifier_sees_and_what_is_as_secret(
    live_site: Site, changes: Fields, mistake: str
) -> None:
    elder, case = live_site.factory.report("Yang lebih dahulu", **changes), verified(live_site)
    browser = at_desk(live_site, "kota.admin")
    answer = browser.send(browser.get(page_path(case)), "/merge", {"code": elder.code})
    assert answer.status_code == 400 and mistake in text_of(answer)


def test_after_its_minute_an_answer_is_not_offered_to_be_taken_back(new_site: NewSite) -> None:
    later = datetime.now(UTC) + timedelta(minutes=5)
    site = new_site(live=True, now=lambda: later)
    page = at_desk(site, "pu.penghubung").get(page_path(answered(site)))
    assert not [url for url in forms(page) if url.endswith("/take_back")]
    assert "Menunggu konfirmasi pelapor." in text_of(page)


def test_an_answer_that_was_taken_back_is_marked_for_staff_and_gone_for_the_reporter(live_site: Site) -> None:
    case = answered(live_site)
    words = sent(at_desk(live_site, "pu.penghubung"), case, "take_back", {})
    assert "Jawaban · ditarik kembali" in words
    visitor = live_site.browser()
    visitor.get(f"/l/{case.key}")
    assert "Jawaban yang keliru." not in text_of(visitor.get(f"/lacak/{case.code}"))


def test_a_claim_becomes_a_release_for_whoever_made_it(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.operator")
    assert "Diambil oleh Akun pu.operator" in sent(browser, case, "claim", {})
    other = at_desk(live_site, "pu.penghubung").get(page_path(case))
    assert any(url.endswith("/claim") for url in forms(other))
    assert "Belum diambil siapa pun" in sent(browser, case, "release", {})


def test_while_the_reporter_is_asked_the_clock_says_what_is_left(live_site: Site) -> None:
    case = disposed(live_site)
    live_site.factory.ask(case)
    words = text_of(at_desk(live_site, "pu.penghubung").get(page_path(case)))
    assert "14 hari kerja tersisa setelah pelapor melengkapi." in words
    assert "Tanggal baru dihitung setelah pelapor melengkapi laporan." in words
    assert "Menunggu kelengkapan" in words and "menunggu pelapor" in words


def test_the_ladder_is_told_in_words_and_never_as_a_clock(live_site: Site) -> None:
    case = disposed(live_site)
    live_site.factory.climb(case, 2)
    words = text_of(at_desk(live_site, "kota.admin").get(page_path(case)))
    assert "Jenjang 2: admin instansi." in words and "Tanpa tindakan naik lagi" in words
    assert "Jenjang tindak lanjut pertama" not in words and "Tawaran Ombudsman" not in words


def test_ones_own_waiting_act_is_called_back_and_its_form_sent_again_says_so(site: Site) -> None:
    case = disposed(site)
    browser = at_desk(site, "pu.penghubung")
    page = browser.get(page_path(case))
    waiting = browser.send(page, "/answer", {"words": "Jawaban terburu-buru."})
    assert waiting.status_code == 202
    cancelled = browser.send(waiting, "/cancel", {})
    assert cancelled.status_code == 202 and "Sedang dibatalkan: Jawaban" in text_of(cancelled)
    again = browser.send(page, "/answer", {"words": "Jawaban terburu-buru."})
    assert again.status_code == 409 and "Anda sudah meminta kiriman ini dibatalkan" in text_of(again)
    assert "Jawaban terburu-buru.</textarea>" in again.get_data(as_text=True)


def test_nobody_calls_back_what_another_has_sent(site: Site) -> None:
    case = disposed(site)
    recorded = site.factory.command(case, "pu.penghubung", Action.ANSWER, words="Milik penghubung.")
    browser = at_desk(site, "pu.operator")
    page = browser.get(page_path(case))
    assert not [url for url in forms(page) if url.endswith("/cancel")]
    hidden = next(fields for url, fields in forms(page).items() if url.endswith("/claim"))
    forged = {**hidden, "cancels": recorded.command.id}
    assert browser.post(f"/desk/{case.code}/cancel", data=forged).status_code == 404
    assert site.services.commands.find(recorded.command.id).outcome == "waiting"  # type: ignore[union-attr]


def test_a_kind_of_oversight_keeps_the_case_open_after_a_withdrawal(live_site: Site) -> None:
    case = live_site.factory.report(kind=Kind.COMPLAINT_OVERSIGHT)
    live_site.factory.act(case, None, Action.WITHDRAW)
    words = text_of(at_desk(live_site, "kota.admin").get(page_path(case)))
    assert "Pencabutan dicatat; pemeriksaan tetap berjalan" in words
