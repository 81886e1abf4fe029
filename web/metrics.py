"""The web's figures: how long endpoints take, and what waits behind them. No address of a page is told."""

from __future__ import annotations

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from web.health import facts
from web.services import Services

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Histogram(
    "tuntas_request_seconds",
    "How long requests took, by endpoint and kind of answer",
    ["endpoint", "answer"],
    buckets=BUCKETS,
)
MEANINGS = {
    "tuntas_database_up": "Whether the database answers",
    "tuntas_engine_up": "Whether the engine answers",
    "tuntas_worker_age_seconds": "Since a worker last ran cases",
    "tuntas_waiting_commands": "Acts that were recorded and are not applied yet",
    "tuntas_reports_not_started": "Reports without a running case",
    "tuntas_outbox_pending": "Mails to be sent",
    "tuntas_outbox_unknown": "Mails of the last three days of which nobody knows whether they left",
    "tuntas_outbox_failed": "Mails of the last three days that did not arrive",
    "tuntas_mails_held": "Whether somebody holds mails back",
    "tuntas_outbox_age_seconds": "Age of the oldest mail to be sent",
    "tuntas_findings_open": "What the doctor has found and nobody has put right",
}


def measure(app: Flask) -> None:
    """Times every request under the name of its endpoint."""
    app.before_request(_begin)
    app.after_request(_end)


class FactCollector(Collector):
    """What /healthz tells, asked anew whenever Prometheus asks. Counts end at 1001."""

    def __init__(self, given: Services) -> None:
        self._given = given

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A gauge for each fact that is known."""
        for name, value in self._values().items():
            if value is not None:
                yield GaugeMetricFamily(name, MEANINGS[name], value=float(value))

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names alone: nothing is asked while the collector is registered."""
        return iter([GaugeMetricFamily(name, meaning) for name, meaning in MEANINGS.items()])

    def _values(self) -> dict[str, float | None]:
        try:
            found = facts(self._given)
        except SQLAlchemyError:
            return {"tuntas_database_up": 0}
        engine = found.pop("engine") == "up"
        del found["status"]
        told = {f"tuntas_{name}": value for name, value in found.items()}
        return {"tuntas_database_up": 1, "tuntas_engine_up": engine, **told}


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    begun = g.get("begun")
    if begun is not None:
        labels = (request.endpoint or "none", f"{response.status_code // 100}xx")
        REQUESTS.labels(*labels).observe(time.perf_counter() - begun)
    return response
