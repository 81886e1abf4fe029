from __future__ import annotations

import pytest

from tests.web.browser import text_of
from tests.web.conftest import Site


@pytest.mark.parametrize(("language", "promise"), [("id", "Bantuan dan privasi"), ("en", "Help and privacy")])
def test_every_page_leads_to_help_and_what_happens_to_personal_data(
    site: Site, language: str, promise: str
) -> None:
    browser = site.browser()
    assert 'href="/bantuan"' in browser.get(f"/?lang={language}", follow_redirects=True).text
    page = browser.get("/bantuan")
    assert page.status_code == 200 and promise in text_of(page) and "112" in text_of(page)
