from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from db.case_table import CommandRow
from db.desk_query import DeskView
from db.directory_table import MembershipRow
from domain.case import Action, Role
from schemas.report import NewFile
from tests.factories import CaseFactory, MadeCase
from tests.offices import ROLES as OFFICE_ROLES
from tests.offices import Offices
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site, open_site
from tests.web.desk_site import at_desk
from web.desk.opened import ROLES_OF

UNKNOWN = "0000000000"
CANARIES = ("Canary Nama", "pelapor@contoh.example")

CASES = {
    # name: (unit that holds it, secret, rung that it has reached)
    "nation": ("nasional", False, 0),
    "nation_secret": ("nasional", True, 0),
    "city": ("kota", False, 0),
    "city_secret": ("kota", True, 0),
    "works": ("pu", False, 0),
    "works_secret": ("pu", True, 0),
    "works_secret_first": ("pu", True, 1),
    "works_secret_second": ("pu", True, 2),
    "works_secret_third": ("pu", True, 3),
    "works_secret_fourth": ("pu", True, 4),
    "works_secret_helped": ("pu", True, 0),
    "roads_climbed": ("hub", False, 1),
    "roads_accusing": ("hub", False, 0),
    "regency": ("hulu", False, 0),
    "school_secret": ("didik", True, 0),
}
HELPS, ACCUSED = {"works_secret_helped": "hub"}, {"roads_accusing": "hub.penghubung"}
OPEN_TO_CITY = {"city", "works", "roads_climbed", "roads_accusing"}
OPEN_TO_NATION = {"nation", *OPEN_TO_CITY, "regency"}
OF_WORKS = {name for name in CASES if name.startswith("works")}


def from_rung(rung: int) -> set[str]:
    """The secret cases that have reached a rung."""
    return {name for name, (_, secret, level) in CASES.items() if secret and level >= rung}


SEES = {
    "nasional.admin": {*OPEN_TO_NATION, "nation_secret", *from_rung(4)},
    "pemantau": OPEN_TO_NATION,
    "kota.admin": {*OPEN_TO_CITY, "city_secret", *from_rung(2)},
    "kota.atasan": {*OPEN_TO_CITY, "city_secret", *from_rung(3)},
    "inspektorat": {*OPEN_TO_CITY, "city_secret", *from_rung(3)},
    "pu.penghubung": OF_WORKS,
    "pu.operator": OF_WORKS,
    "pu.atasan": OF_WORKS,
    "hub.penghubung": {"roads_climbed", "works_secret_helped"},
    "hulu.admin": {"regency"},
    "didik.penghubung": {"school_secret"},
    "tamu": set[str](),
}
ROLES = {login: role for login, (_, role) in OFFICE_ROLES.items()}
NEEDS_NOTHING = {"claim", "release", "take_back", "revive", "unmerge", "urge"}
"""Acts whose empty form is complete: the rules decide, with the reason."""
POSTS = {f"desk.{action.value}": ("POST", f"/desk/{{code}}/{action.value}") for action in ROLES_OF}
CASE_ROUTES = {
    "desk.case": ("GET", "/desk/{code}"),
    "desk.attachment": ("GET", "/desk/{code}/berkas/{file}"),
    "desk.attachment_thumbnail": ("GET", "/desk/{code}/berkas/{file}/kecil"),
    "desk.duplicates": ("GET", "/desk/{code}/serupa"),
    "desk.compare": ("GET", "/desk/{code}/serupa/{code}"),
    **POSTS,
}
"""Every route that opens a case; `desk.cases` is the list, `desk.case_again` only leads to `desk.case`."""
OPENS = {"desk.case", "desk.attachment", "desk.attachment_thumbnail", "desk.duplicates"}
"""Those that change nothing."""
ROUTES_TRIED_ELSEWHERE = {
    "desk.bulk",
    "desk.send_bulk",
    "desk.bulk_result",
    "desk.views",
    "desk.save_view",
    "desk.rename_view",
    "desk.delete_view",
    "desk.view_again",
    "desk.publication",
    "desk.publication_again",
    "desk.publish",
    "desk.unpublish",
    "desk.comments",
    "desk.comments_again",
    "desk.decide_comment",
    "desk.saved_replies",
    "desk.add_saved_reply",
    "desk.saved_reply",
    "desk.change_saved_reply",
    "desk.delete_saved_reply_page",
    "desk.delete_saved_reply",
    "desk.enter",
    "desk.take_entry",
    "desk.entry_receipt",
    "desk.hand_over_key",
    "desk.identity",
    "desk.open_identity",
}
"""Routes with roles of their own; publication in `test_publishing`, saved replies in `test_saved_reply`,
reports entered by staff in `test_entry`, identities in `test_identity`, acts on many in `test_desk_bulk`,
views of one's own in `test_desk_view`."""


@dataclass(frozen=True)
class Population:
    """A site with one case of every sort; the name of a case is its title."""

    site: Site
    cases: dict[str, MadeCase]
    files: dict[str, int]


