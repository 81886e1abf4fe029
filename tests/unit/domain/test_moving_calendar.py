"""A case that moves between calendars: each date is judged by who holds it at that closing, and counts once.

Closings in UTC: Jakarta 09:00, Makassar 08:00, Jayapura 07:00. 23 November 2026 is a Monday.
Source: CLOCKS, "Which clock does what".
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.case import Action, ClockName
from domain.clock import Clock, Floor, Move
from domain.dating import date_clock
from domain.deadline import Calendars, Derivation, Earlier, NoWorkingDayError, derive, derive_along
from domain.duration import Amount, Ends, Pause, Unit
from domain.explain import explain
from domain.fire import recount
from domain.remaining import remaining
from tests.case_factory import CITY, NATIONAL, WORKS, act, clock_of, minute, new_case

FIVE_DAYS = "mon-fri 08:00-16:00"


def calendar(name: str, zone: str = "Jakarta", week: str = FIVE_DAYS, *holidays: Holiday) -> WorkCalendar:
    decreed = frozenset({2026})
    return WorkCalendar(name, 1, f"Asia/{zone}", parse_weekly(week), holidays, years_decreed=decreed)


def holiday(day: int, name: str, name_en: str = "") -> Holiday:
    return Holiday(date(2026, 11, day), name, name_en or name)


WEST = calendar("barat")
MIDDLE = calendar("tengah", "Makassar")
EAST = calendar("timur", "Jayapura")
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

Held = tuple[WorkCalendar, datetime]


def at(day: int, time: str) -> datetime:
    """An instant of November in UTC."""
    return datetime.fromisoformat(f"2026-11-{day:02d}T{time}+00:00")


def pause(begin: datetime, end: datetime | None = None) -> Pause:
    return Pause(begin, end)


def working(days: int, **more: object) -> Amount:
    return Amount(days, Unit.WORKING_DAYS, **more)


def moved(
    amount: Amount, *earlier: Held, to: WorkCalendar, pauses: tuple[Pause, ...] = (), start: datetime = START
) -> Derivation:
    return derive_along(Calendars(to, tuple(Earlier(*one) for one in earlier)), start, amount, pauses)


def counted(derivation: Derivation) -> list[int]:
    return [day.on.day for day in derivation.days if day.counts]


def why(derivation: Derivation, day: int) -> str | None:
    return next(found.reason for found in derivation.days if found.on.day == day)


@pytest.mark.parametrize(
    ("time", "days"),
    [("06:59", [24, 25, 26]), ("07:00", [25, 26, 27]), ("08:59", [25, 26, 27]), ("09:00", [24, 25, 26])],
)
def test_eastward_a_date_counts_if_a_holder_had_it_at_its_own_closing(time: str, days: list[int]) -> None:
    derivation = moved(working(3), (WEST, at(24, time)), to=EAST)
    assert counted(derivation) == days
    assert derivation.due_at == at(days[-1], "07:00")
    assert why(derivation, 24) == (None if 24 in days else "moved")


@pytest.mark.parametrize("time", ["06:59", "07:00", "07:01", "08:59", "09:00"])
def test_westward_a_date_that_both_would_count_counts_once(time: str) -> None:
    derivation = moved(working(3), (EAST, at(24, time)), to=WEST)
    assert counted(derivation) == [24, 25, 26]
    assert derivation.due_at == at(26, "09:00")


@pytest.mark.parametrize(("time", "due"), [("06:59", "09:00"), ("07:00", "07:00"), ("08:30", "07:00")])
def test_the_last_date_is_complete_at_the_first_closing_that_counts_it(time: str, due: str) -> None:
    assert moved(working(1), (EAST, at(24, time)), to=WEST).due_at == at(24, due)


def test_three_zones_in_a_row() -> None:
    hasty = moved(working(2), (WEST, at(24, "08:30")), (MIDDLE, at(25, "07:30")), to=EAST)
    assert (counted(hasty), why(hasty, 24), why(hasty, 25)) == ([26, 27], "moved", "moved")
    calm = moved(working(3), (WEST, at(24, "10:00")), (MIDDLE, at(25, "10:00")), to=EAST)
    assert (counted(calm), calm.due_at) == ([24, 25, 26], at(26, "07:00"))


def test_there_and_back_again_changes_only_the_dates_between() -> None:
    office = calendar("kota", "Jakarta", FIVE_DAYS, holiday(25, "Hari jadi kota"))
    derivation = moved(working(4), (WEST, at(24, "10:00")), (office, at(26, "02:00")), to=WEST)
    assert counted(derivation) == [24, 26, 27, 30]
    assert why(derivation, 25) == "holiday:Hari jadi kota"


FEAST = calendar("raya", "Jakarta", FIVE_DAYS, holiday(24, "Hari raya"), holiday(26, "Hari kedua"))


def test_holidays_free_only_the_dates_that_their_own_calendar_judges() -> None:
    before = moved(working(3), (FEAST, at(25, "01:00")), to=EAST)
    after = moved(working(3), (EAST, at(25, "01:00")), to=FEAST)
    assert (counted(before), why(before, 24)) == ([25, 26, 27], "holiday:Hari raya")
    assert (counted(after), why(after, 26)) == ([24, 25, 27], "holiday:Hari kedua")


@pytest.mark.parametrize(
    ("first", "then", "time", "reason"),
    [
        (FEAST, WEST, "02:00", None),
        (FEAST, WEST, "09:30", "holiday:Hari raya"),
        (WEST, FEAST, "09:30", None),
        (WEST, FEAST, "08:00", "holiday:Hari raya"),
    ],
)
def test_a_holiday_on_the_day_of_the_move(
    first: WorkCalendar, then: WorkCalendar, time: str, reason: str | None
) -> None:
    assert why(moved(working(3), (first, at(24, time)), to=then), 24) == reason


SIX_DAYS = calendar("enam", "Jakarta", "mon-sat 08:00-14:00")


@pytest.mark.parametrize(
    ("first", "then", "time", "days"),
    [
        (SIX_DAYS, WEST, "07:30", [27, 28]),
        (SIX_DAYS, WEST, "06:00", [27, 30]),
        (WEST, SIX_DAYS, "06:00", [27, 28]),
        (WEST, SIX_DAYS, "07:30", [27, 30]),
    ],
)
def test_six_days_a_week_and_five(
    first: WorkCalendar, then: WorkCalendar, time: str, days: list[int]
) -> None:
    derivation = moved(working(2), (first, at(28, time)), to=then, start=at(26, "03:00"))
    assert counted(derivation) == days
    assert 28 in days or why(derivation, 28) == "weekend"


SHORT_FRIDAY = calendar("jumat", "Jakarta", "mon-thu 08:00-16:00; fri 08:00-11:30")


def test_friday_closings_that_differ() -> None:
    noon, start = at(27, "05:00"), at(26, "03:00")
    twice = moved(working(2), (SHORT_FRIDAY, noon), to=WEST, start=start)
    never = moved(working(2), (WEST, noon), to=SHORT_FRIDAY, start=start)
    assert counted(twice) == [27, 30]
    assert (counted(never), why(never, 27)) == ([30, 1], "moved")
    assert moved(working(1), (SHORT_FRIDAY, noon), to=WEST, start=start).due_at == at(27, "04:30")


def test_the_last_day_of_a_reporter_ends_at_midnight_where_the_case_is() -> None:
    amount = working(1, ends=Ends.MIDNIGHT)
    assert moved(amount, (WEST, at(24, "10:00")), to=EAST).due_at == at(24, "15:00")
    assert moved(amount, (EAST, at(24, "10:00")), to=WEST).due_at == at(24, "17:00")
    free = calendar("libur", "Jayapura", FIVE_DAYS, holiday(24, "Libur"))
    late = moved(amount, (free, at(24, "15:30")), to=WEST)
    assert (late.due_at, late.last_day, counted(late)) == (at(24, "17:00"), date(2026, 11, 24), [24])


@pytest.mark.parametrize(
    ("first", "then", "time", "days"),
    [
        (WEST, EAST, "14:59", [24, 25]),
        (WEST, EAST, "16:00", [25, 26]),
        (WEST, EAST, "17:00", [24, 25]),
        (EAST, WEST, "16:00", [24, 25]),
    ],
)
def test_calendar_days_go_by_midnight(
    first: WorkCalendar, then: WorkCalendar, time: str, days: list[int]
) -> None:
    derivation = moved(Amount(2, Unit.CALENDAR_DAYS), (first, at(24, time)), to=then)
    assert counted(derivation) == days
    assert 24 in days or why(derivation, 24) == "moved"


def test_a_last_calendar_day_rolls_over_the_free_days_of_who_holds_the_case() -> None:
    rolling = Amount(3, Unit.CALENDAR_DAYS, roll_forward=True)
    assert moved(rolling, (WEST, at(24, "12:00")), to=FEAST).due_at == at(27, "17:00")
    assert moved(rolling, (FEAST, at(24, "12:00")), to=WEST).due_at == at(26, "17:00")


def test_working_hours_count_inside_the_windows_of_whoever_holds_the_case() -> None:
    ten = Amount(Decimal(10), Unit.WORKING_HOURS)
    derivation = moved(ten, (WEST, at(23, "05:00")), to=EAST, start=at(23, "01:00"))
    assert derivation.due_at == at(24, "03:00")
    assert [(day.on.day, day.minutes) for day in derivation.days] == [(23, 360), (24, 240)]
    lunch = (pause(at(23, "06:00"), at(23, "07:00")),)
    paused = moved(ten, (WEST, at(23, "05:00")), to=EAST, start=at(23, "01:00"), pauses=lunch)
    assert paused.due_at == at(24, "04:00")


def test_working_hours_name_the_dates_on_which_no_holder_was_open() -> None:
    derivation = moved(
        Amount(2, Unit.WORKING_HOURS), (WEST, at(25, "00:30")), to=FEAST, start=at(24, "08:30")
    )
    assert [(day.on.day, day.minutes) for day in derivation.days] == [(24, 30), (25, 90)]
    early = calendar("pagi", "Jakarta", "mon-fri 06:00-07:00")
    late = moved(Amount(1, Unit.WORKING_HOURS), (WEST, at(24, "00:30")), to=early)
    assert late.due_at == at(23, "04:00")
    gap = moved(Amount(7, Unit.WORKING_HOURS), (WEST, at(24, "00:30")), to=early)
    assert (gap.days[1].minutes, gap.days[1].reason, gap.due_at) == (0, "moved", at(25, "00:00"))


@pytest.mark.parametrize("unit", [Unit.HOURS, Unit.MINUTES])
def test_elapsed_time_is_nobodys_calendars(unit: Unit) -> None:
    assert moved(Amount(90, unit), (WEST, at(24, "07:30")), to=EAST) == derive(EAST, START, Amount(90, unit))


def test_a_pause_is_judged_at_the_closing_of_whoever_holds_the_case() -> None:
    at_east = (pause(at(24, "06:30"), at(24, "07:00")),)
    assert counted(moved(working(1), (EAST, at(24, "08:00")), to=WEST, pauses=at_east)) == [24]
    at_both = (pause(at(24, "06:30"), at(24, "09:00")),)
    both = moved(working(1), (EAST, at(24, "08:00")), to=WEST, pauses=at_both)
    assert (counted(both), why(both, 24)) == ([25], "paused")
    over_west = (pause(at(24, "08:30"), at(24, "09:30")),)
    assert counted(moved(working(1), (EAST, at(24, "06:00")), to=WEST, pauses=over_west)) == [25]


def test_a_case_that_moves_while_its_clock_stands_still() -> None:
    asked = pause(at(24, "08:00"))
    derivation = moved(working(3), (WEST, at(26, "02:00")), to=EAST, pauses=(asked,))
    assert (derivation.due_at, [day.on.day for day in derivation.days]) == (None, [23, 24])
    answered = pause(at(24, "08:00"), at(30, "02:00"))
    resumed = moved(working(2), (WEST, at(26, "02:00")), to=EAST, pauses=(answered,))
    assert (counted(resumed), why(resumed, 26)) == ([30, 1], "paused")


def test_the_zone_that_held_the_case_decides_the_civil_day_of_the_start() -> None:
    late = at(23, "16:00")  # Monday 23:00 in Jakarta, Tuesday 01:00 in Jayapura
    assert moved(working(1), (WEST, at(24, "01:00")), to=EAST, start=late).due_at == at(24, "07:00")
    from_east = moved(working(1), (EAST, at(23, "16:30")), to=WEST, start=late)
    assert (from_east.due_at, from_east.days[0].on.day) == (at(25, "09:00"), 24)
    assert "24 November" in explain(from_east, "en")[0]


def test_calendars_that_are_one_and_the_same_leave_no_trace() -> None:
    twin = calendar("barat")
    derivation = moved(working(5), (twin, at(24, "07:30")), (WEST, at(25, "01:00")), to=WEST)
    assert derivation.to_json() == derive(WEST, START, working(5)).to_json()
    assert "moves" not in derivation.to_json()


def test_a_move_before_the_start_or_within_an_instant_holds_nothing() -> None:
    before = moved(working(2), (FEAST, at(23, "03:00")), to=EAST)
    instant = moved(working(2), (WEST, at(24, "10:00")), (FEAST, at(24, "10:00")), to=WEST)
    assert before == derive(EAST, START, working(2))
    assert instant == derive(WEST, START, working(2))


def test_a_move_after_due_moves_nothing() -> None:
    derivation = moved(working(2), (WEST, at(27, "01:00")), to=EAST)
    assert derivation.due_at == at(25, "09:00")
    assert derivation.days == derive(WEST, START, working(2)).days


def test_a_derivation_of_a_moved_case_survives_its_stored_form() -> None:
    derivation = moved(working(3), (WEST, at(24, "10:00")), to=EAST)
    stored = derivation.to_json()
    assert stored["calendar"] == {"id": "timur", "version": 1}
    assert stored["moves"] == [
        {"calendar": {"id": "barat", "version": 1}, "until_at": "2026-11-24T19:00:00+09:00"}
    ]
    assert Derivation.from_json(stored) == derivation


def test_a_calendar_without_working_days_is_an_error_after_a_move_too() -> None:
    free = tuple(Holiday(date(2026, 11, 25) + timedelta(days=n), "Libur") for n in range(420))
    never = calendar("tutup", "Jakarta", FIVE_DAYS, *free)
    for amount in (working(3), Amount(20, Unit.WORKING_HOURS)):
        with pytest.raises(NoWorkingDayError):
            moved(amount, (WEST, at(24, "10:00")), to=never)


def test_the_explanation_names_holidays_by_the_calendar_that_judged_them() -> None:
    old = calendar("lama", "Jakarta", FIVE_DAYS, holiday(24, "Hari raya", "Feast day"))
    new = calendar("baru", "Jayapura", FIVE_DAYS, holiday(24, "Hari lain", "Other day"))
    derivation = moved(working(2), (old, at(25, "08:00")), to=new)
    lines = explain(derivation, "en", new, (old,))
    assert lines == [
        "2 working days since Monday, 23 November 2026.",
        "Not counted: Tuesday, 24 November 2026 (Feast day); "
        "Wednesday, 25 November 2026 (moved to another unit).",
        "Until Wednesday, 25 November 2026, 17:00 WIT the calendar lama applied.",
        "Due: Friday, 27 November 2026, 16:00 WIT.",
    ]
    assert "(Hari raya)" in explain(derivation, "en", new)[1]
    assert "Sampai Rabu, 25 November 2026, 17.00 WIT berlaku kalender lama." in explain(derivation, "id")


def test_what_is_left_goes_by_the_newest_calendar() -> None:
    days = moved(working(3), (WEST, at(24, "10:00")), to=EAST)
    assert [remaining(days, EAST, at(day, "08:00")).value for day in (24, 25, 26)] == [2, 1, 0]
    short = calendar("pendek", "Jakarta", "mon-fri 08:00-09:00")
    hours = moved(Amount(10, Unit.WORKING_HOURS), (WEST, at(23, "10:00")), to=short)
    assert (hours.due_at, remaining(hours, short, at(24, "00:00")).value) == (at(27, "02:00"), 4)
    asked = moved(
        Amount(10, Unit.WORKING_HOURS), (WEST, at(23, "10:00")), to=short, pauses=(pause(at(24, "03:00")),)
    )
    assert remaining(asked, short, at(25, "03:00")).value == 3


def clock(**changes: object) -> Clock:
    fields = {"name": ClockName.RESOLUTION, "unit_id": 1, "amount": working(3), "started_at": START}
    return Clock(**fields | changes)


def test_a_clock_remembers_whose_calendar_counted_and_until_when() -> None:
    there = clock(due_at=at(26, "09:00")).move(2, at(24, "10:00"))
    assert (there.unit_id, there.due_at) == (2, None)
    assert there.moves == (Move(unit_id=1, until_at=at(24, "10:00")),)
    assert there.move(2, at(25, "10:00")).moves == there.moves
    back = there.move(3, at(24, "09:00"))
    assert back.moves[1] == Move(unit_id=2, until_at=at(24, "10:00"))
    assert back.unit_ids == {1, 2, 3}
    assert clock().move(2, at(1, "00:00")).moves == (Move(unit_id=1, until_at=START),)


def test_a_moved_clock_is_dated_along_its_calendars_and_held_by_the_newest() -> None:
    there = clock().move(2, at(24, "10:00"))
    assert date_clock(there, EAST, 0, (FEAST,)).due_at == at(27, "07:00")
    floor = Floor(from_at=at(26, "01:00"), amount=working(2))
    assert date_clock(clock(floor=floor).move(2, at(24, "10:00")), EAST, 0, (WEST,)).due_at == at(30, "07:00")
    with pytest.raises(ValueError, match="shorter"):
        date_clock(there, EAST, 0)


def test_a_calendar_that_changes_reaches_the_clocks_that_it_counted_before_the_move() -> None:
    state = act(new_case(NATIONAL), Action.DISPOSE, 7, unit=CITY)
    event = recount(state, frozenset({NATIONAL.id}), minute(9))
    assert event is not None
    names = {ClockName.VERIFICATION, ClockName.RESOLUTION, ClockName.OMBUDSMAN}
    assert {one.name for one in event.clocks} == names
    assert recount(state, frozenset({WORKS.id}), minute(9)) is None


def test_national_clocks_never_move() -> None:
    state = act(act(new_case(NATIONAL), Action.DISPOSE, 7, unit=CITY), Action.DISPOSE, 8, unit=WORKS)
    ombudsman = clock_of(state, ClockName.OMBUDSMAN)
    assert (ombudsman.unit_id, ombudsman.moves) == (NATIONAL.id, ())
    route = [(move.unit_id, move.until_at) for move in clock_of(state, ClockName.RESOLUTION).moves]
    assert route == [(NATIONAL.id, minute(7)), (CITY.id, minute(8))]
