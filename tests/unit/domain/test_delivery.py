"""When messages to staff go out: at two times of a working day, or while the office is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Holiday, NoWorkingDayError, WorkCalendar, parse_weekly
from domain.delivery import send_at
from domain.instant import NaiveInstantError

WEEK = parse_weekly("mon-fri 08:00-12:00,13:00-16:00")
HOLIDAY = date(2026, 11, 26)
CALENDAR = WorkCalendar(
    id="uji",
    version=1,
    zone="Asia/Jayapura",
    weekly=WEEK,
    holidays=(Holiday(on=HOLIDAY),),
)
"""Two hours ahead of Jakarta; Thursday, 26 November 2026 is free."""
INSTANTS = st.timedeltas(timedelta(), timedelta(days=700)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)


def wall(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=CALENDAR.tz)


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (wall(24, 7, 59), wall(24, 8)),
        (wall(24, 8), wall(24, 8)),
        (wall(24, 8, 0, 1), wall(24, 13)),
        (wall(24, 13), wall(24, 13)),
        (wall(24, 13, 1), wall(25, 8)),
        (wall(25, 15), wall(27, 8)),
        (wall(27, 20), wall(30, 8)),
        (wall(28, 9), wall(30, 8)),
    ],
)
def test_digests_go_at_eight_and_at_one_on_working_days(at: datetime, sent: datetime) -> None:
    assert send_at(CALENDAR, at, digested=True) == sent


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (wall(24, 9, 30), wall(24, 9, 30)),
        (wall(24, 12, 30), wall(24, 13)),
        (wall(24, 22), wall(25, 8)),
        (wall(25, 16), wall(27, 8)),
    ],
)
def test_urgent_messages_wait_for_the_next_opening_and_no_longer(at: datetime, sent: datetime) -> None:
    assert send_at(CALENDAR, at, digested=False) == sent


def test_a_demo_has_a_digest_every_minute_and_no_quiet_hours() -> None:
    at = wall(28, 3, 0, 20)
    assert send_at(CALENDAR, at, digested=True, demo=True) == wall(28, 3, 1)
    assert send_at(CALENDAR, wall(28, 3), digested=True, demo=True) == wall(28, 3)
    assert send_at(CALENDAR, at, digested=False, demo=True) == at


@given(INSTANTS, st.booleans(), st.booleans())
def test_no_message_goes_before_its_event_or_waits_a_week(at: datetime, digested: bool, demo: bool) -> None:
    sent = send_at(CALENDAR, at, digested=digested, demo=demo)
    assert timedelta() <= sent - at < timedelta(days=7)
    assert sent.tzinfo is UTC


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=4)), st.booleans())
def test_a_later_event_is_never_told_earlier(at: datetime, later: timedelta, digested: bool) -> None:
    assert send_at(CALENDAR, at, digested=digested) <= send_at(CALENDAR, at + later, digested=digested)


def test_a_calendar_without_working_days_is_an_error_and_no_endless_search() -> None:
    free = tuple(Holiday(on=date(2026, 1, 1) + timedelta(days=n)) for n in range(900))
    never = WorkCalendar(id="n", version=1, zone="Asia/Jakarta", weekly=WEEK, holidays=free)
    with pytest.raises(NoWorkingDayError):
        send_at(never, wall(24, 9), digested=True)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveInstantError):
        send_at(CALENDAR, datetime(2026, 11, 24, 9), digested=True)  # noqa: DTZ001
