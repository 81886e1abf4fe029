"""What the forms of the desk let one choose."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from db.directory_table import PersonRow
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from web.desk.replying import plan_until


@pytest.mark.parametrize(
    ("published", "latest"),
    [(date(2026, 11, 22), date(2027, 11, 22)), (date(2028, 2, 29), date(2029, 2, 28))],
)
def test_a_plan_reaches_a_year_ahead_and_not_a_day_more(published: date, latest: date) -> None:
    assert plan_until(published) == latest


def test_an_office_without_staff_says_in_the_choice_and_afterwards_who_gets_the_work(live_site: Site) -> None:
    case = live_site.factory.report()
    with live_site.services.database.write() as session:
        session.execute(update(PersonRow).where(PersonRow.login == "hub.penghubung").values(active=False))
    browser = at_desk(live_site, "kota.admin")
    page = browser.get(f"/desk/{case.code}")
    lacking = "belum ada petugas; tugas naik ke instansi induk"
    assert f"Dinas hub – {lacking} Dinas pu" in text_of(page)
    fields = {"unit": live_site.factory.offices.units["hub"], "kind": "complaint"}
    words = text_of(browser.send(page, "/dispose", fields, follow_redirects=True))
    assert "Laporan dikirim ke Dinas hub. Di sana belum ada petugas, jadi tugasnya naik" in words
