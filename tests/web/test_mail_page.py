from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.report import Identity
from tests.web.browser import text_of
from tests.web.conftest import NewSite, Site


def token(site: Site, case_id: int) -> str:
    return site.services.links.mint(case_id, outbox_id=1)


def test_a_mail_link_shows_the_stage_only_until_the_address_is_proved(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    page = site.browser().get(f"/m/{token(site, case.id)}")
    assert page.status_code == 200 and "Menunggu verifikasi" in text_of(page)
    assert "Lampu jalan padam" not in text_of(page) and not site.services.vault.is_confirmed(case.id)


def test_the_key_entered_on_a_mail_link_opens_the_case_and_proves_the_address(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    link = f"/m/{token(site, case.id)}"
    page = site.browser().send_form(link, link, {"key": case.key}, follow_redirects=True)
    assert "Lampu jalan padam" in text_of(page) and site.services.vault.is_confirmed(case.id)
    elsewhere = site.browser().get(f"/m/{token(site, case.id)}", follow_redirects=True)
    assert "Lampu jalan padam" in text_of(elsewhere)


def test_a_wrong_key_on_a_mail_link_proves_nothing(site: Site) -> None:
    case, other = site.factory.report("Lampu jalan padam"), site.factory.report("Trotoar")
    link = f"/m/{token(site, case.id)}"
    page = site.browser().send_form(link, link, {"key": other.key})
    assert page.status_code == 403 and not site.services.vault.is_confirmed(case.id)
    assert "Lampu jalan padam" not in text_of(site.browser().get(link))


def test_the_browser_that_holds_the_key_proves_the_address_with_one_click(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    assert browser.get(f"/m/{token(site, case.id)}").status_code == 303
    assert site.services.vault.is_confirmed(case.id)


def test_holding_the_key_of_another_case_proves_nothing(site: Site) -> None:
    case, other = site.factory.report("Lampu jalan padam"), site.factory.report("Trotoar")
    browser = site.browser()
    browser.get(f"/l/{other.key}")
    assert "Lampu jalan padam" not in text_of(browser.get(f"/m/{token(site, case.id)}"))
    assert not site.services.vault.is_confirmed(case.id)


def test_a_link_that_was_cut_or_is_too_old_opens_nothing(new_site: NewSite) -> None:
    now = [datetime.now(UTC)]
    site = new_site(now=lambda: now[0])
    case = site.factory.report("Lampu jalan padam")
    link = f"/m/{token(site, case.id)}"
    assert site.browser().get(link[:-3]).status_code == 404
    now[0] += timedelta(days=91)
    old = site.browser().get(link)
    assert old.status_code == 404 and "lebih dari 90 hari" in text_of(old)


def test_a_report_without_an_address_is_never_marked_as_proved(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam", identity=Identity())
    site.services.vault.confirm_address(case.id)
    assert not site.services.vault.is_confirmed(case.id)
