from __future__ import annotations

import pytest

from db.region_table import RegionRow, RegionWordRow
from domain.case import Action
from domain.code import show_code
from tests.factories import MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.test_desk_list import titles
from web.desk.search import code_beginning


def opened(browser: Browser, typed: str) -> str | None:
    """The address to which a search leads at once; None if it shows a list."""
    answer = browser.get("/desk", query_string={"q": typed})
    return answer.location if answer.status_code == 303 else None


def page_of(case: MadeCase) -> str:
    return f"/desk/{show_code(case.code)}"


def test_a_code_leads_to_its_case_however_it_is_typed(site: Site) -> None:
    wanted, _other = site.factory.report("Yang dicari"), site.factory.report("Yang lain")
    browser, shown = at_desk(site, "kota.admin"), show_code(wanted.code)
    for typed in (wanted.code, wanted.code.lower(), f" {shown} ".replace("0", "o"), shown[:9], shown[:7]):
        assert opened(browser, typed) == page_of(wanted), typed


def test_a_code_of_somebody_else_finds_nothing_and_says_nothing_more(site: Site) -> None:
    theirs = site.factory.report("Punya hulu", agency="hulu")
    browser = at_desk(site, "kota.admin")
    hidden, unknown = (text_of(browser.get(f"/desk?q={code}")) for code in (theirs.code, "0000000000"))
    assert hidden.replace(theirs.code, "") == unknown.replace("0000000000", "")
    assert "Tidak ada yang cocok" in hidden


def test_words_of_report_and_conversation_are_found_in_whatever_view(site: Site) -> None:
    factory = site.factory
    lamp, _road = factory.report("Lampu jalan padam"), factory.report("Jalan berlubang")
    factory.dispose(lamp)
    factory.act(lamp, None, Action.MESSAGE, words="Tiangnya miring.")
    browser = at_desk(site, "kota.admin")
    for typed in ("lampu", "LAMPU padam", "tiang miring"):
        page = browser.get("/desk", query_string={"view": "late", "q": typed})
        assert titles(page) == ["Lampu jalan padam"], typed
    assert titles(browser.get("/desk?q=jalan")) == ["Jalan berlubang", "Lampu jalan padam"]
    assert "Hasil pencarian" in text_of(page)


def test_where_no_case_has_all_the_words_those_with_one_of_them_are_shown(site: Site) -> None:
    site.factory.report("Lampu padam")
    browser = at_desk(site, "kota.admin")
    page = browser.get("/desk?q=lampu+gajah")
    assert titles(page) == ["Lampu padam"]
    assert "memuat salah satunya" in text_of(page)
    nothing = browser.get("/desk?q=gajah+terbang")
    assert titles(nothing) == [] and "Tidak ada yang cocok" in text_of(nothing)
    assert "memuat salah satunya" not in text_of(nothing)


def test_a_search_can_be_narrowed_and_keeps_what_was_typed(site: Site) -> None:
    factory = site.factory
    here, there = factory.report("Lampu satu"), factory.report("Lampu dua")
    factory.dispose(here)
    page = at_desk(site, "kota.admin").get("/desk?q=lampu&stage=disposed")
    assert titles(page) == ["Lampu satu"] and there.code not in text_of(page)
    assert 'name="q" value="lampu"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ("7f3k-9qw2", "7F3K9QW2"),
        ("7f3k 9qw2", "7F3K9QW2"),
        ("O1l", None),
        ("lampu", None),
        ("jalan rusak", None),
        ("abcde", "ABCDE"),
        ("7F3K9QW2TX7", None),
    ],
)
def test_what_may_begin_a_code(typed: str, beginning: str | None) -> None:
    assert code_beginning(typed) == beginning


def test_the_sign_of_a_reporter_in_the_list_finds_their_case(site: Site) -> None:
    case, _other = site.factory.report("Lampu padam"), site.factory.report("Jalan berlubang")
    browser = at_desk(site, "kota.admin")
    for typed in (case.mask, case.mask.lower(), f"Pelapor {case.mask}"):
        assert titles(browser.get("/desk", query_string={"q": typed})) == ["Lampu padam"], typed
    assert titles(at_desk(site, "hulu.admin").get("/desk", query_string={"q": case.mask})) == []


def test_the_name_of_a_region_leads_to_the_cases_that_lie_in_it(site: Site) -> None:
    with site.services.database.write() as session:
        session.add_all(
            [
                RegionRow(code="32", level=1, name="Jawa Barat", path="Jawa Barat", search=" jawa barat"),
                *(RegionWordRow(word=word, level=1, code="32") for word in ("jawa", "barat")),
            ]
        )
    site.factory.report("Lampu padam", region_code="32")
    browser = at_desk(site, "kota.admin")
    page = browser.get("/desk?q=jawa+barat")
    assert "Wilayah: Jawa Barat?" in text_of(page) and titles(page) == []
    link = page.get_data(as_text=True).split('class="sought"><a href="')[1].split('"')[0]
    assert titles(browser.get(link.replace("&amp;", "&"))) == ["Lampu padam"]
    assert "Wilayah:" not in text_of(browser.get("/desk?q=barat"))


def test_an_empty_search_says_what_is_searched_and_an_address_finds_no_part_of_itself(site: Site) -> None:
    site.factory.report("Rapat warga batal")
    browser = at_desk(site, "kota.admin")
    page = browser.get("/desk?q=warga@example.org")
    assert titles(page) == []
    assert "Nama, surel, dan nomor telepon pelapor tidak dicari." in text_of(page)
    assert "bukan “lamp”" in text_of(browser.get("/desk?q=rap"))
