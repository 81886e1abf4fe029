"""The demo's samples of all mails, and its mailbox, as pages."""

from __future__ import annotations

from itertools import product

import pytest
from flask.testing import FlaskClient

from db.dev_mail_store import DevMailStore
from schemas.mail import MailTemplate
from tests.web.browser import text_of
from tests.web.conftest import NewSite, Site
from tests.web.page_checks import HTML, parse


def raw(site: Site) -> FlaskClient:
    """A client without the checks of our own pages: a mail carries its looks in itself."""
    return FlaskClient(site.app, site.app.response_class)


def test_the_gallery_shows_every_mail_in_both_languages(site: Site) -> None:
    page = site.browser().get("/dev/mails")
    frames = list(parse(page.get_data(as_text=True)).iter(f"{HTML}iframe"))
    assert all(frame.get("sandbox") == "" for frame in frames)
    wanted = {f"/dev/mails/{language}/{name}.html" for name in MailTemplate for language in ("id", "en")}
    assert {frame.get("src") for frame in frames} == wanted
    assert "7F3K-9QW2-TX: laporan Anda telah diterima" in text_of(page)
    assert "7F3K-9QW2-TX: your report has been received" in text_of(page)


def test_every_sample_is_kept_in_a_box_that_runs_and_fetches_nothing(site: Site) -> None:
    for name, language in product(MailTemplate, ("id", "en")):
        answer = raw(site).get(f"/dev/mails/{language}/{name}.html")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status_code == 200 and f'<html lang="{language}"' in answer.get_data(as_text=True)
        assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy.split("; "))
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/dev/mails/fr/closed.html", "/dev/mails/id/nothing.html"])
def test_a_sample_that_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.browser().get(path).status_code == 404


def test_a_mail_of_the_box_is_shown_as_it_looks_and_its_links_open_a_new_window(site: Site) -> None:
    payload = {
        "personalizations": [{"to": [{"email": "sari@contoh.example"}]}],
        "subject": "7F3K: ada jawaban",
        "content": [{"type": "text/html", "value": "<html><head></head><body><a href=x>B</a></body></html>"}],
    }
    number = DevMailStore(site.services.database).add(payload)
    answer = raw(site).get(f"/dev/outbox/{number}.html")
    assert '<head><base target="_blank">' in answer.get_data(as_text=True)
    assert "sandbox allow-popups" in answer.headers["Content-Security-Policy"]
    assert "allow-scripts" not in answer.headers["Content-Security-Policy"]
    assert f"/dev/outbox/{number}.html" in site.browser().get("/dev/outbox").get_data(as_text=True)
    assert site.browser().get(f"/dev/outbox/{number + 1}.html").status_code == 404


def test_outside_of_a_demo_there_is_no_gallery(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    for path in ("/dev/mails", "/dev/mails/id/closed.html", "/dev/outbox/1.html"):
        assert browser.get(path).status_code == 404
