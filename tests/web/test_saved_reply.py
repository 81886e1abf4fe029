"""Texts that a unit keeps ready: who keeps them, and how they come into a form."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.factories import MadeCase
from tests.web.browser import Browser, forms, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

TEXT = "Laporan {kode} ({judul}) sudah dijadwalkan {instansi}. {nama_petugas}"


def add(browser: Browser, title: str = "Lampu dijadwalkan", text: str = TEXT) -> TestResponse:
    return browser.send_form("/desk/balasan", "/desk/balasan", {"title": title, "text": text})


def reply_id(site: Site, unit: str = "pu") -> int:
    (reply,) = site.services.saved_replies.of_units({site.factory.offices.units[unit]})
    return reply.id


def in_hand(site: Site) -> MadeCase:
    case = site.factory.report("Lampu jalan padam")
    site.factory.dispose(case)
    return case


def test_a_liaison_adds_changes_and_deletes(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.penghubung")
    assert add(browser).status_code == 303
    assert "Lampu dijadwalkan" in text_of(browser.get("/desk/balasan"))
    path = f"/desk/balasan/{reply_id(live_site)}"
    changed = browser.send_form(path, path, {"title": "Lampu selesai", "text": "Terima kasih."})
    assert changed.status_code == 303
    assert "Lampu selesai" in text_of(browser.get("/desk/balasan"))
    asked = browser.get(f"{path}/hapus")
    assert "Hapus balasan ini?" in text_of(asked)
    assert browser.send(asked, "/hapus", {}).status_code == 303
    assert "Belum ada balasan." in text_of(browser.get("/desk/balasan"))


def test_an_unknown_place_is_refused_and_the_words_stay(live_site: Site) -> None:
    answer = add(at_desk(live_site, "pu.penghubung"), text="Halo {nama_pelapor}.")
    assert answer.status_code == 400
    assert "Isian ini tidak kami kenal: {nama_pelapor}." in text_of(answer)
    assert "Halo {nama_pelapor}." in text_of(answer)


def test_a_reply_needs_a_name_and_words(live_site: Site) -> None:
    words = text_of(add(at_desk(live_site, "pu.penghubung"), title=" ", text=""))
    assert "Tulis nama balasan." in words and "Tulis kata-kata balasan." in words


@pytest.mark.parametrize(("login", "status"), [("pu.operator", 403), ("hub.penghubung", 404)])
def test_others_do_not_change_them(live_site: Site, login: str, status: int) -> None:
    add(at_desk(live_site, "pu.penghubung"))
    browser, number = at_desk(live_site, login), reply_id(live_site)
    token = {"csrf_token": _token(browser), "unit": str(live_site.factory.offices.units["pu"])}
    fields = {**token, "title": "Lain", "text": "Lain."}
    if status == 403:
        assert browser.post("/desk/balasan", data=fields).status_code == 403
    assert browser.post(f"/desk/balasan/{number}", data=fields).status_code == 404
    assert browser.post(f"/desk/balasan/{number}/hapus", data=fields).status_code == 404
    assert browser.get(f"/desk/balasan/{number}").status_code == 404


def test_nobody_adds_one_to_a_unit_of_others(live_site: Site) -> None:
    browser, units = at_desk(live_site, "pu.penghubung"), live_site.factory.offices.units
    answer = browser.send_form(
        "/desk/balasan", "/desk/balasan", {"title": "A", "text": "B.", "unit": str(units["hub"])}
    )
    assert answer.status_code == 400
    assert live_site.services.saved_replies.of_units({units["hub"]}) == []


def test_inserting_fills_the_places_and_keeps_what_was_typed(live_site: Site) -> None:
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    add(browser)
    page = browser.get(f"/desk/{case.code}")
    fields = {"step": "insert", "saved_reply": str(reply_id(live_site)), "words": "Selamat pagi."}
    shown = browser.send(page, "/answer", fields)
    words = text_of(shown)
    assert shown.status_code == 200 and "Selamat pagi." in words
    assert "(Lampu jalan padam) sudah dijadwalkan Dinas pu. Akun pu.penghubung" in words


def test_a_reply_of_another_unit_is_not_inserted(live_site: Site) -> None:
    add(at_desk(live_site, "hub.penghubung"), text="Rahasia dapur.")
    case, browser = in_hand(live_site), at_desk(live_site, "pu.penghubung")
    fields = {"step": "insert", "saved_reply": str(reply_id(live_site, "hub")), "words": ""}
    shown = browser.send(browser.get(f"/desk/{case.code}"), "/answer", fields)
    assert shown.status_code == 400
    assert "Rahasia dapur." not in text_of(shown)


def _token(browser: Browser) -> str:
    return next(iter(forms(browser.get("/desk/balasan")).values()))["csrf_token"]
