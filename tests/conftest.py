"""Fixtures that every folder may use: databases, offices, and throw-away servers."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from db.database import Database
from tests.databases import has_postgres, migrated, postgres_cluster, postgres_database, sqlite_url
from tests.offices import Offices, open_offices, seed
from tests.require import require
from tests.stack import Stack

LINES_SHOWN = 60
PATIENCE_MS = 60_000
LONG_FIRST = ("chaos", "integration/privacy", "browser", "integration/ops", "property", "workflow")
OFFICES = frozenset({"offices", "sqlite_offices"})
"""Who asks for one of these gets a copy of a database in which they lie already."""

hypothesis_settings.register_profile("any machine", deadline=None)
hypothesis_settings.load_profile("any machine")


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few long tests come first: at the end, one would keep one worker busy alone."""

    def place(item: pytest.Item) -> int:
        folders = [number for number, folder in enumerate(LONG_FIRST) if f"tests/{folder}/" in item.nodeid]
        return folders[0] if folders else len(LONG_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL cluster for the whole run."""
    require(has_postgres(), "PostgreSQL (pg_virtualenv)")
    with postgres_cluster() as address:
        yield address


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("blank")
    migrated(sqlite_url(folder)).dispose()
    return folder / "tuntas.db"


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Offices]:
    """A migrated SQLite file with offices to copy, and what lies in it."""
    return seed(tmp_path_factory.mktemp("seeded"))


@pytest.fixture(scope="session")
def blank_postgres(cluster: str) -> Iterator[str]:
    """The address of a migrated database to copy."""
    with postgres_database(cluster) as url:
        migrated(url).dispose()
        yield url


@pytest.fixture(scope="session")
def seeded_postgres(
    cluster: str, blank_postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Offices]]:
    """The address of a migrated database with offices to copy, and what lies in it."""
    with postgres_database(cluster, blank_postgres) as url:
        database = Database(url)
        offices = open_offices(database, tmp_path_factory.mktemp("seeded"))
        database.dispose()
        yield url, offices


@pytest.fixture
def patient() -> Iterator[None]:
    """Many who write to one SQLite file at once wait for each other for as long as a slow disk needs."""
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr("db.database.BUSY_TIMEOUT_MS", PATIENCE_MS)
        yield


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, patient: None, tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite file, with the offices in it if the test has them."""
    has_offices = not OFFICES.isdisjoint(request.fixturenames)
    mould = request.getfixturevalue("seeded")[0] if has_offices else request.getfixturevalue("blank")
    shutil.copyfile(mould, tmp_path / "tuntas.db")
    database = Database(sqlite_url(tmp_path))
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same test on both databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    if OFFICES.isdisjoint(request.fixturenames):
        mould = request.getfixturevalue("blank_postgres")
    else:
        mould, _ = request.getfixturevalue("seeded_postgres")
    with postgres_database(request.getfixturevalue("cluster"), mould) as url:
        made = Database(url)
        yield made
        made.dispose()


@pytest.fixture
def offices(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Offices:
    """Two agencies with offices and accounts, on both databases."""
    postgres = "postgres" in database.engine.dialect.name
    _, known = request.getfixturevalue("seeded_postgres" if postgres else "seeded")
    return replace(known, database=database, files=tmp_path / "files")


@pytest.fixture
def sqlite_offices(seeded: tuple[Path, Offices], sqlite_database: Database, tmp_path: Path) -> Offices:
    """The same on SQLite alone, for tests that are about something else."""
    return replace(seeded[1], database=sqlite_database, files=tmp_path / "files")
