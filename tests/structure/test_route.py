"""Every route is in the table of who may ask, and what the table says is so."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from settings import Settings
from tests.databases import migrated, sqlite_url
from tests.offices import Offices, open_offices
from web.access import ROUTES, Who
from web.app import create_app
from web.services import build_services

LOG_IN = "/masuk"
TAKES_JSON = {"dev.sendgrid", "hooks.sendgrid"}
"""Machines post here without a form."""
ONE_CLICK = {"public.stop_mails", "public.stop_following"}
"""Mail programs post here without ever having seen a page; the signed token in the address lets them."""
SAFE = {"GET", "HEAD", "OPTIONS"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("routes")


@pytest.fixture(scope="module")
def offices(home: Path) -> Iterator[Offices]:
    database = migrated(sqlite_url(home))
    yield open_offices(database, home)
    database.dispose()


@pytest.fixture(scope="module")
def demo_app(offices: Offices, home: Path) -> Flask:
    return application(offices, home, demo="1")


@pytest.fixture(scope="module")
def real_app(offices: Offices, home: Path) -> Flask:
    return application(offices, home, demo="0")


def application(offices: Offices, home: Path, demo: str) -> Flask:
    """The application on the database of the offices, its engine away."""
    settings = Settings.from_env(
        {
            "TUNTAS_HOME": str(home),
            "TUNTAS_DEMO": demo,
            "TUNTAS_MASTER_KEY": base64.b64encode(KEY).decode(),
            "TEMPORAL_ADDRESS": "127.0.0.1:9",
        }
    )
    return create_app(settings, replace(build_services(settings), database=offices.database))


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def rules_for(app: Flask, who: Who) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if ROUTES[rule.endpoint] is who]


def address(app: Flask, rule: Rule, code: str) -> str:
    """An address of the rule; numbers are 1, and every word is the code of a case that exists."""
    values = {
        name: 1 if type(converter).__name__ == "IntegerConverter" else code
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=min(rule.methods or {"GET"}))


def turned_away(answer: TestResponse) -> bool:
    """Sent to the log-in page, or refused as if there were nothing."""
    to_log_in = answer.status_code in {302, 303} and answer.headers["Location"].startswith(LOG_IN)
    return to_log_in or answer.status_code in {401, 403, 404}


def test_every_route_is_in_the_table_and_every_row_is_a_route(demo_app: Flask) -> None:
    assert endpoints(demo_app) == set(ROUTES)


def test_outside_a_demo_its_routes_do_not_exist(real_app: Flask) -> None:
    assert endpoints(real_app) == {name for name, who in ROUTES.items() if who is not Who.DEMO}


def test_every_staff_route_turns_a_visitor_away(demo_app: Flask, offices: Offices) -> None:
    code = offices.report().code
    client = demo_app.test_client()
    token = TOKEN.search(client.get(LOG_IN).get_data(as_text=True))
    assert token is not None
    let_in, asked = [], 0
    for rule in rules_for(demo_app, Who.STAFF):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            data = None if method in SAFE else {"csrf_token": token[1], "words": "x"}
            answer = client.open(address(demo_app, rule, code), method=method, data=data)
            asked += 1
            if not turned_away(answer):
                let_in.append(f"{method} {rule.rule}: {answer.status_code}")
    assert let_in == []
    assert asked >= 6


def test_every_route_that_changes_something_refuses_a_form_without_its_token(
    demo_app: Flask, offices: Offices
) -> None:
    code = offices.report().code
    client = demo_app.test_client()
    taken, asked = [], 0
    for rule in demo_app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - SAFE):
            if rule.endpoint in TAKES_JSON | ONE_CLICK:
                continue
            answer = client.open(address(demo_app, rule, code), method=method, data={"words": "x"})
            asked += 1
            if answer.status_code not in {400, 403}:
                taken.append(f"{method} {rule.rule}: {answer.status_code}")
    assert taken == []
    assert asked >= 6
