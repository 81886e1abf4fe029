"""The database before anybody works with it: reachable, with this version's tables, and of the right kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from db import installation
from db.case_table import ReportRow
from db.database import Database
from db.directory_table import InstallationRow, PersonRow
from db.engine_place import MovedAwayError, check_place
from db.keyring import Keyring
from db.migrate import NewerDatabaseError, OldDatabaseError, check, check_and_migrate
from ops.home import make_contents, make_home
from ops.refusal import Refusal
from settings import Settings

SQLITE = "sqlite:///"
REFUSED = (
    NewerDatabaseError,
    OldDatabaseError,
    installation.DemoHomeError,
    installation.OtherKeyError,
    MovedAwayError,
)


def prepare_home(settings: Settings) -> None:
    """Makes the home, its key and its tables without starting anything; safe to repeat. Raises: Refusal."""
    make_home(settings.home)
    make_contents(settings)
    prepare_database(settings)


def prepare_database(settings: Settings) -> None:
    """Brings the database to this version's tables; safe to repeat.

    Raises: Refusal if it cannot be reached, if a newer version made it, if a demo's is used outside demo
    mode, or if a real one is used in it.
    """
    with refusals(), used_database(settings) as database:
        check_and_migrate(settings.database_url)
        if settings.demo:
            claim_for_demo(database)
        installation.check_mode(database, demo=settings.demo)
        if settings.master_key is not None:
            installation.check_key(database, Keyring(settings.master_key))
        check_place(database, settings.engine_place)


def claim_for_demo(database: Database) -> None:
    """Notes, before the first demo account is made, that this database is a demo's; safe to repeat.

    Raises: Refusal as `require_no_real_data`.
    """
    require_no_real_data(database)
    installation.claim_demo(database)


def require_no_real_data(database: Database) -> None:
    """Raises: Refusal if people work with this database: demo data must not be mixed in, nor a reset done."""
    if not inspect(database.engine).has_table(InstallationRow.__tablename__) or installation.is_demo(
        database
    ):
        return
    with database.read() as session:
        used = [session.scalars(select(row.id).limit(1)).first() for row in (PersonRow, ReportRow)]
    if any(found is not None for found in used):
        raise Refusal("This database is not a demo's: unset TUNTAS_DEMO, or name another TUNTAS_HOME.")


def seed(settings: Settings) -> None:
    """Adds what every installation starts from and, in demo mode, the demo; safe to repeat."""
    from ops.regions import seed_regions
    from ops.seed import seed_demo  # slow to import, and seldom needed
    from ops.standard import seed_standard

    with used_database(settings) as database:
        seed_standard(database)
        seed_regions(database)
    if settings.demo:
        seed_demo(settings)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database for one command, closed at its end.

    Raises: Refusal if there is none, if it cannot be reached or if it has other tables than this version's.
    """
    url = settings.database_url
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
        raise Refusal("There is no database yet: run `tuntas up` or `tuntas migrate` first.")
    with refusals(), used_database(settings) as database:
        check(url)
        yield database


@contextmanager
def used_database(settings: Settings) -> Iterator[Database]:
    """The database, closed at the end of the block."""
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what the database may say against a start into one line each."""
    try:
        yield
    except REFUSED as problem:
        raise Refusal(str(problem)) from problem
    except DBAPIError as problem:
        raise Refusal(f"The database cannot be used: {' '.join(str(problem.orig).split())}.") from problem
