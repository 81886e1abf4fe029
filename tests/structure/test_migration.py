"""The migrations make exactly the tables of the models, and each can be taken back."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from db.database import Base, Database
from db.migrate import FOLDER, check_and_migrate
from tests.databases import sqlite_url
from tests.sources import in_packages, source

TABLE_MODULES = [found.module for found in in_packages("db") if found.path.endswith("_table.py")]
SCRIPTS = ScriptDirectory(str(FOLDER))


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = url
    return made


def test_the_models_equal_the_migrations(tmp_path: Path) -> None:
    for module in TABLE_MODULES:
        importlib.import_module(module)
    check_and_migrate(sqlite_url(tmp_path))
    database = Database(sqlite_url(tmp_path))
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        different = compare_metadata(context, Base.metadata)
    database.dispose()
    assert different == []


def test_alembic_itself_finds_nothing_left_to_do(tmp_path: Path) -> None:
    check_and_migrate(sqlite_url(tmp_path))
    command.check(config(sqlite_url(tmp_path)))
    assert SCRIPTS.get_current_head() is not None


def test_alembic_knows_every_file_of_tables() -> None:
    environment = source("db/migrations/env.py").tree
    known = {
        f"db.{alias.name}"
        for node in ast.walk(environment)
        if isinstance(node, ast.ImportFrom) and node.module == "db"
        for alias in node.names
    }
    assert known == set(TABLE_MODULES)


def test_every_migration_can_be_taken_back(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    check_and_migrate(url)
    command.downgrade(config(url), "base")
    database = Database(url)
    left = inspect(database.engine).get_table_names()
    database.dispose()
    assert left == ["alembic_version"]


def test_a_migration_that_was_taken_back_can_be_applied_again(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    for direction in (command.upgrade, command.downgrade, command.upgrade):
        direction(config(url), "base" if direction is command.downgrade else "head")
    command.check(config(url))
    database = Database(url)
    assert "case_log" in inspect(database.engine).get_table_names()
    database.dispose()


def test_no_migration_has_an_empty_way_back() -> None:
    for script in SCRIPTS.walk_revisions():
        found = source(str(Path("db/migrations/versions") / Path(script.path).name))
        back = next(
            node for node in found.tree.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade"
        )
        assert not all(
            isinstance(each, ast.Pass | ast.Expr) and not calls_something(each) for each in back.body
        )


def calls_something(node: ast.stmt) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def test_the_history_of_migrations_has_one_head_and_numbered_files() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    names = [Path(script.path).name for script in SCRIPTS.walk_revisions()]
    numbers = sorted(int(name.split("_")[0]) for name in names)
    assert numbers == list(range(1, len(names) + 1))
