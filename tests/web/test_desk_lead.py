"""Where the pages of the desk lead next: to the to-do, to the newest message, and back from an error."""

from __future__ import annotations

import re

from domain.case import Action
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk


def test_what_is_beyond_ones_reach_leads_staff_back_to_the_desk(site: Site) -> None:
    desk = at_desk(site, "pu.penghubung")
    for path, status in (("/desk/0000-0000-00", 404), ("/desk/catat/tanda-terima/x", 400)):
        answer = desk.get(path)
        assert answer.status_code == status
        assert "Ke meja kerja" in text_of(answer) and "Lacak laporan" not in text_of(answer)
    assert "di luar jangkauan Anda" in text_of(desk.get("/desk/0000-0000-00"))
    assert "Peran Anda tidak mencakup" in text_of(at_desk(site, "pu.atasan").get("/desk/catat"))


def test_the_to_do_is_one_step_away_on_a_phone_and_taking_back_is_none(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case)
    desk = at_desk(live_site, "pu.penghubung")
    path = f"/desk/{case.code}"
    assert 'to-act" href="#tindakan"' in desk.get(path).get_data(as_text=True)
    desk.send_form(path, "/answer", {"words": "Sudah selesai kami kerjakan."})
    page = desk.get(path)
    assert "Tarik kembali" in text_of(page) and "Menunggu konfirmasi pelapor." in text_of(page)
    assert "to-act" not in page.get_data(as_text=True)


def test_a_long_conversation_has_a_way_to_its_newest_message(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case)
    desk, path = at_desk(live_site, "pu.penghubung"), f"/desk/{case.code}"
    assert "Pesan terbaru" not in text_of(desk.get(path))
    for number in range(10):
        live_site.factory.act(case, "pu.penghubung", Action.NOTE, words=f"Catatan {number}.")
    page = desk.get(path).get_data(as_text=True)
    found = re.search(r'href="#(pesan-\d+)">Pesan terbaru', page)
    assert found is not None and f'id="{found.group(1)}"' in page
