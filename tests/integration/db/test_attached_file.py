"""Files that go with the words of an act: committed with it, read by whom the words are for."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.case_reader import CaseReader
from db.case_table import FileRow
from db.command_store import OtherBodySentError, TooManyMessagesError
from db.file_sweep import OLD_AFTER, FileSweep
from db.upload_store import FOLDER
from domain.case import Action
from domain.command import Refusal, RefusalReason
from schemas.command import NewCommand
from schemas.report import NewFile
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

ORIGINAL, COPY, SMALL = b"original kenari", b"copy kenari", b"small kenari"
PHOTO = NewFile(
    name="bukti.jpg",
    media_type="image/jpeg",
    content=ORIGINAL,
    served_type="image/jpeg",
    served=COPY,
    thumbnail=SMALL,
    width=640,
    height=480,
)


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest.fixture
def case(factory: CaseFactory) -> MadeCase:
    made = factory.report()
    factory.dispose(made)
    return made


def message(offices: Offices, case: MadeCase, **fields: object) -> NewCommand:
    usual = {"id": str(uuid4()), "case_id": case.id, "action": Action.MESSAGE, "actor": offices.reporter()}
    return NewCommand.model_validate({**usual, "words": "Lihat fotonya.", "files": (PHOTO,), **fields})


def file_ids(factory: CaseFactory) -> list[int]:
    with factory.offices.database.read() as session:
        return list(session.scalars(select(FileRow.id).order_by(FileRow.id)))


def reader(factory: CaseFactory) -> CaseReader:
    return factory.reader


def test_evidence_is_shown_with_the_words_and_the_original_is_not(
    factory: CaseFactory, case: MadeCase
) -> None:
    factory.act(case, "pu.penghubung", Action.NOTE, words="Bukti.", files=(PHOTO,))
    shown = reader(factory).messages(case.id, for_reporter=False)[-1]
    (attachment,) = shown.attachments
    assert (attachment.name, attachment.width, attachment.has_thumbnail) == ("bukti.jpg", 640, True)
    found = reader(factory).file(case.id, attachment.id, for_reporter=False)
    assert found is not None and found.content == COPY
    assert reader(factory).thumbnail(case.id, attachment.id, for_reporter=False) == SMALL


def test_all_three_lie_sealed(factory: CaseFactory, case: MadeCase) -> None:
    factory.act(case, None, Action.MESSAGE, words="Lihat.", files=(PHOTO,))
    stored = [path.read_bytes() for path in factory.offices.files.iterdir() if path.is_file()]
    assert len(stored) == 3 and not [one for one in stored if b"kenari" in one]


def test_a_note_and_a_draft_of_an_office_are_not_the_reporters_to_read(
    factory: CaseFactory, case: MadeCase
) -> None:
    factory.act(case, "pu.penghubung", Action.NOTE, words="Bukti.", files=(PHOTO,))
    factory.command(case, "pu.penghubung", Action.ANSWER, words="Belum diterapkan.", files=(PHOTO,))
    for each in file_ids(factory):
        assert reader(factory).file(case.id, each, for_reporter=True) is None
        assert reader(factory).thumbnail(case.id, each, for_reporter=True) is None
        assert reader(factory).file(case.id, each, for_reporter=False) is not None


def test_what_waits_is_read_by_its_reporter_and_by_staff_until_it_comes_to_nothing(
    factory: CaseFactory, case: MadeCase
) -> None:
    waiting = factory.command(case, None, Action.MESSAGE, words="Belum diterapkan.", files=(PHOTO,))
    (file_id,) = file_ids(factory)
    for for_reporter in (True, False):
        found = reader(factory).file(case.id, file_id, for_reporter=for_reporter)
        assert found is not None and found.content == COPY
        assert reader(factory).thumbnail(case.id, file_id, for_reporter=for_reporter) == SMALL
    factory.offices.commands.refuse(waiting.command.id, Refusal(reason=RefusalReason.ENDED))
    for for_reporter in (True, False):
        assert reader(factory).file(case.id, file_id, for_reporter=for_reporter) is None


def test_what_was_taken_back_is_gone_for_the_reporter(factory: CaseFactory, case: MadeCase) -> None:
    factory.follow_up(case)
    factory.act(case, "pu.penghubung", Action.ANSWER, words="Selesai.", files=(PHOTO,))
    (file_id,) = file_ids(factory)
    assert reader(factory).file(case.id, file_id, for_reporter=True) is not None
    factory.act(case, "pu.penghubung", Action.TAKE_BACK, words="Keliru.")
    assert reader(factory).file(case.id, file_id, for_reporter=True) is None
    assert reader(factory).file(case.id, file_id, for_reporter=False) is not None


def test_a_file_is_found_in_its_own_case_only(factory: CaseFactory, case: MadeCase) -> None:
    factory.act(case, None, Action.MESSAGE, words="Lihat.", files=(PHOTO,))
    other = factory.report()
    assert reader(factory).file(other.id, file_ids(factory)[0], for_reporter=False) is None


def test_the_same_act_again_attaches_nothing_twice(offices: Offices, case: MadeCase) -> None:
    new = message(offices, case)
    first, again = offices.commands.record(new), offices.commands.record(new)
    assert (first.again, again.again) == (False, True)
    assert len([path for path in offices.files.iterdir() if path.is_file()]) == 3


@pytest.mark.parametrize("files", [(), (PHOTO.model_copy(update={"content": b"other"}),), (PHOTO, PHOTO)])
def test_the_same_act_with_other_files_is_another_act(
    offices: Offices, case: MadeCase, files: tuple[NewFile, ...]
) -> None:
    new = message(offices, case)
    offices.commands.record(new)
    with pytest.raises(OtherBodySentError):
        offices.commands.record(new.model_copy(update={"files": files}))


def test_where_it_waited_before_makes_no_other_act_of_it(offices: Offices, case: MadeCase) -> None:
    new = message(offices, case)
    offices.commands.record(new)
    moved = PHOTO.model_copy(update={"upload_id": str(uuid4())})
    assert offices.commands.record(new.model_copy(update={"files": (moved,)})).again


def test_a_row_from_before_there_were_copies_still_opens(factory: CaseFactory, case: MadeCase) -> None:
    old = NewFile(name="lama.jpg", media_type="image/jpeg", content=ORIGINAL)
    factory.act(case, None, Action.MESSAGE, words="Lama.", files=(old,))
    found = reader(factory).file(case.id, file_ids(factory)[0], for_reporter=True)
    assert found is not None and found.content == ORIGINAL and found.attachment.served_type == ""


def test_files_of_an_act_that_was_not_taken_are_swept_and_no_others(offices: Offices, case: MadeCase) -> None:
    offices.commands.record(message(offices, case))
    for _ in range(4):
        offices.commands.record(message(offices, case, files=()))
    with pytest.raises(TooManyMessagesError):
        offices.commands.record(message(offices, case))
    (offices.files / FOLDER).mkdir()
    (offices.files / FOLDER / "left").write_bytes(b"x")
    sweep, later = FileSweep(offices.database, offices.place), datetime.now(UTC) + OLD_AFTER
    assert sweep.run(later - timedelta(minutes=1)) == 0
    assert sweep.run(later + timedelta(minutes=1)) == 4
    assert sweep.run(later + timedelta(minutes=1)) == 0
    left = [path for path in offices.files.iterdir() if path.is_file()]
    assert len(left) == 3 and all(os.stat(path).st_size for path in left)
