"""A visitor's browser in tests: keeps cookies, posts the forms that pages hold, and checks every page."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.page_checks import HTML, check_page, parse


class Browser(FlaskClient):
    """Flask's test client; every HTML answer goes through the page checks, unless `checks` is off.

    Off it is where hundreds of pages are asked for that other tests have checked: reading one takes longer
    than making it.
    """

    checks: bool = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """An answer, checked."""
        response = super().open(*args, **kwargs)
        if (
            self.checks
            and response.mimetype == "text/html"
            and response.status_code not in {301, 302, 303, 308}
        ):
            check_page(response.get_data(as_text=True), response.headers.get("Content-Security-Policy", ""))
        return response

    def send_form(self, page_url: str, action: str, fields: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Fetches a page, fills in its form for `action` (an ending of the address) and posts it."""
        page = self.get(page_url)
        return self.send(page, action, fields, **kwargs)

    def send(self, page: TestResponse, action: str, fields: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Posts the form for `action` of a page that was fetched before, with some fields filled in."""
        hidden = hidden_fields(page, action)
        target = urljoin(page.request.path, form_action(page, action))
        return self.post(target, data={**hidden, **fields}, **kwargs)


def forms(page: TestResponse) -> dict[str, dict[str, str]]:
    """The hidden fields of all forms of a page, by their action."""
    tree = parse(page.get_data(as_text=True))
    return {
        form.get("action", ""): {
            field.get("name", ""): field.get("value", "")
            for field in form.iter(f"{HTML}input")
            if field.get("type") == "hidden"
        }
        for form in tree.iter(f"{HTML}form")
        if form.get("method", "get") == "post"
    }


def form_action(page: TestResponse, ending: str) -> str:
    """The address of the form whose action ends so."""
    return next(action for action in forms(page) if action.endswith(ending))


def hidden_fields(page: TestResponse, ending: str) -> dict[str, str]:
    """The hidden fields of the form whose action ends so."""
    return forms(page)[form_action(page, ending)]


def text_of(page: TestResponse) -> str:
    """The page as people read it, in one line."""
    plain = re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))
    return " ".join(html.unescape(plain).split())
