"""What everybody reads of published reports, and what nobody does."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree

import pytest
from werkzeug.test import TestResponse

from db.category_store import categories
from db.comment_store import CommentStore
from db.publication_store import Edition
from domain.case import Action
from domain.code import show_code
from tests.publications import Publisher
from tests.web.browser import hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.page_checks import HTML, parse
from web.public.similar import similar_reports
from web.public.trap import FIELD

ATOM = "{http://www.w3.org/2005/Atom}"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def publisher(site: Site) -> Publisher:
    return Publisher(site.factory)


def test_an_empty_list_says_what_would_appear(site: Site) -> None:
    page = site.browser().get("/laporan")
    assert page.status_code == 200
    assert "Belum ada laporan publik" in text_of(page)


def test_a_published_report_is_listed_and_read_by_everybody(site: Site, publisher: Publisher) -> None:
    made = publisher.publish("Jalan berlubang", "Lubang besar di depan pasar.", place="Jalan Melati")
    browser = site.browser()
    assert "Jalan berlubang" in text_of(browser.get("/laporan"))
    page = text_of(browser.get(made.url))
    assert "Lubang besar di depan pasar." in page
    assert "Jalan Melati" in page and "Dinas pu" in page and "Instansi kota" in page
    assert "Terdisposisi, belum ditindaklanjuti" in page


def test_nothing_of_the_reporter_or_the_original_is_on_a_public_page(
    site: Site, publisher: Publisher
) -> None:
    made = publisher.publish("Judul yang disamarkan", "Teks yang disamarkan.")
    browser = site.browser()
    pages = [browser.get(path) for path in (made.url, "/laporan", "/laporan/umpan.atom")]
    hidden = (
        made.case.code,
        show_code(made.case.code),
        made.case.key,
        f"Pelapor {made.case.mask}",
        "Canary Nama",
        "pelapor@contoh.example",
        "Teks laporan:",
        "Jalan Uji 1",
    )
    for page in pages:
        markup = page.get_data(as_text=True)
        assert "Judul yang disamarkan" in markup
        assert not [words for words in hidden if words in markup], page.request.path


def test_public_pages_tell_days_and_no_hours(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    for path in (made.url, "/laporan"):
        markup = browser.get(path).get_data(as_text=True)
        assert "<time datetime=" in markup and "WIB" not in markup
        assert "T" not in markup.split('<time datetime="')[1].split('"')[0]


@pytest.mark.parametrize(
    "columns",
    [{"secret": True}, {"end_reason": "spam"}, {"end_reason": "withdrawn"}, {"end_reason": "duplicate"}],
)
def test_a_case_that_becomes_unfit_is_gone_from_list_page_feed_and_search(
    site: Site, publisher: Publisher, columns: dict[str, object]
) -> None:
    made = publisher.publish("Trotoar rusak")
    publisher.change_view(made.case, **columns)
    browser = site.browser()
    assert browser.get(made.url).status_code == 404
    for path in ("/laporan", "/laporan?q=trotoar", "/laporan?q=trotoarr", "/laporan/umpan.atom"):
        assert "Trotoar rusak" not in browser.get(path).get_data(as_text=True)
    assert "Mungkin maksud Anda" not in text_of(browser.get("/laporan?q=trotoarr"))


def test_a_merged_case_is_gone_for_everybody(site: Site, publisher: Publisher) -> None:
    elder, made = publisher.publish("Sampah menumpuk"), publisher.publish("Sampah menggunung")
    site.factory.merge(made.case, elder.case, "pu.penghubung")
    browser = site.browser()
    assert browser.get(made.url).status_code == 404
    assert browser.get(elder.url).status_code == 200


def test_unknown_names_and_tracking_codes_open_nothing(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    for name in (made.case.code, show_code(made.case.code), "000000000000", "x"):
        assert browser.get(f"/laporan/{name}").status_code == 404


def test_a_search_finds_other_endings_and_proposes_the_word_that_was_meant(
    site: Site, publisher: Publisher
) -> None:
    publisher.publish("Pelayanan puskesmas lambat")
    publisher.publish("Lampu jalan padam")
    browser = site.browser()
    found = text_of(browser.get("/laporan?q=layanan"))
    assert "Pelayanan puskesmas lambat" in found and "Lampu jalan padam" not in found
    slipped = browser.get("/laporan?q=puksesmas")
    assert "Mungkin maksud Anda: puskesmas" in text_of(slipped)
    assert "/laporan?q=puskesmas" in slipped.get_data(as_text=True)


def test_only_the_plain_list_and_the_reports_are_for_search_engines(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    for path, hidden in (
        ("/laporan", False),
        (made.url, False),
        ("/laporan?q=lampu", True),
        ("/laporan?sort=supported", True),
        ("/laporan?stage=closed", True),
        ("/laporan?after=0.9", True),
    ):
        markup = browser.get(path).get_data(as_text=True)
        assert ('content="noindex' in markup) is hidden, path
        assert '<link rel="canonical" href="http' in markup, path
    robots = browser.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    for path in ("/desk", "/lacak", "/l/", "/dev", "/m/"):
        assert f"Disallow: {path}\n" in robots.get_data(as_text=True)


def test_long_lists_turn_pages_forth_and_back(site: Site, publisher: Publisher) -> None:
    for number in range(23):
        publisher.publish(f"Laporan ke-{number:02}")
    browser = site.browser()
    first = browser.get("/laporan")
    assert first.get_data(as_text=True).count('class="published-card"') == 20
    last = browser.get(link(first, "next"))
    assert "Laporan ke-02" in text_of(last) and "Laporan ke-03" not in text_of(last)
    assert "Laporan ke-03" in text_of(browser.get(link(last, "prev")))


def link(page: TestResponse, rel: str) -> str:
    """Where the pager leads."""
    markup = page.get_data(as_text=True).replace("&amp;", "&")
    return markup.split(f'rel="{rel}" href="')[1].split('"')[0]


def test_filters_stand_in_the_address_and_in_their_fields(site: Site, publisher: Publisher) -> None:
    publisher.publish("Satu saja")
    browser = site.browser()
    city, regency = (site.factory.offices.units[name] for name in ("kota", "hulu"))
    there = browser.get(f"/laporan?agency={city}&kind=complaint&stage=disposed")
    assert "Satu saja" in text_of(there)
    assert f'<option value="{city}" selected>' in there.get_data(as_text=True)
    elsewhere = text_of(browser.get(f"/laporan?agency={regency}"))
    assert "Satu saja" not in elsewhere and "Tidak ada yang cocok" in elsewhere
    nonsense = "/laporan?agency=²&kind=x&stage=&after=x.y&region=%00&category=99999999999999999999"
    assert browser.get(nonsense).status_code == 200


def feed(answer: TestResponse) -> Tree.Element:
    """An Atom feed of ours."""
    return Tree.fromstring(answer.data)  # noqa: S314


def test_the_feed_is_atom_with_ids_that_stay(site: Site, publisher: Publisher) -> None:
    made = publisher.publish("Air keruh & bau", "Air <b>keruh</b>.")
    browser = site.browser()
    answer = browser.get("/laporan/umpan.atom")
    assert answer.mimetype == "application/atom+xml" and answer.headers["X-Robots-Tag"] == "noindex"
    first = feed(answer)
    publisher.edit(made.case, Edition(title="Air keruh & bau", text="Lebih singkat."))
    second = feed(browser.get("/laporan/umpan.atom"))
    old, new = first.find(f"{ATOM}entry"), second.find(f"{ATOM}entry")
    assert old is not None and new is not None
    assert old.findtext(f"{ATOM}title") == "Air keruh & bau"
    assert old.findtext(f"{ATOM}summary") == "Air <b>keruh</b>."
    assert old.findtext(f"{ATOM}id") == new.findtext(f"{ATOM}id")
    assert old.findtext(f"{ATOM}published") == new.findtext(f"{ATOM}published")
    assert str(old.findtext(f"{ATOM}updated")) < str(new.findtext(f"{ATOM}updated"))
    regency = site.factory.offices.units["hulu"]
    other = feed(browser.get(f"/laporan/umpan.atom?agency={regency}"))
    assert other.find(f"{ATOM}entry") is None and other.findtext(f"{ATOM}updated")
    assert other.findtext(f"{ATOM}id") != second.findtext(f"{ATOM}id")


def test_a_reply_is_shown_only_if_staff_published_it_and_until_it_is_taken_back(
    site: Site, publisher: Publisher
) -> None:
    case = publisher.allowed()
    site.factory.follow_up(case, words="Kami hubungi Bapak Canary.")
    site.factory.answer(case, words="Sudah diperbaiki.")
    answer = site.factory.reader.messages(case.id, for_reporter=True)[-1]
    edition = Edition(title="Lampu", text="Padam.", replies={answer.id: "Sudah kami perbaiki."})
    publisher.edit(case, edition)
    browser, url = site.browser(), publisher.of(case).url
    page = text_of(browser.get(url))
    assert "Sudah kami perbaiki." in page and "Dinas pu Jawaban" in page
    assert "Canary" not in page and "Sudah diperbaiki." not in page
    site.factory.act(case, "pu.penghubung", Action.TAKE_BACK, words="Keliru.")
    assert "Sudah kami perbaiki." not in text_of(browser.get(url))


def test_one_browser_counts_once_and_may_take_it_back(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    one, other = site.browser(), site.browser()
    for browser in (one, one, other):
        page = browser.get(made.url)
        if "/dukung" in page.get_data(as_text=True):
            assert browser.send(page, "/dukung", {}).status_code == 303
    assert "2 pengunjung juga mengalami" in text_of(one.get(made.url))
    assert "Anda sudah menyatakannya." in text_of(one.get(made.url))
    one.send_form(made.url, "/batal-dukung", {})
    assert "1 pengunjung juga mengalami" in text_of(one.get(made.url))
    assert "1 pengunjung juga mengalami" in text_of(other.get("/laporan?sort=supported"))


def test_a_comment_is_sealed_waits_and_is_said_to_wait(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    sent = browser.send_form(made.url, "/komentar", {"text": f"Sama di sini {SCRIPT}", "name": "Warga"})
    assert sent.status_code == 303
    page = text_of(browser.get(made.url))
    assert "Komentar tampil setelah diperiksa petugas." in page
    assert "Sama di sini" not in page
    store = CommentStore(site.services.database, site.services.keyring)
    assert store.approved(made.publication.id) == []


def test_the_same_comment_form_adds_one_comment(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    page = browser.get(made.url)
    sent = [browser.send(page, "/komentar", {"text": "Sekali saja."}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    queue = text_of(at_desk(site, "pu.penghubung").get("/desk/komentar"))
    assert queue.count("Sekali saja.") == 1


def test_a_used_comment_form_with_other_words_says_so_and_keeps_them_under_a_new_id(
    site: Site, publisher: Publisher
) -> None:
    made, words = publisher.publish(), {"text": "Di gang sebelah juga.", "name": "Warga"}
    browser = site.browser()
    page = browser.get(made.url)
    assert browser.send(page, "/komentar", {"text": "Di sini juga."}).status_code == 303
    other = browser.send(page, "/komentar", words)
    assert other.status_code == 409 and "sudah pernah terkirim dengan isi lain" in text_of(other)
    assert "Komentar Anda diterima" not in text_of(browser.send(other, "/komentar", {"text": ""}))
    markup = other.get_data(as_text=True)
    assert 'value="Warga"' in markup and "Di gang sebelah juga.</textarea>" in markup
    assert '<details class="fold" open>' in markup
    assert hidden_fields(other, "/komentar")["command_id"] != hidden_fields(page, "/komentar")["command_id"]
    assert browser.send(other, "/komentar", words).status_code == 303
    queue = text_of(at_desk(site, "pu.penghubung").get("/desk/komentar"))
    assert "Di sini juga." in queue and "Di gang sebelah juga." in queue


def test_a_comment_whose_trap_is_filled_in_is_given_back_and_not_taken(
    site: Site, publisher: Publisher
) -> None:
    words = {"text": "Sama di sini.", "name": "Warga", "isian_kosong": "http://x.example"}
    page = site.browser().send_form(publisher.publish().url, "/komentar", words)
    assert page.status_code == 422 and "kolom tersembunyi ikut terisi" in text_of(page)
    markup = page.get_data(as_text=True)
    assert 'value="Warga"' in markup and "Sama di sini.</textarea>" in markup
    assert '<details class="fold" open>' in markup
    assert "Sama di sini." not in text_of(at_desk(site, "pu.penghubung").get("/desk/komentar"))


def test_the_trap_bears_no_name_by_which_a_browser_fills_it_in(site: Site, publisher: Publisher) -> None:
    page = parse(site.browser().get(publisher.publish().url).get_data(as_text=True))
    traps = [field for field in page.iter(f"{HTML}input") if field.get("name") == FIELD]
    assert len(traps) == 2
    for field in traps:
        assert (field.get("autocomplete"), field.get("tabindex"), field.get("value")) == ("off", "-1", None)


@pytest.mark.parametrize("text", ["", "x" * 1_001])
def test_an_empty_or_endless_comment_is_given_back_with_its_words(
    site: Site, publisher: Publisher, text: str
) -> None:
    made = publisher.publish()
    answer = site.browser().send_form(made.url, "/komentar", {"text": text, "name": "Warga"})
    assert answer.status_code == 400
    assert 'value="Warga"' in answer.get_data(as_text=True)


def test_a_new_report_is_shown_at_most_three_open_ones_that_say_the_same(
    site: Site, publisher: Publisher
) -> None:
    for number in range(4):
        publisher.publish("Lampu jalan padam", f"Gelap di gang {number}.")
    publisher.publish("Sekolah kekurangan guru")
    with site.app.test_request_context():
        found = similar_reports("Lampu padam", "Lampu di jalan kami padam.", None)
        assert similar_reports("Banjir", "Air masuk rumah.", "32.76") == []
    assert [one.title for one in found] == ["Lampu jalan padam"] * 3
    assert site.browser().get(found[0].url).status_code == 200


def test_addresses_of_acts_lead_back_to_the_report(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    for act in ("dukung", "batal-dukung", "komentar"):
        answer = browser.get(f"{made.url}/{act}")
        assert (answer.status_code, answer.location) == (303, made.url)


def test_the_subjects_of_the_filter_stand_in_their_groups(site: Site) -> None:
    markup = site.browser().get("/laporan").get_data(as_text=True)
    choice = re.search(r'<select[^>]* id="category".*?</select>', markup, re.DOTALL)
    with site.services.database.read() as session:
        known = categories(session)
    assert choice is not None and choice[0].count("<optgroup") == len({each.group for each in known}) > 5
    assert choice[0].count("<option ") == len(known) + 1
    chosen = site.browser().get(f"/laporan?category={known[-1].id}").get_data(as_text=True)
    assert f'<option value="{known[-1].id}" selected>' in chosen