@pytest.fixture(scope="module")
def population(
    seeded: tuple[Path, Offices], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Population]:
    """One for all tests that only look."""
    site = open_site(seeded, tmp_path_factory.mktemp("population") / "home")
    factory = site.factory
    factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    factory.add_person("inspektorat", [("kota", Role.INSPECTORATE)])
    factory.add_person("tamu", [])
    cases = {name: make(factory, name) for name in CASES}
    files = {
        name: factory.reader.messages(case.id, for_reporter=True)[0].attachments[0].id
        for name, case in cases.items()
    }
    yield Population(site, cases, files)
    site.services.database.dispose()


def make(factory: CaseFactory, name: str) -> MadeCase:
    holder, secret, level = CASES[name]
    agency = {"pu": "kota", "hub": "kota", "didik": "hulu"}.get(holder, holder)
    content = f"isi {name}".encode()
    photo = NewFile(name="foto.txt", media_type="text/plain", content=content, thumbnail=content)
    case = factory.report(
        f"judul-{name}", agency=None if agency == "nasional" else agency, secret=secret, files=(photo,)
    )
    if agency != holder:
        offices = factory.offices
        helping = tuple(offices.units[unit] for unit in HELPS.get(name, "").split())
        accused = offices.people.get(ACCUSED.get(name, ""))
        factory.dispose(case, f"{agency}.admin", holder, assisting=helping, accused_person_id=accused)
    factory.climb(case, level)
    return case


def expected(login: str, name: str, endpoint: str) -> int:
    """404 before all else; then whether the role ever acts so; then 400, for an empty form was sent."""
    if name not in SEES[login]:
        return 404
    if endpoint in OPENS:
        return 200
    if endpoint == "desk.compare":
        return 404  # no case is compared with itself
    return 400 if ROLES.get(login) in ROLES_OF[Action(endpoint.removeprefix("desk."))] else 403


def ask(browser: Browser, population: Population, name: str, endpoint: str, token: str) -> TestResponse:
    method, path = CASE_ROUTES[endpoint]
    url = path.format(code=population.cases[name].code, file=population.files[name])
    if method == "GET":
        return browser.get(url)
    return browser.post(url, data={"csrf_token": token, "version": "1"})


def csrf_token(browser: Browser) -> str:
    return hidden_fields(browser.get("/desk"), "/keluar")["csrf_token"]


def command_count(site: Site) -> int:
    with site.services.database.read() as session:
        return session.execute(select(func.count()).select_from(CommandRow)).scalar_one()


def neutral(page: TestResponse) -> str:
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", page.get_data(as_text=True))


def test_the_table_names_every_route_of_the_desk(site: Site) -> None:
    routes = {rule.endpoint for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("desk.")}
    assert routes - ROUTES_TRIED_ELSEWHERE == {"desk.cases", "desk.case_again", *CASE_ROUTES}


def asked_of(name: str) -> set[str]:
    """Every act is asked of one case in an office and of one above; of the others, those that open them."""
    if name not in {"works", "city"}:
        return {*OPENS, "desk.answer"}
    return set(CASE_ROUTES) - {f"desk.{verb}" for verb in NEEDS_NOTHING}


def test_every_route_answers_every_role_for_every_sort_of_case_as_the_table_says(
    population: Population,
) -> None:
    recorded, wrong = command_count(population.site), []
    for login in SEES:
        browser = at_desk(population.site, login)
        token, browser.checks = csrf_token(browser), False
        for name in CASES:
            for endpoint in asked_of(name):
                found = ask(browser, population, name, endpoint, token).status_code
                if found != expected(login, name, endpoint):
                    wrong.append((login, name, endpoint, found))
    assert wrong == []
    assert command_count(population.site) == recorded


def test_lists_searches_and_counts_hold_only_what_the_person_may_see(population: Population) -> None:
    for login, seen in SEES.items():
        browser = at_desk(population.site, login)
        browser.checks = False
        titles, searched = set[str](), set[str]()
        for view in (DeskView.TO_ME, DeskView.ESCALATED, DeskView.UNCLAIMED, DeskView.ALL):
            markup = browser.get(f"/desk?view={view.value}").get_data(as_text=True)
            titles |= set(re.findall(r"judul-(\w+)", markup))
        for name, case in population.cases.items():
            by_code = browser.get(f"/desk?q={case.code}", follow_redirects=True).get_data(as_text=True)
            by_words = browser.get(f"/desk?q=judul+{name}").get_data(as_text=True)
            found = set(re.findall(r"judul-(\w+)", by_words))
            assert found <= seen and (name in found) == (name in seen), (login, name)
            if name in re.findall(r"judul-(\w+)", by_code):
                searched.add(name)
        counted = re.search(r"Semua (\d+)", text_of(browser.get("/desk")))
        assert (titles, searched) == (seen, seen), login
        assert counted is not None and int(counted.group(1)) == len(seen), login


