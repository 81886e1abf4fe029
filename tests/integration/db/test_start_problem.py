"""What forbids to work with a database is told all at once."""

from __future__ import annotations

from pathlib import Path

from db import installation
from db.database import Database
from db.engine_place import begin_move, finish_move
from db.keyring import Keyring
from db.restored import BOTH, DATABASE, ENGINE, finish_reconciliation, mark_restored, restored
from db.start import start_problems
from tests.databases import sqlite_url

HERE = "127.0.0.1:7233 (default)"
OURS, ANOTHER = Keyring(bytes(range(32))), Keyring(bytes(range(1, 33)))


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def problems(database: Database, keyring: Keyring, *, demo: bool = False) -> list[str]:
    return start_problems(url_of(database), demo=demo, keyring=keyring, place=HERE)


def test_a_new_database_is_fit_and_bound_to_its_key(database: Database) -> None:
    assert problems(database, OURS) == problems(database, OURS) == []
    (told,) = problems(database, ANOTHER)
    assert "master key" in told


def test_a_demo_with_another_key_is_refused_with_both_reasons(database: Database) -> None:
    installation.claim_demo(database)
    assert problems(database, OURS, demo=True) == []
    told = problems(database, ANOTHER)
    assert len(told) == 2 and "demo accounts" in told[0] and "master key" in told[1]


def test_an_engine_that_the_cases_have_left_is_refused(database: Database) -> None:
    begin_move(database, HERE, "elsewhere:7233 (default)")
    (told,) = problems(database, OURS)
    assert "are being moved" in told
    finish_move(database)
    (told,) = problems(database, OURS)
    assert "have moved" in told and "elsewhere:7233" in told


def test_what_came_back_from_a_backup_is_reconciled_first(database: Database) -> None:
    mark_restored(database, DATABASE)
    (told,) = problems(database, OURS)
    assert "tuntas reconcile" in told
    mark_restored(database, ENGINE)
    assert restored(database) == BOTH
    finish_reconciliation(database)
    assert problems(database, OURS) == []


def test_a_database_without_tables_is_told_to_be_migrated(tmp_path: Path) -> None:
    (told,) = start_problems(sqlite_url(tmp_path), demo=False, keyring=OURS, place=HERE)
    assert "tuntas migrate" in told
