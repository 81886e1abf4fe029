"""The pages that are measured, and who visits them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select

from bench import words
from db.case_table import CaseViewRow
from db.category_table import CategoryRow
from db.database import Database
from db.desk_filter import DeskView
from db.directory_table import UnitRow
from db.publication_table import PublicationRow
from domain.case import Stage
from domain.code import show_code

CITIZEN = ""
LIAISON, ADMIN, NATIONAL = "a0o0.penghubung", "a0.admin", "nasional.admin"
OFFICE = "Dinas 1.1"
"""The unit of the liaison."""
NEWEST = 200
FILTERS = {
    "kind": "kind=complaint&view=all",
    "stage": "stage=awaiting_confirmation&view=all",
    "claimed": "claimed=somebody&view=all",
    "level": "level=1&view=all",
    "days": "from=2020-01-01&until=2020-02-01&view=all",
}
Address = Callable[[int], str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is visited by whom; `address` is that of each visit."""

    name: str
    login: str
    address: Address


def pages(database: Database) -> list[Page]:
    """All of them, in the order of the table."""
    return [*_public(database), *_lists(database), *_cases(database)]


def _public(database: Database) -> list[Page]:
    slugs, (_, agency, subject) = _slugs(database), _some(database)
    given: dict[str, Address] = {
        "Front page": lambda _: "/",
        "Public reports": lambda _: "/laporan",
        "Public reports, most supported": lambda _: "/laporan?sort=supported",
        "Public reports, search": lambda number: f"/laporan?q={_asked(number)}",
        "Public reports, by agency": lambda _: f"/laporan?agency={agency}",
        "Public reports, by subject and stage": lambda _: f"/laporan?category={subject}&stage=closed",
        "Public reports, archived": lambda _: "/laporan?stage=archived",
        "Public reports, one": lambda number: f"/laporan/{slugs[number % len(slugs)]}",
        "Health page": lambda _: "/healthz",
    }
    return [Page(name=name, login=CITIZEN, address=address) for name, address in given.items()]


def _lists(database: Database) -> list[Page]:
    """Every view of an office, an agency and the nation, filters, and searches."""
    who = {"Office": LIAISON, "Agency": ADMIN, "Nation": NATIONAL}
    found = [
        Page(name=f"{scope}, {view.value}", login=login, address=_fixed(f"/desk?view={view.value}"))
        for scope, login in who.items()
        for view in DeskView
    ]
    found += [
        Page(name=f"{scope}, all, {sort}", login=login, address=_fixed(f"/desk?view=all&sort={sort}"))
        for scope, login in who.items()
        for sort in ("newest", "last_event")
    ]
    filters = FILTERS | _chosen(database)
    found += [
        Page(name=f"{scope}, by {name}", login=who[scope], address=_fixed(f"/desk?{asked}"))
        for scope in ("Office", "Nation")
        for name, asked in filters.items()
    ]
    found += [
        Page(name=f"{scope}, search", login=login, address=lambda number: f"/desk?q={_asked(number)}")
        for scope, login in who.items()
    ]
    return found


def _cases(database: Database) -> list[Page]:
    mine = _codes(database)
    return [
        Page(
            name="Tracking by code",
            login=CITIZEN,
            address=lambda number: f"/lacak/{show_code(mine[number % len(mine)])}",
        ),
        Page(
            name="Case page",
            login=LIAISON,
            address=lambda number: f"/desk/{show_code(mine[number % len(mine)])}",
        ),
    ]


def _fixed(address: str) -> Address:
    return lambda _: address


def _chosen(database: Database) -> dict[str, str]:
    """Filters whose values are rows: one unit, one subject, one city."""
    unit, _, subject = _some(database)
    asked = {"unit": f"unit={unit}", "subject": f"category={subject}", "region": "region=Aceh%20Selatan"}
    return {name: f"{filters}&view=all" for name, filters in asked.items()}


def _some(database: Database) -> tuple[int, int, int]:
    """The office, its agency, and a subject."""
    leaf = select(CategoryRow.id).where(CategoryRow.parent_id.is_not(None)).order_by(CategoryRow.id).limit(1)
    with database.read() as session:
        unit = session.scalars(select(UnitRow).where(UnitRow.name == OFFICE)).one()
        return unit.id, unit.agency_id, session.scalars(leaf).one()


def _codes(database: Database) -> list[str]:
    """Cases that the office handles."""
    query = (
        select(CaseViewRow.code)
        .join(UnitRow, UnitRow.id == CaseViewRow.holder_id)
        .where(UnitRow.name == OFFICE, CaseViewRow.stage == Stage.IN_PROGRESS.value, ~CaseViewRow.secret)
        .order_by(CaseViewRow.case_id.desc())
        .limit(NEWEST)
    )
    with database.read() as session:
        return list(session.scalars(query))


def _slugs(database: Database) -> list[str]:
    """Public names of reports."""
    with database.read() as session:
        newest = select(PublicationRow.slug).order_by(PublicationRow.id.desc()).limit(NEWEST)
        return list(session.scalars(newest))


def _asked(number: int) -> str:
    """Words that somebody may look for: two common ones, or a rare one beside a common one."""
    chance = random.Random(number)  # noqa: S311  the same questions each time
    common = f"{chance.choice(words.THINGS)} {chance.choice(words.TROUBLES)}"
    return quote(f"tiang {chance.randint(1, 99_999)}" if number % 3 == 0 else common)