def test_a_hidden_case_and_an_unknown_one_get_the_same_page(population: Population) -> None:
    browser = at_desk(population.site, "hub.penghubung")
    hidden = population.cases["works_secret"].code
    for path in ("", f"/berkas/{population.files['works_secret']}"):
        answers = [browser.get(f"/desk/{code}{path}") for code in (hidden, UNKNOWN, "bukan-kode")]
        assert {answer.status_code for answer in answers} == {404}
        bodies = {neutral(answer).replace(hidden, "").replace(UNKNOWN, "") for answer in answers}
        assert len(bodies) == 1
    lists = [browser.get(f"/desk?q={code}") for code in (hidden, UNKNOWN)]
    assert len({neutral(page).replace(hidden, "").replace(UNKNOWN, "") for page in lists}) == 1


def test_a_file_of_another_case_is_not_found_under_ones_own(population: Population) -> None:
    browser = at_desk(population.site, "pu.penghubung")
    own, foreign = population.cases["works"].code, population.files["school_secret"]
    assert browser.get(f"/desk/{own}/berkas/{foreign}").status_code == 404
    assert browser.get(f"/desk/{own}/berkas/999999999999999999999999").status_code == 404


def test_a_file_is_saved_and_never_shown(population: Population) -> None:
    browser = at_desk(population.site, "pu.penghubung")
    case, file_id = population.cases["works"], population.files["works"]
    answer = browser.get(f"/desk/{case.code}/berkas/{file_id}")
    assert answer.data == b"isi works"
    assert answer.headers["Content-Disposition"] == "attachment; filename=foto.txt"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == (
        "nosniff",
        "no-store",
    )


def test_a_visitor_gets_nothing_but_the_way_to_the_log_in(population: Population) -> None:
    browser = population.site.browser()
    token = hidden_fields(browser.get("/masuk"), "/masuk")["csrf_token"]
    for endpoint, (method, _) in CASE_ROUTES.items():
        answer = ask(browser, population, "works", endpoint, token)
        assert answer.status_code == (303 if method == "GET" else 401), endpoint
        assert "judul" not in answer.get_data(as_text=True)
    assert browser.get("/desk").status_code == 303


def test_every_act_needs_the_token_of_the_session(population: Population) -> None:
    browser = at_desk(population.site, "pu.penghubung")
    for endpoint in (name for name, (method, _) in CASE_ROUTES.items() if method == "POST"):
        for token in ("", "lain"):
            refused = ask(browser, population, "works", endpoint, token)
            assert refused.status_code == 400
            assert "Sesi Anda berakhir" in text_of(refused)


def test_who_loses_a_role_loses_the_case_in_the_same_session(site: Site) -> None:
    case = make(site.factory, "works")
    browser = at_desk(site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}")
    with site.services.database.write() as session:
        person = site.factory.offices.people["pu.penghubung"]
        session.execute(delete(MembershipRow).where(MembershipRow.person_id == person))
    assert browser.send(page, "/answer", {"words": "Masih saya?"}).status_code == 404
    assert browser.get(f"/desk/{case.code}").status_code == 404
    assert "judul" not in browser.get("/desk?view=all").get_data(as_text=True)


def test_a_case_that_moves_on_is_gone_for_who_held_it(new_site: NewSite) -> None:
    site = new_site(live=True)
    case = make(site.factory, "city_secret")
    browser = at_desk(site, "kota.admin")
    page = browser.get(f"/desk/{case.code}")
    unit = site.factory.offices.units["pu"]
    moved = browser.send(page, "/dispose", {"unit": unit, "kind": "complaint"})
    assert (moved.status_code, moved.location) == (303, "/desk")
    assert "Laporan dikirim ke Dinas pu." in text_of(browser.get("/desk"))
    assert browser.get(f"/desk/{case.code}").status_code == 404


def test_added_fields_change_nothing(new_site: NewSite) -> None:
    site = new_site(live=True)
    case = make(site.factory, "works")
    browser = at_desk(site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}")
    extra = {"stage": "closed", "holder": "1", "secret": "1", "unit": "1", "actor": "1", "rating": "5"}
    assert browser.send(page, "/answer", {"words": "Selesai.", **extra}).status_code == 303
    view = site.factory.view(case)
    assert (view.stage, view.holder_id, view.secret) == (
        "awaiting_confirmation",
        site.factory.offices.units["pu"],
        False,
    )


def test_the_reporter_is_a_mask_on_every_page_of_the_desk(site: Site) -> None:
    case = make(site.factory, "works")
    site.factory.act(case, None, Action.MESSAGE, words="Kapan diperbaiki?")
    for login in ("pu.penghubung", "kota.admin", "nasional.admin", "pu.atasan"):
        browser = at_desk(site, login)
        pages = [browser.get("/desk?view=all"), browser.get(f"/desk/{case.code}")]
        assert all(f"Pelapor {case.mask}" in text_of(page) for page in pages)
        for page in pages:
            assert not [canary for canary in CANARIES if canary in page.get_data(as_text=True)]
