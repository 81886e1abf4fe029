from __future__ import annotations

import time
from collections import Counter
from typing import Any

from sqlalchemy import delete

from db.operation_table import HeartbeatRow
from domain.case import Action
from tests.web.browser import hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from web.access import ROUTES, Who

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MAIL: dict[str, Any] = {
    "personalizations": [{"to": [{"email": "sari@contoh.example"}]}],
    "from": {"email": "tuntas@example.org"},
    "subject": "7F3K: ada jawaban",
    "content": [
        {"type": "text/plain", "value": "Buka http://127.0.0.1/m/x"},
        {"type": "text/html", "value": "<p>Buka</p>"},
    ],
}
SEND = "/dev/sendgrid/v3/mail/send"
KEY = {"Authorization": "Bearer demo"}
ASKED_BY_A_SCRIPT = {"engine_ui.api", "engine_ui.settings"}
"""Which then leads its reader to the log-in."""


def test_every_answer_carries_the_headers(site: Site) -> None:
    for path in ("/", "/lapor", "/nowhere", "/healthz", "/lacak/0"):
        answer = site.browser().get(path)
        assert HEADERS.items() <= dict(answer.headers).items()
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in answer.headers


def test_static_files_may_be_kept_and_carry_the_headers_too(site: Site) -> None:
    answer = site.browser().get("/static/css/tuntas.css")
    assert answer.status_code == 200 and "max-age=86400" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_with_https_cookies_are_bound_to_this_host_and_https(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_PUBLIC_URL="https://lapor.contoh.example").browser()
    answer = browser.get("/lapor", base_url="https://lapor.contoh.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tuntas=") and "Secure" in cookie and "HttpOnly" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_with_https_a_form_needs_no_referer(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_PUBLIC_URL="https://lapor.contoh.example").browser()
    base = "https://lapor.contoh.example"
    page = browser.get("/lapor/semua", base_url=base)
    assert browser.send(page, "/reports", {"title": "x"}, base_url=base).status_code == 422


def test_the_language_is_switched_by_an_address_and_remembered(site: Site) -> None:
    browser = site.browser()
    assert 'lang="id"' in browser.get("/").get_data(as_text=True)
    assert '<html lang="en"' in browser.get("/?lang=en").get_data(as_text=True)
    assert '<html lang="en"' in browser.get("/lacak").get_data(as_text=True)
    assert '<html lang="id"' in browser.get("/lacak?lang=id").get_data(as_text=True)
    assert '<html lang="id"' in browser.get("/lacak?lang=xx").get_data(as_text=True)


def test_dates_are_written_in_the_language_of_the_page(site: Site) -> None:
    case = site.factory.report()
    browser = site.browser()
    assert "WIB" in text_of(browser.get(f"/lacak/{case.code}"))
    english = text_of(browser.get(f"/lacak/{case.code}?lang=en"))
    assert any(
        f"{day}, " in english
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    )


def test_switching_the_language_after_a_post_leads_back_to_the_form(site: Site) -> None:
    case = site.factory.report()
    browser = site.browser()
    assert browser.get("/reports?lang=en", follow_redirects=True).request.path == "/lapor"
    assert (
        browser.get(f"/lacak/{case.code}/pesan", follow_redirects=True).request.path == f"/lacak/{case.code}"
    )


def test_health_answers_soon_and_truly_while_the_engine_is_down(site: Site) -> None:
    case = site.factory.report(started=False)
    site.factory.command(case, None, Action.MESSAGE, words="Halo", version=None)
    begun = time.monotonic()
    health = site.browser().get("/healthz")
    assert time.monotonic() - begun < 10 and health.status_code == 200 and health.json is not None
    assert health.json["engine"] == "down" and health.json["worker_age_seconds"] is None
    assert health.json["waiting_commands"] == 1 and health.json["reports_not_started"] == 1
    assert {"outbox_pending", "outbox_unknown", "outbox_failed", "outbox_age_seconds", "mails_held"} <= set(
        health.json
    )


def test_readiness_names_what_is_missing(site: Site) -> None:
    ready = site.browser().get("/readyz")
    assert ready.status_code == 503 and ready.json is not None
    assert ready.json["missing"] == ["engine", "worker"]
    site.services.operation.beat(site.services.now() - site.services.now())
    assert (site.browser().get("/readyz").json or {})["missing"] == ["engine"]
    with site.services.database.write() as session:
        session.execute(delete(HeartbeatRow))
        session.connection().exec_driver_sql("update alembic_version set version_num = 'newer'")
    assert (site.browser().get("/readyz").json or {})["missing"] == ["engine", "worker", "migrations"]


def test_every_route_is_listed_with_who_may_use_it(site: Site) -> None:
    known = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert known == set(ROUTES)
    assert Counter(ROUTES.values())[Who.DEMO] == len([one for one in known if one.startswith("dev.")])


def test_outside_of_a_demo_its_routes_are_not_there(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    for path in ("/dev/outbox", "/dev/outbox.json"):
        assert browser.get(path).status_code == 404
    assert browser.post(SEND, json=MAIL, headers=KEY).status_code in {404, 415}
    assert "/dev/" not in browser.get("/").get_data(as_text=True)


def test_the_demo_takes_mails_like_sendgrid_and_shows_them(site: Site) -> None:
    browser = site.browser()
    taken = browser.post(SEND, json=MAIL, headers=KEY)
    assert taken.status_code == 202 and taken.headers["X-Message-Id"]
    shown = browser.get("/dev/outbox.json").json
    assert shown is not None and shown[0]["to"] == "sari@contoh.example"
    assert shown[0]["subject"] == "7F3K: ada jawaban" and shown[0]["html"] == "<p>Buka</p>"
    page = browser.get("/dev/outbox")
    assert "7F3K: ada jawaban" in text_of(page) and "&lt;p&gt;Buka" in page.get_data(as_text=True)


def test_the_demo_refuses_what_sendgrid_refuses(site: Site) -> None:
    browser = site.browser()
    assert browser.post(SEND, json=MAIL).status_code == 401
    changes: list[dict[str, Any]] = [{"personalizations": []}, {"subject": ""}, {"from": {"email": "x"}}]
    for wrong in ({}, [], *(MAIL | change for change in changes)):
        refused = browser.post(SEND, json=wrong, headers=KEY)
        assert refused.status_code == 400 and refused.json is not None and refused.json["errors"]
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert browser.post(SEND, json=MAIL, headers=KEY, environ_base=elsewhere).status_code == 404
    assert browser.get("/dev/outbox.json").json == []


def test_staff_routes_lead_visitors_to_the_log_in_and_take_nothing_from_them(site: Site) -> None:
    browser = site.browser()
    token = hidden_fields(browser.get("/lapor/semua"), "/reports")["csrf_token"]
    for rule in site.app.url_map.iter_rules():
        if ROUTES[rule.endpoint] is not Who.STAFF:
            continue
        values = {name: 1 if name.endswith("_id") else "0000000000" for name in rule.arguments}
        path = site.app.url_map.bind("127.0.0.1").build(rule.endpoint, values)
        if "GET" in (rule.methods or set()):
            asked = browser.get(path)
            to_log_in = asked.status_code == 303 and "/masuk" in asked.headers["Location"]
            assert to_log_in or (rule.endpoint in ASKED_BY_A_SCRIPT and asked.status_code == 401)
        if "POST" in (rule.methods or set()):
            assert browser.post(path, data={"csrf_token": token}).status_code == 401
