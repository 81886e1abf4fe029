"""What a first visit brings over the line: the page and all that it loads, compressed as browsers ask."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip"}
LOADED = re.compile(r"<(?:link|script|img|use)\b[^>]*?\b(?:href|src)=\"(/static/[^\"#]+)")


def weight_of(browser: FlaskClient, address: str) -> int:
    """Bytes of all bodies."""
    markup = browser.get(address).get_data(as_text=True)
    return sum(_weight(browser, each) for each in {address, *LOADED.findall(markup)})


def _weight(browser: FlaskClient, address: str) -> int:
    answer = browser.get(address, headers=GZIP)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    return len(answer.get_data())
