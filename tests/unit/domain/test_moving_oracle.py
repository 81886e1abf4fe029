"""Dates of a case that moves between calendars, found in another, slow way: by dates and by half hours.

Source: CLOCKS, "Which clock does what".
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import Calendars, Earlier, derive, derive_along
from domain.duration import Amount, Ends, Pause, Unit

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OFFICES = {
    "barat": ("Jakarta", {0: (8, 16), 1: (8, 16), 2: (8, 16), 3: (8, 16), 4: (8, 11)}, {24}),
    "tengah": ("Makassar", dict.fromkeys(range(6), (7, 14)), {25, 26}),
    "timur": ("Jayapura", dict.fromkeys(range(5), (0, 9)), set()),
    "malam": ("Jakarta", {6: (1, 2), 0: (20, 24), 3: (20, 24)}, {27}),
}
"""Zone, opening and closing hour of each weekday, free days of November: for a walk without our calendars."""
SHIFTS = {"Jakarta": 7, "Makassar": 8, "Jayapura": 9}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def built(name: str) -> WorkCalendar:
    zone, hours, free = OFFICES[name]
    week = "; ".join(f"{WEEKDAYS[day]} {opens:02d}:00-{closes}:00" for day, (opens, closes) in hours.items())
    holidays = tuple(Holiday(date(2026, 11, day)) for day in sorted(free))
    return WorkCalendar(name, 1, f"Asia/{zone}", parse_weekly(week), holidays)


BUILT = {name: built(name) for name in OFFICES}
HOUR = timedelta(hours=1)
ROUTES = st.lists(
    st.tuples(st.sampled_from(sorted(OFFICES)), st.integers(-10, 400).map(lambda n: START + n * HOUR / 2)),
    max_size=3,
).map(lambda route: list(zip([name for name, _ in route], sorted(end for _, end in route), strict=True)))
PIECES = st.lists(st.tuples(st.integers(-20, 300), st.integers(0, 100)), max_size=2)


def made(pieces: list[tuple[int, int]]) -> tuple[Pause, ...]:
    return tuple(Pause(START + b * HOUR / 2, START + (b + n) * HOUR / 2) for b, n in pieces)


def holder(route: list[tuple[str, datetime]], last: str, just_before: datetime) -> str:
    """Who holds the case in the last moment before an instant."""
    return [*(name for name, _ in route), last][sum(end < just_before for _, end in route)]


def hours_of(name: str, on: date) -> tuple[int, int] | None:
    _, hours, free = OFFICES[name]
    off = on.month == 11 and on.day in free
    return None if off else hours.get(on.weekday())


def utc(name: str, on: date, hour: int) -> datetime:
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return midnight + (hour - SHIFTS[OFFICES[name][0]]) * HOUR


def ends(name: str, on: date, unit: Unit) -> datetime | None:
    if unit is Unit.CALENDAR_DAYS:
        return utc(name, on, 24)
    hours = hours_of(name, on)
    return None if hours is None else utc(name, on, hours[1])


@settings(max_examples=150, deadline=None)
@given(
    ROUTES,
    st.sampled_from(sorted(OFFICES)),
    st.integers(1, 9),
    st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]),
    PIECES,
)
def test_days_agree_with_a_walk_date_by_date(
    route: list[tuple[str, datetime]], last: str, days: int, unit: Unit, pieces: list[tuple[int, int]]
) -> None:
    pauses, found = made(pieces), []
    shift = SHIFTS[OFFICES[holder(route, last, START + timedelta(microseconds=1))][0]]
    on = (START + shift * HOUR).date()
    for _ in range(120):
        on += timedelta(days=1)
        closings = [(name, ends(name, on, unit)) for name in OFFICES]
        runs = [
            end
            for name, end in closings
            if end is not None
            and holder(route, last, end) == name
            and not any(p.start_at < end <= p.end_at for p in pauses)
        ]
        found += [min(runs)] if runs else []
    earlier = tuple(Earlier(BUILT[name], end) for name, end in route)
    derivation = derive_along(Calendars(BUILT[last], earlier), START, Amount(days, unit), pauses)
    assert derivation.due_at == sorted(found)[days - 1]
    assert sum(day.counts for day in derivation.days) == days
    assert all(two.on - one.on == timedelta(days=1) for one, two in pairwise(derivation.days))


@settings(max_examples=60, deadline=None)
@given(ROUTES, st.sampled_from(sorted(OFFICES)), st.integers(1, 60), PIECES)
def test_working_hours_agree_with_a_walk_half_hour_by_half_hour(
    route: list[tuple[str, datetime]], last: str, halves: int, pieces: list[tuple[int, int]]
) -> None:
    pauses, now, left = made(pieces), START, halves
    while left:
        name = holder(route, last, now + timedelta(microseconds=1))
        local = now + SHIFTS[OFFICES[name][0]] * HOUR
        opened = hours_of(name, local.date())
        is_open = opened is not None and opened[0] <= local.hour < opened[1]
        left -= is_open and not any(p.covers(now) for p in pauses)
        now += HOUR / 2
    earlier = tuple(Earlier(BUILT[name], end) for name, end in route)
    amount = Amount(Decimal(halves) / 2, Unit.WORKING_HOURS)
    derivation = derive_along(Calendars(BUILT[last], earlier), START, amount, pauses)
    assert derivation.due_at == now
    assert sum((day.counted_for for day in derivation.days), timedelta()) == amount.time_for


AMOUNTS = st.one_of(
    st.builds(Amount, st.integers(1, 9), st.just(Unit.WORKING_DAYS), ends=st.sampled_from(Ends)),
    st.builds(Amount, st.integers(1, 9), st.just(Unit.CALENDAR_DAYS), st.booleans()),
    st.builds(Amount, st.integers(1, 60), st.sampled_from([Unit.WORKING_HOURS, Unit.HOURS, Unit.MINUTES])),
)


@settings(max_examples=100, deadline=None)
@given(ROUTES, st.sampled_from(sorted(OFFICES)), AMOUNTS, PIECES, st.booleans(), st.integers(0, 2))
def test_units_that_share_a_calendar_move_nothing(
    route: list[tuple[str, datetime]],
    last: str,
    amount: Amount,
    pieces: list[tuple[int, int]],
    opened: bool,
    least: int,
) -> None:
    pauses = (*made(pieces), Pause(START + 30 * HOUR)) if opened else made(pieces)
    office = BUILT[last]
    plain = derive(office, START, amount, pauses, min_after_resume=least)
    same = tuple(Earlier(office, end) for _, end in route)
    alike = tuple(Earlier(replace(office, id=f"{n}"), end) for n, (_, end) in enumerate(route))
    one = derive_along(Calendars(office, same), START, amount, pauses, min_after_resume=least)
    many = derive_along(Calendars(office, alike), START, amount, pauses, min_after_resume=least)
    assert one.to_json() == plain.to_json()
    assert replace(many, moves=()) == plain
