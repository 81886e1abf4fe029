"""A page asks the database as often for many cases as for few."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from db.publication_store import Edition
from domain.code import show_code
from tests.factories import MadeCase
from tests.publications import Publisher
from tests.web.browser import Browser
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from web.glance import PAGES

FEW, MANY = 1, 7


def asked(site: Site, browser: Browser, path: str) -> int:
    """How many questions the second visit of a page asks; the first may begin a session."""
    assert browser.get(path).status_code == 200
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(site.services.database.engine, "before_cursor_execute", note)
    browser.get(path)
    event.remove(site.services.database.engine, "before_cursor_execute", note)
    return len(sent)


def public_case(site: Site, number: int) -> MadeCase:
    publisher = Publisher(site.factory)
    case = publisher.allowed(f"Lampu padam {number}")
    publisher.edit(case, Edition(title=f"Lampu padam {number}", text="Gelap."))
    return case


@pytest.mark.parametrize(
    ("login", "path", "most"),
    [
        ("pu.penghubung", "/desk?view=all", 15),
        ("pu.penghubung", "/desk?view=all&q=lampu+padam", 19),
        ("kota.admin", "/desk?view=late&kind=complaint&sort=newest", 18),
        ("nasional.admin", "/desk?view=all&sort=last_event", 15),
        ("", "/laporan", 6),
        ("", "/laporan?q=lampu&agency=2", 10),
    ],
)
def test_a_list_asks_as_often_for_many_rows_as_for_one(site: Site, login: str, path: str, most: int) -> None:
    browser = at_desk(site, login) if login else site.browser()
    for number in range(FEW):
        public_case(site, number)
    few = asked(site, browser, path)
    for number in range(FEW, MANY):
        public_case(site, number)
    assert asked(site, browser, path) == few <= most


def test_the_page_of_a_case_asks_as_often_beside_many_cases_as_alone(site: Site) -> None:
    browser, case = at_desk(site, "pu.penghubung"), public_case(site, 0)
    path = f"/desk/{show_code(case.code)}"
    alone = asked(site, browser, path)
    for number in range(FEW, MANY):
        public_case(site, number)
    assert asked(site, browser, path) == alone <= 45


def test_the_parts_of_a_case_page_share_what_they_ask(site: Site) -> None:
    """Each of some forty parts asks by itself; without a glance that came to ninety questions."""
    case = site.factory.report("Lampu jalan padam")
    path = f"/desk/{show_code(case.code)}"
    assert asked(site, at_desk(site, "kota.admin"), path) <= 40
    site.factory.dispose(case)
    assert asked(site, at_desk(site, "pu.penghubung"), path) <= 36


def test_the_pages_that_share_their_looks_are_there(site: Site) -> None:
    assert site.app.view_functions.keys() >= PAGES
