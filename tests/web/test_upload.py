"""Files sent ahead of their form, and those of a form that comes back."""

from __future__ import annotations

import copy
import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from db.case_table import FileRow, ReportRow
from db.upload_store import Piece, UploadOwner
from db.upload_table import UploadRow
from tests.pictures import CANARY, fragmented, jpeg, mp4, pdf, png
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.report_answers import answers, attachment
from web.public.upload import MAX_FILE_BYTES, safe_name
from web.public.upload_piece import MAX_PIECE_BYTES

FORM = "/lapor/semua"


class Sender:
    """A browser with the form of a report, and what its script does."""

    def __init__(self, site: Site) -> None:
        self.browser: Browser = site.browser()
        self.page = self.browser.get(FORM)
        self.hidden = hidden_fields(self.page, "/reports")
        self.form_id = self.hidden["attachments_form"]

    def post(self, path: str, **fields: Any) -> TestResponse:
        """A post of the script."""
        usual = {"csrf_token": self.hidden["csrf_token"], "form_id": self.form_id}
        return self.browser.post(path, data=usual | fields, content_type="multipart/form-data")

    def piece(self, upload_id: str, content: bytes, start: int, end: int, **fields: Any) -> TestResponse:
        """A part of a file called foto.jpg, unless told otherwise."""
        usual = {"upload": upload_id, "name": "foto.jpg", "size": len(content), "offset": start}
        return self.post("/unggah", **usual | {"piece": (io.BytesIO(content[start:end]), "piece")} | fields)

    def send(self, content: bytes, name: str = "foto.jpg", pieces: int = 3) -> str:
        """The id of a file that was sent wholly."""
        upload_id, step = str(uuid4()), -(-len(content) // pieces)
        for start in range(0, len(content), step):
            answer = self.piece(upload_id, content, start, start + step, name=name)
            assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.json is not None and answer.json["ready"]
        return upload_id

    def file(self, *kept: str, **changes: Any) -> TestResponse:
        """The form, sent with the ids of files."""
        fields = answers(**changes) | {"attachments_kept": list(kept)}
        return self.browser.send(self.page, "/reports", fields, content_type="multipart/form-data")


@pytest.fixture
def sender(site: Site) -> Sender:
    return Sender(site)


def count(site: Site, table: type[FileRow | ReportRow | UploadRow]) -> int:
    with site.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_sent_in_pieces_goes_with_the_form_by_its_id(site: Site, sender: Sender) -> None:
    photo, letter = sender.send(jpeg()), sender.send(pdf(), "surat.pdf", pieces=1)
    assert sender.file(photo, letter).status_code == 303
    with site.services.database.read() as session:
        rows = session.scalars(select(FileRow).order_by(FileRow.id)).all()
        assert [(row.media_type, row.served_as is None) for row in rows] == [
            ("image/jpeg", False),
            ("application/pdf", True),
        ]


def test_each_answer_says_how_much_has_come_and_the_last_shows_the_file(sender: Sender) -> None:
    upload_id, content = str(uuid4()), jpeg()
    half = len(content) // 2
    first = sender.piece(upload_id, content, 0, half).json
    assert first is not None and (first["received"], first["ready"], first["thumbnail_url"]) == (
        half,
        False,
        "",
    )
    last = sender.piece(upload_id, content, half, len(content)).json
    assert last is not None and last["ready"] and last["name"] == "foto.jpg" and last["size_text"] == "1 kB"
    small = sender.browser.get(last["thumbnail_url"])
    assert small.mimetype == "image/webp" and CANARY.encode() not in small.data
    assert small.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_piece_out_of_order_or_sent_again_is_told_where_to_go_on(sender: Sender) -> None:
    upload_id, content = str(uuid4()), jpeg()
    for start, received in ((50, 0), (0, 50), (0, 50), (100, 50), (50, 100), (0, 100)):
        answer = sender.piece(upload_id, content, start, start + 50).json
        assert answer is not None and answer["received"] == received


def test_a_file_that_came_wholly_and_was_not_finished_is_finished_by_asking_again(
    site: Site, sender: Sender
) -> None:
    upload_id, content = str(uuid4()), jpeg()
    sender.piece(upload_id, content, 0, 100)
    with site.services.database.read() as session:
        owner = UploadOwner(browser=session.get_one(UploadRow, upload_id).owner, form_id=sender.form_id)
    rest = Piece(upload_id=upload_id, name="foto.jpg", size=len(content), offset=100, content=content[100:])
    assert not site.services.uploads.take(owner, rest).ready
    assert sender.file(upload_id).status_code == 422
    asked = sender.piece(upload_id, content, len(content), len(content)).json
    assert asked is not None and asked["ready"] and sender.file(upload_id).status_code == 303


@pytest.mark.usefixtures("patient")
def test_of_many_who_finish_one_file_at_once_each_hears_that_it_is_there(site: Site, sender: Sender) -> None:
    upload_id, content = str(uuid4()), jpeg()
    half = len(content) // 2
    sender.piece(upload_id, content, 0, half)
    cookie = sender.browser.get_cookie("tuntas")
    assert cookie is not None

    def finish(_: int) -> TestResponse:
        browser = site.browser()
        browser.set_cookie("tuntas", cookie.value)
        other = copy.copy(sender)
        other.browser = browser
        return other.piece(upload_id, content, half, len(content))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(finish, range(8)))
    assert {answer.status_code for answer in found} == {200}
    assert {bool((answer.json or {})["ready"]) for answer in found} == {True}
    assert sender.file(upload_id).status_code == 303 and count(site, FileRow) == 1


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("foto.jpg", png(), "isinya tidak sesuai dengan namanya"),
        ("foto.jpg", jpeg()[:-200], "rusak atau terpotong"),
        ("film.mp4", mp4()[:-3], "rusak atau terpotong"),
        ("film.mp4", fragmented(b"vide", b"meta"), "memuat catatan lain"),
        ("program.exe", jpeg(), "bukan foto"),
    ],
)
def test_a_file_that_is_unfit_is_named_and_forgotten(
    site: Site, sender: Sender, name: str, content: bytes, complaint: str
) -> None:
    answer = sender.piece(str(uuid4()), content, 0, len(content), name=name)
    assert answer.status_code == 422 and answer.json is not None and complaint in answer.json["error"]
    assert count(site, UploadRow) == 0


