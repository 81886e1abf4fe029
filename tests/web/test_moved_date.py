"""The date of a case that moved between calendars, as its page explains it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from db.directory_table import CalendarRow, UnitRow
from domain.calendar import Holiday, WorkCalendar, parse_weekly
from tests.web.browser import text_of
from tests.web.conftest import Site

EAST = WorkCalendar(
    id="timur",
    version=1,
    zone="Asia/Jayapura",
    weekly=parse_weekly("mon-fri 08:00-16:00"),
    holidays=(
        Holiday(date(2026, 3, 4), "Hari jadi daerah", "Regional day"),
        Holiday(date(2026, 3, 11), "Libur lain", "Other day"),
    ),
)
MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def works_in_the_east(site: Site, unit: str) -> None:
    """The unit has a calendar of its own."""
    offices = site.factory.offices
    with offices.database.write() as session:
        session.add(CalendarRow(name=EAST.id, version=1, content=EAST.to_json(), valid_from=MONDAY))
        session.get_one(UnitRow, offices.units[unit]).calendar_name = EAST.id


def pages(site: Site, at: datetime) -> list[str]:
    """The reporter's page in both languages, of a case that the city sent to an office at an instant."""
    case = site.factory.report(at=MONDAY)
    site.factory.dispose(case, at=at)
    browser = site.browser()
    browser.get(f"/l/{case.key}")
    return [text_of(browser.get(f"/lacak/{case.code}?lang={language}")) for language in ("id", "en")]


def test_a_holiday_is_named_by_the_calendar_that_judged_the_day(live_site: Site) -> None:
    works_in_the_east(live_site, "kota")
    indonesian, english = pages(live_site, datetime(2026, 3, 5, 2, 0, tzinfo=UTC))
    assert "Hari jadi daerah" in indonesian and "Libur lain" not in indonesian
    assert "Regional day" in english and "Other day" not in english


def test_a_day_that_no_office_held_at_its_closing_says_so(live_site: Site) -> None:
    works_in_the_east(live_site, "pu")
    indonesian, english = pages(live_site, datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    assert "berpindah unit" in indonesian and "moved to another unit" in english
    assert "Hari jadi daerah" in indonesian and "Other day" in english
