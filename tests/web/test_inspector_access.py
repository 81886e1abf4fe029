"""Who may look into which case: overseers only, and of all others no case exists."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from domain.case import Role
from tests.factories import MadeCase
from tests.offices import ROLES
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

UNKNOWN = "0000000000"
CASES = {
    # name: (unit that holds it, secret, rung that it has reached)
    "nation": ("nasional", False, 0),
    "city": ("kota", False, 0),
    "works": ("pu", False, 0),
    "works_secret": ("pu", True, 0),
    "works_secret_second": ("pu", True, 2),
    "works_helped": ("pu", False, 0),
    "regency": ("hulu", False, 0),
}
OPEN_TO_CITY = {"city", "works", "works_helped"}
SEES = {
    "nasional.admin": {"nation", *OPEN_TO_CITY, "regency"},
    "pemantau": {"nation", *OPEN_TO_CITY, "regency"},
    "inspektorat": OPEN_TO_CITY,
    "kota.admin": {*OPEN_TO_CITY, "works_secret_second"},
    "kota.atasan": OPEN_TO_CITY,
    "pu.atasan": {"works", "works_secret", "works_secret_second", "works_helped"},
    "hub.atasan": {"works_helped"},
    "hulu.admin": {"regency"},
    "berperan.dua": {"works_helped"},
}
"""Those who oversee somebody, and what."""
NOT_OVERSEEING = ("pu.penghubung", "pu.operator", "didik.penghubung", "tamu")
PAGES = ("", "/keadaan", "/mentah?sumber=log")


@pytest.fixture
def cases(site: Site) -> dict[str, MadeCase]:
    factory = site.factory
    factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    factory.add_person("inspektorat", [("kota", Role.INSPECTORATE)])
    factory.add_person("hub.atasan", [("hub", Role.SUPERVISOR)])
    factory.add_person("berperan.dua", [("pu", Role.LIAISON), ("hub", Role.SUPERVISOR)])
    factory.add_person("tamu", [])
    return {name: make(site, name) for name in CASES}


def make(site: Site, name: str) -> MadeCase:
    holder, secret, level = CASES[name]
    agency = {"pu": "kota"}.get(holder, holder)
    case = site.factory.report(
        f"judul-{name}", agency=None if agency == "nasional" else agency, secret=secret
    )
    if agency != holder:
        helping = (site.factory.offices.units["hub"],) if name == "works_helped" else ()
        site.factory.dispose(case, f"{agency}.admin", holder, assisting=helping)
    site.factory.climb(case, level)
    return case


def neutral(page: TestResponse) -> str:
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", page.get_data(as_text=True))


def token(browser: Browser) -> str:
    return hidden_fields(browser.get("/desk"), "/keluar")["csrf_token"]


def test_every_overseer_looks_into_just_those_cases_that_the_role_shows(
    site: Site, cases: dict[str, MadeCase]
) -> None:
    wrong = []
    for login, sees in SEES.items():
        browser = at_desk(site, login)
        for name, case in cases.items():
            pages = PAGES if name.startswith("works") else ("",)
            for page in pages:
                status = browser.get(f"/oversight/kasus/{case.code}{page}").status_code
                if status != (200 if name in sees else 404):
                    wrong.append(f"{login} {name}{page}: {status}")
    assert wrong == []


@pytest.mark.parametrize("page", [*PAGES, "/ulang"])
def test_a_case_that_is_not_for_somebody_is_the_same_page_as_an_unknown_one(
    site: Site, cases: dict[str, MadeCase], page: str
) -> None:
    browser = at_desk(site, "hulu.admin")
    theirs = browser.get(f"/oversight/kasus/{cases['works'].code}{page}")
    none = browser.get(f"/oversight/kasus/{UNKNOWN}{page}")
    malformed = browser.get(f"/oversight/kasus/XX{page}")
    assert {theirs.status_code, none.status_code, malformed.status_code} == {404}
    assert neutral(theirs) == neutral(none) == neutral(malformed)


def test_the_landing_tells_nothing_of_cases_that_are_not_for_somebody(
    site: Site, cases: dict[str, MadeCase]
) -> None:
    browser = at_desk(site, "hulu.admin")
    found = browser.get(f"/oversight?kode={cases['regency'].code.lower()}")
    assert found.status_code == 303 and "/oversight/kasus/" in found.location
    texts = [
        text_of(browser.get(f"/oversight?kode={code}")).replace(code, "")
        for code in (cases["works"].code, UNKNOWN)
    ]
    assert texts[0] == texts[1] and "Kode ini tidak kami kenal" in texts[0]
    assert browser.get("/oversight").status_code == 200


@pytest.mark.parametrize("login", NOT_OVERSEEING)
def test_those_who_oversee_nobody_are_refused_everywhere_alike(
    site: Site, cases: dict[str, MadeCase], login: str
) -> None:
    browser = at_desk(site, login)
    for code in (cases["works"].code, UNKNOWN):
        for page in PAGES:
            assert browser.get(f"/oversight/kasus/{code}{page}").status_code == 403
    assert browser.get("/oversight").status_code == 403
    data = {"csrf_token": token(browser)}
    assert browser.post(f"/oversight/kasus/{cases['works'].code}/ulang", data=data).status_code == 403
    assert 'href="/oversight"' not in browser.get("/desk").get_data(as_text=True)


def test_a_check_is_for_overseers_of_the_case_only(site: Site, cases: dict[str, MadeCase]) -> None:
    for login, status in (("pu.atasan", 200), ("hulu.admin", 404)):
        browser = at_desk(site, login)
        data = {"csrf_token": token(browser)}
        path = f"/oversight/kasus/{cases['works'].code}/ulang"
        assert browser.post(path, data=data).status_code == status
    assert set(ROLES) - set(SEES) - set(NOT_OVERSEEING) == {"hub.penghubung"}
