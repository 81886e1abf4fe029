"""A backup is whole, of one instant, made beside those who write, and never half there."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from db.log_summary import summarize_logs
from db.migrate import check_and_migrate
from ops import manifest
from ops.backup import ENGINE_ELSEWHERE, NO_KEY, WITH_KEY, backup
from ops.home import ENGINE_FILE, held
from ops.preparation import prepare_home
from ops.refusal import Refusal
from settings import Settings
from tests.databases import postgres_database
from tests.factories import CaseFactory
from tests.offices import open_offices

WRITES = 200


def settings_of(home: Path, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_ALLOW_HTTP": "1", **more})


def written_engine(home: Path) -> Path:
    """A file as the engine keeps it: with a log of its own beside it."""
    path = home / ENGINE_FILE
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table pair (a integer, b integer)")
    connection.close()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A home with a case, an attachment, a file that is still sent, a history and an engine."""
    settings = settings_of(tmp_path / "home")
    prepare_home(settings)
    settings = settings_of(tmp_path / "home")
    database = Database(settings.database_url)
    CaseFactory(open_offices(database, tmp_path / "home")).report()
    database.dispose()
    for name in ("files/aa", "files/staged/bb", "histories/XY/XYZ.json.gz", "histories/XY/XYZ.json.gz.part"):
        path = settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    written_engine(settings.home)
    yield settings


def test_a_backup_holds_both_databases_attachments_and_histories_and_no_key(
    settings: Settings, tmp_path: Path
) -> None:
    said = backup(settings, tmp_path / "copy", with_key=False)
    made = manifest.read(tmp_path / "copy")
    manifest.require_whole(tmp_path / "copy", made)
    assert {file.path for file in made.files} == {
        "engine.db",
        "files/aa",
        "files/staged/bb",
        "histories/XY/XYZ.json.gz",
        "tuntas.db",
    }
    assert said[-1] == NO_KEY and made.engine_at is not None and made.engine_at <= made.database_at
    assert made.log.rows == 1 and made.tables and not made.demo
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_the_key_goes_along_only_when_asked_for_and_that_is_said_loudly(
    settings: Settings, tmp_path: Path
) -> None:
    assert backup(settings, tmp_path / "copy", with_key=True)[-1] == WITH_KEY
    assert (tmp_path / "copy/master.key").read_bytes() == settings.master_key_file.read_bytes()
    elsewhere = settings_of(settings.home, TUNTAS_MASTER_KEY=settings.master_key_file.read_text().strip())
    settings.master_key_file.unlink()
    with pytest.raises(Refusal, match="comes from a variable"):
        backup(elsewhere, tmp_path / "other", with_key=True)
    assert [path.name for path in tmp_path.glob(".other*")] == []


def test_attachments_are_linked_and_what_still_grows_is_copied(settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "copy", with_key=False)
    assert os.path.samefile(settings.home / "files/aa", tmp_path / "copy/files/aa")
    assert not os.path.samefile(settings.home / "files/staged/bb", tmp_path / "copy/files/staged/bb")


def test_a_copy_made_while_somebody_writes_is_of_one_instant(settings: Settings, tmp_path: Path) -> None:
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        connection = sqlite3.connect(settings.home / ENGINE_FILE, timeout=30)
        number = 0
        while not stop.is_set():
            with connection:
                connection.execute("insert into pair values (?, 0)", (number,))
                connection.execute("update pair set b = (select count(*) from pair)")
            number += 1
            if number == 3:
                begun.set()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(60)
    backup(settings, tmp_path / "copy", with_key=False)
    stop.set()
    writer.join()
    copied = sqlite3.connect(tmp_path / "copy" / ENGINE_FILE)
    (rows, low, high) = copied.execute("select count(*), min(b), max(b) from pair").fetchone()
    copied.close()
    assert rows >= 3 and rows == low == high


def test_a_folder_that_is_there_or_lies_in_the_home_is_refused(settings: Settings, tmp_path: Path) -> None:
    for place, said in ((tmp_path, "is there already"), (settings.home / "copy", "is lost with it")):
        with pytest.raises(Refusal, match=said):
            backup(settings, place, with_key=False)
    with pytest.raises(Refusal, match="make it first"):
        backup(settings, tmp_path / "no/copy", with_key=False)


def test_what_a_killed_backup_left_is_taken_away_by_the_next(settings: Settings, tmp_path: Path) -> None:
    left = tmp_path / ".copy.killed.part"
    left.mkdir()
    (left / "tuntas.db").write_bytes(b"half")
    backup(settings, tmp_path / "copy", with_key=False)
    assert not left.exists() and (tmp_path / "copy/manifest.json").exists()


def test_one_backup_at_a_time_and_it_goes_beside_a_running_copy(settings: Settings, tmp_path: Path) -> None:
    with held(settings.home):
        backup(settings, tmp_path / "copy", with_key=False)
    with held(settings.home, "backup.lock"), pytest.raises(Refusal, match="in use by process"):
        backup(settings, tmp_path / "second", with_key=False)


def test_a_damaged_database_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    path = settings.home / ENGINE_FILE
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    with pytest.raises(Refusal, match=r"engine\.db"):
        backup(settings, tmp_path / "copy", with_key=False)
    assert not (tmp_path / "copy").exists() and list(tmp_path.glob(".copy*")) == []


def test_a_changed_or_missing_file_is_found(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    backup(settings, folder, with_key=False)
    made = manifest.read(folder)
    (folder / "files/staged/bb").write_bytes(b"x")
    (folder / "histories/XY/XYZ.json.gz").unlink()
    with pytest.raises(Refusal, match=r"files/staged/bb, histories/XY/XYZ\.json\.gz missing or changed"):
        manifest.require_whole(folder, made)


def test_a_folder_without_a_manifest_or_with_another_versions_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="is no backup"):
        manifest.read(tmp_path)
    backup(settings, tmp_path / "copy", with_key=False)
    path = tmp_path / "copy/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(Refusal, match="another version"):
        manifest.read(tmp_path / "copy")


@pytest.mark.postgres
def test_postgresql_is_dumped_by_its_own_tool_and_an_engine_elsewhere_is_named(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_database(cluster) as url:
        check_and_migrate(url)
        more = {"TUNTAS_DATABASE_URL": url, "TEMPORAL_ADDRESS": "127.0.0.1:9"}
        prepare_home(settings_of(tmp_path / "home", **more))
        settings = settings_of(tmp_path / "home", **more)
        said = backup(settings, tmp_path / "copy", with_key=False)
        assert ENGINE_ELSEWHERE in said
        made = manifest.read(tmp_path / "copy")
        assert [file.path for file in made.files] == ["tuntas.dump"] and made.engine == "elsewhere"
        database = Database(url)
        assert made.log == summarize_logs(database)
        database.dispose()
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Refusal, match="pg_dump is not installed"):
            backup(settings, tmp_path / "second", with_key=False)
