"""The front of oversight: figures against target, lists with counts, small multiples, and what is stuck."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from db.upkeep_table import FindingRow
from domain.case import Action, FollowUp, Role
from domain.code import show_code
from schemas.upkeep import FindingKind
from tests.factories import CaseFactory, MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk
from tests.web.page_checks import HTML, parse

MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
PAGES = ("/oversight", "/oversight/macet")


def town(factory: CaseFactory) -> dict[str, MadeCase]:
    """Three reports that works had to follow up by the tenth and to answer by the twentieth."""
    cases = {name: factory.report(name, at=MONDAY) for name in ("Baik", "Telat", "Diam")}
    for case in cases.values():
        factory.dispose(case, at=MONDAY + timedelta(days=1))
    action = {"follow_up": FollowUp.ACTION, "words": "Ditinjau."}
    for name, day in (("Baik", 2), ("Telat", 10)):
        at = MONDAY + timedelta(days=day)
        factory._applied(factory.act(cases[name], "pu.penghubung", Action.FOLLOW_UP, at=at, **action))
    at = MONDAY + timedelta(days=3)
    factory._applied(factory.act(cases["Baik"], "pu.penghubung", Action.ANSWER, at=at, words="Sudah."))
    at = MONDAY + timedelta(days=4)
    factory._applied(factory.act(cases["Baik"], None, Action.CONFIRM, at=at, rating=4))
    return cases


@pytest.fixture
def town_site(new_site: NewSite) -> Site:
    site = new_site(now=lambda: NOW)
    site.factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    site.factory.add_person("inspektorat", [("kota", Role.INSPECTORATE)])
    town(site.factory)
    return site


def october(factory: CaseFactory) -> None:
    """A month before that all went well."""
    began = datetime(2026, 10, 1, 3, tzinfo=UTC)
    case = factory.report("Oktober", at=began)
    factory.dispose(case, at=began + timedelta(days=1))
    acts: tuple[tuple[str | None, Action, dict[str, Any]], ...] = (
        ("pu.penghubung", Action.FOLLOW_UP, {"follow_up": FollowUp.ACTION, "words": "Ditinjau."}),
        ("pu.penghubung", Action.ANSWER, {"words": "Sudah."}),
        (None, Action.CONFIRM, {"rating": 5}),
    )
    for day, (login, action, fields) in enumerate(acts, start=4):
        at = began + timedelta(days=day)
        factory._applied(factory.act(case, login, action, at=at, **fields))


def links(page: TestResponse) -> dict[str, str]:
    """Addresses by the words of their links, of the same words the first."""
    found: dict[str, str] = {}
    for one in parse(page.get_data(as_text=True)).iter(f"{HTML}a"):
        found.setdefault(" ".join("".join(one.itertext()).split()), one.get("href", ""))
    return found


@pytest.mark.parametrize("path", PAGES)
def test_who_oversees_sees_it_and_nobody_else(town_site: Site, path: str) -> None:
    expected = {
        "kota.atasan": 200,
        "kota.admin": 200,
        "pu.atasan": 200,
        "nasional.admin": 200,
        "inspektorat": 200,
        "pemantau": 200,
        "pu.penghubung": 403,
        "pu.operator": 403,
    }
    assert {login: at_desk(town_site, login).get(path).status_code for login in expected} == expected
    assert town_site.browser().get(path).status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_units_of_others_do_not_exist(town_site: Site, path: str) -> None:
    units = town_site.factory.offices.units
    browser = at_desk(town_site, "pu.atasan")
    assert browser.get(path, query_string={"unit": units["pu"]}).status_code == 200
    for unit in (units["hub"], units["kota"], units["hulu"], 99999):
        assert browser.get(path, query_string={"unit": unit}).status_code == 404
    assert browser.get(path, query_string={"unit": "x' --", "bulan": "nol"}).status_code == 200


def test_a_figure_stands_against_its_target_with_words_and_what_it_is_made_of(town_site: Site) -> None:
    page = at_desk(town_site, "kota.atasan").get("/oversight?bulan=1")
    text = text_of(page)
    assert "33,3%" in text and "di bawah target" in text and "Target 90%." in text
    assert "1 dari 3" in text and "66,6% sudah dikerjakan" in text
    assert "Dihitung Senin, 30 November 2026, 10.00 WIB" in text
    assert text.count("Apa artinya?") == 7


def test_every_number_leads_to_its_cases(town_site: Site) -> None:
    browser = at_desk(town_site, "kota.atasan")
    found = links(browser.get("/oversight?bulan=1"))
    missed = browser.get(found["2 tidak tepat waktu"])
    assert "Tidak ditindaklanjuti tepat waktu, November 2026" in text_of(missed)
    assert titles(missed) == {"Telat", "Diam"}
    assert titles(browser.get(found["di antaranya 1 masih menunggu"])) <= {"Diam", "Telat"}


def titles(page: TestResponse) -> set[str]:
    found = parse(page.get_data(as_text=True)).iter(f"{HTML}a")
    return {(one.text or "").strip() for one in found if "title" in one.get("class", "").split()}


def test_an_empty_period_says_so_and_shows_no_zero_percent(new_site: NewSite) -> None:
    site = new_site(now=lambda: NOW)
    text = text_of(at_desk(site, "kota.atasan").get("/oversight"))
    assert "Tidak ada tenggat yang jatuh di masa ini." in text
    assert "Belum ada yang memberi nilai di masa ini." in text
    assert not re.search(r"\b0%", text)


def test_satisfaction_is_of_those_who_rated_and_says_how_many(town_site: Site) -> None:
    text = text_of(at_desk(town_site, "kota.atasan").get("/oversight?bulan=1"))
    assert "Kepuasan pelapor yang menilai 4 dari 5 1 dari 1" in text


def test_figures_of_one_month_are_no_trend_and_no_chart(town_site: Site) -> None:
    page = at_desk(town_site, "kota.atasan").get("/oversight")
    assert "Grafik muncul di sini setelah ada angka dari dua bulan." in text_of(page)
    assert not list(parse(page.get_data(as_text=True)).iter(f"{HTML}figure"))


def test_a_figure_of_nought_is_written_and_is_no_sliver_of_a_bar(town_site: Site) -> None:
    october(town_site.factory)
    page = parse(at_desk(town_site, "kota.atasan").get("/oversight").get_data(as_text=True))
    refused = next(one for one in page.iter(f"{HTML}figure") if one.get("id") == "tren-refused")
    svg = "{http://www.w3.org/2000/svg}"
    assert not list(refused.iter(f"{svg}rect"))
    assert [one.text for one in refused.iter(f"{svg}text")].count("0") == 2
    assert "skala 0–25%" in [one.text for one in refused.iter(f"{svg}text")]


def test_every_chart_has_its_table(town_site: Site) -> None:
    october(town_site.factory)
    page = parse(at_desk(town_site, "kota.atasan").get("/oversight").get_data(as_text=True))
    charts = [one for one in page.iter(f"{HTML}figure")]
    drawn = [one for one in charts if list(one.iter("{http://www.w3.org/2000/svg}svg"))]
    assert len(charts) == 6 and len(drawn) >= 4
    for chart in drawn:
        rows = list(next(chart.iter(f"{HTML}tbody")).iter(f"{HTML}tr"))
        assert len(rows) == 12


def test_lists_count_the_unit_and_all_below_it(town_site: Site) -> None:
    browser = at_desk(town_site, "kota.atasan")
    found = links(browser.get("/oversight"))
    assert "2 Terlambat" in found and "0 Dua kali dikembalikan" in found
    assert titles(browser.get(found["2 Terlambat"])) == {"Telat", "Diam"}
    assert titles(browser.get(found["2 Masih terbuka"])) == {"Telat", "Diam"}


def test_units_below_lead_to_their_own_figures(town_site: Site) -> None:
    browser = at_desk(town_site, "nasional.admin")
    front = browser.get("/oversight")
    city = browser.get(links(front)["Instansi kota"])
    works = browser.get(links(city)["Dinas pu"])
    assert "33,3%" in text_of(works)
    assert "Instansi kota" in links(works), "the way back up"


def test_a_unit_of_which_nothing_is_due_is_listed_too(new_site: NewSite) -> None:
    text = text_of(at_desk(new_site(now=lambda: NOW), "kota.atasan").get("/oversight"))
    assert "Dinas hub 0 tidak ada tenggat" in text and "Dinas pu 0 tidak ada tenggat" in text
    assert "Dinas didik" not in text


def test_what_becomes_worse_is_named_against_the_period_before(new_site: NewSite) -> None:
    site = new_site(now=lambda: NOW)
    town(site.factory)
    october(site.factory)
    text = text_of(at_desk(site, "kota.atasan").get("/oversight?bulan=1"))
    assert "Dibanding Oktober 2026:" in text and "33,3% turun 66,6 poin" in text


def test_english_says_the_same(town_site: Site) -> None:
    text = text_of(at_desk(town_site, "kota.atasan").get("/oversight?bulan=1&lang=en"))
    assert "33.3%" in text and "below target" in text and "Are promises kept?" in text
    assert "Source of the target: the national target" in text and "dikutip" not in text


def test_an_overseer_reads_only(town_site: Site) -> None:
    browser = at_desk(town_site, "pemantau")
    found = links(browser.get("/oversight"))
    page = browser.get(found["2 Terlambat"])
    assert titles(page) == {"Telat", "Diam"}
    assert "many-bar" not in page.get_data(as_text=True)


def test_a_supervisor_can_remind_prolong_and_reassign_from_a_list(town_site: Site) -> None:
    browser = at_desk(town_site, "kota.atasan")
    page = text_of(browser.get(links(browser.get("/oversight"))["2 Terlambat"]))
    assert all(
        act in page for act in ("Ingatkan unit pemegang", "Perpanjang tenggat", "Alihkan ke satu unit")
    )


def test_what_is_stuck_is_told_with_its_reason_also_while_the_engine_is_away(town_site: Site) -> None:
    factory = town_site.factory
    lost = factory.report("Hilang")
    with town_site.services.database.write() as session:
        found = FindingRow(kind=FindingKind.LOST_WORKFLOW.value, subject=f"case {lost.id}")
        found.case_id, found.first_seen_at, found.last_seen_at = lost.id, NOW, NOW
        session.add(found)
    browser = at_desk(town_site, "kota.atasan")
    front = browser.get("/oversight")
    assert "1 Macet di mesin" in links(front)
    text = text_of(browser.get(links(front)["1 Macet di mesin"]))
    assert "Alur kerjanya hilang" in text and show_code(lost.code) in text
    assert "Mesin tidak menjawab" in text
    assert show_code(lost.code) not in text_of(at_desk(town_site, "pu.atasan").get("/oversight/macet"))


def test_the_page_asks_the_database_a_bounded_number_of_times(town_site: Site) -> None:
    browser = at_desk(town_site, "kota.atasan")
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().lower().startswith("select"):
            seen.append(statement)

    engine = town_site.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    browser.get("/oversight")
    cold = len(seen)
    browser.get("/oversight")
    event.remove(engine, "before_cursor_execute", note)
    assert cold <= 20, seen
    assert len(seen) - cold == cold - 4


def test_a_code_still_leads_to_its_history(town_site: Site) -> None:
    browser: Browser = at_desk(town_site, "kota.atasan")
    case = town_site.factory.report("Dicari")
    assert browser.get("/oversight", query_string={"kode": case.code}).status_code == 303
    unknown = browser.get("/oversight?kode=0000000000")
    assert unknown.status_code == 404 and "Laporan tidak ditemukan" in text_of(unknown)
