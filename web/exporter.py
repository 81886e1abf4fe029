"""Serves the figures of all processes of the web: `python -m web.exporter`, a child of their master."""

from __future__ import annotations

import logging
import signal
import sys

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from settings import Settings
from telemetry.log import start_logging
from telemetry.metrics import figures_of, serve_metrics
from web.metrics import FactCollector
from web.services import Services, build_services

log = logging.getLogger("web")


def main() -> int:
    """Serves until SIGTERM, or until the master that holds the other end of standard input is gone."""
    settings = Settings.from_env()
    start_logging(settings.log_format, with_messages=settings.demo)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        serve(settings, build_services(settings), registry)
    except OSError as problem:
        log.error("TUNTAS_METRICS_PORT cannot be used: %s", problem.strerror)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    sys.stdin.read()
    return 0


def serve(settings: Settings, given: Services, registry: CollectorRegistry) -> None:
    """Serves a registry and the facts on the metrics port, if there is one.

    Raises: OSError if it is taken.
    """
    if settings.metrics_port is None:
        return
    facts = CollectorRegistry()
    facts.register(FactCollector(given))
    serve_metrics(settings.host, settings.metrics_port, (figures_of(registry), figures_of(facts)))


if __name__ == "__main__":
    sys.exit(main())
