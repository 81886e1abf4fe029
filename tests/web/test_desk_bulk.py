"""One act on many cases: confirmed once, applied case by case, told truthfully."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from db.case_table import CommandRow
from db.desk_table import BulkRow
from domain.case import Action, Role
from domain.code import show_code
from tests.factories import MadeCase
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk

SEND = "/desk/massal"


def chosen(browser: Browser, action: Action, *cases: MadeCase) -> TestResponse:
    """The page that asks once more, as the list leads to it."""
    query = [("action", action.value), *(("case", show_code(case.code)) for case in cases)]
    return browser.get(SEND, query_string=query)


def send(browser: Browser, page: TestResponse, *cases: MadeCase, **fields: object) -> TestResponse:
    """Posts the page's form; of fields with one name the last is not the only one."""
    data = {**hidden_fields(page, SEND), "case": addresses(page, cases), **fields}
    return browser.post(SEND, data=data)


def addresses(page: TestResponse, cases: tuple[MadeCase, ...]) -> list[str]:
    markup = page.get_data(as_text=True)
    found = [part.split('"')[0] for part in markup.split('name="case" value="')[1:]]
    assert [one.split(":")[0] for one in found] == [case.code for case in cases]
    return found


def count(site: Site, what: type) -> int:
    with site.services.database.read() as session:
        return session.scalars(select(func.count()).select_from(what)).one()


def test_cases_are_claimed_and_released_together(live_site: Site) -> None:
    factory, cases = live_site.factory, [live_site.factory.report(f"Laporan {number}") for number in range(3)]
    browser, me = at_desk(live_site, "kota.admin"), live_site.factory.offices.people["kota.admin"]
    for action, holder in ((Action.CLAIM, me), (Action.RELEASE, None)):
        page = chosen(browser, action, *cases)
        assert all(f"Laporan {number}" in text_of(page) for number in range(3))
        sent = send(browser, page, *cases)
        assert sent.status_code == 303
        assert "3 selesai" in text_of(browser.get(sent.location))
        assert [factory.view(case).claimed_by for case in cases] == [holder] * 3


def test_cases_go_to_one_unit_with_one_note_and_each_keeps_its_own_kind(live_site: Site) -> None:
    factory = live_site.factory
    cases = [factory.report(f"Laporan {number}") for number in range(2)]
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.DISPOSE, *cases)
    unit = factory.offices.units["pu"]
    sent = send(browser, page, *cases, unit=unit, note="Mohon ditinjau.")
    assert "2 selesai" in text_of(browser.get(sent.location))
    for case in cases:
        view = factory.view(case)
        assert (view.stage, view.holder_id, view.kind) == ("disposed", unit, "complaint")
        texts = [message.text for message in factory.reader.messages(case.id, for_reporter=False)]
        assert "Mohon ditinjau." in texts


def test_a_supervisor_gives_many_to_another_unit_and_archives_need_a_reason(live_site: Site) -> None:
    factory = live_site.factory
    cases = [factory.report(f"Laporan {number}") for number in range(2)]
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.ARCHIVE, *cases)
    lacking = send(browser, page, *cases, end_reason="", words="")
    assert lacking.status_code == 400 and count(live_site, CommandRow) == 0
    sent = send(browser, lacking, *cases, end_reason="spam", words="Isinya iklan.")
    assert "2 selesai" in text_of(browser.get(sent.location))
    assert {factory.view(case).stage for case in cases} == {"archived"}
    others = [factory.report(f"Lain {number}") for number in range(2)]
    for case in others:
        factory.dispose(case)
    page = chosen(browser, Action.REASSIGN, *others)
    hub = factory.offices.units["hub"]
    sent = send(browser, page, *others, unit=hub, words="Beban pu penuh.")
    assert "2 selesai" in text_of(browser.get(sent.location))
    assert {factory.view(case).holder_id for case in others} == {hub}


def test_those_above_remind_many_and_grant_time_to_many_each_with_its_outcome(live_site: Site) -> None:
    factory = live_site.factory
    cases = [factory.report(f"Laporan {number}") for number in range(2)]
    for case in cases:
        factory.dispose(case)
    browser = at_desk(live_site, "kota.atasan")
    sent = send(browser, chosen(browser, Action.URGE, *cases), *cases)
    assert "2 selesai" in text_of(browser.get(sent.location))
    again = send(browser, chosen(browser, Action.URGE, *cases), *cases)
    assert "2 ditolak" in text_of(browser.get(again.location))
    page = chosen(browser, Action.EXTEND, *cases)
    assert send(browser, page, *cases, words="").status_code == 400
    sent = send(browser, page, *cases, words="Bahan belum datang.")
    assert "2 selesai" in text_of(browser.get(sent.location))
    assert all(factory.cases.state(case.code).facts.extended for case in cases)


