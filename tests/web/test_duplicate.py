"""Reports that may be the same: found with reasons, compared, and joined with open eyes."""

from __future__ import annotations

from domain.case import Stage
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk


def test_a_like_report_is_found_with_its_reasons(live_site: Site) -> None:
    elder = live_site.factory.report("Lampu jalan padam di depan pasar")
    live_site.factory.report("Sampah menumpuk")
    case = live_site.factory.report("Lampu jalan depan pasar padam")
    words = text_of(at_desk(live_site, "kota.admin").get(f"/desk/{case.code}/serupa"))
    assert "Lampu jalan padam di depan pasar" in words and "Sampah menumpuk" not in words
    assert "tempat serupa · 5 kata judul sama · hari yang sama" in words
    assert elder.code[:4] in words.replace("-", "")


def test_whoever_may_merge_reads_of_it_on_the_page_of_the_case(live_site: Site) -> None:
    live_site.factory.report("Lampu jalan padam di depan pasar")
    case = live_site.factory.report("Lampu jalan depan pasar padam")
    path = f"/desk/{case.code}"
    assert "Mungkin sama dengan" in text_of(at_desk(live_site, "kota.admin").get(path))
    assert "Mungkin sama dengan" not in text_of(at_desk(live_site, "kota.atasan").get(path))


def test_what_one_may_not_see_is_no_candidate(live_site: Site) -> None:
    live_site.factory.report("Lampu jalan padam", secret=True)
    live_site.factory.report("Lampu jalan padam", agency="hulu")
    hidden = live_site.factory.report("Lampu jalan padam")
    live_site.factory.dispose(hidden, unit="hub")
    case = live_site.factory.report("Lampu jalan padam")
    live_site.factory.dispose(case)
    words = text_of(at_desk(live_site, "pu.penghubung").get(f"/desk/{case.code}/serupa"))
    assert "Tidak ada laporan terbuka yang serupa." in words
    compared = at_desk(live_site, "pu.penghubung").get(f"/desk/{case.code}/serupa/{hidden.code}")
    assert compared.status_code == 404


def test_a_merge_is_shown_before_it_is_done(live_site: Site) -> None:
    elder, case = live_site.factory.report("Lampu padam"), live_site.factory.report("Lampu padam lagi")
    browser = at_desk(live_site, "kota.admin")
    page = browser.get(f"/desk/{elder.code}/serupa/{case.code}")
    words = text_of(page)
    assert "Lebih dahulu" in words and "Teks laporan: Lampu padam lagi." in words
    assert "Tenggat Verifikasi berhenti." in words and "Tenggat Penyelesaian berhenti." in words
    assert "Surel kepada pelapor" in words
    assert live_site.factory.cases.state(case.code).stage is Stage.VERIFICATION
    assert browser.send(page, "/merge", {"note": ""}).status_code == 303
    assert live_site.factory.cases.state(case.code).stage is Stage.ARCHIVED
    related = text_of(browser.get(f"/desk/{case.code}"))
    assert "Mengikuti laporan" in related


def test_who_may_not_merge_still_compares(live_site: Site) -> None:
    elder, case = live_site.factory.report("Lampu padam"), live_site.factory.report("Lampu padam lagi")
    words = text_of(at_desk(live_site, "kota.atasan").get(f"/desk/{case.code}/serupa/{elder.code}"))
    assert "Anda tidak dapat menggabungkan laporan ini sekarang" in words


def test_a_case_is_not_compared_with_itself(live_site: Site) -> None:
    case = live_site.factory.report()
    assert at_desk(live_site, "kota.admin").get(f"/desk/{case.code}/serupa/{case.code}").status_code == 404
