"""Mails as a screen shows them: on a small phone and on a desk, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from mail.render import render
from schemas.mail import MailTemplate
from tests.browser.conftest import AXE
from tests.fakes.memory_outbox import outgoing_mail

pytestmark = pytest.mark.browser

LONG = (
    "Dinas Perumahan Rakyat, Kawasan Permukiman, Pertanahan dan Lingkungan Hidup Kabupaten Kepulauan Contoh"
)
WIDTHS = (320, 700)
SCHEMES = ("light", "dark")
TARGET = 44
NO_PAGE = "{rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}}"
"""A mail is no page with landmarks; all other rules hold."""
AXE_RUN = f"""async () => (await axe.run(document, {NO_PAGE})).violations
    .map(found => found.id + ' ' + found.nodes.map(node => node.target).join(' '))"""


@pytest.fixture(params=product(WIDTHS, SCHEMES), ids=str)
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def written(template: MailTemplate, locale: str) -> str:
    to_reporter = not template.startswith("staff_")
    mail = outgoing_mail(template=template, locale=locale, to_reporter=to_reporter, unit_name=LONG)
    choice = "https://lapor.example.org/surel/t" if to_reporter else ""
    return render(mail, "https://lapor.example.org/m/t", choice).html


def test_every_mail_fits_reads_well_and_has_a_button_for_thumbs(screen: Page) -> None:
    wrong: list[Any] = []
    for template, locale in product(MailTemplate, ("id", "en")):
        screen.set_content(written(template, locale))
        if screen.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append((template, locale, "too wide"))
        button = screen.locator(".button").bounding_box()
        if button is None or button["height"] < TARGET:
            wrong.append((template, locale, button))
        if screen.locator(".preheader").is_visible():
            wrong.append((template, locale, "the preview shows"))
        if locale == "id":
            screen.add_script_tag(path=str(AXE))
            wrong += [(template, found) for found in screen.evaluate(AXE_RUN)]
    assert wrong == []
