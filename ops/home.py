"""The home: the folder with everything that an installation on one machine keeps."""

from __future__ import annotations

import base64
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ops.refusal import Refusal
from settings import MASTER_KEY_BYTES, Settings

LOCK = "up.lock"
ENGINE_FILE = "engine.db"
DATABASE_FILE = "tuntas.db"
RESTORE_STAGING = "restoring"
RESTORE_MARK = "restore.mark"
"""Stands while a restore lays things down; names the backup and the part."""


def make_home(home: Path) -> None:
    """Makes the folder, closed to other users, and proves that it can be written; safe to repeat.

    Raises: Refusal if it cannot.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"x")
    except OSError as problem:
        raise Refusal(
            f"The home {home} cannot be written ({problem.strerror}): name another folder in TUNTAS_HOME."
        ) from problem


@contextmanager
def held(home: Path, name: str = LOCK) -> Iterator[None]:
    """Keeps the home for this process until the block or the process ends, however it ends.

    `name`: of the lock; another one than that of `tuntas up` goes beside it. Raises: Refusal if another
    process keeps it.
    """
    with (home / name).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            lock.seek(0)
            raise Refusal(
                f"The home {home} is in use by process {lock.read().strip() or 'unknown'}: "
                "stop that one first, or name another folder in TUNTAS_HOME."
            ) from busy
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def make_contents(settings: Settings) -> None:
    """Makes the folder for attachments and, unless one was given, the master key; safe to repeat.

    Raises: Refusal if the database is there and its key is not, or if a restore was cut off.
    """
    if (begun := settings.home / RESTORE_MARK).exists():
        raise Refusal(f"A restore was cut off: run it again, with the backup {begun.read_text().strip()}.")
    settings.files_folder.mkdir(mode=0o700, exist_ok=True)
    if settings.master_key is not None:
        return
    if (settings.home / DATABASE_FILE).exists():
        raise Refusal(
            f"{settings.master_key_file} is missing, and without it the database cannot be read: "
            "put it back from your backup."
        )
    make_master_key(settings.master_key_file)


def make_master_key(path: Path) -> None:
    """Writes a new random key in base64, for the owner only: wholly or not at all, and never over another."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(MASTER_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
