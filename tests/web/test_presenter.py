from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from db.command_store import MESSAGE_KINDS
from domain.case import Action, ClockName, Stage
from domain.event import EventKind
from tests.web.browser import text_of
from tests.web.conftest import NewSite, Site
from web.auth.demo import DOES
from web.desk.act_form import FORMS
from web.desk.done import DID, MOVED
from web.desk.opened import ROLES_OF
from web.presenter import conversation
from web.presenter.conversation import size_text
from web.presenter.happening import EVENTS
from web.presenter.labels import ACTIONS, CLOCKS, ENDS, FOLLOW_UPS, KINDS, RELATIONS, ROLES, STAGES
from web.presenter.refusal import REFUSALS
from web.presenter.sentence import AWAITED, ENDED
from web.presenter.stepper import StepState, steps
from web.public.upload import safe_name


def seen_by_reporter(site: Site, key: str, code: str) -> str:
    browser = site.browser()
    browser.get(f"/l/{key}")
    return text_of(browser.get(f"/lacak/{code}"))


def test_every_word_of_the_rules_has_a_label() -> None:
    tables = (ACTIONS, CLOCKS, ENDS, EVENTS, FOLLOW_UPS, KINDS, REFUSALS, RELATIONS, ROLES, STAGES)
    for table in (*tables, AWAITED, DOES, ENDED):
        assert set(table) == set(type(next(iter(table))))
    assert {*MESSAGE_KINDS.values(), "report"} == set(conversation.KINDS)


def test_every_act_of_staff_has_its_form_its_roles_and_its_words_afterwards() -> None:
    spoken = {Action.DISPOSE, Action.REDISPOSE, Action.FOLLOW_UP, Action.RECLASSIFY, Action.MERGE}
    assert set(ROLES_OF) == {*FORMS, Action.CANCEL} == {*DID, *MOVED, *spoken}


def test_a_late_case_says_how_late_it_is_and_who_knows(new_site: NewSite) -> None:
    late = datetime.now(UTC) + timedelta(days=60)
    site = new_site(live=True, now=lambda: late)
    case = site.factory.report()
    page = seen_by_reporter(site, case.key, case.code)
    assert "terlambat" in page and "hari kerja" in page and "Atasannya sudah diberi tahu" in page


def test_the_derivation_of_a_date_lists_its_days_and_why_some_do_not_count(live_site: Site) -> None:
    case = live_site.factory.report(at=datetime(2026, 3, 2, 3, 0, tzinfo=UTC))
    page = seen_by_reporter(live_site, case.key, case.code)
    assert "14 hari kerja sejak Senin, 2 Maret 2026." in page
    assert "akhir pekan" in page and "hari kerja ke-14" in page and "hari mulai, belum dihitung" in page
    assert "Hari Suci Nyepi" in page or "Idul Fitri" in page


def test_after_a_dispute_the_steps_go_back_and_show_the_newest_dates(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report()
    factory.dispose(case)
    factory.answer(case)
    factory.act(case, None, Action.DISPUTE, words="Belum.")
    events = [entry.event for entry in live_site.services.reader.log(case.id)]
    found = steps(factory.cases.state(case.code), events, events[0].at)
    states = [step.state for step in found]
    assert states == [StepState.DONE, StepState.DONE, StepState.CURRENT, StepState.TODO, StepState.TODO]
    disputed = next(event for event in events if event.kind is EventKind.DISPUTED)
    assert found[2].at == disputed.at and found[3].at is None


def test_after_a_dispute_the_sentence_names_the_duty_whose_date_it_gives(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report()
    factory.dispose(case)
    factory.answer(case)
    factory.act(case, None, Action.DISPUTE, words="Belum.")
    state = factory.cases.state(case.code)
    assert state.stage is Stage.IN_PROGRESS and state.due is not None
    assert state.due.name is ClockName.FIRST_FOLLOW_UP
    words = seen_by_reporter(live_site, case.key, case.code)
    assert "Dinas pu menindaklanjuti laporan Anda kembali, paling lambat" in words
    assert "menjawabnya" not in words
    factory.follow_up(case)
    assert "Dinas pu menangani laporan Anda dan menjawabnya, paling lambat" in seen_by_reporter(
        live_site, case.key, case.code
    )


def test_a_reporter_is_spoken_to_and_their_own_time_is_no_promise_of_ours(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report()
    factory.dispose(case)
    factory.answer(case)
    page = seen_by_reporter(live_site, case.key, case.code)
    assert "Menunggu konfirmasi Anda" in page and "Batas waktu Anda menjawab Konfirmasi Anda" in page
    assert "pelapor" not in page.split("Batas waktu Anda")[0].split("Tahap laporan")[0]
    assert "Konfirmasi pelapor" not in page and "Tanggal yang dijanjikan" not in page
    stranger = text_of(live_site.browser().get(f"/lacak/{case.code}"))
    assert "Menunggu konfirmasi pelapor" in stranger and "Tanggal yang dijanjikan" not in stranger


def test_a_clock_says_what_is_left_and_no_second_figure_that_disagrees(live_site: Site) -> None:
    case = live_site.factory.report()
    page = seen_by_reporter(live_site, case.key, case.code)
    assert "Sisa 14 hari kerja dari 14 hari kerja." in page and "%" not in page


def test_a_closed_case_has_no_promise_and_no_step_left(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report()
    factory.dispose(case)
    factory.answer(case)
    factory.act(case, None, Action.CONFIRM)
    page = seen_by_reporter(live_site, case.key, case.code)
    assert "Tanggal yang dijanjikan" not in page and ": belum" not in page and "Anda sendiri" in page
    assert page.split("Laporan selesai:")[0].lower().count(" selesai ") == 1


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 kB"), (319_488, "312 kB"), (1_468_006, "1,4 MB"), (10 * 2**20, "10,0 MB")]
)
def test_sizes_are_written_for_people(site: Site, size: int, text: str) -> None:
    with site.app.test_request_context():
        assert size_text(size) == text


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("foto.jpg", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\foto.jpg", "foto.jpg"),
        ("a\r\nSet-Cookie: x.png", "a__Set-Cookie_ x.png"),
        ("gambar\u202egnp.exe", "gambar_gnp.exe"),
        (".", "lampiran"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
    ],
)
def test_names_of_files_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe
