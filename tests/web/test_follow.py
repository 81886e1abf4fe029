"""Following a published report by mail: the form, the links of the mails, and who learns what of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from db.database import Base
from mail.link import MailPurpose
from tests.publications import Published, Publisher
from tests.subscribers import ADDRESS, age, asked, queued, row_of, rows, subscribed, subscriptions
from tests.web.browser import text_of
from tests.web.conftest import Site

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ANSWER = "Jika alamat itu benar, kami kirim surel untuk memastikan."


@pytest.fixture
def publisher(site: Site) -> Publisher:
    return Publisher(site.factory)


def link(site: Site, subscription_id: int, purpose: MailPurpose = MailPurpose.SUBSCRIPTION) -> str:
    return f"/ikuti/{site.services.links.mint(subscription_id, 1, purpose)}"


def send(site: Site, made: Published, address: str = ADDRESS, **fields: str) -> TestResponse:
    """The form as somebody sends it; the page that follows."""
    return site.browser().send_form(made.url, "/ikuti", {"email": address, **fields}, follow_redirects=True)


def test_the_answer_is_the_same_whoever_follows_already(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    subscribed(site.factory.offices, made)
    pages = {text_of(send(site, made, address)) for address in (ADDRESS, "baru@contoh.example", ADDRESS)}
    assert len(pages) == 1 and ANSWER in pages.pop()
    assert len(queued(site.factory.offices, "follow_confirm")) == 2


def test_a_form_whose_trap_is_filled_in_asks_nobody_and_says_so(site: Site, publisher: Publisher) -> None:
    page = send(site, publisher.publish(), isian_kosong="http://x.example")
    assert page.status_code == 422 and rows(site.factory.offices) == []
    assert ANSWER not in text_of(page) and "kolom tersembunyi ikut terisi" in text_of(page)
    assert f'value="{ADDRESS}"' in page.get_data(as_text=True)


def test_nobody_learns_that_an_address_wants_no_more(site: Site, publisher: Publisher) -> None:
    made, other = publisher.publish("Sama"), publisher.publish("Sama")
    offices = site.factory.offices
    subscriptions(offices).stop(asked(offices, made))
    fresh, refused = (text_of(send(site, other, address)) for address in ("baru@contoh.example", ADDRESS))
    assert fresh == refused and ANSWER in fresh
    assert len(queued(offices, "follow_confirm")) == 2


@pytest.mark.parametrize("address", ["", "warga", "a@b", "a@contoh.example, b@contoh.example", "a" * 300])
def test_what_is_no_address_is_said_beside_the_field(site: Site, publisher: Publisher, address: str) -> None:
    page = send(site, publisher.publish(), address)
    assert page.status_code == 400 and 'href="#follow-email"' in page.get_data(as_text=True)
    assert "Alamat surel tidak lengkap atau salah" in text_of(page)
    assert rows(site.factory.offices) == []


def test_a_report_that_is_not_shown_cannot_be_followed(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    browser = site.browser()
    page = browser.get(made.url)
    publisher.take_back(made.case)
    assert browser.send(page, "/ikuti", {"email": ADDRESS}).status_code == 404
    assert rows(site.factory.offices) == []


def test_nobody_asks_addresses_by_the_dozen(new_site: object) -> None:
    site = new_site(TUNTAS_DEMO="0", TUNTAS_PUBLIC_URL="https://lapor.example.org")  # type: ignore[operator]
    made = Publisher(site.factory).publish()
    answers = [send(site, made, f"a{number}@contoh.example").status_code for number in range(4)]
    assert answers == [200, 200, 200, 429]


def test_only_the_button_begins_it(site: Site, publisher: Publisher) -> None:
    made = publisher.publish("Lampu jalan padam")
    found = asked(site.factory.offices, made)
    browser, address = site.browser(), link(site, found)
    FlaskClient(site.app, site.app.response_class).head(address)
    page = browser.get(address)
    assert "Ikuti laporan ini?" in text_of(page) and "Lampu jalan padam" in text_of(page)
    assert row_of(site.factory.offices, found).confirmed_at is None
    begun = browser.send(page, address, {}, follow_redirects=True)
    assert "Anda mengikuti laporan ini" in text_of(begun)
    assert row_of(site.factory.offices, found).confirmed_at is not None
    assert ADDRESS not in page.get_data(as_text=True) + begun.get_data(as_text=True)


def test_a_token_for_anything_else_opens_nothing(site: Site, publisher: Publisher) -> None:
    found = asked(site.factory.offices, publisher.publish())
    wrong = [link(site, found, MailPurpose.PREFERENCE), link(site, found, MailPurpose.FOLLOW)]
    for address in (*wrong, link(site, found + 1), f"{link(site, found)[:-1]}", "/ikuti/x"):
        browser = site.browser()
        assert browser.get(address).status_code == 404
        assert browser.post(f"{address}/berhenti", data=ONE_CLICK).status_code == 404
    assert row_of(site.factory.offices, found).ended_at is None


def test_a_subscription_s_token_opens_no_case_and_no_choice_of_a_reporter(
    site: Site, publisher: Publisher
) -> None:
    found = asked(site.factory.offices, publisher.publish())
    token = link(site, found).rsplit("/", 1)[1]
    for path in (f"/m/{token}", f"/surel/{token}", f"/surel/{token}/berhenti"):
        assert site.browser().get(path).status_code == 404


def test_too_late_a_confirmation_begins_nothing_and_says_so(site: Site, publisher: Publisher) -> None:
    found = asked(site.factory.offices, publisher.publish())
    browser, address = site.browser(), link(site, found)
    page = browser.get(address)
    age(site.factory.offices, timedelta(days=8))
    after = browser.send(page, address, {}, follow_redirects=True)
    assert "Anda tidak mengikuti laporan ini" in text_of(after)
    assert row_of(site.factory.offices, found).confirmed_at is None


def test_one_click_from_a_program_without_cookies_ends_it(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    one, two = (subscribed(site.factory.offices, made, f"{name}@contoh.example") for name in "ab")
    program = FlaskClient(site.app, site.app.response_class, use_cookies=False)
    for _ in range(2):
        answer = program.post(f"{link(site, one)}/berhenti", data=ONE_CLICK)
        assert answer.status_code == 200 and "Location" not in answer.headers
    assert row_of(site.factory.offices, one).ended_at is not None
    assert row_of(site.factory.offices, two).ended_at is None


def test_looking_at_the_one_click_address_ends_nothing_and_its_button_does(
    site: Site, publisher: Publisher
) -> None:
    found = subscribed(site.factory.offices, publisher.publish())
    browser = site.browser()
    page = browser.get(f"{link(site, found)}/berhenti")
    assert row_of(site.factory.offices, found).ended_at is None
    stopped = browser.send(page, "/berhenti", {})
    assert "Anda tidak mengikuti laporan ini" in text_of(stopped)
    assert row_of(site.factory.offices, found).ended_at is not None


def test_a_report_that_was_taken_back_is_not_named_on_the_pages_of_its_followers(
    site: Site, publisher: Publisher
) -> None:
    made = publisher.publish("Judul rahasia")
    found = subscribed(site.factory.offices, made)
    publisher.change_view(made.case, secret=True)
    page = site.browser().get(link(site, found))
    assert page.status_code == 200 and "Judul rahasia" not in page.get_data(as_text=True)
    assert made.publication.slug not in page.get_data(as_text=True)
    assert "tidak ditampilkan untuk umum" in text_of(page)


def test_the_pages_speak_the_language_of_the_mail(site: Site, publisher: Publisher) -> None:
    found = asked(site.factory.offices, publisher.publish())
    assert "Follow this report?" in text_of(site.browser().get(f"{link(site, found)}?lang=en"))


def test_no_table_holds_an_address_in_clear(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    send(site, made)
    subscribed(site.factory.offices, made, f"dua.{ADDRESS}")
    publisher.factory.follow_up(made.case)
    assert len(queued(site.factory.offices)) == 1
    with site.services.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert ADDRESS not in repr(tuple(row)).lower(), table.name


def test_the_address_of_the_form_leads_back_to_the_report(site: Site, publisher: Publisher) -> None:
    made = publisher.publish()
    answer = site.browser().get(f"{made.url}/ikuti")
    assert (answer.status_code, answer.location) == (303, made.url)
