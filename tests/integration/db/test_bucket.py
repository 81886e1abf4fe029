"""Attachments in an S3-compatible store do all that they do in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.bucket import BucketError, file_place
from db.case_reader import CaseReader
from db.file_place import FilePlace, FolderPlace
from db.file_sweep import ASIDE, OLD_AFTER, FileSweep
from db.keyring import Keyring
from db.sealed_file import LostFileError, read_sealed, write_sealed
from db.upload_store import UnknownUploadError, UploadOwner, UploadStore
from schemas.report import NewFile
from settings import Settings
from tests.fakes.s3_server import FakeS3
from tests.offices import Offices

SEAL = Keyring(b"k" * 32).seal("upload")
PHOTO = NewFile(
    name="lampu.jpg", media_type="image/jpeg", content=b"asli", served=b"salinan", thumbnail=b"kecil"
)


@pytest.fixture
def store() -> Iterator[FakeS3]:
    with FakeS3() as fake:
        yield fake


def place_in(store: FakeS3, home: Path) -> FilePlace:
    settings = Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_DEMO": "1", **store.env})
    return file_place(settings.files_url, settings.files_access, settings.files_folder)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, store: FakeS3) -> FilePlace:
    return FolderPlace(tmp_path / "files") if request.param == "folder" else place_in(store, tmp_path)


def test_without_an_address_files_lie_in_the_home(tmp_path: Path) -> None:
    settings = Settings.from_env({"TUNTAS_HOME": str(tmp_path), "TUNTAS_DEMO": "1"})
    found = file_place(settings.files_url, settings.files_access, settings.files_folder)
    assert isinstance(found, FolderPlace) and found.path == settings.files_folder


def test_bytes_come_back_and_are_gone_once_removed(place: FilePlace) -> None:
    place.put("aa", b"satu")
    place.put("aa", b"dua")
    assert place.get("aa") == b"dua"
    place.remove("aa")
    place.remove("aa")
    with pytest.raises(FileNotFoundError):
        place.get("aa")


def test_names_are_those_of_a_part_alone_however_many_there_are(place: FilePlace) -> None:
    for number in range(7):
        place.put(f"a{number}", b"x")
    place.put("b0", b"x")
    place.inside("staged").put("a9", b"x")
    assert sorted(place.names("a")) == [f"a{number}" for number in range(7)]
    assert sorted(place.names()) == [*(f"a{number}" for number in range(7)), "b0"]
    assert list(place.inside("staged").names()) == ["a9"]
    hour = timedelta(hours=1)
    assert list(place.names(before=datetime.now(UTC) - hour)) == []
    assert len(list(place.names(before=datetime.now(UTC) + hour))) == 8


def test_what_is_moved_is_in_its_new_part_alone(place: FilePlace) -> None:
    place.put("aa", b"x")
    place.move("aa", place.inside(ASIDE), datetime.now(UTC))
    assert list(place.names()) == [] and place.inside(ASIDE).get("aa") == b"x"


def test_only_sealed_bytes_reach_the_store(store: FakeS3, tmp_path: Path) -> None:
    place = place_in(store, tmp_path)
    write_sealed(place, "kenari", SEAL, b"isi rahasia")
    assert read_sealed(place, "kenari", SEAL) == b"isi rahasia"
    (kept,) = store.objects.values()
    assert list(store.objects) == ["tuntas/kenari"] and b"rahasia" not in kept.content


def test_what_is_lost_is_told_apart_from_a_store_that_fails(store: FakeS3, tmp_path: Path) -> None:
    place = place_in(store, tmp_path)
    with pytest.raises(LostFileError):
        read_sealed(place, "kenari", SEAL)
    store.failing = 403
    with pytest.raises(BucketError) as told:
        place.get("kenari")
    assert "127.0.0.1" not in str(told.value)
    with pytest.raises(BucketError):
        place.put("kenari", b"x")


def test_an_attachment_goes_from_the_form_to_its_readers(
    offices: Offices, store: FakeS3, tmp_path: Path
) -> None:
    place = place_in(store, tmp_path)
    intake = replace(offices, bucket=place).report(files=(PHOTO,))
    reader = CaseReader(offices.database, offices.keyring, place)
    (message,) = reader.messages(intake.case_id, for_reporter=True)
    found = reader.file(intake.case_id, message.attachments[0].id, for_reporter=True)
    assert found is not None and found.content == b"salinan"
    assert len(store.objects) == 3


def test_uploads_are_sent_ahead_taken_and_dropped(offices: Offices, store: FakeS3, tmp_path: Path) -> None:
    uploads = UploadStore(offices.database, offices.keyring, place_in(store, tmp_path))
    owner = UploadOwner(browser="b", form_id="f")
    uploads.add(owner, "u1", PHOTO)
    assert uploads.open(owner, "u1").content == b"asli"
    uploads.drop(owner, ["u1"])
    assert store.objects == {}
    with pytest.raises(UnknownUploadError):
        uploads.open(owner, "u1")


def test_orphans_are_set_aside_and_what_a_row_names_stays(
    offices: Offices, store: FakeS3, tmp_path: Path
) -> None:
    place = place_in(store, tmp_path)
    replace(offices, bucket=place).report(files=(PHOTO,))
    place.put("yatim", b"x")
    later = datetime.now(UTC) + OLD_AFTER + timedelta(minutes=1)
    assert FileSweep(offices.database, place).run(later) == 1
    assert list(place.inside(ASIDE).names()) == ["yatim"] and len(list(place.names())) == 3
