"""What every installation starts from: the working calendar, the policies and the national unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database, now
from db.directory_table import CalendarRow, PolicyRow, UnitAncestorRow, UnitRow
from db.wire import POLICY
from domain.calendar import Holiday, HolidayKind, WorkCalendar, parse_weekly
from domain.case import Kind, UnitLevel
from domain.duration import Amount, Ends, Unit
from domain.policy import OutagePolicy, Policy
from ops.categories import seed_categories

NATIONAL_CALENDAR = "nasional"
NATIONAL_UNIT = "Pusat Pengaduan Nasional"
FIRST_YEAR, LAST_DECREED_YEAR = 2024, 2027
WEEK = "mon-thu 08:00-16:00; fri 08:00-16:30"
SOURCE = (
    "SP4N-LAPOR! application text (3/5/10 working days); ministry slides on PermenPANRB 62/2018 (5/5/14/60)"
)


def seed_standard(database: Database) -> None:
    """Adds what is missing, also newer versions of policies. Safe to repeat; what is there stays as it is.

    A case keeps the policy that it was promised at intake.
    """
    with database.write() as session:
        at = now(session)
        _add_calendar(session, at)
        for policy in (standard_policy(), demo_policy(), demo_days_policy()):
            _add_policy(session, policy, at)
        if session.scalars(select(UnitRow.id)).first() is None:
            add_unit(session, UnitLevel.NATIONAL, NATIONAL_UNIT, None)
    seed_categories(database)


def national_calendar() -> WorkCalendar:
    """Monday to Friday in Jakarta less the national holidays and joint leave of the decreed years."""
    return WorkCalendar(
        id=NATIONAL_CALENDAR,
        version=1,
        zone="Asia/Jakarta",
        weekly=parse_weekly(WEEK),
        holidays=tuple(_holidays()),
        years_decreed=frozenset(range(FIRST_YEAR, LAST_DECREED_YEAR + 1)),
    )


def standard_policy() -> Policy:
    """The defaults of the national service. Source: DOMAIN, Clocks."""
    return Policy(
        name="standard",
        version=2,
        verification=_working(3),
        first_follow_up=_working(5),
        resolution={
            Kind.COMPLAINT: _working(14),
            Kind.COMPLAINT_OVERSIGHT: _working(60),
            Kind.ASPIRATION: _working(5),
            Kind.INFORMATION_REQUEST: _working(5),
        },
        confirmation=Amount(10, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT),
        reopen_window=Amount(30, Unit.CALENDAR_DAYS),
        rework_minimum=_working(5),
        min_after_resume=1,
        outage=OutagePolicy.FIRE,
        level=_working(2),
        arbiter_after_disputes=2,
    )


def demo_days_policy() -> Policy:
    """The standard clocks for a machine that is switched off overnight."""
    standard = standard_policy()
    return Policy(**{**vars(standard), "name": "demo_days", "outage": OutagePolicy.SHIFT})


def demo_policy() -> Policy:
    """Clocks of minutes, so that a visitor sees them run out."""
    return Policy(
        name="demo",
        version=2,
        verification=_minutes(10),
        first_follow_up=_minutes(15),
        resolution=dict.fromkeys(Kind, _minutes(45)),
        confirmation=_minutes(20),
        reopen_window=_minutes(60),
        rework_minimum=_minutes(15),
        min_after_resume=0,
        outage=OutagePolicy.SHIFT,
        completion=_minutes(15),
        extension=_minutes(20),
        revive_window=_minutes(120),
        ombudsman=_minutes(90),
        level=_minutes(5),
        top_again=_minutes(30),
        arbiter_after_disputes=2,
    )


def add_unit(session: Session, level: UnitLevel, name: str, parent: UnitRow | None) -> UnitRow:
    """Adds a unit below another, with its place in the tree."""
    row = UnitRow(name=name, level=level.value, calendar_name=NATIONAL_CALENDAR, active=True)
    row.id = (session.scalars(select(UnitRow.id).order_by(UnitRow.id.desc())).first() or 0) + 1
    row.parent_id = None if parent is None else parent.id
    row.agency_id = row.id if parent is None or level is UnitLevel.AGENCY else parent.agency_id
    session.add(row)
    session.flush()
    above = [] if parent is None else _above(session, parent.id)
    session.add(UnitAncestorRow(unit_id=row.id, ancestor_id=row.id, depth=0))
    for ancestor_id, depth in above:
        session.add(UnitAncestorRow(unit_id=row.id, ancestor_id=ancestor_id, depth=depth + 1))
    session.flush()
    return row


def _above(session: Session, unit_id: int) -> list[tuple[int, int]]:
    place = UnitAncestorRow
    query = select(place.ancestor_id, place.depth).where(place.unit_id == unit_id)
    return [(row.ancestor_id, row.depth) for row in session.execute(query)]


def _holidays() -> list[Holiday]:
    """Names in both languages, asked for explicitly: the package otherwise follows the machine's language."""
    kinds = {"public": HolidayKind.NATIONAL, "government": HolidayKind.JOINT_LEAVE}
    found = []
    for category, kind in kinds.items():
        indonesian, english = (_named(category, language) for language in ("id", "en_US"))
        found += [Holiday(on, name, english.get(on, name), kind) for on, name in sorted(indonesian.items())]
    return found


def _named(category: str, language: str) -> dict[date, str]:
    years = range(FIRST_YEAR, LAST_DECREED_YEAR + 1)
    return dict(holidays.country_holidays("ID", years=years, categories=category, language=language))


def _add_calendar(session: Session, at: datetime) -> None:
    calendar = national_calendar()
    known = select(CalendarRow.id).where(CalendarRow.name == calendar.id)
    if session.scalars(known).first() is None:
        row = CalendarRow(name=calendar.id, version=calendar.version, content=calendar.to_json())
        row.valid_from = at - timedelta(days=366)
        session.add(row)


def _add_policy(session: Session, policy: Policy, at: datetime) -> None:
    known = select(PolicyRow.id).where(PolicyRow.name == policy.name, PolicyRow.version >= policy.version)
    if session.scalars(known).first() is None:
        content = POLICY.dump_python(policy, mode="json")
        row = PolicyRow(name=policy.name, version=policy.version, content=content, source=SOURCE)
        row.valid_from = at - timedelta(days=366)
        session.add(row)


def _working(days: int) -> Amount:
    return Amount(days, Unit.WORKING_DAYS)


def _minutes(count: int) -> Amount:
    return Amount(count, Unit.MINUTES)
