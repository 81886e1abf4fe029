"""The folder of attachments keeps itself tidy."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import update

from db.file_sweep import OLD_AFTER, FileSweep
from db.operation_store import OperationStore
from db.upload_store import FOLDER, Piece, UploadOwner, UploadStore
from db.upload_table import UploadRow
from ops.file_keeping import ORPHANS_EVERY, FileKeeper
from ops.lease import Lease
from schemas.report import NewFile
from tests.offices import Offices

OWNER = UploadOwner(browser="b", form_id=str(uuid4()))


def keeper(offices: Offices, now: list[datetime]) -> FileKeeper:
    uploads = UploadStore(offices.database, offices.keyring, offices.files)
    lease = Lease(OperationStore(offices.database), "files", lambda: now[0])
    return FileKeeper(uploads, FileSweep(offices.database, offices.files), lease, lambda: now[0])


def staged(offices: Offices, count: int) -> None:
    store = UploadStore(offices.database, offices.keyring, offices.files)
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
    sqlite_offices.report(files=(NewFile(name="a.pdf", media_type="application/pdf", content=b"%PDF"),))
    named = set(sqlite_offices.files.iterdir())
    left_by_a_kill(sqlite_offices)
    assert set(sqlite_offices.files.iterdir()) == named


def test_a_database_that_knows_no_file_is_not_believed(sqlite_offices: Offices) -> None:
    sqlite_offices.files.mkdir()
    left_by_a_kill(sqlite_offices)
    assert [path.name for path in sqlite_offices.files.iterdir()] == ["orphan"]


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
