"""Properties that hold for every calendar, start, amount and pause."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit
from domain.instant import last_day_before
from domain.remaining import overdue, remaining

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
WEEKS = (
    "mon-fri 08:00-16:00",
    "mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30",
    "sun-thu 07:30-15:30",
    "mon-sat 00:00-24:00",
    "wed 22:00-24:00",
    "sun 01:30-02:30",
)
ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "Africa/Cairo", "America/Havana")
MINUTES_PER_YEAR = 366 * 24 * 60

instants = st.integers(0, MINUTES_PER_YEAR).map(lambda minute: FIRST + timedelta(minutes=minute))
days = st.integers(0, 500).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
calendars = st.builds(
    WorkCalendar,
    id=st.just("kota"),
    version=st.just(1),
    zone=st.sampled_from(ZONES),
    weekly=st.sampled_from(WEEKS).map(parse_weekly),
    holidays=st.lists(days.map(lambda on: Holiday(on, "Libur")), max_size=12).map(tuple),
    extra_working_days=st.frozensets(days, max_size=4),
    years_decreed=st.just(frozenset({2026})),
)
amounts = st.one_of(
    st.builds(Amount, st.integers(1, 40), st.just(Unit.WORKING_DAYS), ends=st.sampled_from(Ends)),
    st.builds(Amount, st.integers(1, 60), st.just(Unit.CALENDAR_DAYS), st.booleans()),
    st.builds(
        Amount,
        st.integers(1, 5000).map(lambda n: Decimal(n) / 100),
        st.sampled_from([Unit.WORKING_HOURS, Unit.HOURS]),
    ),
    st.builds(Amount, st.integers(1, 5000), st.just(Unit.MINUTES)),
)
closed_pauses = st.builds(
    lambda begin, minutes: Pause(begin, begin + timedelta(minutes=minutes)), instants, st.integers(0, 20000)
)
pause_lists = st.lists(closed_pauses, max_size=4)
minimums = st.integers(0, 3)


def due(derivation: Derivation) -> datetime:
    assert derivation.due_at is not None
    return derivation.due_at.astimezone(UTC)


@given(calendars, instants, amounts, pause_lists, minimums)
def test_due_is_never_earlier_than_the_start(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], least: int
) -> None:
    assert due(derive(calendar, start, amount, pauses, min_after_resume=least)) > start


@given(calendars, instants, st.integers(0, 20000), amounts, pause_lists)
def test_a_later_start_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, minutes: int, amount: Amount, pauses: list[Pause]
) -> None:
    later = start + timedelta(minutes=minutes)
    assert due(derive(calendar, start, amount, pauses)) <= due(derive(calendar, later, amount, pauses))


@given(calendars, instants, amounts, pause_lists, st.integers(1, 30), minimums)
def test_a_greater_amount_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], more: int, least: int
) -> None:
    greater = Amount(amount.value + more, amount.unit, amount.roll_forward, amount.ends)
    first = due(derive(calendar, start, amount, pauses, min_after_resume=least))
    second = due(derive(calendar, start, greater, pauses, min_after_resume=least))
    assert first <= second if least or amount.roll_forward else first < second


@given(calendars, instants, amounts, pause_lists, closed_pauses, minimums)
def test_adding_a_pause_never_makes_due_earlier(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], extra: Pause, least: int
) -> None:
    before = due(derive(calendar, start, amount, pauses, min_after_resume=least))
    assert before <= due(derive(calendar, start, amount, [*pauses, extra], min_after_resume=least))


@given(calendars, instants, amounts, pause_lists, closed_pauses)
def test_a_pause_outside_the_clock_changes_nothing(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], extra: Pause
) -> None:
    plain = derive(calendar, start, amount, pauses)
    assert extra.end_at is not None
    assume(extra.end_at <= start or extra.start_at >= due(plain))
    assert derive(calendar, start, amount, [extra, *pauses]) == plain


@given(calendars, instants, amounts, pause_lists, minimums)
def test_days_are_contiguous_and_sum_to_the_amount(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], least: int
) -> None:
    derivation = derive(calendar, start, amount, pauses, min_after_resume=least)
    listed = [day.on for day in derivation.days]
    assert listed == [listed[0] + timedelta(days=n) for n in range(len(listed))]
    assert listed[0] == derivation.start_at.date()
    assert all(day.counts == (day.reason is None) for day in derivation.days)
    if amount.unit.counts_days:
        assert sum(day.counts for day in derivation.days) == amount.value
        assert derivation.days[-1].counts
    else:
        assert (
            sum((day.counted_for or timedelta() for day in derivation.days), timedelta()) == amount.time_for
        )


@given(calendars, instants, amounts, pause_lists)
def test_the_last_listed_day_is_the_day_of_due(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause]
) -> None:
    assume(calendar.zone not in ("Africa/Cairo", "America/Havana"))  # their clocks change at midnight
    derivation = derive(calendar, start, amount, pauses)
    assert derivation.last_day == last_day_before(due(derivation), calendar.tz)


@given(calendars, instants, amounts, pause_lists, st.booleans(), minimums)
def test_a_derivation_survives_its_stored_form(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: list[Pause], opened: bool, least: int
) -> None:
    both = [*pauses, Pause(start + timedelta(days=1))] if opened else pauses
    derivation = derive(calendar, start, amount, both, min_after_resume=least)
    assert Derivation.from_json(derivation.to_json()) == derivation
    assert WorkCalendar.from_json(calendar.to_json()) == calendar


@settings(max_examples=60)
@given(calendars, instants, amounts, pause_lists, instants, st.integers(0, 5000))
def test_remaining_never_grows_and_is_nought_exactly_from_due_on(
    calendar: WorkCalendar,
    start: datetime,
    amount: Amount,
    pauses: list[Pause],
    moment: datetime,
    minutes: int,
) -> None:
    derivation = derive(calendar, start, amount, pauses)
    now = remaining(derivation, calendar, moment)
    assert now.value >= remaining(derivation, calendar, moment + timedelta(minutes=minutes)).value
    assert (now.value == 0) == (moment >= due(derivation))
    assert (overdue(derivation, calendar, moment) is not None) == (moment > due(derivation))
