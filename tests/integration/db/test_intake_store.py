"""Taking reports in, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from db.case_reader import CaseReader
from db.case_table import DueRow, FileRow, IdentityRow, MessageRow, ReportRow
from db.intake_store import OtherReportSentError
from domain.case import ClockName
from domain.code import parse_code
from schemas.report import NewFile, ReportWords
from tests.offices import Offices


def reader(offices: Offices) -> CaseReader:
    return CaseReader(offices.database, offices.keyring, offices.place)


def test_a_report_is_committed_with_its_words_identity_and_promised_dates(offices: Offices) -> None:
    intake = offices.report()
    case = reader(offices).by_code(intake.code)
    identity, confirmed_at = reader(offices).identity(intake.case_id)
    assert case is not None
    assert case.words.title == "Lampu padam"
    assert identity.email == "pelapor@contoh.example"
    assert confirmed_at is None
    assert parse_code(intake.code) == intake.code
    promised = {clock.name: clock.due_at for clock in intake.start.clocks}
    with offices.database.read() as session:
        kept = {ClockName(row.clock): row.due_at for row in session.scalars(select(DueRow))}
    assert kept == promised


def test_one_form_makes_one_report_however_often_it_is_sent(offices: Offices) -> None:
    intake_id = str(uuid4())
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: offices.report(intake_id=intake_id), range(20)))
    assert len({(intake.code, intake.key) for intake in made}) == 1
    assert sum(not intake.again for intake in made) == 1
    with offices.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ReportRow)) == 1


def test_a_form_that_comes_back_with_other_words_is_refused(offices: Offices) -> None:
    intake_id = str(uuid4())
    first = offices.report(intake_id=intake_id)
    with pytest.raises(OtherReportSentError) as refused:
        offices.report(intake_id=intake_id, words=ReportWords(title="Lain", text="Lain sama sekali."))
    assert refused.value.code == first.code


def test_the_key_opens_the_case_and_is_not_in_the_tables(offices: Offices) -> None:
    intake = offices.report()
    assert reader(offices).code_of_key(intake.key) == intake.code
    assert reader(offices).code_of_key("0" * 32) is None
    with offices.database.read() as session:
        stored = session.execute(select(ReportRow.key_hash, ReportRow.start)).all()
    assert intake.key not in str(stored)


def test_words_and_identity_lie_sealed(offices: Offices) -> None:
    canary = f"kenari{uuid4().hex}"
    offices.report(words=ReportWords(title=canary, text=canary), identity={"name": canary, "phone": canary})
    with offices.database.read() as session:
        tables = (ReportRow, MessageRow, IdentityRow, DueRow)
        found = [row for table in tables for row in session.execute(select(table.__table__))]
    assert found
    assert not [row for row in found if canary in str(row) or canary.encode() in b"".join(_blobs(row))]


def _blobs(row: object) -> list[bytes]:
    return [bytes(value) for value in row if isinstance(value, bytes | memoryview)]  # type: ignore[attr-defined]


def test_an_attachment_lies_sealed_and_comes_back_whole(offices: Offices) -> None:
    content = b"%PDF-1.7 kenari"
    file = NewFile(name="surat.pdf", media_type="application/pdf", content=content)
    intake = offices.report(files=(file,))
    with offices.database.read() as session:
        row = session.scalars(select(FileRow)).one()
        stored, file_id = (offices.files / row.stored_as).read_bytes(), row.id
    opened = reader(offices).file(intake.case_id, file_id, for_reporter=True)
    assert b"kenari" not in stored
    assert opened is not None and opened.content == content and opened.attachment.name == "surat.pdf"
    assert reader(offices).file(intake.case_id + 1, file_id, for_reporter=True) is None


def test_what_the_engine_has_not_taken_is_found_again(offices: Offices) -> None:
    intake = offices.report()
    later = datetime.now(UTC) + timedelta(minutes=1)
    waiting = offices.intakes.not_started(later, 10)
    offices.intakes.mark_started(intake.case_id)
    assert [each.start for each in waiting] == [intake.start]
    assert offices.intakes.not_started(later, 10) == []


def test_a_stored_start_that_cannot_be_read_hides_no_other(offices: Offices) -> None:
    bad, good, left_out = offices.report(), offices.report(), offices.report()
    with offices.database.write() as session:
        session.get_one(ReportRow, bad.case_id).start = {"state": 1}
    later = datetime.now(UTC) + timedelta(minutes=1)
    found = offices.intakes.not_started(later, 10, but={left_out.case_id})
    assert [(each.case_id, each.start) for each in found] == [(bad.case_id, None), (good.case_id, good.start)]
