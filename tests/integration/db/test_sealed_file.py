"""Sealed bytes on disk: whole, or not there at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.file_place import FolderPlace
from db.file_sweep import OLD_AFTER, FileSweep
from db.keyring import Keyring
from db.sealed_file import LostFileError, read_sealed, write_sealed
from db.upload_store import FOLDER
from tests.offices import Offices

SEAL = Keyring(b"k" * 32).seal("upload")
NAME = "kenari"
KILLED_WHILE_WRITING = """
import resource, signal, sys
from pathlib import Path
from db.file_place import FolderPlace
from db.keyring import Keyring
from db.sealed_file import write_sealed
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write_sealed(FolderPlace(Path(sys.argv[1])), "kenari", Keyring(b"k" * 32).seal("upload"), b"new" * 1000)
"""


def kill_while_writing(folder: Path) -> None:
    """A process that the system kills at the thousandth byte of a file."""
    ended = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(folder)], check=False)
    assert ended.returncode == -signal.SIGXFSZ


def test_who_is_killed_while_writing_again_leaves_the_file_of_before(tmp_path: Path) -> None:
    write_sealed(FolderPlace(tmp_path), NAME, SEAL, b"old" * 1000)
    kill_while_writing(tmp_path)
    assert read_sealed(FolderPlace(tmp_path), NAME, SEAL) == b"old" * 1000


def test_who_is_killed_while_writing_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    kill_while_writing(tmp_path)
    assert not (tmp_path / NAME).exists()
    write_sealed(FolderPlace(tmp_path), NAME, SEAL, b"new")
    assert read_sealed(FolderPlace(tmp_path), NAME, SEAL) == b"new"


def test_what_a_kill_has_left_is_swept_once_it_is_old(offices: Offices) -> None:
    staged = offices.files / FOLDER
    staged.mkdir(parents=True)
    kill_while_writing(staged)
    assert len(list(staged.iterdir())) == 1
    FileSweep(offices.database, offices.place).run(datetime.now(UTC) + OLD_AFTER + timedelta(minutes=1))
    assert list(staged.iterdir()) == []


def test_many_who_write_the_same_leave_one_whole_file(tmp_path: Path) -> None:
    content = b"kenari" * 50_000
    with ThreadPoolExecutor(6) as pool:
        for done in [
            pool.submit(write_sealed, FolderPlace(tmp_path), NAME, SEAL, content) for _ in range(12)
        ]:
            done.result()
            assert read_sealed(FolderPlace(tmp_path), NAME, SEAL) == content
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(OSError, match=NAME):
        write_sealed(FolderPlace(tmp_path), NAME, SEAL, b"new")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "content",
    [None, b"", b"torn", SEAL.seal(b"x", "file:other")],
    ids=["gone", "empty", "torn", "another's"],
)
def test_a_file_that_is_gone_or_torn_is_lost(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / NAME).write_bytes(content)
    with pytest.raises(LostFileError):
        read_sealed(FolderPlace(tmp_path), NAME, SEAL)
