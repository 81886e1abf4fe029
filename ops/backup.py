"""`tuntas backup`: a copy of everything that an installation keeps, made while it runs.

The engine is copied first, the database after it, attachments last: so no copy lacks words that another one
names. Source: ADR 014.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from db import migrate
from db.database import Database
from db.installation import is_demo
from db.log_summary import summarize_logs
from db.upload_store import FOLDER as STAGED
from ops import manifest
from ops.dump import CopyError, copy_sqlite, dump_postgres
from ops.home import DATABASE_FILE, ENGINE_FILE, held
from ops.preparation import SQLITE, opened, used_database
from ops.refusal import Refusal
from schemas.backup import LogSummary, Manifest
from settings import Settings

LOCK = "backup.lock"
DUMP_FILE = "tuntas.dump"
KEY_FILE = "master.key"
PART = ".part"
ENGINE_ELSEWHERE = (
    "The engine is elsewhere and not in this backup: back its own database up too, before this one each time."
)
FILES_ELSEWHERE = (
    "Attachments lie in a bucket and not in this backup: keep its old versions, or copy it after this one."
)
NO_KEY = "The master key is not in this backup: without it nobody can read a word. Keep it at another place."
WITH_KEY = (
    "THE MASTER KEY IS IN THIS BACKUP: whoever has the folder reads every report and name. Lock it away."
)


def backup(settings: Settings, target: Path, *, with_key: bool) -> list[str]:
    """Makes a backup in a new folder, wholly or not at all, and says what is in it.

    May run beside everything else; one at a time. Raises: Refusal.
    """
    target = target.resolve()
    _require_place(settings.home, target)
    with opened(settings), held(settings.home, LOCK):
        _clear(target)
        try:
            made = _put(settings, target, with_key=with_key)
        except OSError as problem:
            raise Refusal(f"The backup cannot be written: {problem.strerror}.") from problem
        except CopyError as problem:
            raise Refusal(str(problem)) from problem
        finally:
            _clear(target)
    return _lines(settings, target, made)


def _require_place(home: Path, target: Path) -> None:
    if target.exists():
        raise Refusal(f"{target} is there already: name a folder that does not exist yet.")
    if target.is_relative_to(home):
        raise Refusal("A backup in the home is lost with it: name a folder outside.")
    if not target.parent.is_dir():
        raise Refusal(f"{target.parent} is no folder: make it first.")


def _clear(target: Path) -> None:
    """Takes away what a backup that was cut off has left; the lock says that nobody writes it now."""
    for left in target.parent.glob(f".{target.name}.*{PART}"):
        shutil.rmtree(left, ignore_errors=True)


def _put(settings: Settings, target: Path, *, with_key: bool) -> Manifest:
    """Everything in a folder of another name, which gets its own once all is on the disk."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=PART, dir=target.parent))
    made = _made(settings, folder, with_key=with_key)
    sync_folder(folder)
    os.rename(folder, target)
    sync_one(target.parent)
    return made


def _made(settings: Settings, folder: Path, *, with_key: bool) -> Manifest:
    begun_at = _now()
    engine_at = _copy_engine(settings, folder)
    database_at, log = _copy_database(settings, folder)
    _copy_tree(settings.files_folder, folder / "files", moving=STAGED)
    _copy_tree(settings.histories_folder, folder / "histories")
    if with_key:
        _copy_key(settings, folder)
    with used_database(settings) as database:
        demo = is_demo(database)
    made = Manifest(
        format=manifest.FORMAT,
        version=version("tuntas"),
        tables=migrate.revision(settings.database_url) or "",
        database="sqlite" if _is_sqlite(settings) else "postgresql",
        engine="embedded" if settings.embedded_engine else "elsewhere",
        begun_at=begun_at,
        engine_at=engine_at,
        database_at=database_at,
        finished_at=_now(),
        demo=demo,
        with_key=with_key,
        log=log,
        files=manifest.listed(folder),
    )
    (folder / manifest.MANIFEST).write_text(made.model_dump_json(indent=1) + "\n")
    return made


def _copy_engine(settings: Settings, folder: Path) -> datetime | None:
    source = settings.home / ENGINE_FILE
    if not settings.embedded_engine or not source.exists():
        return None
    at = _now()
    copy_sqlite(source, folder / ENGINE_FILE)
    return at


def _copy_database(settings: Settings, folder: Path) -> tuple[datetime, LogSummary]:
    """The instant of the copy, and where the logs end in it; of a dump, where they ended just before."""
    if not _is_sqlite(settings):
        with used_database(settings) as database:
            log = summarize_logs(database)
        at = _now()
        dump_postgres(settings.database_url, folder / DUMP_FILE)
        return at, log
    at = _now()
    copy_sqlite(Path(settings.database_url.removeprefix(SQLITE)), folder / DATABASE_FILE)
    copied = Database(f"{SQLITE}{folder / DATABASE_FILE}")
    try:
        return at, summarize_logs(copied)
    finally:
        copied.dispose()


def _copy_tree(source: Path, target: Path, moving: str | None = None) -> None:
    """Links or copies all files of a folder. Sealed files and histories never change once they are there.

    `moving`: the folder in it whose files still grow. What is deleted meanwhile is not missed.
    """
    target.mkdir(mode=0o700)
    for path in source.rglob("*") if source.is_dir() else ():
        place = target / path.relative_to(source)
        with suppress(FileNotFoundError):
            if path.is_dir():
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif not path.name.endswith(PART):
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                grows = path.relative_to(source).parts[0] == moving
                _copy_one(path, place, link=not grows)


def _copy_one(source: Path, target: Path, *, link: bool) -> None:
    """Another file system, or one without links, gets a copy."""
    if link:
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise
        except OSError:
            pass
        else:
            return
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _copy_key(settings: Settings, folder: Path) -> None:
    """The file of the home; a key that comes from a variable has its own place already."""
    if not settings.master_key_file.exists():
        raise Refusal(
            f"There is no {settings.master_key_file}: the key comes from a variable. Leave out --with-key."
        )
    _copy_one(settings.master_key_file, folder / KEY_FILE, link=False)


def sync_folder(folder: Path) -> None:
    """A folder and everything in it are on the disk when this returns."""
    for path in folder.rglob("*"):
        sync_one(path)
    sync_one(folder)


def sync_one(path: Path) -> None:
    """A file, or the names in a folder, are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(settings: Settings, target: Path, made: Manifest) -> list[str]:
    log, size = made.log, sum(file.size for file in made.files)
    return [
        f"{target}: {len(made.files)} files, {size} bytes; Tuntas {made.version}, tables {made.tables}.",
        f"Logs: {log.cases} cases, {log.rows} events, head {log.head}.",
        f"Manifest: sha256 {manifest.sha256_of(target / manifest.MANIFEST)}.",
        *([FILES_ELSEWHERE] if settings.files_url else []),
        *([ENGINE_ELSEWHERE] if made.engine == "elsewhere" else []),
        WITH_KEY if made.with_key else NO_KEY,
    ]


def _is_sqlite(settings: Settings) -> bool:
    return settings.database_url.startswith(SQLITE)


def _now() -> datetime:
    return datetime.now(UTC)
