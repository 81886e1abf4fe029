"""A reporter's identity: shut until somebody who handles the case opens it with a reason, on the record."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from domain.case import Action, Channel, Role
from schemas.report import Identity
from tests.factories import MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.inspected import inspector, words_of

NAME, PHONE, STREET = "Warga Contoh", "0812 3456 7890", "Jalan Anggrek 1"
WHO = Identity(name=NAME, phone=PHONE, address=STREET, email="pelapor@contoh.example")
WHY = "Perlu menanyakan letak tiang lampu."


def at_office(site: Site, **changes: object) -> MadeCase:
    case = site.factory.report(identity=WHO, **changes)  # type: ignore[arg-type]
    site.factory.dispose(case)
    return case


def opened(browser: Browser, case: MadeCase, reason: str = "call", words: str = WHY) -> TestResponse:
    path = f"/desk/{case.code}/identitas"
    return browser.send_form(path, "/identitas", {"reason": reason, "words": words})


def shows(words: str) -> bool:
    return any(part in words for part in (NAME, PHONE, STREET))


def test_it_is_opened_with_a_reason_and_all_who_see_the_case_read_of_it(live_site: Site) -> None:
    case, liaison = at_office(live_site), at_desk(live_site, "pu.penghubung")
    before = text_of(liaison.get(f"/desk/{case.code}"))
    assert "Terkunci" in before and not shows(before)
    assert not shows(text_of(liaison.get(f"/desk/{case.code}/identitas")))
    page = text_of(liaison.get(opened(liaison, case).location))
    assert NAME in page and PHONE in page and STREET in page
    after = text_of(at_desk(live_site, "kota.admin").get(f"/desk/{case.code}"))
    assert "Menelepon pelapor" in after and WHY in after and not shows(after)


def test_the_reporter_reads_who_opened_it_and_what_for_but_no_words(live_site: Site) -> None:
    case, reporter = at_office(live_site), live_site.browser()
    reporter.get(f"/l/{case.key}")
    assert "Data diri Anda dibuka" not in text_of(reporter.get(f"/lacak/{case.code}"))
    opened(at_desk(live_site, "pu.penghubung"), case, "letter")
    words = text_of(reporter.get(f"/lacak/{case.code}"))
    assert "Data diri Anda dibuka" in words and "Mengirim surat kepada pelapor" in words
    assert "Pejabat Penghubung, Dinas pu" in words and WHY not in words


def test_one_persons_opening_opens_nothing_for_another(live_site: Site) -> None:
    case = at_office(live_site)
    opened(at_desk(live_site, "pu.penghubung"), case)
    assert not shows(text_of(at_desk(live_site, "pu.atasan").get(f"/desk/{case.code}/identitas")))


@pytest.mark.parametrize(("reason", "words"), [("", WHY), ("curiosity", WHY), ("call", "ingin")])
def test_without_a_reason_it_stays_shut_and_the_words_stay(live_site: Site, reason: str, words: str) -> None:
    case, liaison = at_office(live_site), at_desk(live_site, "pu.penghubung")
    answer = opened(liaison, case, reason, words)
    assert answer.status_code == 400 and words in text_of(answer) and not shows(text_of(answer))
    assert live_site.services.identities.openings(case.id) == []


def test_that_of_an_anonymous_reporter_is_opened_for_nobody(live_site: Site) -> None:
    case = at_office(live_site, anonymous=True)
    for login in ("pu.penghubung", "kota.admin", "pu.atasan"):
        browser = at_desk(live_site, login)
        assert "tidak dibuka untuk siapa pun" in text_of(browser.get(f"/desk/{case.code}"))
        assert browser.get(f"/desk/{case.code}/identitas").status_code == 403


def test_who_does_not_handle_the_case_cannot_and_for_whom_it_does_not_exist_it_does_not(
    live_site: Site,
) -> None:
    factory, case = live_site.factory, at_office(live_site)
    factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    factory.add_person("inspektorat", [("kota", Role.INSPECTORATE)])
    for login, status in (
        ("pu.penghubung", 200),
        ("pu.operator", 200),
        ("pu.atasan", 200),
        ("kota.admin", 200),
        ("pemantau", 403),
        ("inspektorat", 403),
        ("nasional.admin", 403),
        ("hulu.admin", 404),
        ("hub.penghubung", 404),
    ):
        assert at_desk(live_site, login).get(f"/desk/{case.code}/identitas").status_code == status, login


def test_after_the_end_it_is_shut_again(live_site: Site) -> None:
    case, liaison = at_office(live_site), at_desk(live_site, "pu.penghubung")
    opened(liaison, case)
    live_site.factory.answer(case)
    live_site.factory.act(case, None, Action.CONFIRM)
    assert liaison.get(f"/desk/{case.code}/identitas").status_code == 403


def test_where_no_mail_reaches_the_reporter_the_hint_leads_to_their_identity(live_site: Site) -> None:
    case = live_site.factory.report(identity=Identity(address=STREET), channel=Channel.LETTER)
    live_site.factory.dispose(case)
    page = at_desk(live_site, "pu.penghubung").get(f"/desk/{case.code}").get_data(as_text=True)
    hint = page.partition("balas juga dengan surat")[2][:400]
    assert "/identitas" in hint


def test_openings_stand_in_the_timeline_as_acts_of_people_with_their_reason(live_site: Site) -> None:
    case = at_office(live_site)
    opened(at_desk(live_site, "pu.penghubung"), case)
    live_site.factory.act(case, "pu.penghubung", Action.NOTE, words="Sudah ditelepon.")
    for query in ("", "?jenis=orang", "?sumber=log", "?q=menelepon"):
        words = words_of(at_desk(live_site, "pu.atasan"), case.code, query)
        assert "Identitas pelapor dibuka: Menelepon pelapor" in words
        assert "Pejabat Penghubung, Dinas pu" in words and WHY in words and not shows(words)
    whole = words_of(at_desk(live_site, "pu.atasan"), case.code)
    order = ["Sudah ditelepon.", "Identitas pelapor dibuka", "Laporan didisposisikan ke Dinas pu"]
    assert [whole.index(one) for one in order] == sorted(whole.index(one) for one in order)
    assert "Identitas pelapor dibuka" not in words_of(
        at_desk(live_site, "pu.atasan"), case.code, "?jenis=pesan"
    )


def test_openings_stand_in_the_timeline_of_those_only_for_whom_the_case_exists(live_site: Site) -> None:
    case = at_office(live_site, secret=True)
    opened(at_desk(live_site, "pu.penghubung"), case)
    assert "Identitas pelapor dibuka" in words_of(at_desk(live_site, "pu.atasan"), case.code)
    assert at_desk(live_site, "kota.admin").get(inspector(case.code)).status_code == 404