def test_a_file_that_is_announced_too_big_is_refused_before_it_comes(site: Site, sender: Sender) -> None:
    large = {"size": MAX_FILE_BYTES + 1}
    answer = sender.piece(str(uuid4()), bytes(MAX_PIECE_BYTES), 0, MAX_PIECE_BYTES, **large)
    assert answer.status_code == 422 and "lebih besar dari 10 MB" in (answer.json or {})["error"]
    film = sender.piece(str(uuid4()), bytes(MAX_PIECE_BYTES), 0, MAX_PIECE_BYTES, name="film.mp4", **large)
    assert film.status_code == 200 and count(site, UploadRow) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"upload": "1"},
        {"size": "0"},
        {"size": "-1"},
        {"size": "9" * 11},
        {"size": "²"},
        {"offset": "1000000"},
        {"offset": ""},
        {"form_id": "x"},
        {"piece": (io.BytesIO(b"\xff" * 99), "piece"), "size": 10_000},
        {"piece": (io.BytesIO(b"\xff" * (1024 * 1024 + 1)), "piece"), "size": 5_000_000},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_what_the_script_never_sends_is_a_bad_request(sender: Sender, changes: dict[str, Any]) -> None:
    fields = {"upload": str(uuid4()), "name": "foto.jpg", "size": 10, "offset": 0}
    assert sender.post("/unggah", **fields | changes).status_code == 400


