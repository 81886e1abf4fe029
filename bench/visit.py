"""Visits pages again and again and notes how long the web takes for each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import quantiles

from flask.testing import FlaskClient

WARM_UPS = 5
VISITS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Milliseconds of the web's own work for one page: half of the visits, and 95 of 100, were quicker."""

    p50: float
    p95: float


def visit(browser: FlaskClient, address: Callable[[int], str]) -> Measured:
    """The times of a page at the address of each visit. Raises: RuntimeError if the page fails."""
    taken = []
    for number in range(WARM_UPS + VISITS):
        url = address(number)
        begun = time.perf_counter()
        answer = browser.get(url)
        answer.get_data()
        elapsed = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answers {answer.status_code}")
        if number >= WARM_UPS:
            taken.append(elapsed)
    cuts = quantiles(taken, n=20)
    return Measured(p50=cuts[9], p95=cuts[18])


def as_table(columns: Mapping[str, Mapping[str, Measured]]) -> str:
    """A Markdown table: a row a page, a column a database and size; p50 / p95 in milliseconds."""
    names = list(columns)
    pages = list(columns[names[0]])
    head = ["| Page | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    rows = [
        f"| {page} | " + " | ".join(_cell(columns[name].get(page)) for name in names) + " |" for page in pages
    ]
    return "\n".join([*head, *rows])


def _cell(measured: Measured | None) -> str:
    return "–" if measured is None else f"{measured.p50:.0f} / {measured.p95:.0f}"
