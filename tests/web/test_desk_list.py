from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from db import desk_query
from domain.case import Action, Kind
from tests.factories import long_ago
from tests.web.browser import Browser, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk
from tests.web.page_checks import HTML, parse
from web.desk import list_page
from web.desk.list_asked import moment_of
from web.desk.list_page import count_text


def titles(page: TestResponse) -> list[str]:
    links = parse(page.get_data(as_text=True)).iter(f"{HTML}a")
    return [(link.text or "").strip() for link in links if "title" in link.get("class", "").split()]


def link(page: TestResponse, rel: str) -> str | None:
    links = parse(page.get_data(as_text=True)).iter(f"{HTML}a")
    return next((one.get("href") for one in links if one.get("rel") == rel), None)


def follow(browser: Browser, page: TestResponse, rel: str) -> TestResponse:
    url = link(page, rel)
    assert url is not None
    return browser.get(url)


def test_work_comes_first_for_those_who_act_and_what_climbed_for_those_who_supervise(site: Site) -> None:
    factory = site.factory
    going, climbed = factory.report("Sedang berjalan"), factory.report("Sudah terlambat")
    for case in (going, climbed):
        factory.dispose(case)
    factory.expire_next(climbed)
    assert titles(at_desk(site, "pu.penghubung").get("/desk")) == ["Sedang berjalan", "Sudah terlambat"]
    assert titles(at_desk(site, "pu.atasan").get("/desk")) == ["Sudah terlambat"]
    assert "Naik ke saya 1" in text_of(at_desk(site, "pu.atasan").get("/desk"))
    assert "Naik ke saya" not in text_of(at_desk(site, "pu.penghubung").get("/desk"))


def test_a_line_says_how_late_whose_and_what_last(new_site: NewSite) -> None:
    site = new_site()
    case = site.factory.report("Jalan berlubang", at=datetime(2026, 11, 2, 3, tzinfo=UTC))
    site.factory.dispose(case, at=datetime(2026, 11, 3, 3, tzinfo=UTC))
    browser = at_desk(site, "pu.penghubung")
    line = text_of(browser.get("/desk"))
    assert f"Pelapor {case.mask}" in line
    assert "Jalan Uji 1" in line and "Dinas pu" in line
    assert "Laporan didisposisikan" in line and "yang lalu" in line
    assert "terlambat" in line


def test_late_means_late_by_the_clock_of_the_site(new_site: NewSite) -> None:
    received_at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    moments = {
        datetime(2026, 11, 5, 8, 30, tzinfo=UTC): "hari terakhir",
        datetime(2026, 11, 5, 9, 30, tzinfo=UTC): "terlambat 1 hari kerja",
        datetime(2026, 11, 9, 9, 30, tzinfo=UTC): "terlambat 3 hari kerja",
    }
    for now, words in moments.items():
        site = new_site(now=lambda now=now: now)
        site.factory.report(at=received_at)
        assert words in text_of(at_desk(site, "kota.admin").get("/desk")), now


def test_today_ends_at_midnight_in_jakarta_and_the_week_on_sunday() -> None:
    evening = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)
    friday = moment_of(evening)
    assert friday.day_ends_at == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert friday.week_ends_at == datetime(2026, 11, 22, 17, tzinfo=UTC)
    saturday = moment_of(evening + timedelta(minutes=1))
    assert saturday.day_ends_at == datetime(2026, 11, 21, 17, tzinfo=UTC)


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1000, "1.000"), (1001, "1.000+")])
def test_counts_are_exact_up_to_a_thousand(site: Site, count: int, text: str) -> None:
    with site.app.test_request_context():
        assert count_text(count) == text


def test_pages_lead_forwards_and_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_query.DeskQuery.page, "__defaults__", (None, 2))
    monkeypatch.setattr(list_page, "PAGE_SIZE", 2)
    names = [f"Laporan {number}" for number in range(5)]
    for number, name in enumerate(names):
        site.factory.report(name, at=long_ago(hours=5 - number))
    browser = at_desk(site, "kota.admin")
    first = browser.get("/desk?kind=complaint")
    second = follow(browser, first, "next")
    third = follow(browser, second, "next")
    assert [titles(first), titles(second), titles(third)] == [names[:2], names[2:4], names[4:]]
    assert ["1–2 dari 5" in text_of(first), "5–5 dari 5" in text_of(third)] == [True, True]
    assert link(first, "prev") is None and link(third, "next") is None
    back = follow(browser, follow(browser, third, "prev"), "prev")
    assert titles(back) == names[:2]
    assert "1–2 dari 5" in text_of(back)


@pytest.mark.parametrize(
    "query",
    [
        "view=entah&kind=x&stage=y&unit=z",
        "after=~&n=-1",
        "after=x~y",
        "before=99999999999999999999~1",
        "after=99999999999999999~4611686018427387904",
        "unit=99999999999999999999",
        "n=9999999999999999999999",
        "q=%00",
        "category=x&region=%00&level=99&claimed=x&sort=x",
        "from=2026-13-40&until=9999-12-31",
        "sort=last_event&after=~1",
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out(site: Site, query: str) -> None:
    site.factory.report("Laporan satu")
    assert at_desk(site, "kota.admin").get(f"/desk?{query}").status_code == 200


def test_filters_stay_filled_in_and_can_be_cleared(site: Site) -> None:
    factory = site.factory
    factory.report("Pengaduan satu")
    factory.report("Pertanyaan satu", kind=Kind.INFORMATION_REQUEST)
    browser = at_desk(site, "kota.admin")
    page = browser.get("/desk?view=all&kind=information_request")
    assert titles(page) == ["Pertanyaan satu"]
    assert '<option value="information_request" selected>' in page.get_data(as_text=True)
    assert "Hapus saringan" in text_of(page)
    assert "Tidak ada yang cocok" in text_of(browser.get("/desk?view=all&kind=aspiration"))


def test_an_empty_list_says_what_would_appear(site: Site) -> None:
    assert "Tidak ada laporan di sini" in text_of(at_desk(site, "hub.penghubung").get("/desk"))


def test_a_secret_case_and_a_waiting_act_show_in_the_line(site: Site) -> None:
    case = site.factory.report("Pungutan di loket", secret=True)
    browser = at_desk(site, "kota.admin")
    assert "Rahasia" in text_of(browser.get("/desk"))
    assert "Belum diterapkan" not in text_of(browser.get("/desk"))
    site.factory.command(case, None, Action.MESSAGE, words="Halo.")
    assert "Belum diterapkan" in text_of(browser.get("/desk"))
