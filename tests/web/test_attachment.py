"""Attachments in the conversation, both ways: who sees them, how they are served, and what they tell."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from db.case_table import FileRow
from domain.case import Action
from domain.command import Refusal, RefusalReason
from schemas.report import NewFile
from tests.factories import MadeCase
from tests.pictures import CANARY, WITH_NOTES, jpeg, mp4, pdf
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk
from tests.web.report_answers import attachment
from web.public.upload import check_file

LINK = re.compile(r'href="(/(?:lacak|desk)/[^"]+/(?:lampiran|berkas)/\d+)"')


def case_of(site: Site) -> MadeCase:
    case = site.factory.report()
    site.factory.dispose(case)
    return case


def holder(site: Site, case: MadeCase) -> Browser:
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    return browser


def ready(name: str, content: bytes) -> NewFile:
    file = check_file(name, content)
    assert isinstance(file, NewFile)
    return file


def links(browser: Browser, path: str) -> list[str]:
    return LINK.findall(browser.get(path).get_data(as_text=True))


def test_a_message_of_the_reporter_takes_files_to_the_office(live_site: Site) -> None:
    case = case_of(live_site)
    browser = holder(live_site, case)
    fields = {"text": "Ini fotonya.", "files": [attachment("lubang.jpg", jpeg()), attachment("a.pdf", pdf())]}
    sent = browser.send_form(
        f"/lacak/{case.code}", "/pesan", fields, content_type="multipart/form-data", follow_redirects=True
    )
    assert "Pesan Anda sudah sampai" in text_of(sent) and 'alt="lubang.jpg"' in sent.get_data(as_text=True)
    desk = at_desk(live_site, "pu.penghubung")
    assert len(links(desk, f"/desk/{case.code}")) == 2
    assert 'alt="lubang.jpg"' in desk.get(f"/desk/{case.code}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action.FOLLOW_UP, {"type": "action", "words": "Sudah ditambal."}),
        (Action.ANSWER, {"words": "Sudah selesai."}),
        (Action.ASK, {"words": "Yang mana?"}),
    ],
)
def test_evidence_of_the_office_reaches_the_reporter(
    live_site: Site, action: Action, words: dict[str, str]
) -> None:
    case = case_of(live_site)
    desk = at_desk(live_site, "pu.penghubung")
    fields = {**words, "files": [attachment("bukti.jpg", jpeg())]}
    sent = desk.send_form(
        f"/desk/{case.code}", f"/{action.value}", fields, content_type="multipart/form-data"
    )
    assert sent.status_code == 303
    (link,) = links(holder(live_site, case), f"/lacak/{case.code}")
    assert holder(live_site, case).get(link).status_code == 200


def test_evidence_of_a_note_stays_among_staff(live_site: Site) -> None:
    case = case_of(live_site)
    desk = at_desk(live_site, "pu.penghubung")
    fields = {"words": "Hanya untuk kita.", "files": [attachment("bukti.jpg", jpeg())]}
    desk.send_form(f"/desk/{case.code}", "/note", fields, content_type="multipart/form-data")
    (link,) = links(desk, f"/desk/{case.code}")
    file_id = link.rsplit("/", 1)[1]
    browser = holder(live_site, case)
    assert links(browser, f"/lacak/{case.code}") == []
    for ending in ("", "/kecil"):
        assert browser.get(f"/lacak/{case.code}/lampiran/{file_id}{ending}").status_code == 404
        assert desk.get(f"{link}{ending}").status_code == 200


def test_files_of_a_refused_form_are_there_again(live_site: Site) -> None:
    case = case_of(live_site)
    browser = holder(live_site, case)
    fields = {"text": " ", "files": [attachment("lubang.jpg", jpeg())]}
    wrong = browser.send_form(f"/lacak/{case.code}", "/pesan", fields, content_type="multipart/form-data")
    assert wrong.status_code == 422 and "lubang.jpg 1 kB, sudah terlampir" in text_of(wrong)
    kept = re.findall(r'name="files_kept" value="([^"]+)"', wrong.get_data(as_text=True))
    right = browser.send(wrong, "/pesan", {"text": "Ini.", "files_kept": kept}, follow_redirects=True)
    assert 'alt="lubang.jpg"' in right.get_data(as_text=True)


def test_the_same_words_with_another_file_are_another_message(live_site: Site) -> None:
    case = case_of(live_site)
    browser = holder(live_site, case)
    for name in ("satu.jpg", "dua.jpg", "dua.jpg"):
        fields = {"text": "Lihat.", "files": [attachment(name, jpeg())]}
        browser.send_form(f"/lacak/{case.code}", "/pesan", fields, content_type="multipart/form-data")
    page = browser.get(f"/lacak/{case.code}").get_data(as_text=True)
    assert (page.count('alt="satu.jpg"'), page.count('alt="dua.jpg"')) == (1, 1)


@pytest.mark.parametrize("name", WITH_NOTES)
def test_nobody_is_served_where_a_photo_was_taken(live_site: Site, name: str) -> None:
    case = live_site.factory.report(files=(ready(name, WITH_NOTES[name]()),))
    for browser, path in (
        (holder(live_site, case), f"/lacak/{case.code}"),
        (at_desk(live_site, "kota.admin"), f"/desk/{case.code}"),
    ):
        (link,) = links(browser, path)
        for served in (browser.get(link), browser.get(f"{link}/kecil")):
            assert CANARY.encode() not in served.data and served.mimetype in {
                "image/jpeg",
                "image/png",
                "image/webp",
            }
            assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert served.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_from_a_phone_is_called_what_it_became(live_site: Site) -> None:
    case = live_site.factory.report(files=(ready("liburan.heic", WITH_NOTES["foto.heic"]()),))
    browser = holder(live_site, case)
    served = browser.get(links(browser, f"/lacak/{case.code}")[0])
    assert served.headers["Content-Disposition"] == "inline; filename=liburan.jpg"


@pytest.mark.parametrize(("name", "content"), [("surat.pdf", pdf()), ("film.mp4", mp4())])
def test_documents_and_films_are_saved_and_never_opened(live_site: Site, name: str, content: bytes) -> None:
    case = live_site.factory.report(files=(ready(name, content),))
    browser = holder(live_site, case)
    (link,) = links(browser, f"/lacak/{case.code}")
    served = browser.get(link)
    assert served.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert CANARY.encode() not in served.data
    assert browser.get(f"{link}/kecil").status_code == 404


def test_a_photo_from_before_there_were_copies_is_drawn_when_it_is_asked_for(live_site: Site) -> None:
    old = NewFile(name="lama.jpg", media_type="image/jpeg", content=jpeg(turned=6))
    case = live_site.factory.report(files=(old,))
    browser = holder(live_site, case)
    served = browser.get(links(browser, f"/lacak/{case.code}")[0])
    assert CANARY.encode() not in served.data
    assert Image.open(io.BytesIO(served.data)).size == (40, 64)


def test_a_damaged_photo_from_before_is_saved_as_it_is(live_site: Site) -> None:
    old = NewFile(name="lama.jpg", media_type="image/jpeg", content=jpeg()[:-300])
    case = live_site.factory.report(files=(old,))
    browser = holder(live_site, case)
    served = browser.get(links(browser, f"/lacak/{case.code}")[0])
    assert served.headers["Content-Disposition"].startswith("attachment;")


def test_without_the_key_there_is_neither_file_nor_picture(live_site: Site) -> None:
    case = live_site.factory.report(files=(ready("foto.jpg", jpeg()),))
    (link,) = links(holder(live_site, case), f"/lacak/{case.code}")
    other = holder(live_site, live_site.factory.report())
    for browser in (live_site.browser(), other):
        assert browser.get(link).status_code == browser.get(f"{link}/kecil").status_code == 404


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"torn")], ids=["gone", "torn"])
def test_an_attachment_whose_bytes_are_lost_is_told_in_plain_words(
    live_site: Site, spoil: Callable[[Path], object]
) -> None:
    case = live_site.factory.report(files=(ready("foto.jpg", jpeg()),))
    browser, desk = holder(live_site, case), at_desk(live_site, "kota.admin")
    (link,), (desk_link,) = links(browser, f"/lacak/{case.code}"), links(desk, f"/desk/{case.code}")
    for path in live_site.services.settings.files_folder.iterdir():
        spoil(path)
    for reader, path in ((browser, link), (desk, desk_link)):
        page = reader.get(path)
        assert page.status_code == 404 and "hilang atau rusak" in text_of(page)
        assert reader.get(f"{path}/kecil").status_code == 404
    assert browser.get(f"/lacak/{case.code}").status_code == 200


def test_an_attachment_whose_name_cannot_be_opened_hides_no_case(live_site: Site) -> None:
    case = live_site.factory.report(files=(ready("foto.jpg", jpeg()),))
    with live_site.services.database.write() as session:
        session.execute(update(FileRow).values(sealed_name=b"torn"))
    browser = holder(live_site, case)
    (link,) = links(browser, f"/lacak/{case.code}")
    assert browser.get(link).headers["Content-Disposition"] == "inline; filename=lampiran.jpg"


def test_files_of_an_act_that_still_waits_are_shown_with_it_to_whoever_sent_it(site: Site) -> None:
    case = case_of(site)
    browser = holder(site, case)
    fields = {"text": "Ini fotonya.", "files": [attachment("lubang.jpg", jpeg()), attachment("a.pdf", pdf())]}
    browser.send_form(f"/lacak/{case.code}", "/pesan", fields, content_type="multipart/form-data")
    sent = links(browser, f"/lacak/{case.code}")
    assert len(sent) == 2 and all(browser.get(link).status_code == 200 for link in sent)
    desk = at_desk(site, "pu.penghubung")
    assert len(links(desk, f"/desk/{case.code}")) == 2


def test_files_of_an_office_that_still_wait_are_for_staff_alone(site: Site) -> None:
    case = case_of(site)
    desk, browser = at_desk(site, "pu.penghubung"), holder(site, case)
    fields = {"words": "Sudah selesai.", "files": [attachment("bukti.jpg", jpeg())]}
    answer = desk.send_form(f"/desk/{case.code}", "/answer", fields, content_type="multipart/form-data")
    assert answer.status_code == 202
    (link,) = links(desk, f"/desk/{case.code}")
    file_id = link.rsplit("/", 1)[1]
    assert desk.get(link).status_code == desk.get(f"{link}/kecil").status_code == 200
    assert links(browser, f"/lacak/{case.code}") == []
    assert browser.get(f"/lacak/{case.code}/lampiran/{file_id}").status_code == 404


def test_files_of_an_act_that_came_to_nothing_are_no_longer_served(live_site: Site) -> None:
    case = case_of(live_site)
    desk = at_desk(live_site, "pu.penghubung")
    recorded = live_site.factory.command(
        case, "pu.penghubung", Action.ANSWER, words="Selesai.", files=(ready("bukti.jpg", jpeg()),)
    )
    (link,) = links(desk, f"/desk/{case.code}")
    refusal = Refusal(reason=RefusalReason.CHANGED)
    live_site.factory.offices.commands.refuse(recorded.command.id, refusal)
    assert links(desk, f"/desk/{case.code}") == []
    assert desk.get(link).status_code == 404
