"""Sites for tests: the application on a real migrated database with offices and staff."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from engine.command_delivery import CommandDelivery
from settings import Settings
from tests.factories import CaseFactory
from tests.offices import QUICK_HASHER, Offices
from tests.web.browser import Browser
from web.app import create_app
from web.services import Services, build_services

NOTHING_LISTENS = "127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Site:
    """An application, what stands behind it, and a maker of cases on the same database."""

    app: Flask
    services: Services
    factory: CaseFactory

    def browser(self) -> Browser:
        """A visitor without cookies."""
        return cast(Browser, self.app.test_client())


NewSite = Callable[..., Site]


def open_site(
    seeded: tuple[Path, Offices],
    home: Path,
    *,
    live: bool = False,
    now: Callable[[], datetime] | None = None,
    **variables: str,
) -> Site:
    """A site in a folder of its own, on a copy of the seeded database."""
    path, offices = seeded
    home.mkdir()
    shutil.copyfile(path, home / "tuntas.db")
    settings = Settings.from_env(_environment(home) | variables)
    given = build_services(settings, now, QUICK_HASHER)
    factory = CaseFactory(replace(offices, database=given.database, files=settings.files_folder))
    if live:
        given = replace(given, delivery=CommandDelivery(factory.cases, given.commands))
    app = create_app(settings, given)
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(path.parent))
    return Site(app=app, services=given, factory=factory)


@pytest.fixture
def new_site(seeded: tuple[Path, Offices], tmp_path: Path) -> Iterator[NewSite]:
    """Builds sites on copies of the seeded database: `new_site(live=True, now=clock, TUNTAS_DEMO="0")`."""
    made: list[Site] = []

    def make(*, live: bool = False, now: Callable[[], datetime] | None = None, **variables: str) -> Site:
        home = tmp_path / f"home-{len(made)}"
        made.append(open_site(seeded, home, live=live, now=now, **variables))
        return made[-1]

    yield make
    for site in made:
        site.services.database.dispose()


@pytest.fixture
def site(new_site: NewSite) -> Site:
    """A demo site whose engine is away."""
    return new_site()


@pytest.fixture
def live_site(new_site: NewSite) -> Site:
    """A demo site whose cases answer at once."""
    return new_site(live=True)


def _environment(home: Path) -> dict[str, str]:
    return {
        "TUNTAS_HOME": str(home),
        "TUNTAS_DEMO": "1",
        "TEMPORAL_ADDRESS": NOTHING_LISTENS,
        "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    }
