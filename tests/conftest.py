"""Fixtures that every folder may use: databases, offices, and throw-away servers."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from db.database import Database
from tests.databases import has_postgres, migrated, postgres_cluster, postgres_database, sqlite_url
from tests.offices import Offices, open_offices
from tests.require import require
from tests.stack import Stack

LINES_SHOWN = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test of a running copy shows what its processes printed last."""
    report = yield
    stacks = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Stack)]
    if report.failed:
        for stack in stacks:
            lines = stack.log.read_text().splitlines() if stack.log.exists() else []
            report.sections.append((f"log of {stack.home.name}", "\n".join(lines[-LINES_SHOWN:])))
    return report


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL cluster for the whole run."""
    require(has_postgres(), "PostgreSQL (pg_virtualenv)")
    with postgres_cluster() as address:
        yield address


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite file."""
    database = migrated(sqlite_url(tmp_path))
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same test on both databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    with postgres_database(request.getfixturevalue("cluster")) as url:
        made = migrated(url)
        yield made
        made.dispose()


@pytest.fixture
def offices(database: Database, tmp_path: Path) -> Offices:
    """Two agencies with offices and accounts, on both databases."""
    return open_offices(database, tmp_path)


@pytest.fixture
def sqlite_offices(sqlite_database: Database, tmp_path: Path) -> Offices:
    """The same on SQLite alone, for tests that are about something else."""
    return open_offices(sqlite_database, tmp_path)
