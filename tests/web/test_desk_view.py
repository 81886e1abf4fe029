"""Views that people keep for themselves."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from db import desk_query
from db.saved_view_store import MOST_VIEWS, NameTakenError, SavedView, SavedViewStore, TooManyViewsError
from domain.case import Kind
from tests.offices import Offices
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.test_desk_list import titles
from web.desk import list_page

FILTERED = "/desk?view=all&kind=information_request&sort=newest"


def save(browser: Browser, name: str, page: str = FILTERED) -> tuple[int, str]:
    answer = browser.send_form(page, "/desk/pandangan", {"name": name})
    return answer.status_code, answer.location or text_of(answer)


def test_filters_are_kept_under_a_name_and_lead_back_to_the_list(site: Site) -> None:
    site.factory.report("Pertanyaan", kind=Kind.INFORMATION_REQUEST)
    site.factory.report("Pengaduan")
    browser = at_desk(site, "kota.admin")
    status, address = save(browser, "  Tanya   saja ")
    assert status == 303
    page = browser.get(address)
    assert titles(page) == ["Pertanyaan"]
    assert "Pandangan Anda Tanya saja" in text_of(page)
    assert re.search(r'aria-current="page"><span>Tanya saja', page.get_data(as_text=True))
    assert "Tanya saja" not in text_of(at_desk(site, "kota.atasan").get("/desk"))


def test_words_of_a_search_are_never_kept(site: Site) -> None:
    site.factory.report("Lampu")
    browser = at_desk(site, "kota.admin")
    page = browser.get(FILTERED)
    browser.send(page, "/desk/pandangan", {"name": "Lampu", "q": "lampu"})
    assert [view.filters for view in kept(site, "kota.admin")] == [
        {"view": "all", "kind": "information_request", "sort": "newest"}
    ]


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(site: Site) -> None:
    browser, other = at_desk(site, "kota.admin"), at_desk(site, "kota.atasan")
    save(browser, "Satu")
    save(browser, "Dua")
    page = browser.get("/desk/pandangan")
    view_id = next(view.id for view in kept(site, "kota.admin") if view.name == "Satu")
    assert browser.send(page, f"/{view_id}", {"name": "Tiga"}).status_code == 303
    for name, objection in (("Dua", "sudah dipakai"), (" ", "Tulis nama pandangannya")):
        wrong = browser.send(page, f"/{view_id}", {"name": name})
        assert wrong.status_code == 400 and objection in text_of(wrong)
    save(other, "Milik lain")
    theirs = other.get("/desk/pandangan")
    fields = hidden_fields(theirs, "/hapus") | {"name": "Curi"}
    assert other.post(f"/desk/pandangan/{view_id}", data=fields).status_code == 404
    other.post(f"/desk/pandangan/{view_id}/hapus", data=fields)
    assert [view.name for view in kept(site, "kota.admin")] == ["Dua", "Tiga"]
    assert browser.send(page, f"/{view_id}/hapus", {}).status_code == 303
    assert [view.name for view in kept(site, "kota.admin")] == ["Dua"]


def kept(site: Site, login: str) -> list[SavedView]:
    return site.services.saved_views.of(site.factory.offices.people[login])


def test_an_empty_name_is_asked_for_again_with_the_filters_kept(site: Site) -> None:
    browser = at_desk(site, "kota.admin")
    page = browser.send_form(FILTERED, "/desk/pandangan", {"name": " "})
    assert page.status_code == 400 and "Tulis nama pandangannya" in text_of(page)
    assert browser.send(page, "/desk/pandangan", {"name": "Kini ada"}).status_code == 303


def test_the_addresses_of_changes_lead_back_when_reloaded(site: Site) -> None:
    browser = at_desk(site, "kota.admin")
    for path in ("/desk/pandangan/1", "/desk/pandangan/1/hapus"):
        assert browser.get(path).location == "/desk/pandangan"


def test_the_store_keeps_each_persons_own_views_up_to_a_number(offices: Offices) -> None:
    store, (one, other) = SavedViewStore(offices.database), list(offices.people.values())[:2]
    for number in range(MOST_VIEWS):
        store.save(one, f"Nomor {number:02}", {"view": "all"})
    store.save(one, "Nomor 00", {"view": "late"})
    with pytest.raises(TooManyViewsError):
        store.save(one, "Satu lagi", {})
    assert len(store.of(one)) == MOST_VIEWS and store.of(one)[0].filters == {"view": "late"}
    view_id = store.of(one)[0].id
    assert not store.rename(other, view_id, "Curi") and store.of(other) == []
    with pytest.raises(NameTakenError):
        store.rename(one, view_id, "Nomor 01")
    store.delete(other, view_id)
    assert store.of(one)[0].id == view_id
    store.delete(one, view_id)
    store.delete(one, view_id)
    assert len(store.of(one)) == MOST_VIEWS - 1


def own_lines(page: TestResponse) -> list[str]:
    found = re.search(r'class="own-views">.*?</nav>', page.get_data(as_text=True), re.DOTALL)
    assert found is not None
    return [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in found.group().split("<li>")[1:]]


def test_ones_own_views_are_counted_like_the_others(site: Site) -> None:
    site.factory.report("Pertanyaan", kind=Kind.INFORMATION_REQUEST)
    site.factory.report("Pengaduan")
    browser = at_desk(site, "kota.admin")
    save(browser, "Tanya")
    save(browser, "Usul", "/desk?view=all&kind=aspiration")
    save(browser, "Di tempat tanpa nama", "/desk?view=all&region=entah&kind=complaint")
    assert own_lines(browser.get("/desk")) == ["Di tempat tanpa nama 1", "Tanya 1", "Usul 0"]


def test_of_many_views_only_the_first_are_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_page, "OWN_COUNTED", 1)
    browser = at_desk(site, "kota.admin")
    save(browser, "Satu")
    save(browser, "Tiga")
    assert own_lines(browser.get("/desk")) == ["Satu 0", "Tiga"]


def test_counts_of_ones_own_views_end_where_those_of_the_others_do(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_query, "COUNTED_TO", 1)
    monkeypatch.setattr(list_page, "COUNTED_TO", 1)
    for number in range(3):
        site.factory.report(f"Pertanyaan {number}", kind=Kind.INFORMATION_REQUEST)
    browser = at_desk(site, "kota.admin")
    save(browser, "Tanya")
    assert own_lines(browser.get("/desk")) == ["Tanya 1.000+"]
