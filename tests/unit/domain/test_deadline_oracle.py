"""The same dates found in another, slow way: minute by minute, and day by day over the local clock."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import Derivation, derive
from domain.duration import Amount, Pause, Unit

FREE = (date(2026, 3, 30), date(2026, 10, 23))
MINUTE = timedelta(minutes=1)
OFFICES = st.sampled_from(["Asia/Jakarta", "Europe/Berlin"]).map(
    lambda zone: WorkCalendar(
        "kota",
        1,
        zone,
        parse_weekly("mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30"),
        tuple(Holiday(on) for on in FREE),
    )
)
NEAR_CHANGES = st.sampled_from([datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)])
STARTS = st.builds(lambda day, minutes: day + minutes * MINUTE, NEAR_CHANGES, st.integers(0, 7000))
PAUSES = st.lists(st.tuples(st.integers(-600, 6000), st.integers(0, 3000)), max_size=3)


def open_then(office: WorkCalendar, at: datetime) -> bool:
    """Whether the local clock shows office hours at an instant."""
    local = at.astimezone(office.tz)
    shown = local.hour * 60 + local.minute
    if local.date() in FREE or local.weekday() > 4:
        return False
    return 480 <= shown < 690 if local.weekday() == 4 else 480 <= shown < 720 or 780 <= shown < 960


def paused_then(pauses: list[Pause], at: datetime) -> bool:
    return any(pause.covers(at) for pause in pauses)


def due(derivation: Derivation) -> datetime:
    assert derivation.due_at is not None
    return derivation.due_at.astimezone(UTC)  # a repeated local hour never equals an instant of another zone


def made(start: datetime, pieces: list[tuple[int, int]]) -> list[Pause]:
    return [Pause(start + begin * MINUTE, start + (begin + length) * MINUTE) for begin, length in pieces]


@settings(max_examples=60, deadline=None)
@given(OFFICES, STARTS, st.integers(1, 30), PAUSES)
def test_working_hours_agree_with_a_walk_minute_by_minute(
    office: WorkCalendar, start: datetime, hours: int, pieces: list[tuple[int, int]]
) -> None:
    pauses, at, left = made(start, pieces), start, hours * 60
    while left:
        left -= open_then(office, at) and not paused_then(pauses, at)
        at += MINUTE
    assert due(derive(office, start, Amount(hours, Unit.WORKING_HOURS), pauses)) == at


@settings(max_examples=60, deadline=None)
@given(OFFICES, STARTS, st.integers(1, 12), PAUSES)
def test_working_days_agree_with_a_walk_over_closings(
    office: WorkCalendar, start: datetime, days: int, pieces: list[tuple[int, int]]
) -> None:
    pauses, left = made(start, pieces), days
    on = start.astimezone(office.tz).date()
    closing = datetime.combine(on, datetime.min.time(), tzinfo=office.tz)
    while left:
        on += timedelta(days=1)
        hour, minute = (11, 30) if on.weekday() == 4 else (16, 0)
        closing = datetime(on.year, on.month, on.day, hour, minute, tzinfo=office.tz)
        works = on.weekday() < 5 and on not in FREE
        left -= works and not paused_then(pauses, closing.astimezone(UTC) - timedelta(microseconds=1))
    assert derive(office, start, Amount(days, Unit.WORKING_DAYS), pauses).due_at == closing


@settings(max_examples=40, deadline=None)
@given(OFFICES, STARTS, st.integers(1, 5000), PAUSES)
def test_minutes_agree_with_a_walk_minute_by_minute(
    office: WorkCalendar, start: datetime, minutes: int, pieces: list[tuple[int, int]]
) -> None:
    pauses, at, left = made(start, pieces), start, minutes
    while left:
        left -= not paused_then(pauses, at)
        at += MINUTE
    assert due(derive(office, start, Amount(minutes, Unit.MINUTES), pauses)) == at
