"""CLOCKS, General: instants, pauses, amounts, due, errors."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import (
    InstantOutOfRangeError,
    NaiveInstantError,
    NoWorkingDayError,
    ReversedPauseError,
    derive,
)
from domain.duration import Amount, AmountError, Pause, Unit
from domain.instant import FutureStartError, ensure_started
from domain.remaining import overdue, remaining

JAKARTA = WorkCalendar(
    "nasional", 7, "Asia/Jakarta", parse_weekly("mon-fri 08:00-16:00"), years_decreed=frozenset({2026})
)
MONDAY = "2026-11-23T10:00+07:00"
DAYS = Amount(2, Unit.WORKING_DAYS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pause(begin: str, end: str | None = None) -> Pause:
    return Pause(at(begin), None if end is None else at(end))


def due(amount: Amount, *pauses: Pause, start: str = MONDAY, calendar: WorkCalendar = JAKARTA) -> str | None:
    due_at = derive(calendar, at(start), amount, pauses).due_at
    return None if due_at is None else due_at.isoformat(timespec="minutes")


def test_an_instant_without_an_offset_is_refused() -> None:
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    with pytest.raises(NaiveInstantError):
        derive(JAKARTA, naive, DAYS)
    with pytest.raises(NaiveInstantError):
        Pause(naive)
    with pytest.raises(NaiveInstantError):
        Pause(at(MONDAY), naive)
    with pytest.raises(NaiveInstantError):
        derive(JAKARTA, at(MONDAY), DAYS, not_before=naive)


def test_the_civil_day_in_the_zone_of_the_calendar_decides() -> None:
    late_sunday_in_london = "2026-11-22T18:00+00:00"
    assert due(DAYS, start=late_sunday_in_london) == "2026-11-25T16:00+07:00"
    london = WorkCalendar("london", 1, "Europe/London", JAKARTA.weekly)
    assert due(DAYS, start=late_sunday_in_london, calendar=london) == "2026-11-24T16:00+00:00"


def test_due_is_given_in_the_zone_of_the_calendar() -> None:
    jayapura = WorkCalendar("papua", 1, "Asia/Jayapura", JAKARTA.weekly)
    assert due(DAYS, start="2026-11-23T01:00+00:00", calendar=jayapura) == "2026-11-25T16:00+09:00"


def test_a_pause_from_an_instant_to_itself_is_no_pause() -> None:
    nothing = derive(JAKARTA, at(MONDAY), DAYS, [pause("2026-11-24T16:00+07:00", "2026-11-24T16:00+07:00")])
    assert nothing.pauses == ()
    assert nothing == derive(JAKARTA, at(MONDAY), DAYS)


def test_a_reversed_pause_is_an_error() -> None:
    with pytest.raises(ReversedPauseError):
        pause("2026-11-24T16:00+07:00", "2026-11-24T15:00+07:00")
    with pytest.raises(ReversedPauseError):
        pause("2026-11-24T16:00+07:00", "2026-11-24T16:00+08:00")


def test_parts_of_a_pause_before_the_start_or_after_due_are_ignored() -> None:
    early, late = pause("2026-11-20T08:00+07:00", "2026-11-23T10:00+07:00"), pause("2026-11-25T16:00+07:00")
    derived = derive(JAKARTA, at(MONDAY), DAYS, [late, early])
    assert derived == derive(JAKARTA, at(MONDAY), DAYS)


def test_a_pause_that_begins_before_the_start_counts_from_the_start() -> None:
    derived = derive(
        JAKARTA,
        at(MONDAY),
        Amount(3, Unit.HOURS),
        [pause("2026-11-22T00:00+07:00", "2026-11-23T12:00+07:00")],
    )
    assert derived.due_at == at("2026-11-23T15:00+07:00")
    assert derived.pauses == (pause(MONDAY, "2026-11-23T12:00+07:00"),)


def test_overlapping_pauses_count_once() -> None:
    first, second = (
        pause("2026-11-23T11:00+07:00", "2026-11-23T13:00+07:00"),
        pause("2026-11-23T12:00+07:00", "2026-11-23T14:00+07:00"),
    )
    assert due(Amount(3, Unit.HOURS), second, first, first) == "2026-11-23T16:00+07:00"


def test_with_an_open_pause_due_is_unknown_and_nothing_expires() -> None:
    derived = derive(JAKARTA, at(MONDAY), DAYS, [pause("2026-11-24T09:00+07:00")])
    assert derived.due_at is None and derived.last_day is None and not derived.provisional
    assert overdue(derived, JAKARTA, at("2027-11-24T09:00+07:00")) is None


@pytest.mark.parametrize("unit", list(Unit))
def test_with_an_open_pause_remaining_is_frozen(unit: Unit) -> None:
    derived = derive(JAKARTA, at(MONDAY), Amount(3000, unit), [pause("2026-11-24T09:00+07:00")])
    moments = ("2026-11-24T09:00+07:00", "2026-11-26T23:00+07:00", "2028-01-01T00:00+07:00")
    left = [remaining(derived, JAKARTA, at(moment)) for moment in moments]
    assert left[0] == left[1] == left[2]
    assert left[0].paused


@pytest.mark.parametrize("value", [0, -1, Decimal("0"), Decimal("-0.5"), Decimal("NaN"), Decimal("Infinity")])
@pytest.mark.parametrize("unit", list(Unit))
def test_the_amount_is_positive(value: int | Decimal, unit: Unit) -> None:
    with pytest.raises(AmountError):
        Amount(value, unit)


@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MINUTES])
def test_days_and_minutes_are_whole(unit: Unit) -> None:
    with pytest.raises(AmountError):
        Amount(Decimal("1.5"), unit)
    assert Amount(Decimal("2.0"), unit) == Amount(2, unit)


@pytest.mark.parametrize("value", [1.5, True, "2", None])
def test_a_binary_fraction_a_flag_or_a_text_is_no_amount(value: object) -> None:
    with pytest.raises(AmountError):
        Amount(value, Unit.HOURS)  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", [Unit.HOURS, Unit.WORKING_HOURS])
def test_hours_take_decimals_and_nothing_is_rounded(unit: Unit) -> None:
    derived = derive(JAKARTA, at(MONDAY), Amount(Decimal("1.0001"), unit))
    assert derived.due_at == at("2026-11-23T11:00:00.360000+07:00")
    with pytest.raises(AmountError):
        Amount(Decimal(1) / Decimal(3), unit)


def test_an_amount_that_no_policy_means_is_refused() -> None:
    for unit in Unit:
        with pytest.raises(AmountError):
            Amount(10**12, unit)


def test_roll_forward_is_an_error_with_hours_or_minutes() -> None:
    for unit in (Unit.HOURS, Unit.MINUTES):
        with pytest.raises(AmountError):
            Amount(2, unit, roll_forward=True)


def test_roll_forward_has_no_effect_on_working_units() -> None:
    for unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        assert due(Amount(20, unit, roll_forward=True)) == due(Amount(20, unit))


def test_a_pause_that_begins_at_due_does_not_move_it_and_an_act_then_is_in_time() -> None:
    for amount in (
        DAYS,
        Amount(22, Unit.WORKING_HOURS),
        Amount(54, Unit.HOURS),
        Amount(54 * 60, Unit.MINUTES),
    ):
        derived = derive(JAKARTA, at(MONDAY), amount, [pause("2026-11-25T16:00+07:00")])
        assert derived.due_at == at("2026-11-25T16:00+07:00")
        assert overdue(derived, JAKARTA, at("2026-11-25T16:00+07:00")) is None
        assert overdue(derived, JAKARTA, at("2026-11-25T16:00:00.000001+07:00")) is not None


def test_a_start_is_never_in_the_future() -> None:
    ensure_started(at(MONDAY), at(MONDAY))
    with pytest.raises(FutureStartError):
        ensure_started(at(MONDAY), at("2026-11-23T09:59+07:00"))


def free_for(days: int) -> WorkCalendar:
    start = date(2026, 11, 24)
    holidays = tuple(Holiday(start + timedelta(days=n)) for n in range(days))
    return WorkCalendar("libur", 1, "Asia/Jakarta", parse_weekly("mon-sun 08:00-16:00"), holidays)


@pytest.mark.parametrize(
    "amount",
    [
        Amount(1, Unit.WORKING_DAYS),
        Amount(7, Unit.WORKING_HOURS),
        Amount(1, Unit.CALENDAR_DAYS, roll_forward=True),
    ],
)
def test_no_working_day_within_400_days_is_an_error(amount: Amount) -> None:
    assert due(amount, calendar=free_for(399)) is not None
    with pytest.raises(NoWorkingDayError):
        due(amount, calendar=free_for(400))


def test_units_that_need_no_working_day_do_not_miss_it() -> None:
    assert due(Amount(600, Unit.CALENDAR_DAYS), calendar=free_for(700)) == "2028-07-16T00:00+07:00"
    assert due(Amount(20000, Unit.HOURS), calendar=free_for(700)) == "2029-03-05T18:00+07:00"


def test_a_pause_of_years_is_not_mistaken_for_a_calendar_without_working_days() -> None:
    assert due(DAYS, pause("2026-11-24T09:00+07:00", "2029-11-26T09:00+07:00")) == "2029-11-27T16:00+07:00"


def test_a_count_that_leaves_the_years_we_can_write_is_an_error() -> None:
    with pytest.raises(InstantOutOfRangeError):
        derive(JAKARTA, at("9999-12-30T10:00+07:00"), Amount(30, Unit.WORKING_DAYS))


def test_a_due_date_in_a_year_without_a_decree_is_provisional() -> None:
    assert not derive(JAKARTA, at(MONDAY), Amount(28, Unit.WORKING_DAYS)).provisional
    derived = derive(JAKARTA, at(MONDAY), Amount(29, Unit.WORKING_DAYS))
    assert derived.due_at == at("2027-01-01T16:00+07:00")
    assert derived.provisional
    assert derived.to_json()["provisional"] is True


def test_the_last_day_decides_whether_midnight_of_new_year_is_provisional() -> None:
    derived = derive(JAKARTA, at("2026-12-30T10:00+07:00"), Amount(1, Unit.CALENDAR_DAYS))
    assert derived.due_at == at("2027-01-01T00:00+07:00")
    assert not derived.provisional
