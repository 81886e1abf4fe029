"""The report form in steps: one thing a page, nothing typed is lost, and one report in the end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from db.case_table import ReportRow
from db.category_store import categories
from db.draft_table import ReportDraftRow
from db.region_seed import NewRegion, write_regions
from tests.publications import Publisher
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.report_answers import attachment, png

TITLE, TEXT = "Lampu jalan padam", "Lampu di depan pasar padam sejak Senin."
WHAT: dict[str, Any] = {"kind": "complaint", "title": TITLE, "text": TEXT, "category": ""}
WHERE = {"region": "", "place": "Jalan Melati 3", "event_on": "2026-01-05", "agency": ""}
WHO = {"name": "Sari Uji", "email": "sari@contoh.example", "phone": "", "anonymous": "1"}
BOGOR = "Kabupaten Bogor, Jawa Barat"
REGIONS = [
    NewRegion(code="32.01", name="Kabupaten Bogor", path=BOGOR),
    NewRegion(code="32.01.01", name="Cibinong", path=f"Kecamatan Cibinong, {BOGOR}"),
    NewRegion(code="32.01.02", name="Cibinong Baru", path=f"Kecamatan Cibinong Baru, {BOGOR}"),
]


def step(number: int) -> str:
    return f"/lapor/langkah/{number}"


def answer(browser: Browser, number: int, fields: dict[str, Any], page: str = "") -> TestResponse:
    return browser.send_form(page or step(number), step(number), fields, content_type="multipart/form-data")


def fill(browser: Browser) -> TestResponse:
    """All steps but the last, which is fetched."""
    for number, fields in ((1, WHAT), (2, WHERE), (3, WHO)):
        sent = answer(browser, number, fields, "/lapor" if number == 1 else "")
        assert sent.status_code == 303, text_of(sent)
    return browser.get(step(4))


def send(browser: Browser, page: TestResponse) -> TestResponse:
    return browser.send(page, "/reports", {})


def count(site: Site, column: Any = ReportRow.id) -> int:
    with site.services.database.read() as session:
        return session.scalar(select(func.count(column))) or 0


def with_regions(site: Site) -> Site:
    write_regions(site.services.database, REGIONS, "uji")
    return site


def test_four_steps_make_one_report_with_everything_that_was_answered(site: Site) -> None:
    browser = site.browser()
    page = fill(browser)
    words = text_of(page)
    assert "Langkah 4 dari 4" in words and "Senin, 5 Januari 2026" in words and TEXT in words
    receipt = browser.get(send(browser, page).headers["Location"])
    assert TITLE in text_of(receipt) and count(site) == 1
    code = re.search(r"\w{4}-\w{4}-\w{2}", text_of(receipt))
    assert code is not None
    found = site.services.reader.by_code(code[0].replace("-", ""))
    assert found is not None and found.anonymous and not found.secret
    assert (found.words.text, found.words.place) == (TEXT, "Jalan Melati 3")
    identity, _ = site.services.reader.identity(found.case_id)
    assert identity.email == "sari@contoh.example"
    assert count(site, ReportDraftRow.intake_id) == 0
    assert "Lanjutkan laporan Anda" not in text_of(browser.get("/lapor"))


@pytest.mark.parametrize(
    ("number", "fields", "complaint"),
    [
        (1, WHAT | {"kind": ""}, "Pilih jenis laporan."),
        (1, WHAT | {"title": " "}, "Tulis judul laporan."),
        (1, WHAT | {"category": "9999"}, "Pilih kategori dari daftar"),
        (2, WHERE | {"event_on": "2999-01-01"}, "belum tiba"),
        (2, WHERE | {"agency": "x"}, "Pilih instansi dari daftar"),
        (2, WHERE | {"region": "tidak ada"}, "Wilayah belum dipilih"),
        (3, WHO | {"email": "sari@"}, "Alamat surel tidak lengkap"),
    ],
)
def test_a_step_names_its_own_mistakes_and_keeps_what_was_typed(
    site: Site, number: int, fields: dict[str, Any], complaint: str
) -> None:
    browser = site.browser()
    if number > 1:
        answer(browser, 1, WHAT, "/lapor")
    wrong = answer(browser, number, fields, "/lapor" if number == 1 else "")
    assert wrong.status_code == 422 and complaint in text_of(wrong)
    assert text_of(wrong).count("yang perlu diperbaiki") == 1
    for words in {TITLE, TEXT, "Jalan Melati 3", "2999-01-01", "tidak ada", "sari@"} & set(fields.values()):
        assert words in wrong.get_data(as_text=True)
    assert browser.get(step(4)).headers["Location"] == step(number)


def test_a_later_step_leads_back_to_the_first_one_that_is_not_complete(site: Site) -> None:
    browser = site.browser()
    assert browser.get(step(3)).headers["Location"] == "/lapor"
    answer(browser, 1, WHAT | {"title": ""}, "/lapor")
    early = browser.get(step(4), follow_redirects=True)
    assert early.request.path == step(1) and "Langkah ini belum lengkap" in text_of(early)
    assert TEXT in early.get_data(as_text=True)
    assert browser.get("/lapor/langkah/5").status_code == 404
    assert browser.post("/lapor/langkah/9", data=hidden_fields(early, step(1))).status_code == 404


def test_going_back_keeps_what_was_typed_without_checking_it(site: Site) -> None:
    browser = site.browser()
    answer(browser, 1, WHAT, "/lapor")
    back = answer(browser, 2, WHERE | {"event_on": "2999-01-01", "back": "1"})
    assert back.status_code == 303 and back.headers["Location"] == step(1)
    assert TITLE in browser.get(step(1)).get_data(as_text=True)
    assert "2999-01-01" in browser.get(step(2)).get_data(as_text=True)


def test_a_change_from_the_last_step_leads_back_to_it(site: Site) -> None:
    browser = site.browser()
    markup = fill(browser).get_data(as_text=True)
    assert f'href="{step(1)}?then=check#title"' in markup and f'href="{step(3)}?then=check#secret"' in markup
    page = browser.get(f"{step(1)}?then=check")
    changed = browser.send(page, step(1), WHAT | {"title": "Lampu taman padam"})
    assert changed.headers["Location"] == step(4)
    check = browser.get(step(4))
    assert "Lampu taman padam" in text_of(check) and "Jalan Melati 3" in text_of(check)
    wrong = browser.send(browser.get(f"{step(1)}?then=check"), step(1), WHAT | {"title": ""})
    assert wrong.status_code == 422 and hidden_fields(wrong, step(1))["then"] == "check"


def test_who_comes_back_within_a_day_may_go_on_or_throw_away(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    site = new_site(now=lambda: now[0])
    browser = site.browser()
    answer(browser, 1, WHAT, "/lapor")
    now[0] += timedelta(hours=23)
    offer = browser.get("/lapor")
    assert "Lanjutkan laporan Anda" in text_of(offer) and TITLE in text_of(offer)
    assert f'href="{step(2)}"' in offer.get_data(as_text=True)
    gone = browser.send(offer, "/lapor/buang", {}, follow_redirects=True)
    assert "sudah dibuang" in text_of(gone) and TITLE not in gone.get_data(as_text=True)
    assert count(site, ReportDraftRow.intake_id) == 0


def test_after_a_day_a_draft_is_offered_no_more(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    browser = new_site(now=lambda: now[0]).browser()
    answer(browser, 1, WHAT, "/lapor")
    now[0] += timedelta(hours=24)
    assert TITLE not in browser.get("/lapor").get_data(as_text=True)
    assert browser.get(step(2)).status_code == 303


def test_another_browser_sees_nothing_of_a_draft_even_with_its_id(site: Site) -> None:
    browser, other = site.browser(), site.browser()
    page = browser.get("/lapor")
    browser.send(page, step(1), WHAT)
    known = hidden_fields(page, step(1))["intake_id"]
    own = hidden_fields(other.get("/lapor"), step(1))
    assert own["intake_id"] != known
    sent = other.post(step(1), data={**own, **WHAT, "title": "Lain", "intake_id": known})
    assert sent.status_code == 303 and count(site, ReportDraftRow.intake_id) == 2
    other.post("/lapor/buang", data={"csrf_token": own["csrf_token"], "intake_id": known})
    assert TITLE in text_of(browser.get("/lapor")) and TITLE not in text_of(other.get("/lapor"))


def test_nothing_that_was_typed_is_in_a_cookie_or_an_address(site: Site) -> None:
    browser = site.browser()
    answers = [answer(browser, 1, WHAT, "/lapor"), answer(browser, 2, WHERE), answer(browser, 3, WHO)]
    cookie = browser.get_cookie("tuntas")
    assert cookie is not None and len(cookie.value) < 1_000
    for sent in answers:
        assert re.fullmatch(r"/lapor/langkah/\d", sent.headers["Location"])


def test_the_last_step_sent_twice_or_from_a_page_of_the_past_is_one_report(site: Site) -> None:
    browser = site.browser()
    page = fill(browser)
    first = send(browser, page)
    second = send(browser, page)
    assert first.status_code == second.status_code == 303 and count(site) == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_draft_that_outlived_its_report_is_offered_no_more(site: Site) -> None:
    browser = site.browser()
    page = fill(browser)
    draft = site.services.report_drafts.newest(
        [hidden_fields(page, "/reports")["intake_id"]], site.services.now()
    )
    assert draft is not None
    send(browser, page)
    site.services.report_drafts.keep(draft.intake_id, draft.answers, site.services.now())
    assert TITLE not in browser.get("/lapor").get_data(as_text=True)
    assert count(site, ReportDraftRow.intake_id) == 0


def test_words_from_the_front_door_do_not_mix_with_a_report_that_was_begun(site: Site) -> None:
    browser = site.browser()
    answer(browser, 1, WHAT, "/lapor")
    answer(browser, 2, WHERE)
    page = browser.send_form("/", "/lapor", {"text": "Air mati."})
    assert "Air mati." in page.get_data(as_text=True)
    browser.send(page, step(1), WHAT | {"text": "Air mati."})
    assert "Jalan Melati 3" not in browser.get(step(2)).get_data(as_text=True)
    assert count(site, ReportDraftRow.intake_id) == 2


def test_files_of_the_first_step_are_in_the_report(site: Site) -> None:
    browser = site.browser()
    sent = answer(browser, 1, WHAT | {"attachments": attachment("lubang.png", png())}, "/lapor")
    assert sent.status_code == 303, text_of(sent)
    assert "lubang.png" in text_of(browser.get(step(1)))
    answer(browser, 2, WHERE)
    answer(browser, 3, WHO)
    check = browser.get(step(4))
    assert "lubang.png" in text_of(check)
    markup = check.get_data(as_text=True)
    fields = {name: re.search(f'name="{name}" value="([^"]+)"', markup) for name in KEPT}
    posted = {name: found[1] for name, found in fields.items() if found is not None}
    receipt = browser.get(browser.send(check, "/reports", posted).headers["Location"])
    key = re.search(r"/l/\w+", receipt.get_data(as_text=True))
    assert key is not None
    assert "/lampiran/" in browser.get(key[0], follow_redirects=True).get_data(as_text=True)


KEPT = ("attachments_form", "attachments_kept")


def test_a_region_is_searched_and_chosen_without_a_script(site: Site) -> None:
    browser = with_regions(site).browser()
    answer(browser, 1, WHAT, "/lapor")
    found = answer(browser, 2, WHERE | {"region": "cibinong", "find": "1"})
    assert found.status_code == 200 and "Wilayah mana yang Anda maksud?" in text_of(found)
    assert "yang perlu diperbaiki" not in text_of(found)
    chosen = browser.send(found, step(2), WHERE | {"region": "cibinong", "region_code": "32.01.01"})
    assert chosen.status_code == 303
    assert f"Kecamatan Cibinong, {BOGOR}" in browser.get(step(2)).get_data(as_text=True)
    answer(browser, 3, WHO)
    receipt = browser.get(send(browser, browser.get(step(4))).headers["Location"])
    assert f"Kecamatan Cibinong, {BOGOR}" in text_of(receipt)
    with site.services.database.read() as session:
        assert session.scalars(select(ReportRow.region_code)).one() == "32.01.01"


def test_a_region_of_which_more_than_one_fits_has_to_be_chosen(site: Site) -> None:
    browser = with_regions(site).browser()
    answer(browser, 1, WHAT, "/lapor")
    asked = answer(browser, 2, WHERE | {"region": "cibinong"})
    assert asked.status_code == 422 and "Wilayah belum dipilih" in text_of(asked)
    assert 'value="32.01.02"' in asked.get_data(as_text=True)
    other = browser.send(asked, step(2), WHERE | {"region": "kab bogor", "region_code": "32.01.02"})
    assert other.status_code == 303, "other words than those of the choice mean another region"
    assert f'value="{BOGOR}"' in browser.get(step(2)).get_data(as_text=True)
    answer(browser, 2, WHERE | {"region": ""})
    assert BOGOR not in browser.get(step(2)).get_data(as_text=True)


def test_suggestions_are_short_lists_of_codes_and_names(site: Site) -> None:
    browser = with_regions(site).browser()
    assert browser.get("/wilayah?q=cibinong+bog").get_json() == [
        {"code": "32.01.01", "name": f"Kecamatan Cibinong, {BOGOR}"},
        {"code": "32.01.02", "name": f"Kecamatan Cibinong Baru, {BOGOR}"},
    ]
    for query in ("", "c", "%25%25", "x" * 5_000):
        assert browser.get(f"/wilayah?q={query}").get_json() == []


def test_a_script_may_send_all_fields_at_once_with_codes_alone(site: Site) -> None:
    browser = with_regions(site).browser()
    with site.services.database.read() as session:
        lamp = next(each for each in categories(session) if each.code == "jalan.lampu")
    fields = WHAT | WHO | {"region_code": "32.01", "category": str(lamp.id)}
    assert browser.send_form("/lapor/semua", "/reports", fields).status_code == 303
    with site.services.database.read() as session:
        row = session.scalars(select(ReportRow)).one()
        assert (row.region_code, row.category_id) == ("32.01", lamp.id)


def test_the_one_page_form_finds_what_was_begun_in_steps(site: Site) -> None:
    browser = with_regions(site).browser()
    answer(browser, 1, WHAT, "/lapor")
    page = browser.get("/lapor/semua")
    assert TEXT in page.get_data(as_text=True)
    found = browser.send(page, "/reports", WHAT | {"region": "cibinong", "find": "1"})
    assert found.status_code == 200 and "Wilayah mana yang Anda maksud?" in text_of(found)
    assert TITLE in found.get_data(as_text=True) and count(site) == 0


def test_a_published_report_that_says_the_same_is_shown_before_sending_and_never_to_a_secret_one(
    site: Site,
) -> None:
    made = Publisher(site.factory).publish(TITLE, TEXT)
    browser = site.browser()
    page = fill(browser)
    assert "Mungkin sudah ada laporan yang sama" in text_of(
        page
    ) and f"/laporan/{made.publication.slug}" in page.get_data(as_text=True)
    answer(browser, 3, WHO | {"secret": "1"})
    assert "Mungkin sudah ada laporan yang sama" not in text_of(browser.get(step(4)))


def test_what_is_thrown_away_takes_its_files_along(site: Site) -> None:
    browser = site.browser()
    answer(browser, 1, WHAT | {"attachments": attachment("lubang.png", png())}, "/lapor")
    browser.send(browser.get("/lapor"), "/lapor/buang", {})
    fill(browser)
    assert "lubang.png" not in text_of(browser.get(step(4)))


def test_nobody_has_the_last_step_search_without_end(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0", TUNTAS_PUBLIC_URL="https://lapor.example.org").browser()
    statuses = [browser.get(step(4)).status_code for _ in range(61)]
    assert statuses == [303] * 60 + [429]


def test_the_last_step_may_be_left_for_good(site: Site) -> None:
    browser = site.browser()
    gone = browser.send(fill(browser), "/lapor/buang", {}, follow_redirects=True)
    assert "sudah dibuang" in text_of(gone) and count(site, ReportDraftRow.intake_id) == 0


def switched(browser: Browser, page: TestResponse, fields: dict[str, Any], to: str = "en") -> TestResponse:
    """What the button that switches the language of a form does without any script."""
    button = re.search(
        rf'<button[^>]* form="laporan" formaction="([^"]+\?lang={to})"', page.get_data(as_text=True)
    )
    assert button is not None
    hidden = hidden_fields(page, button[1].split("?")[0])
    return browser.post(button[1], data={**hidden, **fields}, content_type="multipart/form-data")


@pytest.mark.parametrize("address", ["/lapor", "/lapor/semua"])
def test_switching_the_language_keeps_what_was_typed_and_chosen_and_sends_nothing(
    site: Site, address: str
) -> None:
    browser = site.browser()
    typed = {"kind": "complaint", "title": TITLE, "attachments": attachment("lubang.png", png())}
    english = switched(browser, browser.get(address), typed)
    assert english.status_code == 200 and '<html lang="en"' in english.get_data(as_text=True)
    assert "to correct" not in text_of(english) and "lubang.png" in text_of(english)
    assert f'value="{TITLE}"' in english.get_data(as_text=True)
    assert count(site) == count(site, ReportDraftRow.intake_id) == 0
    back = switched(browser, english, {"title": "", "text": TEXT}, to="id")
    assert '<html lang="id"' in back.get_data(as_text=True) and TEXT in back.get_data(as_text=True)


def test_switching_the_language_of_a_later_step_keeps_its_choices(site: Site) -> None:
    browser = with_regions(site).browser()
    answer(browser, 1, WHAT, "/lapor")
    english = switched(
        browser, browser.get(step(2)), WHERE | {"region": "cibinong", "event_on": "2999-01-01"}
    )
    assert english.status_code == 200 and "Which region do you mean?" in text_of(english)
    assert "2999-01-01" in english.get_data(as_text=True) and "has not come yet" not in text_of(english)


@pytest.mark.parametrize("look", ["cari", "bahasa"])
def test_a_file_that_is_refused_is_named_also_where_nothing_is_sent_yet(site: Site, look: str) -> None:
    browser = site.browser()
    page = browser.get("/lapor/semua")
    bad = WHAT | {"attachments": attachment("catatan.txt", b"halo")}
    if look == "cari":
        again = browser.send(page, "/reports", bad | {"find": "1"}, content_type="multipart/form-data")
    else:
        again = switched(browser, page, bad)
    assert "catatan.txt" in text_of(again) and 'id="attachments-error"' in again.get_data(as_text=True)
    assert text_of(again).count("catatan.txt") == 2 and count(site) == 0


def test_the_enter_key_presses_no_other_button_than_the_one_that_goes_on(site: Site) -> None:
    markup = site.browser().get("/lapor").get_data(as_text=True)
    first = re.search(r'<button[^>]*form="laporan"[^>]*>', markup)
    assert first is not None and "formaction" not in first[0] and "name=" not in first[0]
