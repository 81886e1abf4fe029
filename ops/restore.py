"""`tuntas restore`: lays a backup down where nothing is, after every file was held against its hash.

The database comes last and carries a mark: until a reconciliation nothing works with it. Source: ADR 014.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import inspect

from db import migrate
from db.database import Database
from db.mail_hold import MailHoldStore
from db.restored import BOTH, DATABASE, ENGINE, mark_restored
from ops import manifest
from ops.backup import DUMP_FILE, KEY_FILE, sync_folder, sync_one
from ops.dump import CopyError, load_postgres
from ops.history_export import write_whole
from ops.home import DATABASE_FILE, ENGINE_FILE, RESTORE_MARK, RESTORE_STAGING, held, make_home
from ops.preparation import SQLITE, refusals, used_database
from ops.refusal import Refusal
from schemas.backup import Manifest
from settings import Settings

ENGINE_ELSEWHERE = (
    "The engine is elsewhere: if it was lost too, bring its own database back to an instant before this one."
)
KEY_MISSING = "The master key is not in the backup: put it to {path} before you start."
NEXT = (
    "Next: `tuntas up` reconciles by itself; where parts run apart, `tuntas migrate` and `tuntas reconcile`."
)


def restore(settings: Settings, folder: Path, only: str | None) -> list[str]:
    """Lays down what a backup holds, wholly or not at all, and says what comes next.

    `only`: `database` or `engine`; the other one stays as it is. Cut off anywhere, the same call again begins
    anew. Raises: Refusal.
    """
    folder = folder.resolve()
    made = manifest.read(folder)
    manifest.require_whole(folder, made)
    _require_fit(settings, made, only)
    make_home(settings.home)
    with held(settings.home):
        mark = f"{folder} {only or BOTH}\n"
        _require_free(settings, made, only, mark)
        try:
            _lay_down(settings, folder, made, only, mark)
        except OSError as problem:
            raise Refusal(f"The backup cannot be laid down: {problem.strerror}.") from problem
        except CopyError as problem:
            raise Refusal(str(problem)) from problem
    return _lines(settings, folder, made, only)


def _require_fit(settings: Settings, made: Manifest, only: str | None) -> None:
    """What of the backup this installation cannot take."""
    sqlite = settings.database_url.startswith(SQLITE)
    if only != ENGINE and sqlite != (made.database == "sqlite"):
        raise Refusal(f"This backup is of {made.database}: set TUNTAS_DATABASE_URL to such a database.")
    if only == ENGINE and made.engine != "embedded":
        raise Refusal(
            "The engine's data are not in this backup: they come back with the engine's own database."
        )
    if settings.demo != made.demo:
        raise Refusal("Set TUNTAS_DEMO=1: this backup is a demo's." if made.demo else "Unset TUNTAS_DEMO.")


def _require_free(settings: Settings, made: Manifest, only: str | None, mark: str) -> None:
    """Nothing is ever overwritten, but for what the same restore, cut off, had laid down."""
    if (begun := settings.home / RESTORE_MARK).exists():
        if begun.read_text() == mark:
            return
        raise Refusal(f"Another restore was cut off: finish that of {begun.read_text().strip()} first.")
    names = [*([ENGINE_FILE] if only != DATABASE and made.engine == "embedded" else [])]
    database = _database_file(settings)
    taken = [settings.home / name for name in names]
    taken += [database] if database is not None and only != ENGINE else []
    found = [str(path) for path in taken if path.exists()]
    if only is None:
        found += [
            str(path) for path in (settings.files_folder, settings.histories_folder) if _has_files(path)
        ]
    if found:
        raise Refusal(
            f"{', '.join(found)} is there already: move it away first. --only lays down one of two databases."
        )
    if database is None and only != ENGINE and _has_tables(settings):
        raise Refusal("The PostgreSQL database has tables already: make an empty one, or drop it first.")


def _has_tables(settings: Settings) -> bool:
    with refusals(), used_database(settings) as database:
        return bool(inspect(database.engine).get_table_names())


def _lay_down(settings: Settings, folder: Path, made: Manifest, only: str | None, mark: str) -> None:
    """All files are in the home before the first has its name; the database has its own last."""
    staging = settings.home / RESTORE_STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    for file in made.files:
        if _is_wanted(file.path, only):
            _copy(folder / file.path, staging / file.path)
    if only != ENGINE and _database_file(settings) is not None:
        _mark(f"{SQLITE}{staging / DATABASE_FILE}", DATABASE if only else BOTH)
    sync_folder(staging)
    write_whole(settings.home / RESTORE_MARK, mark.encode())
    _place(settings, staging, only)
    for name in ("files", "histories"):
        if (settings.home / name).exists():
            sync_folder(settings.home / name)
    sync_one(settings.home)
    shutil.rmtree(staging)
    (settings.home / RESTORE_MARK).unlink()


def _place(settings: Settings, staging: Path, only: str | None) -> None:
    if only == ENGINE:
        _mark(settings.database_url, ENGINE)
    for name in (ENGINE_FILE, "files", "histories", KEY_FILE):
        if (staging / name).exists():
            _move(staging / name, settings.home / name)
    database = _database_file(settings)
    if only != ENGINE and database is not None:
        _move(staging / DATABASE_FILE, database)
    elif only != ENGINE:
        if not _has_tables(settings):
            load_postgres(settings.database_url, staging / DUMP_FILE)
        _mark(settings.database_url, DATABASE if only else BOTH)


def _move(source: Path, target: Path) -> None:
    """A file takes the place of one that a cut-off restore laid down; a folder takes in what it lacks."""
    if source.is_dir():
        target.mkdir(mode=0o700, exist_ok=True)
        for path in sorted(source.iterdir()):
            _move(path, target / path.name)
    elif target.name != KEY_FILE or not target.exists():
        for ending in ("-wal", "-shm") if target.suffix == ".db" else ():
            target.with_name(target.name + ending).unlink(missing_ok=True)
        os.replace(source, target)


def _copy(source: Path, target: Path) -> None:
    """A copy, never a link: the backup must outlive whatever happens to the home."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _mark(url: str, what: str) -> None:
    database = Database(url)
    try:
        with refusals():
            migrate.revision(url)
            mark_restored(database, what)
            if what != ENGINE:
                MailHoldStore(database).hold()
    finally:
        database.dispose()


def _is_wanted(path: str, only: str | None) -> bool:
    if only == ENGINE:
        return path == ENGINE_FILE
    return only is None or path != ENGINE_FILE


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _database_file(settings: Settings) -> Path | None:
    url = settings.database_url
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def _lines(settings: Settings, folder: Path, made: Manifest, only: str | None) -> list[str]:
    what = {None: "everything", DATABASE: "the database and attachments", ENGINE: "the engine's data"}[only]
    key = made.with_key or settings.master_key is not None or settings.master_key_file.exists()
    at = made.engine_at if only == ENGINE and made.engine_at else made.database_at
    return [
        f"{folder}: all {len(made.files)} files are as they were backed up.",
        f"Laid down in {settings.home}: {what} of {at.isoformat(timespec='seconds')}.",
        *([] if key else [KEY_MISSING.format(path=settings.master_key_file)]),
        *([ENGINE_ELSEWHERE] if made.engine == "elsewhere" else []),
        NEXT,
    ]
