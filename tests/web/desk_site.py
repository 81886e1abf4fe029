"""Members of staff at their desks."""

from __future__ import annotations

from tests.offices import PASSWORD
from tests.web.browser import Browser
from tests.web.conftest import Site


def at_desk(site: Site, login: str) -> Browser:
    """Somebody who has logged in."""
    browser = site.browser()
    log_in(browser, login)
    return browser


def log_in(browser: Browser, login: str, password: str = PASSWORD) -> None:
    """Through the form, as everybody does."""
    answer = browser.send_form("/masuk", "/masuk", {"login": login, "password": password})
    assert answer.status_code == 303, answer.status_code
