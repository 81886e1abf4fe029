"""`make bench`: every list, search and case page with few and with many cases, on both databases.

Writes the table of `docs/performance.md` anew, between its marks.
"""

from __future__ import annotations

import argparse
import base64
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench import report
from bench.crowd import Crowd
from bench.ground import Grounds, grounds
from bench.page import CITIZEN, Page, pages
from bench.queue import processes
from bench.report import Column
from bench.town import build_town, lives, make_lives
from bench.visit import VISITS, Measured, visit
from bench.weight import weight_of
from db.database import Database
from db.keyring import Keyring
from settings import Settings
from tests.databases import migrated
from tests.offices import PASSWORD, QUICK_HASHER
from tests.web.browser import hidden_fields
from web.app import create_app
from web.services import Services, build_services

MASTER_KEY = bytes(range(32))
TOWN = "town"


def main() -> int:
    """Measures and writes; 0 if all pages answered."""
    asked = _asked()
    with _folder(asked.keep) as folder:
        known = report.read(folder)
        for kind in asked.databases.split(","):
            with grounds(kind, folder, asked.postgres) as found:
                for size in sorted(int(number) for number in asked.sizes.split(",")):
                    column = _measure(found, size, asked)
                    known = report.merged(known, f"{kind} {size:,}", column)
                    report.keep(folder, known)
    print(report.table(known))
    if not asked.no_report:
        report.write(known)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000", help="how many cases, with commas between")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--pages", default="", help="only pages in whose name this stands")
    parser.add_argument("--visits", type=int, default=VISITS, help="of each page")
    parser.add_argument(
        "--keep", type=Path, help="a folder in which filled databases stay, to be measured again"
    )
    parser.add_argument(
        "--postgres", help="the address of a server on which databases stay, up to their name (needs --keep)"
    )
    parser.add_argument("--no-report", action="store_true", help="leave the document as it is")
    asked = parser.parse_args()
    if asked.postgres and not asked.keep:
        parser.error("--postgres needs --keep")
    return asked


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _measure(found: Grounds, size: int, asked: argparse.Namespace) -> Column:
    found.filled(TOWN, None, _fill_town)
    begun = time.monotonic()
    ground = found.filled(str(size), TOWN, lambda url, _: _fill(url, size))
    _say(f"{size:,} cases after {time.monotonic() - begun:.0f} s")
    migrated(ground.url).dispose()
    services = _services(ground.url, ground.folder)
    app = create_app(services.settings, services)
    chosen = [page for page in pages(services.database) if asked.pages.casefold() in page.name.casefold()]
    column = Column(
        pages=_visit_all(app, services.database, chosen, asked.visits),
        bytes_per_case=found.bytes_of(str(size)) // size,
        first_page=weight_of(app.test_client(), "/"),
    )
    services.database.dispose()
    return column


def _fill_town(url: str, folder: Path) -> None:
    database = migrated(url)
    make_lives(build_town(database, folder))
    database.dispose()


def _fill(url: str, size: int) -> None:
    database = migrated(url)
    Crowd(database, Keyring(MASTER_KEY)).grow(lives(database), size)
    database.dispose()


def _services(url: str, folder: Path) -> Services:
    settings = Settings.from_env(
        {
            "TUNTAS_HOME": str(folder),
            "TUNTAS_DEMO": "1",
            "TUNTAS_DATABASE_URL": url,
            "TEMPORAL_ADDRESS": "127.0.0.1:9",
            "TUNTAS_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        }
    )
    return build_services(settings, None, QUICK_HASHER)


def _visit_all(app: Flask, database: Database, chosen: list[Page], visits: int) -> dict[str, Measured]:
    gc.collect()
    gc.freeze()  # as the web does when it begins to serve
    browsers: dict[str, FlaskClient] = {CITIZEN: app.test_client()}
    found = {}
    for page in chosen:
        if page.login not in browsers:
            browsers[page.login] = _log_in(app.test_client(), page.login)
        found[page.name] = visit(browsers[page.login], page.address, processes(database), visits)
        _say(f"  {page.name}: {found[page.name].p50:.0f} / {found[page.name].p95:.0f} ms")
    return found


def _log_in(browser: FlaskClient, login: str) -> FlaskClient:
    page = browser.get("/masuk")
    fields = hidden_fields(page, "/masuk") | {"login": login, "password": PASSWORD}
    answer = browser.post("/masuk", data=fields)
    if answer.status_code != 303:
        raise RuntimeError(f"{login} cannot log in")
    return browser


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
