"""The pages on which a reporter chooses or ends the mails of a case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from db.mail_preference_store import ChangedBy, MailPreferenceStore
from mail.link import MailPurpose
from schemas.mail import Wanted
from schemas.report import Identity
from tests.web.browser import text_of
from tests.web.conftest import Site

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "a mail program"}


def token(site: Site, case_id: int) -> str:
    return site.services.links.mint(case_id, 1, MailPurpose.PREFERENCE)


def preferences(site: Site) -> MailPreferenceStore:
    return MailPreferenceStore(site.services.database)


def wanted(site: Site, case_id: int) -> Wanted:
    return preferences(site).of(case_id).wanted


def test_the_link_of_a_mail_leads_to_the_choice_and_to_nothing_else_of_the_case(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    browser = site.browser()
    page = browser.get(f"/surel/{token(site, case.id)}")
    assert page.status_code == 200 and 'value="all" checked' in page.get_data(as_text=True)
    assert "Lampu jalan padam" not in text_of(page)
    assert not site.services.vault.is_confirmed(case.id)
    assert "Lampu jalan padam" not in text_of(browser.get(f"/lacak/{case.code}"))


@pytest.mark.parametrize("chosen", list(Wanted))
def test_a_choice_is_kept_and_shown(site: Site, chosen: Wanted) -> None:
    case = site.factory.report()
    link = f"/surel/{token(site, case.id)}"
    fields = {"wanted": chosen.value, "locale": "en"}
    page = site.browser().send_form(link, link, fields, follow_redirects=True)
    assert "Pilihan Anda tersimpan" in text_of(page)
    kept = preferences(site).of(case.id)
    assert (kept.wanted, kept.locale, kept.changed_by) == (chosen, "en", ChangedBy.PAGE)
    assert f'value="{chosen.value}" checked' in page.get_data(as_text=True)


@pytest.mark.parametrize("fields", [{"wanted": "some"}, {"locale": "fr"}, {"wanted": ""}])
def test_a_choice_that_no_page_offers_is_refused(site: Site, fields: dict[str, str]) -> None:
    case = site.factory.report()
    link = f"/surel/{token(site, case.id)}"
    sent = {"wanted": "none", "locale": "id"} | fields
    assert site.browser().send_form(link, link, sent).status_code == 400
    assert wanted(site, case.id) is Wanted.ALL


def test_one_click_from_a_program_without_cookies_ends_the_mails(site: Site) -> None:
    case, other = site.factory.report(), site.factory.report()
    address = f"/surel/{token(site, case.id)}/berhenti"
    program = FlaskClient(site.app, site.app.response_class, use_cookies=False)
    for _ in range(2):
        answer = program.post(address, data=ONE_CLICK, environ_base=ELSEWHERE)
        assert answer.status_code == 200 and "Location" not in answer.headers
    assert wanted(site, case.id) is Wanted.NONE
    assert wanted(site, other.id) is Wanted.ALL


def test_the_other_form_of_one_click_counts_as_well(site: Site) -> None:
    case = site.factory.report()
    address = f"/surel/{token(site, case.id)}/berhenti"
    answer = site.browser().post(address, data=ONE_CLICK, content_type="multipart/form-data")
    assert answer.status_code == 200 and wanted(site, case.id) is Wanted.NONE


def test_looking_at_the_one_click_address_changes_nothing(site: Site) -> None:
    case = site.factory.report()
    address = f"/surel/{token(site, case.id)}/berhenti"
    browser = site.browser()
    page = browser.get(address)
    FlaskClient(site.app, site.app.response_class).head(address)
    assert "Hentikan surel untuk laporan ini?" in text_of(page)
    assert wanted(site, case.id) is Wanted.ALL
    stopped = browser.send(page, "/berhenti", {})
    assert "Surel dihentikan" in text_of(stopped) and wanted(site, case.id) is Wanted.NONE
    assert "Surel dihentikan" in text_of(browser.get(address))


def test_whoever_stopped_by_mistake_can_choose_again(site: Site) -> None:
    case = site.factory.report()
    link = f"/surel/{token(site, case.id)}"
    browser = site.browser()
    browser.post(f"{link}/berhenti", data=ONE_CLICK)
    assert "satu klik" in text_of(browser.get(link))
    browser.send_form(link, link, {"wanted": "all", "locale": "id"})
    assert wanted(site, case.id) is Wanted.ALL and "satu klik" not in text_of(browser.get(link))


def test_the_holder_of_the_key_chooses_on_the_tracking_page(site: Site) -> None:
    case = site.factory.report()
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    assert "Semua kabar" in text_of(browser.get(f"/lacak/{case.code}"))
    address = f"/lacak/{case.code}/surel"
    browser.send_form(address, "/surel", {"wanted": "needed", "locale": "id"})
    assert wanted(site, case.id) is Wanted.NEEDED
    assert "Hanya yang menunggu Anda" in text_of(browser.get(f"/lacak/{case.code}"))


def test_without_the_key_the_code_opens_no_choice(site: Site) -> None:
    case, secret = site.factory.report(), site.factory.report(secret=True)
    assert site.browser().get(f"/lacak/{case.code}/surel").status_code == 403
    assert site.browser().get(f"/lacak/{secret.code}/surel").status_code == 404


def test_without_an_address_there_is_nothing_to_choose(site: Site) -> None:
    case = site.factory.report(identity=Identity())
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    page = browser.get(f"/lacak/{case.code}/surel")
    assert "tidak mencantumkan alamat surel" in text_of(page) and 'name="wanted"' not in str(page.data)
    assert "Kabar lewat surel" not in text_of(browser.get(f"/lacak/{case.code}"))


def test_a_mail_however_old_can_end_its_like(site: Site) -> None:
    case = site.factory.report()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=700), tick=False):
        old = token(site, case.id)
    assert site.browser().post(f"/surel/{old}/berhenti", data=ONE_CLICK).status_code == 200
    assert wanted(site, case.id) is Wanted.NONE


def test_a_token_that_opens_a_case_or_was_altered_chooses_nothing(site: Site) -> None:
    case = site.factory.report()
    opening, choosing = site.services.links.mint(case.id, 1), token(site, case.id)
    for forged in (opening, choosing[:-3], site.services.links.mint(999, 1, MailPurpose.PREFERENCE), "x"):
        assert site.browser().get(f"/surel/{forged}").status_code == 404
        assert site.browser().post(f"/surel/{forged}/berhenti", data=ONE_CLICK).status_code == 404
    assert site.browser().get(f"/m/{choosing}").status_code == 404
    assert wanted(site, case.id) is Wanted.ALL


def test_the_links_of_an_english_mail_lead_to_english_pages(site: Site) -> None:
    case = site.factory.report()
    page = site.browser().get(f"/surel/{token(site, case.id)}?lang=en")
    assert "E-mails about this report" in text_of(page)