def test_another_browser_finds_no_upload_that_is_not_its_own(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    thief = Sender(site)
    thief.form_id = sender.form_id
    assert thief.piece(upload_id, jpeg(), 0, 10).status_code == 404
    assert thief.post("/unggah/hapus", upload=upload_id).status_code == 200
    assert thief.browser.get(f"/unggah/{upload_id}/kecil").status_code == 404
    refused = thief.browser.send(
        thief.page,
        "/reports",
        answers() | {"attachments_kept": upload_id, "attachments_form": sender.form_id},
    )
    assert refused.status_code == 422 and "tidak tersimpan lagi" in text_of(refused)
    assert count(site, ReportRow) == 0 and sender.file(upload_id).status_code == 303


def test_an_upload_belongs_to_one_form(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    sender.hidden["attachments_form"] = str(uuid4())
    fields = answers() | sender.hidden | {"attachments_kept": upload_id}
    assert sender.browser.post("/reports", data=fields).status_code == 422
    assert count(site, FileRow) == 0


def test_a_removed_file_is_gone_at_once(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    assert sender.post("/unggah/hapus", upload=upload_id).status_code == 200
    assert count(site, UploadRow) == 0
    assert not list((site.services.settings.files_folder / "staged").iterdir())


def test_files_of_a_form_with_errors_are_there_again_without_any_script(site: Site, sender: Sender) -> None:
    files = [attachment("lubang.jpg", jpeg()), attachment("surat.pdf", pdf()), attachment("x.exe", b"MZ")]
    wrong = sender.file(title="", attachments=files)
    assert wrong.status_code == 422 and "x.exe bukan foto" in text_of(wrong)
    assert "lubang.jpg 1 kB, sudah terlampir" in text_of(wrong) and "surat.pdf" in text_of(wrong)
    kept = _kept(wrong)
    assert len(kept) == 2
    fields = answers(attachments_kept=kept, attachments_removed=[kept[1]])
    right = sender.browser.send(wrong, "/reports", fields, content_type="multipart/form-data")
    assert right.status_code == 303 and count(site, FileRow) == 1


def _kept(page: TestResponse) -> list[str]:
    return re.findall(r'name="attachments_kept" value="([^"]+)"', page.get_data(as_text=True))


def test_kept_and_new_files_together_are_at_most_five(site: Site, sender: Sender) -> None:
    kept = [sender.send(jpeg()) for _ in range(4)]
    files = [attachment(f"{number}.png", png()) for number in range(2)]
    page = sender.file(*kept, attachments=files)
    assert page.status_code == 422 and "paling banyak 5 berkas" in text_of(page)
    assert len(_kept(page)) == 5


def test_all_files_together_have_a_limit(site: Site, sender: Sender) -> None:
    films = [sender.send(mp4(18 * 1024 * 1024), "film.mp4", pieces=36) for _ in range(3)]
    page = sender.file(*films)
    assert page.status_code == 422 and "lebih besar dari 50 MB" in text_of(page)
    assert sender.file(*films[:2]).status_code == 303


def test_a_form_sent_twice_with_its_files_makes_one_report(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    first, again = sender.file(upload_id), sender.file(upload_id)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"] and count(site, FileRow) == 1


def test_what_was_removed_by_a_tick_does_not_go_with_the_form(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    assert sender.file(upload_id, attachments_removed=upload_id).status_code == 303
    assert count(site, FileRow) == 0 and count(site, ReportRow) == 1


def test_a_file_whose_bytes_are_gone_from_the_disk_is_told_and_nothing_is_sent(
    site: Site, sender: Sender
) -> None:
    upload_id = sender.send(jpeg())
    (site.services.settings.files_folder / "staged" / upload_id).unlink()
    page = sender.file(upload_id)
    assert page.status_code == 409 and "tidak tersimpan lagi" in text_of(page)
    assert count(site, ReportRow) == 0


def test_the_small_picture_of_a_file_whose_bytes_are_gone_is_not_found(site: Site, sender: Sender) -> None:
    upload_id = sender.send(jpeg())
    (site.services.settings.files_folder / "staged" / f"{upload_id}.thumb").write_bytes(b"torn")
    assert sender.browser.get(f"/unggah/{upload_id}/kecil").status_code == 404


def test_a_form_takes_its_files_with_it_where_none_can_be_kept(
    site: Site, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.upload_store.MAX_STAGED_BYTES", 0)
    full = sender.piece(str(uuid4()), jpeg(), 0, 10)
    assert full.status_code == 503 and "sedang penuh" in (full.json or {})["error"]
    wrong = sender.file(title="", attachments=[attachment("lubang.jpg", jpeg())])
    assert "Pilih lagi lampiran Anda" in text_of(wrong)
    right = sender.file(attachments=[attachment("lubang.jpg", jpeg())])
    assert right.status_code == 303 and count(site, FileRow) == 1


@pytest.mark.parametrize("sign", ["\x00", "\r\n", "\x85", "/", "\\", '"', "\u061c", "\u2028", "\u202e"])
def test_a_name_holds_no_sign_that_could_lead_elsewhere(sign: str) -> None:
    name = safe_name(f"../surat{sign}izin.pdf")
    assert name.endswith("izin.pdf") and sign not in name and ".." not in name


@pytest.mark.parametrize("address", ["/lapor", "/lapor/semua", "/lapor/langkah/1", "/lapor?lang=en"])
def test_a_file_sent_ahead_of_a_form_stands_in_it_when_it_is_opened_again(
    sender: Sender, address: str
) -> None:
    photo = sender.send(jpeg())
    again = sender.browser.get(address)
    assert "foto.jpg" in text_of(again)
    assert f'name="attachments_kept" value="{photo}"' in again.get_data(as_text=True)
    assert f'data-form-id="{sender.form_id}"' in again.get_data(as_text=True)


def test_a_file_sent_ahead_is_in_no_other_form(sender: Sender) -> None:
    sender.send(jpeg())
    assert sender.file().status_code == 303
    assert "foto.jpg" not in text_of(sender.browser.get("/lapor"))
