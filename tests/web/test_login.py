from __future__ import annotations

import re

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from db.directory_table import LoginAttemptRow, PersonRow
from domain.access import Membership
from domain.case import Role
from settings import DEMO_PASSWORD
from tests.offices import PASSWORD
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import log_in

COOKIE = "tuntas-staff"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def try_log_in(browser: Browser, login: str, password: str, **kwargs: object) -> TestResponse:
    return browser.send_form("/masuk", "/masuk", {"login": login, "password": password}, **kwargs)


def token(browser: Browser) -> str:
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def is_at_the_desk(browser: Browser) -> bool:
    return browser.get("/desk").status_code == 200


def close_account(site: Site, login: str) -> None:
    with site.services.database.write() as session:
        session.execute(update(PersonRow).where(PersonRow.login == login).values(active=False))


def guess_on(site: Site) -> None:
    """Some more failures, so that the pause outlasts a slow machine."""
    with site.services.database.write() as session:
        session.execute(update(LoginAttemptRow).values(failures=LoginAttemptRow.failures + 6))


def without_tokens(page: TestResponse) -> str:
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", page.get_data(as_text=True))


def test_a_demo_account_logs_in_with_one_click(site: Site) -> None:
    role = Membership(unit_id=site.factory.offices.units["hub"], role=Role.OPERATOR)
    site.services.accounts.add(
        login="peraga", name="Peraga", email=None, password=DEMO_PASSWORD, roles=[role]
    )
    browser = site.browser()
    page = browser.get("/masuk")
    assert "peraga · Pengelola · Dinas hub" in text_of(page)
    answer = browser.post("/masuk", data={**hidden_fields(page, "/masuk"), "demo": "peraga"})
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert "Peraga" in text_of(browser.get("/desk"))


def test_outside_of_a_demo_no_account_is_shown_or_opened_by_a_click(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    page = browser.get("/masuk")
    assert "Akun peragaan" not in text_of(page)
    assert "Instansi kota" not in text_of(page)
    answer = browser.post("/masuk", data={**hidden_fields(page, "/masuk"), "demo": "pu.penghubung"})
    assert answer.status_code == 403
    assert browser.get_cookie(COOKIE) is None


def test_what_was_wrong_with_a_log_in_is_never_said(new_site: NewSite) -> None:
    site = new_site(TUNTAS_DEMO="0")
    close_account(site, "hub.penghubung")
    pages = set()
    for login, password in (
        ("pu.penghubung", "keliru-1"),
        ("entah", "keliru-1"),
        ("hub.penghubung", PASSWORD),
    ):
        answer = try_log_in(site.browser(), login, password)
        assert answer.status_code == 400
        words = text_of(answer)
        assert words.count("Nama akun atau kata sandi salah.") == 1 and "terkirim" not in words
        assert password not in answer.get_data(as_text=True)
        pages.add(without_tokens(answer).replace(f'value="{login}"', ""))
    assert len(pages) == 1


def test_the_cookie_holds_a_random_token_that_scripts_cannot_read(site: Site) -> None:
    answer = try_log_in(site.browser(), "pu.penghubung", PASSWORD)
    header = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE))
    assert re.fullmatch(COOKIE + r"=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", header)


def test_over_https_the_cookie_is_bound_to_the_host(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_PUBLIC_URL="https://lapor.example").browser()
    https = {"base_url": "https://lapor.example"}
    page = browser.get("/masuk", **https)
    fields = {**hidden_fields(page, "/masuk"), "login": "pu.penghubung", "password": PASSWORD}
    answer = browser.post("/masuk", data=fields, **https)
    header = next(value for value in answer.headers.getlist("Set-Cookie") if "staff" in value)
    assert re.fullmatch(r"__Host-tuntas-staff=[\w-]{43}; Secure; HttpOnly; Path=/; SameSite=Lax", header)


def test_a_token_planted_before_the_log_in_opens_nothing_after_it(site: Site) -> None:
    browser = site.browser()
    browser.set_cookie(COOKIE, "token-tanaman")
    log_in(browser, "pu.penghubung")
    assert token(browser) != "token-tanaman"
    thief = site.browser()
    thief.set_cookie(COOKIE, "token-tanaman")
    assert not is_at_the_desk(thief)


def test_the_visitors_csrf_token_ends_with_the_log_in(site: Site) -> None:
    browser = site.browser()
    before = hidden_fields(browser.get("/masuk"), "/masuk")["csrf_token"]
    log_in(browser, "pu.penghubung")
    assert browser.post("/keluar", data={"csrf_token": before}).status_code == 400
    assert is_at_the_desk(browser)


