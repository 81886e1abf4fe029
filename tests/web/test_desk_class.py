"""What a report is about and whom it accuses, as verifiers put it down."""

from __future__ import annotations

from typing import Any

import pytest

from db.category_table import CategoryRow
from tests.factories import MadeCase
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk


def with_categories(site: Site) -> tuple[int, int]:
    """Two subjects in one group."""
    with site.services.database.write() as session:
        group = CategoryRow(code="uji", name="Uji jalan", name_en="Test roads", active=True, sort=900)
        session.add(group)
        session.flush()
        rows = [
            CategoryRow(
                code=f"uji.{name}", parent_id=group.id, name=name, name_en=name, active=True, sort=sort
            )
            for sort, name in enumerate(("Penerangan", "Trotoar"))
        ]
        session.add_all(rows)
        session.flush()
        return rows[0].id, rows[1].id


def dispose(site: Site, case: MadeCase, **fields: Any) -> tuple[int, str]:
    browser, units = at_desk(site, "kota.admin"), site.factory.offices.units
    form = {"unit": units["pu"], "kind": "complaint", "note": ""} | fields
    answer = browser.send(browser.get(f"/desk/{case.code}"), "/dispose", form)
    return answer.status_code, text_of(answer)


def test_a_category_is_put_down_at_disposal_and_shown(live_site: Site) -> None:
    lamps, _ = with_categories(live_site)
    case = live_site.factory.report()
    assert dispose(live_site, case, category=lamps)[0] == 303
    assert live_site.factory.cases.state(case.code).facts.category_id == lamps
    assert "Uji jalan – Penerangan" in text_of(at_desk(live_site, "pu.penghubung").get(f"/desk/{case.code}"))


def test_what_the_reporter_chose_stands_in_the_form(live_site: Site) -> None:
    lamps, _ = with_categories(live_site)
    case = live_site.factory.report(category_id=lamps)
    page = at_desk(live_site, "kota.admin").get(f"/desk/{case.code}").get_data(as_text=True)
    assert f'<option value="{lamps}" selected>Penerangan' in page


def test_a_category_alone_can_be_corrected(live_site: Site) -> None:
    lamps, pavements = with_categories(live_site)
    case = live_site.factory.report(category_id=lamps)
    browser = at_desk(live_site, "kota.admin")
    page = browser.get(f"/desk/{case.code}")
    same = browser.send(page, "/reclassify", {"kind": "", "category": str(lamps)})
    assert same.status_code == 400 and "Pilih jenis atau kategori yang berbeda" in text_of(same)
    done = browser.send(page, "/reclassify", {"kind": "", "category": str(pavements)}, follow_redirects=True)
    assert "Kategori laporan sekarang: Uji jalan – Trotoar." in text_of(done)


def test_the_accused_person_never_sees_the_case(live_site: Site) -> None:
    case, offices = live_site.factory.report(), live_site.factory.offices
    fields = {"accused": offices.units["hub"], "accused_person": offices.people["hub.penghubung"]}
    assert dispose(live_site, case, **fields)[0] == 303
    state = live_site.factory.cases.state(case.code)
    assert state.facts.accused_person_id == offices.people["hub.penghubung"]
    assert at_desk(live_site, "hub.penghubung").get(f"/desk/{case.code}").status_code == 404
    liaison = text_of(at_desk(live_site, "pu.penghubung").get(f"/desk/{case.code}"))
    assert "Orang terlapor Akun hub.penghubung Tidak melihat laporan ini." in liaison
    operator = text_of(at_desk(live_site, "pu.operator").get(f"/desk/{case.code}"))
    assert "Unit terlapor Dinas hub" in operator and "Akun hub.penghubung" not in operator


@pytest.mark.parametrize(
    ("unit", "person", "said"),
    [
        ("", "hub.penghubung", "Pilih unit tempat orang terlapor bekerja."),
        ("hub", "pu.operator", "Orang ini tidak bekerja di unit terlapor yang Anda pilih."),
        ("hub", "didik.penghubung", "Pilih orang terlapor dari daftar, atau kosongkan."),
    ],
)
def test_an_accused_person_belongs_to_the_accused_unit(
    live_site: Site, unit: str, person: str, said: str
) -> None:
    case, offices = live_site.factory.report(), live_site.factory.offices
    fields = {"accused": offices.units[unit] if unit else "", "accused_person": offices.people[person]}
    status, words = dispose(live_site, case, **fields)
    assert (status, said in words) == (400, True)
