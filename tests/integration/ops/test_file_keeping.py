"""The folder of attachments keeps itself tidy."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import make_transient

from db.case_table import FileRow
from db.file_sweep import ASIDE, ASIDE_FOR, OLD_AFTER, FileSweep
from db.operation_store import OperationStore
from db.upload_store import FOLDER, Piece, UploadOwner, UploadStore
from db.upload_table import UploadRow
from ops.file_keeping import ORPHANS_EVERY, FileKeeper
from ops.lease import Lease
from schemas.report import NewFile
from tests.offices import Offices

PDF = NewFile(name="a.pdf", media_type="application/pdf", content=b"%PDF")
OWNER = UploadOwner(browser="b", form_id=str(uuid4()))


def keeper(offices: Offices, now: list[datetime]) -> FileKeeper:
    uploads = UploadStore(offices.database, offices.keyring, offices.place)
    lease = Lease(OperationStore(offices.database), "files", lambda: now[0])
    return FileKeeper(uploads, FileSweep(offices.database, offices.place), lease, lambda: now[0])


def staged(offices: Offices, count: int) -> None:
    store = UploadStore(offices.database, offices.keyring, offices.place)
    for _ in range(count):
        piece = Piece(upload_id=str(uuid4()), name="a.pdf", size=9, offset=0, content=b"%PDF")
        store.take(OWNER, piece)


def left(offices: Offices) -> int:
    return len(list((offices.files / FOLDER).iterdir()))


def test_all_that_has_expired_goes_in_one_round(sqlite_offices: Offices) -> None:
    staged(sqlite_offices, 3)
    now = [datetime.now(UTC)]
    keeper(sqlite_offices, now).run_once()
    assert left(sqlite_offices) == 3
    with sqlite_offices.database.write() as session:
        session.execute(update(UploadRow).values(expires_at=now[0] - timedelta(hours=1)))
    keeper(sqlite_offices, now).run_once()
    assert left(sqlite_offices) == 0


def test_files_of_no_row_go_once_they_are_old(sqlite_offices: Offices) -> None:
    sqlite_offices.report(files=(PDF,))
    named = kept(sqlite_offices)
    left_by_a_kill(sqlite_offices)
    assert kept(sqlite_offices) == named
    assert [path.name for path in (sqlite_offices.files / ASIDE).iterdir()] == ["orphan"]


def kept(offices: Offices) -> set[Path]:
    """What lies among the attachments."""
    return {path for path in offices.files.iterdir() if path.is_file()}


def test_a_database_that_knows_no_file_is_not_believed(sqlite_offices: Offices) -> None:
    sqlite_offices.files.mkdir()
    left_by_a_kill(sqlite_offices)
    assert [path.name for path in sqlite_offices.files.iterdir()] == ["orphan"]


def test_files_that_were_set_aside_go_at_last(sqlite_offices: Offices) -> None:
    sqlite_offices.report(files=(PDF,))
    left_by_a_kill(sqlite_offices)
    sweep, set_aside_at = FileSweep(sqlite_offices.database, sqlite_offices.place), later() + ORPHANS_EVERY
    assert sweep.run(set_aside_at + ASIDE_FOR - timedelta(hours=1)) == 0
    assert sweep.run(set_aside_at + ASIDE_FOR + timedelta(hours=1)) == 1
    assert list((sqlite_offices.files / ASIDE).iterdir()) == []


def test_a_database_of_an_older_day_loses_no_attachment(sqlite_offices: Offices) -> None:
    """Rows of a case are gone for a while, as after a restore, and come back with a newer copy."""
    offices = sqlite_offices
    offices.report(files=(PDF,))
    intake, named = offices.report(files=(PDF, PDF)), kept(offices)
    with offices.database.write() as session:
        rows = list(session.scalars(select(FileRow).where(FileRow.case_id == intake.case_id)))
        for row in rows:
            session.delete(row)
    sweep = FileSweep(offices.database, offices.place)
    assert sweep.run(later()) == 2 and len(kept(offices)) == 1
    with offices.database.write() as session:
        for row in rows:
            make_transient(row)
        session.add_all(rows)
    assert sweep.run(later()) == 0 and kept(offices) == named
    assert sweep.run(later() + ASIDE_FOR * 2) == 0 and kept(offices) == named


def later() -> datetime:
    """When what is written now counts as old."""
    return datetime.now(UTC) + OLD_AFTER + timedelta(minutes=1)


def left_by_a_kill(offices: Offices) -> None:
    """Bytes that no row names, and the rounds in which they become old."""
    now = [datetime.now(UTC)]
    working = keeper(offices, now)
    (offices.files / "orphan").write_bytes(b"x")
    working.run_once()
    now[0] += OLD_AFTER + ORPHANS_EVERY
    working.run_once()


def test_a_folder_that_is_not_on_this_machine_is_no_fault(sqlite_offices: Offices) -> None:
    working = keeper(sqlite_offices, [datetime.now(UTC)])
    working.run_once()
    assert not sqlite_offices.files.exists()


def test_it_ends_when_it_is_told_to(sqlite_offices: Offices) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=keeper(sqlite_offices, [datetime.now(UTC)]).run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
