"""A country of agencies and offices with their staff, and one case of every kind of life in some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from sqlalchemy import select

from db import directory_store
from db.case_table import ReportRow
from db.database import Database
from db.directory_table import UnitRow
from db.publication_store import Edition
from domain.case import Action, EndReason, Role, UnitLevel
from ops.regions import seed_regions
from ops.standard import add_unit
from tests.factories import CaseFactory, MadeCase, long_ago
from tests.offices import open_offices
from tests.publications import Publisher

AGENCIES = 12
OFFICES = 8
"""In each agency."""
PLACES = 24
"""Offices that have cases."""
Life = Callable[[CaseFactory, MadeCase, str, str], None]


def build_town(database: Database, folder: Path) -> CaseFactory:
    """Units and accounts, apart from the two agencies of all tests."""
    factory = CaseFactory(open_offices(database, folder))
    seed_regions(database)
    with database.write() as session:
        national = session.get_one(UnitRow, directory_store.national_unit(session).id)
        for number in range(AGENCIES):
            agency = add_unit(session, UnitLevel.AGENCY, f"Kota Contoh {number + 1}", national)
            factory.offices.units[f"a{number}"] = agency.id
            for office in range(OFFICES):
                unit = add_unit(session, UnitLevel.DEPARTMENT, f"Dinas {number + 1}.{office + 1}", agency)
                factory.offices.units[f"a{number}o{office}"] = unit.id
    for number in range(AGENCIES):
        factory.add_person(f"a{number}.admin", [(f"a{number}", Role.AGENCY_ADMIN)])
        for office in range(OFFICES):
            factory.add_person(f"a{number}o{office}.penghubung", [(f"a{number}o{office}", Role.LIAISON)])
    return factory


def make_lives(factory: CaseFactory) -> None:
    """Cases to be copied: all lives in so many offices."""
    publisher = Publisher(factory)
    for number in range(PLACES):
        agency = f"a{number % AGENCIES}"
        office = f"{agency}o{number // AGENCIES % OFFICES}"
        for life in LIVES:
            case = factory.report("Contoh", agency=agency, at=_begun(number), secret=life is _secret)
            life(factory, case, f"{agency}.admin", office)
            if life in PUBLISHED:
                sheet = publisher.sheet(case, 0, f"{office}.penghubung")
                publisher.store.publish(sheet, Edition(title="Contoh", text="Contoh."))


def lives(database: Database) -> list[tuple[int, int]]:
    """The cases that `make_lives` made, with how often each is to be copied."""
    with database.read() as session:
        made = list(session.scalars(select(ReportRow.id).order_by(ReportRow.id).limit(PLACES * len(LIVES))))
    return list(zip(made, cycle(LIVES.values()), strict=False))


def _begun(number: int) -> datetime:
    return long_ago(days=3) - timedelta(hours=number)


def _waiting(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    """Nobody has done anything."""


def _disposed(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.dispose(case, admin, office, publish=True)


def _secret(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.dispose(case, admin, office)


def _handled(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.dispose(case, admin, office, publish=True)
    factory.follow_up(case, f"{office}.penghubung")


def _asked(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.dispose(case, admin, office)
    factory.ask(case, f"{office}.penghubung")


def _late(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.dispose(case, admin, office)
    factory.climb(case, 2)


def _answered(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    _handled(factory, case, admin, office)
    factory.answer(case, f"{office}.penghubung")


def _confirmed(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    _answered(factory, case, admin, office)
    factory.act(case, None, Action.CONFIRM, rating=4)


def _over(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    _confirmed(factory, case, admin, office)
    factory.expire_next(case)


def _archived(factory: CaseFactory, case: MadeCase, admin: str, office: str) -> None:
    factory.act(case, admin, Action.ARCHIVE, end_reason=EndReason.SPAM, words="Bukan laporan.")


LIVES: dict[Life, int] = {
    _waiting: 3,
    _disposed: 4,
    _secret: 1,
    _handled: 6,
    _asked: 1,
    _late: 2,
    _answered: 3,
    _confirmed: 20,
    _over: 55,
    _archived: 5,
}
"""How a life goes, and its share in a hundred cases of a service that has run for some years."""
PUBLISHED = frozenset({_disposed, _handled, _answered, _confirmed, _over})
"""Lives of which a redacted version is public."""
