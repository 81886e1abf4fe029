"""Visits pages again and again and notes how long the web takes for each."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from statistics import quantiles

from flask.testing import FlaskClient

from bench.queue import waited

WARM_UPS = 5
VISITS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Milliseconds of the web's own work for one page: half of the visits, and 95 of 100, were quicker."""

    p50: float
    p95: float


def visit(
    browser: FlaskClient, address: Callable[[int], str], working: Collection[int], visits: int = VISITS
) -> Measured:
    """The times of a page at the address of each visit, without waiting for a core.

    `working`: the processes that make the page. Raises: RuntimeError if the page fails.
    """
    taken = []
    for number in range(WARM_UPS + visits):
        url = address(number)
        begun = time.perf_counter() - waited(working)
        answer = browser.get(url)
        answer.get_data()
        elapsed = time.perf_counter() - waited(working) - begun
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answers {answer.status_code}")
        if number >= WARM_UPS:
            taken.append(elapsed * 1000)
    cuts = quantiles(taken, n=20)
    return Measured(p50=cuts[9], p95=cuts[18])