def test_what_cannot_take_part_is_named_before_and_after(live_site: Site) -> None:
    factory = live_site.factory
    mine, moved, hidden = factory.report("Satu"), factory.report("Dua"), factory.report("X", agency="hulu")
    factory.dispose(moved)
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.DISPOSE, mine, moved, hidden)
    assert "Disposisikan ke satu unit: 1 laporan" in text_of(page)
    assert show_code(hidden.code) not in text_of(page)
    sent = send(browser, page, mine, moved, unit=factory.offices.units["pu"])
    result = text_of(browser.get(sent.location))
    assert "1 selesai" in result and "1 tidak ikut" in result
    assert count(live_site, CommandRow) == 2


def test_a_case_that_changed_meanwhile_is_refused_and_the_others_go_on(live_site: Site) -> None:
    factory, cases = live_site.factory, [live_site.factory.report(f"Laporan {number}") for number in range(2)]
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.ARCHIVE, *cases)
    factory.dispose(cases[0])
    sent = send(browser, page, *cases, end_reason="spam", words="Isinya iklan.")
    result = text_of(browser.get(sent.location))
    assert "1 selesai" in result and "1 ditolak" in result
    assert "Yang terakhir terjadi: Laporan didisposisikan" in result
    assert factory.view(cases[0]).stage == "disposed"


def test_the_same_form_twice_makes_nothing_twice(live_site: Site) -> None:
    cases = [live_site.factory.report(f"Laporan {number}") for number in range(2)]
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.CLAIM, *cases)
    first, second = send(browser, page, *cases), send(browser, page, *cases)
    assert first.location == second.location
    assert "Tidak ada yang terkirim dua kali" in text_of(browser.get(second.location))
    assert (count(live_site, BulkRow), count(live_site, CommandRow)) == (1, 2)


def test_the_same_id_with_other_words_is_not_sent(live_site: Site) -> None:
    case, unit = live_site.factory.report(), live_site.factory.offices.units
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.DISPOSE, case)
    send(browser, page, case, unit=unit["pu"], note="Satu.")
    other = send(browser, page, case, unit=unit["hub"], note="Dua.")
    assert other.status_code == 409
    assert "sudah pernah terkirim dengan isi lain" in text_of(other)
    assert live_site.factory.view(case).holder_id == unit["pu"]


def test_without_the_engine_all_is_recorded_and_said_to_wait(site: Site) -> None:
    cases = [site.factory.report(f"Laporan {number}") for number in range(3)]
    browser = at_desk(site, "kota.admin")
    sent = send(browser, chosen(browser, Action.CLAIM, *cases), *cases)
    result = browser.get(sent.location)
    assert "3 tercatat, belum diterapkan" in text_of(result)
    assert "tidak perlu mengirim ulang" in text_of(result)
    with site.services.database.read() as session:
        assert list(session.scalars(select(CommandRow.outcome))) == ["waiting"] * 3


def test_only_its_author_sees_what_became_of_it(live_site: Site) -> None:
    case = live_site.factory.report("Judul rahasia", secret=True)
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.DISPOSE, case)
    sent = send(browser, page, case, unit=live_site.factory.offices.units["pu"])
    assert at_desk(live_site, "pu.penghubung").get(sent.location).status_code == 404
    assert browser.get(f"{SEND}/{uuid4()}").status_code == 404
    assert "Judul rahasia" not in text_of(browser.get(sent.location))


@pytest.mark.parametrize(
    ("login", "action", "status"),
    [("pu.operator", "archive", 403), ("kota.admin", "answer", 404), ("kota.admin", "", 404)],
)
def test_acts_of_others_and_unknown_ones_are_turned_away(
    site: Site, login: str, action: str, status: int
) -> None:
    assert at_desk(site, login).get(f"{SEND}?action={action}&case=x").status_code == status


def test_cases_that_do_not_exist_for_the_person_are_neither_shown_nor_touched(live_site: Site) -> None:
    factory = live_site.factory
    mine, others = factory.report("Laporan kota"), factory.report("Laporan hulu", agency="hulu")
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.CLAIM, mine, others)
    assert "Laporan kota" in text_of(page)
    assert "Laporan hulu" not in text_of(page) and show_code(others.code) not in text_of(page)
    forged = {**hidden_fields(page, SEND), "case": [f"{mine.code}:1", f"{others.code}:1"]}
    result = browser.get(browser.post(SEND, data=forged).location)
    assert "Laporan hulu" not in text_of(result) and show_code(others.code) not in text_of(result)
    assert factory.view(others).claimed_by is None and count(live_site, CommandRow) == 1


def test_choosing_nothing_leads_back_to_the_list(site: Site) -> None:
    browser = at_desk(site, "kota.admin")
    assert browser.get(f"{SEND}?action=claim").location == "/desk"
    assert "Pilih dulu laporannya" in text_of(browser.get("/desk"))


def test_those_who_never_act_choose_nothing(new_site: NewSite) -> None:
    site = new_site()
    site.factory.report()
    assert "Lanjutkan" in text_of(at_desk(site, "kota.admin").get("/desk?view=all"))
    site.factory.add_person("pengawas", [("nasional", Role.OVERSEER)])
    page = at_desk(site, "pengawas").get("/desk?view=all")
    assert "Lampu jalan padam" in text_of(page) and "Lanjutkan" not in text_of(page)
