"""A backup is laid down whole, where nothing is, and whatever cuts it off it can be laid down again."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from db.database import Database
from db.log_summary import summarize_logs
from db.migrate import check_and_migrate
from db.restored import BOTH, DATABASE, ENGINE, restored
from ops import restore as restoring
from ops.backup import backup
from ops.home import DATABASE_FILE, ENGINE_FILE, RESTORE_STAGING, make_contents
from ops.manifest import read
from ops.preparation import prepare_home, used_database
from ops.refusal import Refusal
from ops.restore import restore
from settings import Settings
from tests.databases import postgres_database
from tests.factories import CaseFactory
from tests.offices import open_offices


def settings_of(home: Path, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_ALLOW_HTTP": "1", **more})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with one case, an attachment and an engine."""
    prepare_home(settings_of(tmp_path / "home"))
    made = settings_of(tmp_path / "home")
    database = Database(made.database_url)
    CaseFactory(open_offices(database, tmp_path / "home")).report()
    database.dispose()
    (made.files_folder / "aa").write_bytes(b"sealed")
    connection = sqlite3.connect(made.home / ENGINE_FILE)
    connection.execute("create table executions (id integer)")
    connection.close()
    return made


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Path:
    backup(settings, tmp_path / "copy", with_key=True)
    return tmp_path / "copy"


def mark_of(settings: Settings) -> str | None:
    with used_database(settings) as database:
        return restored(database)


def test_an_empty_home_gets_everything_and_waits_for_a_reconciliation(copy: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "new")
    said = restore(settings, copy, None)
    assert said[0] == f"{copy}: all 4 files are as they were backed up."
    assert {path.name for path in settings.home.iterdir()} == {
        "engine.db",
        "files",
        "master.key",
        "tuntas.db",
        "up.lock",
    }
    assert mark_of(settings) == BOTH
    with used_database(settings) as database:
        assert summarize_logs(database) == read(copy).log
    (settings.files_folder / "aa").write_bytes(b"changed")
    assert (copy / "files/aa").read_bytes() == b"sealed", "the backup outlives its use"


def test_nothing_that_is_there_is_overwritten(copy: Path, settings: Settings) -> None:
    for only, name in ((None, "engine.db"), (DATABASE, "tuntas.db"), (ENGINE, "engine.db")):
        with pytest.raises(Refusal, match=name):
            restore(settings, copy, only)
    assert mark_of(settings) is None


@pytest.mark.parametrize(("only", "gone"), [(DATABASE, DATABASE_FILE), (ENGINE, ENGINE_FILE)])
def test_one_of_the_two_comes_back_beside_the_other(
    copy: Path, settings: Settings, only: str, gone: str
) -> None:
    kept = ENGINE_FILE if only == DATABASE else DATABASE_FILE
    (settings.home / gone).unlink()
    inode = (settings.home / kept).stat().st_ino
    restore(settings, copy, only)
    assert (settings.home / gone).exists() and (settings.home / kept).stat().st_ino == inode
    assert mark_of(settings) == only


def test_a_damaged_backup_is_refused_before_anything_is_laid_down(copy: Path, tmp_path: Path) -> None:
    (copy / "files/aa").write_bytes(b"other.")
    with pytest.raises(Refusal, match="files/aa missing or changed"):
        restore(settings_of(tmp_path / "new"), copy, None)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("at", range(4))
def test_a_restore_cut_off_at_any_move_stops_a_start_and_is_done_again(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The parts are moved one by one; the power fails before one of them."""
    settings, moves, move = settings_of(tmp_path / "new"), [0], restoring._move

    def dying(source: Path, target: Path) -> None:
        if source.parent.name == RESTORE_STAGING:
            if moves[0] == at:
                raise KeyboardInterrupt
            moves[0] += 1
        move(source, target)

    with monkeypatch.context() as cut:
        cut.setattr(restoring, "_move", dying)
        with pytest.raises(KeyboardInterrupt):
            restore(settings, copy, None)
    with pytest.raises(Refusal, match="A restore was cut off"):
        make_contents(settings)
    shutil.copytree(copy, tmp_path / "another")
    with pytest.raises(Refusal, match="finish that of"):
        restore(settings, tmp_path / "another", None)
    restore(settings, copy, None)
    assert mark_of(settings) == BOTH and not (settings.home / RESTORE_STAGING).exists()
    with used_database(settings) as database:
        assert summarize_logs(database) == read(copy).log


def test_a_backup_of_a_demo_is_laid_down_in_a_demo_only(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="Unset TUNTAS_DEMO"):
        restore(settings_of(tmp_path / "new", TUNTAS_DEMO="1"), copy, None)


def test_a_backup_without_the_key_says_where_to_put_it(settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "bare", with_key=False)
    said = restore(settings_of(tmp_path / "new"), tmp_path / "bare", None)
    assert any("put it to" in line for line in said)


@pytest.mark.postgres
def test_a_dump_comes_back_into_an_empty_postgresql_database(cluster: str, tmp_path: Path) -> None:
    with postgres_database(cluster) as url, postgres_database(cluster) as other:
        check_and_migrate(url)
        prepare_home(settings_of(tmp_path / "home", TUNTAS_DATABASE_URL=url))
        settings = settings_of(tmp_path / "home", TUNTAS_DATABASE_URL=url)
        database = Database(url)
        CaseFactory(open_offices(database, tmp_path / "home")).report()
        database.dispose()
        backup(settings, tmp_path / "copy", with_key=True)
        with pytest.raises(Refusal, match="has tables already"):
            restore(settings_of(tmp_path / "new", TUNTAS_DATABASE_URL=url), tmp_path / "copy", None)
        with pytest.raises(Refusal, match="is of postgresql"):
            restore(settings_of(tmp_path / "sqlite"), tmp_path / "copy", None)
        elsewhere = settings_of(tmp_path / "new", TUNTAS_DATABASE_URL=other)
        restore(elsewhere, tmp_path / "copy", None)
        assert mark_of(elsewhere) == BOTH
        with used_database(elsewhere) as database:
            assert summarize_logs(database) == read(tmp_path / "copy").log
