"""Reports that staff enter for people at the counter, on paper or on the telephone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.test import TestResponse

from db.mail_preference_store import MailPreferenceStore
from domain.case import ClockName
from domain.wording import format_day
from schemas.mail import Wanted
from schemas.report import Identity
from tests.pictures import pdf
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.report_answers import attachment

ZONE = ZoneInfo("Asia/Jakarta")
FORM: dict[str, str] = {
    "channel": "letter",
    "kind": "complaint",
    "title": "Saluran tersumbat",
    "text": "Air meluap tiap hujan.",
    "name": "Nama Kenari",
    "address": "Jalan Kenari 1",
}


def day_ago(days: int) -> date:
    return datetime.now(UTC).astimezone(ZONE).date() - timedelta(days=days)


def enter(browser: Browser, **changes: Any) -> TestResponse:
    """Whoever sends it has seen what is late for that day."""
    seen = {"late_seen": changes.get("received_on", "")}
    return browser.send_form("/desk/catat", "/desk/catat", FORM | seen | changes)


def test_a_letter_counts_from_the_day_on_which_it_came(live_site: Site) -> None:
    browser, came_on = at_desk(live_site, "pu.operator"), day_ago(10)
    answer = enter(browser, received_on=came_on.isoformat())
    assert answer.status_code == 303
    receipt = browser.get(answer.location)
    assert "Laporan tercatat" in text_of(receipt) and "Kunci untuk pelapor" in text_of(receipt)
    found = live_site.services.intakes.find(answer.location.rsplit("/", 1)[1])
    assert found is not None
    file = live_site.services.reader.by_id(found.case_id)
    assert file is not None
    assert file.received_at.astimezone(ZONE).date() == came_on
    clocks = live_site.services.reader.derivations(found.case_id)
    assert clocks[ClockName.RESOLUTION].start_at.astimezone(ZONE).date() == came_on
    assert found.start.state.holder.id == live_site.factory.offices.units["kota"]


def test_nobody_reads_an_hour_at_which_a_letter_came(live_site: Site) -> None:
    """It counts from noon of its day, which is no hour that anybody saw."""
    browser, came_on = at_desk(live_site, "pu.operator"), day_ago(10)
    location = enter(browser, received_on=came_on.isoformat()).location
    found = live_site.services.intakes.find(location.rsplit("/", 1)[1])
    assert found is not None
    reporter, told = live_site.browser(), format_day(came_on, "id")
    stage = text_of(reporter.get(f"/lacak/{found.code}"))
    assert f"Diterima {told}" in stage and "12.00" not in stage
    reporter.get(f"/l/{found.key}")
    own = text_of(reporter.get(f"/lacak/{found.code}"))
    assert f"Anda Laporan {told} Air" in own


def test_a_day_for_which_promises_are_over_is_questioned_before_anything_is_recorded(live_site: Site) -> None:
    browser, came_on = at_desk(live_site, "pu.operator"), day_ago(60).isoformat()
    asked = enter(browser, received_on=came_on, late_seen="")
    assert asked.status_code == 200
    assert "batas waktunya sudah lewat" in text_of(asked) and "Tanggalnya benar" in text_of(asked)
    assert "Air meluap tiap hujan." in text_of(browser.get("/desk/catat"))
    other = browser.send(asked, "/desk/catat", FORM | {"received_on": day_ago(61).isoformat()})
    assert other.status_code == 200 and "batas waktunya sudah lewat" in text_of(other)
    taken = browser.send(other, "/desk/catat", FORM | {"received_on": day_ago(61).isoformat()})
    assert taken.status_code == 303
    assert text_of(browser.get(taken.location)).count("(sudah lewat)") == 2


def test_a_report_of_today_is_not_questioned_and_promises_nothing_that_is_over(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    taken = enter(browser, received_on=day_ago(0).isoformat(), late_seen="")
    assert taken.status_code == 303 and "sudah lewat" not in text_of(browser.get(taken.location))


def test_who_entered_it_and_how_it_came_are_kept_and_shown(live_site: Site) -> None:
    answer = enter(at_desk(live_site, "kota.admin"), received_on=day_ago(0).isoformat())
    found = live_site.services.intakes.find(answer.location.rsplit("/", 1)[1])
    assert found is not None
    words = text_of(at_desk(live_site, "kota.admin").get(f"/desk/{found.code}"))
    assert "Surat, dicatat oleh petugas" in words
    assert "balas juga dengan surat" in words
    assert "Nama Kenari" not in words and "Jalan Kenari" not in words
    identity, _ = live_site.services.reader.identity(found.case_id)
    assert (identity.name, identity.address) == ("Nama Kenari", "Jalan Kenari 1")


def test_with_an_address_nobody_has_to_write_a_letter(live_site: Site) -> None:
    answer = enter(
        at_desk(live_site, "kota.admin"), received_on=day_ago(0).isoformat(), email="a@contoh.example"
    )
    found = live_site.services.intakes.find(answer.location.rsplit("/", 1)[1])
    assert found is not None
    words = text_of(at_desk(live_site, "kota.admin").get(f"/desk/{found.code}"))
    assert "balas juga dengan surat" not in words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"received_on": lambda: day_ago(-1).isoformat()}, "Tanggal diterima belum tiba."),
        ({"received_on": "2019-01-01"}, "Periksa tahunnya."),
        ({"received_on": ""}, "Tulis tanggal laporan diterima."),
        ({"channel": "web"}, "Pilih lewat apa laporan ini masuk."),
        ({"title": ""}, "Tulis judul laporan."),
        ({"phone": "abc"}, "Nomor telepon hanya berisi angka"),
        ({"phone": "08123"}, "Nomor telepon ini terlalu pendek"),
        ({"address": "x" * 301}, "Terlalu panjang: 301 huruf"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    live_site: Site, changes: dict[str, Any], said: str
) -> None:
    browser = at_desk(live_site, "pu.operator")
    today = {name: value() if callable(value) else value for name, value in changes.items()}
    answer = enter(browser, **({"received_on": day_ago(1).isoformat()} | today))
    assert answer.status_code == 400
    assert said in text_of(answer) and "Air meluap tiap hujan." in text_of(answer)


def test_the_same_form_makes_one_report(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    page, fields = browser.get("/desk/catat"), FORM | {"received_on": day_ago(0).isoformat()}
    first, second = (browser.send(page, "/desk/catat", fields) for _ in range(2))
    assert first.location == second.location
    other = browser.send(page, "/desk/catat", fields | {"title": "Lain"})
    assert other.status_code == 409 and "Lain" in other.get_data(as_text=True)


@pytest.mark.parametrize("login", ["pu.atasan", "nasional.admin"])
def test_those_who_enter_nothing_find_no_form(live_site: Site, login: str) -> None:
    browser = at_desk(live_site, login)
    assert browser.get("/desk/catat").status_code == 403
    assert "Catat laporan" not in text_of(browser.get("/desk"))


def test_a_receipt_is_there_for_its_writer_alone(live_site: Site) -> None:
    answer = enter(at_desk(live_site, "pu.operator"), received_on=day_ago(0).isoformat())
    assert at_desk(live_site, "pu.penghubung").get(answer.location).status_code == 404
    assert at_desk(live_site, "pu.operator").get(answer.location).status_code == 200


def shows_key(browser: Browser, location: str) -> bool:
    """Whether the receipt names the key or, plainly, does not any more."""
    words = text_of(browser.get(location))
    shown = "Kunci untuk pelapor" in words
    assert shown != ("Kunci tidak ditampilkan lagi." in words)
    assert not shown or "Siapa pun yang memegang kunci ini dapat bertindak sebagai pelapor." in words
    return shown


def entered(site: Site) -> tuple[Browser, str]:
    browser = at_desk(site, "pu.operator")
    return browser, enter(browser, received_on=day_ago(0).isoformat()).location


def test_a_receipt_shows_the_key_for_ten_minutes(new_site: Any) -> None:
    clock = [datetime.now(UTC)]
    browser, location = entered(new_site(live=True, now=lambda: clock[0]))
    assert shows_key(browser, location) and shows_key(browser, location)
    clock[0] += timedelta(minutes=11)
    assert not shows_key(browser, location)


def test_a_receipt_shows_the_key_in_the_browser_that_entered_the_report_alone(live_site: Site) -> None:
    browser, location = entered(live_site)
    assert not shows_key(at_desk(live_site, "pu.operator"), location)
    assert shows_key(browser, location)


@pytest.mark.parametrize("page", ["/desk", "/desk/catat"])
def test_whoever_leaves_the_receipt_does_not_see_the_key_again(live_site: Site, page: str) -> None:
    browser, location = entered(live_site)
    assert shows_key(browser, location)
    assert browser.get(page).status_code == 200
    assert not shows_key(browser, location)


def test_a_key_that_was_handed_over_is_not_shown_again_even_if_the_form_is_sent_again(
    live_site: Site,
) -> None:
    browser = at_desk(live_site, "pu.operator")
    page, fields = browser.get("/desk/catat"), FORM | {"received_on": day_ago(0).isoformat()}
    location = browser.send(page, "/desk/catat", fields).location
    assert browser.send(page, "/desk/catat", fields).location == location
    assert shows_key(browser, location)
    handed = browser.send_form(location, "/diserahkan", {})
    assert handed.status_code == 303 and not shows_key(browser, handed.location)
    assert browser.send(page, "/desk/catat", fields).location == location
    assert not shows_key(browser, location)


def test_nobody_hands_over_the_key_of_a_report_that_another_has_entered(live_site: Site) -> None:
    browser, location = entered(live_site)
    other = at_desk(live_site, "pu.penghubung")
    page = browser.get(location)
    other_page = other.get("/desk/catat")
    token = hidden_fields(other_page, "/desk/catat")["csrf_token"]
    assert other.post(f"{location}/diserahkan", data={"csrf_token": token}).status_code == 404
    assert page.status_code == 200 and shows_key(browser, location)


def test_a_report_in_the_making_is_kept_until_it_is_sent(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    enter(browser, step="draft", received_on=day_ago(2).isoformat(), title="Separuh")
    again = at_desk(live_site, "pu.operator")
    page = again.get("/desk/catat")
    assert "Draf tersimpan" in text_of(page) and "Separuh" in page.get_data(as_text=True)
    assert (
        again.send(
            page,
            "/desk/catat",
            FORM | {"received_on": day_ago(2).isoformat(), "late_seen": day_ago(2).isoformat()},
        ).status_code
        == 303
    )
    assert "Separuh" not in again.get("/desk/catat").get_data(as_text=True)


def test_a_report_that_is_sent_leaves_the_draft_of_another_tab(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    one, other = browser.get("/desk/catat"), browser.get("/desk/catat")
    fields = FORM | {"received_on": day_ago(2).isoformat(), "late_seen": day_ago(2).isoformat()}
    browser.send(other, "/desk/catat", fields | {"step": "draft", "title": "Di tab lain"})
    assert browser.send(one, "/desk/catat", fields).status_code == 303
    assert "Di tab lain" in browser.get("/desk/catat").get_data(as_text=True)
    assert browser.send(browser.get("/desk/catat"), "/desk/catat", fields | {"step": "discard"})
    assert "Di tab lain" not in browser.get("/desk/catat").get_data(as_text=True)


def test_a_draft_that_was_kept_after_its_own_report_is_not_offered_again(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    answer = enter(browser, received_on=day_ago(2).isoformat())
    intake_id = answer.location.rsplit("/", 1)[1]
    person_id = live_site.factory.offices.people["pu.operator"]
    live_site.services.drafts.save_entry(person_id, intake_id, {"title": "Terlambat"})
    assert "Terlambat" not in browser.get("/desk/catat").get_data(as_text=True)
    assert live_site.services.drafts.entry(person_id) is None


def test_a_letter_is_scanned_in_and_survives_questions_and_drafts(live_site: Site) -> None:
    browser = at_desk(live_site, "kota.admin")
    scan = {"attachments": [attachment("surat.pdf", pdf())], "received_on": day_ago(60).isoformat()}
    asked = enter(browser, **scan, late_seen="")
    assert asked.status_code == 200 and "surat.pdf" in text_of(asked)
    again = browser.get("/desk/catat")
    assert "surat.pdf" in text_of(again)
    kept = hidden_fields(again, "/desk/catat")
    taken = browser.send(
        again,
        "/desk/catat",
        FORM | kept | {"received_on": day_ago(60).isoformat(), "late_seen": day_ago(60).isoformat()},
    )
    assert taken.status_code == 303
    found = live_site.services.intakes.find(taken.location.rsplit("/", 1)[1])
    assert found is not None
    assert "surat.pdf" in text_of(browser.get(f"/desk/{found.code}"))


def test_a_file_that_does_not_fit_is_said_beside_its_field(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    wrong = enter(
        browser, attachments=[attachment("surat.pdf", b"kosong")], received_on=day_ago(0).isoformat()
    )
    assert wrong.status_code == 400 and "Berkas surat.pdf" in text_of(wrong)


def test_a_region_is_looked_for_without_losing_a_word(live_site: Site) -> None:
    browser = at_desk(live_site, "pu.operator")
    page = browser.get("/desk/catat")
    shown = browser.send(page, "/desk/catat", FORM | {"find": "1", "region": "tidakada"})
    assert shown.status_code == 200
    assert "Air meluap tiap hujan." in text_of(shown)
    assert 'value="tidakada"' in shown.get_data(as_text=True)


def test_staff_are_told_when_no_mail_reaches_the_reporter(site: Site) -> None:
    factory, desk = site.factory, at_desk(site, "kota.admin")
    silent = factory.report("Tanpa surel", identity=Identity())
    assert "tidak memberi surel" in text_of(desk.get(f"/desk/{silent.code}"))
    reached = factory.report("Dengan surel", identity=Identity(email="a@contoh.example"))
    preferences = MailPreferenceStore(site.services.database)
    for wanted, said in (
        (None, ""),
        (Wanted.NEEDED, "hanya mau surel yang menunggu tindakannya"),
        (Wanted.NONE, "mematikan surel laporan ini"),
        (Wanted.ALL, ""),
    ):
        if wanted is not None:
            preferences.choose(reached.id, wanted, "id")
        words = text_of(desk.get(f"/desk/{reached.code}"))
        assert said in words if said else "halaman lacak" not in words


def like_report(browser: Browser, **changes: Any) -> TestResponse:
    fields = FORM | {"title": "Lampu jalan depan pasar padam", "place": "Jalan Uji 1"}
    return browser.send_form(
        "/desk/catat", "/desk/catat", fields | {"received_on": day_ago(0).isoformat()} | changes
    )


def test_a_report_that_may_be_there_already_is_named_with_reasons_and_recorded_if_sent_again(
    site: Site,
) -> None:
    elder = site.factory.report("Lampu jalan padam di depan pasar")
    browser = at_desk(site, "kota.admin")
    warned = like_report(browser)
    assert warned.status_code == 200
    words = text_of(warned)
    assert "Mungkin laporan ini sudah ada" in words and "Lampu jalan padam di depan pasar" in words
    assert "tempat serupa · 5 kata judul sama · hari yang sama" in words
    assert f"/desk/{elder.code[:4]}" in warned.get_data(as_text=True) and "#tindakan" in warned.get_data(
        as_text=True
    )
    assert "Lampu jalan depan pasar padam" in at_desk(site, "kota.admin").get("/desk/catat").get_data(
        as_text=True
    )
    fields = FORM | {"title": "Lampu jalan depan pasar padam", "place": "Jalan Uji 1"}
    again = browser.send(warned, "/desk/catat", fields | {"received_on": day_ago(0).isoformat()})
    assert again.status_code == 303
    assert "Laporan tercatat" in text_of(browser.get(again.location))


def test_a_form_that_is_sent_twice_does_not_meet_its_own_report(site: Site) -> None:
    browser = at_desk(site, "kota.admin")
    page = browser.get("/desk/catat")
    fields = FORM | {"received_on": day_ago(0).isoformat()}
    first, second = (browser.send(page, "/desk/catat", fields) for _ in range(2))
    assert first.status_code == second.status_code == 303 and first.location == second.location


@pytest.mark.parametrize(
    ("elder", "changes"),
    [
        ({"secret": True}, {}),
        ({}, {"secret": "1"}),
        ({"agency": "hulu"}, {}),
    ],
)
def test_reports_of_others_and_of_another_secrecy_are_not_named(
    site: Site, elder: dict[str, Any], changes: dict[str, str]
) -> None:
    site.factory.report("Lampu jalan padam di depan pasar", **elder)
    assert like_report(at_desk(site, "kota.admin"), **changes).status_code == 303
