"""A secret case is not sent where nobody could open it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from db.directory_table import PersonRow
from domain.case import Action, Role, Stage
from tests.factories import MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

NOBODY = "Di unit ini belum ada petugas aktif yang dapat membuka laporan rahasia ini."


def case_in(site: Site, unit: str, *, secret: bool = True) -> MadeCase:
    """A case in a unit; nobody works in `hub` any more, and nobody ever did in the section below `pu`."""
    case = site.factory.report(secret=secret)
    site.factory.add_sub_unit("lampu")
    if unit != "kota":
        site.factory.dispose(case, unit=unit)
    with site.services.database.write() as session:
        session.execute(update(PersonRow).where(PersonRow.login == "hub.penghubung").values(active=False))
    return case


def act(browser: Browser, case: MadeCase, name: str, unit_id: int) -> tuple[int, str]:
    """The status and the words after a form that names a unit."""
    fields = {"unit": unit_id, "kind": "complaint", "note": "Catatan.", "words": "Alasan."}
    answer = browser.send(browser.get(f"/desk/{case.code}"), f"/{name}", fields)
    return answer.status_code, text_of(answer)


FORMS = [
    ("kota", "kota.admin", Action.DISPOSE, "hub"),
    ("pu", "pu.penghubung", Action.REDISPOSE, "lampu"),
    ("pu", "pu.atasan", Action.REASSIGN, "hub"),
]


@pytest.mark.parametrize(("holder", "login", "action", "target"), FORMS)
def test_a_secret_case_is_not_sent_to_an_office_where_nobody_could_open_it(
    live_site: Site, holder: str, login: str, action: Action, target: str
) -> None:
    case = case_in(live_site, holder)
    before, units = live_site.factory.cases.state(case.code), live_site.factory.offices.units
    status, words = act(at_desk(live_site, login), case, action.value, units[target])
    assert (status, NOBODY in words) == (400, True)
    assert live_site.factory.cases.state(case.code) == before


@pytest.mark.parametrize(("holder", "login", "action", "target"), FORMS)
def test_any_other_case_is_sent_there_and_its_work_climbs(
    live_site: Site, holder: str, login: str, action: Action, target: str
) -> None:
    case = case_in(live_site, holder, secret=False)
    units = live_site.factory.offices.units
    status, _ = act(at_desk(live_site, login), case, action.value, units[target])
    assert status == 303
    assert live_site.factory.cases.state(case.code).holder.id == units[target]


def test_the_choice_says_which_office_cannot_take_a_secret_case(live_site: Site) -> None:
    case = case_in(live_site, "kota")
    words = text_of(at_desk(live_site, "kota.admin").get(f"/desk/{case.code}"))
    assert "Dinas hub – belum ada petugas; tidak dapat menerima laporan rahasia" in words


def test_an_office_where_only_the_accused_acts_cannot_take_a_secret_case(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report(secret=True)
    factory.dispose(case, accused_person_id=factory.offices.people["hub.penghubung"])
    browser, hub = at_desk(live_site, "pu.atasan"), factory.offices.units["hub"]
    assert act(browser, case, "reassign", hub)[0] == 400
    factory.add_person("hub.operator", [("hub", Role.OPERATOR)])
    assert act(browser, case, "reassign", hub)[0] == 303


def test_a_secret_case_is_sent_to_an_office_with_staff(live_site: Site) -> None:
    case = case_in(live_site, "kota")
    units = live_site.factory.offices.units
    assert act(at_desk(live_site, "kota.admin"), case, "dispose", units["pu"])[0] == 303
    assert live_site.factory.cases.state(case.code).stage is Stage.DISPOSED