def test_logging_in_again_ends_the_earlier_log_in(site: Site) -> None:
    browser, copy = site.browser(), site.browser()
    visitor = hidden_fields(browser.get("/masuk"), "/masuk")
    credentials = {"login": "pu.penghubung", "password": PASSWORD}
    browser.post("/masuk", data={**visitor, **credentials})
    first = token(browser)
    copy.set_cookie(COOKIE, first)
    assert is_at_the_desk(copy)
    page = browser.get("/desk")
    fields = {"csrf_token": hidden_fields(page, "/keluar")["csrf_token"], "next": "", **credentials}
    assert browser.post("/masuk", data=fields).status_code == 303
    assert token(browser) != first
    assert is_at_the_desk(browser)
    assert not is_at_the_desk(copy)


def test_a_copied_cookie_is_dead_after_log_out(site: Site) -> None:
    browser, copy = site.browser(), site.browser()
    log_in(browser, "pu.penghubung")
    copy.set_cookie(COOKIE, token(browser))
    assert is_at_the_desk(copy)
    answer = browser.send_form("/desk", "/keluar", {})
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert browser.get_cookie(COOKIE) is None
    assert not is_at_the_desk(copy)
    assert not is_at_the_desk(browser)


def test_a_closed_account_is_out_at_once(site: Site) -> None:
    browser = site.browser()
    log_in(browser, "pu.penghubung")
    close_account(site, "pu.penghubung")
    assert not is_at_the_desk(browser)


def test_guesses_are_slowed_and_others_are_not_locked_out(site: Site) -> None:
    guesser, owner = site.browser(), site.browser()
    for _ in range(5):
        assert try_log_in(guesser, "pu.penghubung", "salah", environ_overrides=ELSEWHERE).status_code == 400
    guess_on(site)
    slowed = try_log_in(guesser, "pu.penghubung", PASSWORD, environ_overrides=ELSEWHERE)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "Terlalu banyak percobaan" in text_of(slowed)
    assert 'value="pu.penghubung"' in slowed.get_data(as_text=True)
    log_in(owner, "pu.penghubung")
    assert is_at_the_desk(owner)


def test_a_log_in_without_its_token_is_refused(site: Site) -> None:
    browser = site.browser()
    fields = {"login": "pu.penghubung", "password": PASSWORD}
    assert browser.post("/masuk", data=fields).status_code == 400
    assert browser.get_cookie(COOKIE) is None


def test_the_token_of_another_visitor_is_refused(site: Site) -> None:
    mine, theirs = site.browser(), site.browser()
    mine.get("/masuk")
    stolen = hidden_fields(theirs.get("/masuk"), "/masuk")["csrf_token"]
    fields = {"login": "pu.penghubung", "password": PASSWORD, "csrf_token": stolen}
    assert mine.post("/masuk", data=fields).status_code == 400


def test_a_visitor_is_led_to_the_log_in_and_back(site: Site) -> None:
    browser = site.browser()
    led = browser.get("/desk?view=late")
    assert led.status_code == 303
    page = browser.get(led.location)
    assert hidden_fields(page, "/masuk")["next"] == "/desk?view=late"
    answer = browser.send(page, "/masuk", {"login": "pu.penghubung", "password": PASSWORD})
    assert answer.location == "/desk?view=late"


@pytest.mark.parametrize(
    "target",
    [
        "https://jahat.example/",
        "//jahat.example/",
        "/\\jahat.example/",
        "\\\\jahat.example",
        "/\t/jahat.example",
        "javascript:alert(1)",
        "desk",
        "/desk\r\nSet-Cookie: a=b",
    ],
)
def test_nobody_is_led_away_from_the_site(site: Site, target: str) -> None:
    browser = site.browser()
    page = browser.get("/masuk", query_string={"next": target})
    assert hidden_fields(page, "/masuk")["next"] == ""
    fields = {"login": "pu.penghubung", "password": PASSWORD, "next": target}
    assert browser.send(page, "/masuk", fields).location == "/desk"


def test_who_is_logged_in_does_not_log_in_again(site: Site) -> None:
    browser = site.browser()
    log_in(browser, "pu.penghubung")
    assert browser.get("/masuk").location == "/desk"


def test_the_language_outlives_the_log_in(site: Site) -> None:
    browser = site.browser()
    browser.get("/masuk?lang=en")
    log_in(browser, "pu.penghubung")
    assert '<html lang="en">' in browser.get("/desk").get_data(as_text=True)


def test_a_null_byte_in_a_log_in_is_just_wrong(site: Site) -> None:
    browser = site.browser()
    assert try_log_in(browser, "pu.penghubung\x00", "\x00").status_code == 400
    page = browser.get("/masuk")
    assert browser.post("/masuk", data={**hidden_fields(page, "/masuk"), "demo": "x\x00"}).status_code == 400
