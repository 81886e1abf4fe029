"""`make bench`: lists, search and case pages with few and with many cases, on both databases.

Writes the table of `docs/performance.md` anew, between its marks.
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import select

from bench import words
from bench.crowd import Crowd
from bench.town import build_town, make_lives
from bench.visit import Measured, as_table, visit
from db.case_table import CaseViewRow
from db.database import Database
from db.publication_table import PublicationRow
from domain.case import Stage
from domain.code import show_code
from settings import Settings
from tests.databases import migrated, postgres_cluster, postgres_database, sqlite_url
from tests.factories import CaseFactory
from tests.offices import PASSWORD, QUICK_HASHER
from tests.web.browser import hidden_fields
from web.app import create_app
from web.services import build_services

REPORT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"
PLACES = 24
MASTER_KEY = bytes(range(32))
Pages = Mapping[str, tuple[str, Callable[[int], str]]]
"""Name of a page: whose visit it is ("" for a citizen), and the address of each visit."""


def main() -> int:
    """Measures and writes; 0 if all pages answered."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--no-report", action="store_true")
    asked = parser.parse_args()
    columns: dict[str, dict[str, Measured]] = {}
    for kind in asked.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _database(kind, Path(folder)) as url:
            for name, measured in _measure(url, Path(folder), [int(size) for size in asked.sizes.split(",")]):
                columns[f"{kind} {name}"] = measured
    table = as_table(columns)
    print(table)
    if not asked.no_report:
        _write(table)
    return 0


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield sqlite_url(folder)
        return
    with postgres_cluster() as cluster, postgres_database(cluster) as url:
        yield url


def _measure(url: str, folder: Path, sizes: list[int]) -> Iterator[tuple[str, dict[str, Measured]]]:
    """Each size in turn, in one growing database."""
    database = migrated(url)
    factory = build_town(database, folder)
    lives = make_lives(factory, PLACES)
    crowd = Crowd(database, factory.offices.keyring)
    for size in sizes:
        begun = time.monotonic()
        crowd.grow(lives, size)
        _say(f"{size} cases after {time.monotonic() - begun:.0f} s")
        yield f"{size:,}", _visit_all(url, folder, factory)
    database.dispose()


def _visit_all(url: str, folder: Path, factory: CaseFactory) -> dict[str, Measured]:
    settings = Settings.from_env(
        {
            "TUNTAS_HOME": str(folder),
            "TUNTAS_DEMO": "1",
            "TUNTAS_DATABASE_URL": url,
            "TEMPORAL_ADDRESS": "127.0.0.1:9",
            "TUNTAS_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        }
    )
    services = build_services(settings, None, QUICK_HASHER)
    app = create_app(settings, services)
    browsers: dict[str, FlaskClient] = {"": app.test_client()}
    found = {}
    for page, (login, address) in _pages(services.database, factory).items():
        if login not in browsers:
            browsers[login] = _log_in(app.test_client(), login)
        found[page] = visit(browsers[login], address)
        _say(f"  {page}: {found[page].p50:.0f} / {found[page].p95:.0f} ms")
    services.database.dispose()
    return found


def _pages(database: Database, factory: CaseFactory) -> Pages:
    mine, slugs = _codes(database, factory.offices.units["a0o0"]), _slugs(database)
    liaison, admin, national = "a0o0.penghubung", "a0.admin", "nasional.admin"
    return {
        "Front page": ("", lambda _: "/"),
        "Public reports": ("", lambda _: "/laporan"),
        "Public reports, search": ("", lambda number: f"/laporan?q={_asked(number)}"),
        "Public reports, one": ("", lambda number: f"/laporan/{slugs[number % len(slugs)]}"),
        "Tracking by code": ("", lambda number: f"/lacak/{show_code(mine[number % len(mine)])}"),
        "Desk of an office": (liaison, lambda _: "/desk"),
        "Desk of an agency, all": (admin, lambda _: "/desk?view=all"),
        "Desk of the nation, all": (national, lambda _: "/desk?view=all"),
        "Desk of the nation, late": (national, lambda _: "/desk?view=late"),
        "Desk of the nation, newest": (national, lambda _: "/desk?view=all&sort=newest"),
        "Search of an office": (liaison, lambda number: f"/desk?q={_asked(number)}"),
        "Search of the nation": (national, lambda number: f"/desk?q={_asked(number)}"),
        "Case page": (liaison, lambda number: f"/desk/{show_code(mine[number % len(mine)])}"),
    }


def _codes(database: Database, unit_id: int) -> list[str]:
    """Cases that a unit handles."""
    query = (
        select(CaseViewRow.code)
        .where(
            CaseViewRow.holder_id == unit_id,
            CaseViewRow.stage == Stage.IN_PROGRESS.value,
            ~CaseViewRow.secret,
        )
        .order_by(CaseViewRow.case_id.desc())
        .limit(200)
    )
    with database.read() as session:
        return list(session.scalars(query))


def _slugs(database: Database) -> list[str]:
    """Public names of reports."""
    with database.read() as session:
        newest = select(PublicationRow.slug).order_by(PublicationRow.id.desc()).limit(200)
        return list(session.scalars(newest))


def _asked(number: int) -> str:
    """Words that somebody may look for: two common ones, or a rare one beside a common one."""
    chance = random.Random(number)  # noqa: S311  the same questions each time
    common = f"{chance.choice(words.THINGS)} {chance.choice(words.TROUBLES)}"
    return quote(f"tiang {chance.randint(1, 99_999)}" if number % 3 == 0 else common)


def _log_in(browser: FlaskClient, login: str) -> FlaskClient:
    page = browser.get("/masuk")
    fields = hidden_fields(page, "/masuk") | {"login": login, "password": PASSWORD}
    answer = browser.post("/masuk", data=fields)
    if answer.status_code != 303:
        raise RuntimeError(f"{login} cannot log in")
    return browser


def _write(table: str) -> None:
    before, _, rest = REPORT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    REPORT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
