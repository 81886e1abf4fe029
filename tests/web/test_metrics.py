"""The web's figures: by endpoint, never by address, and on a port that is not the web's."""

from __future__ import annotations

import requests
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from telemetry.metrics import figures_at, figures_of, free_loopback_address, serve_metrics
from tests.web.conftest import Site
from web.health import facts
from web.metrics import MEANINGS, FactCollector

CODE = "7H3K-9QWM-2X"


def counted(endpoint: str, answer: str) -> float:
    labels = {"endpoint": endpoint, "answer": answer}
    return REGISTRY.get_sample_value("tuntas_request_seconds_count", labels) or 0.0


def test_requests_are_counted_by_endpoint_and_answer(site: Site) -> None:
    before = counted("public.home", "2xx")
    site.browser().get("/")
    assert counted("public.home", "2xx") == before + 1


def test_no_address_of_a_page_is_among_the_figures(site: Site) -> None:
    before = counted("none", "4xx")
    site.browser().get(f"/{CODE}/kenari?q=kenari")
    site.browser().get(f"/lacak/{CODE}")
    text = generate_latest(REGISTRY).decode()
    assert counted("none", "4xx") == before + 1
    assert CODE not in text and "kenari" not in text


def test_what_the_health_page_tells_is_exported(site: Site) -> None:
    registry = CollectorRegistry()
    registry.register(FactCollector(site.services))
    elsewise = {"tuntas_status", "tuntas_engine"}
    told = {f"tuntas_{name}" for name in facts(site.services)} - elsewise
    assert told | {"tuntas_database_up", "tuntas_engine_up"} == set(MEANINGS)
    assert registry.get_sample_value("tuntas_database_up") == 1
    assert registry.get_sample_value("tuntas_engine_up") == 0
    assert registry.get_sample_value("tuntas_waiting_commands") == 0
    assert registry.get_sample_value("tuntas_mails_held") == 0


def test_a_database_that_is_away_is_told_and_the_rest_is_not(site: Site) -> None:
    site.services.settings.home.joinpath("tuntas.db").rename(site.services.settings.home / "away.db")
    site.services.database.dispose()
    registry = CollectorRegistry()
    registry.register(FactCollector(site.services))
    assert registry.get_sample_value("tuntas_database_up") == 0
    assert registry.get_sample_value("tuntas_waiting_commands") is None


def test_the_web_itself_serves_no_figures(site: Site) -> None:
    assert site.browser().get("/metrics").status_code == 404


def test_figures_have_a_port_of_their_own_and_nothing_else_on_it() -> None:
    address = free_loopback_address()
    host, _, port = address.partition(":")
    server = serve_metrics(host, int(port), (figures_of(REGISTRY), figures_at(free_loopback_address())))
    try:
        found = requests.get(f"http://{address}/metrics", timeout=5)
        assert found.status_code == 200 and "python_info" in found.text
        assert requests.get(f"http://{address}/", timeout=5).status_code == 404
    finally:
        server.shutdown()
        server.server_close()
