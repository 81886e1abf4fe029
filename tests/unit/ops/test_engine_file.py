from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ops import engine_file
from ops.refusal import Refusal


def make_file(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return path


def test_a_column_more_is_another_fingerprint(tmp_path: Path) -> None:
    table = "CREATE TABLE executions (id INTEGER PRIMARY KEY)"
    first = make_file(tmp_path / "1", table)
    same = make_file(tmp_path / "2", table, "INSERT INTO executions VALUES (7)")
    other = make_file(tmp_path / "3", table, "ALTER TABLE executions ADD COLUMN extra TEXT")
    assert engine_file.fingerprint(first) == engine_file.fingerprint(same)
    assert engine_file.fingerprint(first) != engine_file.fingerprint(other)


def test_a_new_home_may_have_its_file_made(tmp_path: Path) -> None:
    engine_file.require_usable(tmp_path)
    assert not (tmp_path / "engine.db").exists()


def test_a_file_of_another_version_is_refused_in_one_line_and_kept(tmp_path: Path) -> None:
    make_file(tmp_path / "engine.db", "CREATE TABLE executions (id INTEGER PRIMARY KEY)")
    with pytest.raises(Refusal, match="not made by this version") as refusal:
        engine_file.require_usable(tmp_path)
    assert len(refusal.value.lines) == 1
    assert (tmp_path / "engine.db").exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "engine.db").write_text("something else" * 100)
    with pytest.raises(Refusal, match="not made by this version"):
        engine_file.require_usable(tmp_path)


def test_a_file_whose_making_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    engine_file.require_usable(tmp_path)
    make_file(tmp_path / "engine.db", "CREATE TABLE half (id INTEGER PRIMARY KEY)")
    (tmp_path / "engine.db-wal").touch()
    engine_file.require_usable(tmp_path)
    assert not list(tmp_path.glob("engine.db")) + list(tmp_path.glob("engine.db-wal"))


def test_a_finished_file_is_never_removed(tmp_path: Path) -> None:
    engine_file.require_usable(tmp_path)
    make_file(tmp_path / "engine.db", "CREATE TABLE half (id INTEGER PRIMARY KEY)")
    engine_file.mark_finished(tmp_path)
    with pytest.raises(Refusal):
        engine_file.require_usable(tmp_path)
    assert (tmp_path / "engine.db").exists()
