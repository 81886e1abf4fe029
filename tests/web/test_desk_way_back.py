"""From a case back to the list one came from, and from the list to what one has left unsent."""

from __future__ import annotations

from domain.case import Action
from domain.code import show_code
from tests.web.browser import forms, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.test_desk_bulk import chosen
from tests.web.test_desk_bulk import send as send_all
from tests.web.test_desk_case import ACTS, disposed, page_of

BACK = 'class="back" href="{}"'
LIST = "/desk?view=late&amp;kind=complaint&amp;sort=oldest"


def test_acts_drafts_and_previews_lead_back_to_the_same_list(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    at = f"/desk/{show_code(case.code)}?view=late&kind=complaint&sort=oldest"
    page = browser.get(at)
    assert BACK.format(LIST) in page.get_data(as_text=True)
    action = next(one for one in forms(page) if "/follow_up" in one)
    preview = browser.send(page, action, {**ACTS["/follow_up"], "step": "preview"})
    assert preview.status_code == 200 and BACK.format(LIST) in preview.get_data(as_text=True)
    for fields in ({"step": "draft"}, {}):
        done = browser.send(browser.get(at), action, {**ACTS["/follow_up"], **fields})
        assert done.status_code == 303
        assert BACK.format(LIST) in browser.get(done.location).get_data(as_text=True)


def test_the_way_back_is_always_a_list_of_ours(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = browser.get(f"/desk/{case.code}?view=//evil.example&next=https://evil.example&_external=1")
    markup = page.get_data(as_text=True)
    assert "https://evil.example" not in markup and 'class="back" href="/desk?' in markup


def test_who_claims_in_the_list_stays_there_at_the_row(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    page = browser.get("/desk?view=all&kind=complaint")
    markup = page.get_data(as_text=True)
    url = markup.split('data-claim-url="')[1].split('"')[0].replace("&amp;", "&")
    token = forms(page)["/desk"]
    done = browser.post(url, data=token)
    assert done.status_code == 303
    assert done.location == f"/desk?view=all&kind=complaint#laporan-{show_code(case.code)}"
    assert f'id="laporan-{show_code(case.code)}"' in markup
    assert live_site.factory.view(case).claimed_by == live_site.factory.offices.people["pu.penghubung"]


def test_acts_on_many_lead_back_to_the_list_too(live_site: Site) -> None:
    case = disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    assert 'name="view" value="late"' not in browser.get("/desk?view=all").get_data(as_text=True)
    page = browser.get(f"/desk/massal?action=claim&case={show_code(case.code)}&view=all&kind=complaint")
    action = next(one for one in forms(page) if one.startswith("/desk/massal"))
    done = browser.send(page, action, {"case": f"{case.code}:2"})
    assert done.status_code == 303 and "kind=complaint" in done.location
    assert 'href="/desk?view=all&amp;kind=complaint"' in browser.get(done.location).get_data(as_text=True)


def test_drafts_are_found_again_from_the_list(live_site: Site) -> None:
    case, other = disposed(live_site), disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    assert "draf" not in text_of(browser.get("/desk?view=all"))
    browser.send(page_of(browser, case), "/answer", {"words": "Separuh jawaban.", "step": "draft"})
    page = browser.get("/desk?view=all")
    assert "Anda punya 1 draf" in text_of(page)
    assert f"/desk/{show_code(case.code)}#tindakan" in page.get_data(as_text=True)
    assert page.get_data(as_text=True).count("</svg>draf</span>") == 1
    assert "Anda punya" not in text_of(at_desk(live_site, "pu.operator").get("/desk?view=all"))
    browser.send(page_of(browser, other), "/note", {"words": "Nanti.", "step": "draft"})
    assert "Anda punya 2 draf" in text_of(browser.get("/desk?view=to_me"))
    assert "You have 2 drafts" in text_of(browser.get("/desk?view=all&lang=en"))


def test_an_act_without_fields_has_nothing_to_keep_or_to_look_at_before(live_site: Site) -> None:
    case = disposed(live_site)
    markup = at_desk(live_site, "kota.atasan").get(f"/desk/{case.code}").get_data(as_text=True)
    form = markup.split('/urge"')[1].split("</form>")[0]
    assert "Ingatkan" in form and "Simpan draf" not in form and "Pratinjau" not in form


def test_what_nobody_can_take_part_in_says_why_and_has_no_button(live_site: Site) -> None:
    factory = live_site.factory
    waiting, answered = [factory.report(f"Laporan {number}") for number in range(2)], disposed(live_site)
    factory.answer(answered)
    page = chosen(at_desk(live_site, "kota.admin"), Action.URGE, *waiting, answered)
    words = text_of(page)
    assert "2 laporan: Peran Anda pada laporan ini tidak mencakup tindakan itu." in words
    assert "1 laporan: Tindakan ini tidak berlaku pada tahap laporan sekarang." in words
    assert "0 laporan" not in words and "/desk/massal" not in forms(page)


def test_what_was_left_out_is_told_afterwards_with_its_reason(live_site: Site) -> None:
    factory = live_site.factory
    free, mine = factory.report("Satu"), disposed(live_site)
    browser = at_desk(live_site, "kota.admin")
    page = chosen(browser, Action.URGE, mine, free)
    told = text_of(browser.get(send_all(browser, page, mine, free).location))
    assert "1 selesai" in told and "Peran Anda pada laporan ini tidak mencakup tindakan itu." in told


def test_one_view_is_current_and_gives_the_list_its_name(live_site: Site) -> None:
    disposed(live_site)
    browser = at_desk(live_site, "pu.penghubung")
    saved = browser.send(
        browser.get("/desk?view=all&kind=complaint"), "/desk/pandangan", {"name": "Pengaduan saja"}
    )
    page = browser.get(saved.location)
    markup = page.get_data(as_text=True)
    views = markup[markup.index('class="views"') : markup.index('class="manage-views"')]
    assert views.count("aria-current") == 1 and "<h1>Pengaduan saja</h1>" in markup
    assert "1 report " in text_of(browser.get("/desk?view=all&lang=en"))
