"""The working calendar: windows, free days, odd days of a zone, and its stored form."""

import json
from datetime import date, datetime

import pytest

from domain.calendar import (
    CalendarError,
    Holiday,
    HolidayKind,
    NotWorkingDayError,
    NoWorkingDayError,
    UnknownZoneError,
    Window,
    WorkCalendar,
    parse_weekly,
)
from domain.window import (
    EmptyWindowError,
    NoWindowsError,
    OverlappingWindowsError,
    ReversedWindowError,
    WeekdayTwiceError,
    WindowSyntaxError,
    format_weekly,
)

OFFICE = "mon-thu 08:00-12:00,13:00-16:00; fri 08:00-11:30"
SATURDAY = date(2026, 11, 21)
CHRISTMAS_EVE = date(2026, 12, 24)


def calendar(weekly: str = OFFICE, zone: str = "Asia/Jakarta", **extra: object) -> WorkCalendar:
    return WorkCalendar("kota", 1, zone, parse_weekly(weekly), **extra)  # type: ignore[arg-type]


def iso(at: datetime) -> str:
    return at.isoformat()


def test_a_week_is_read_with_several_windows_a_day() -> None:
    week = parse_weekly(OFFICE)
    assert week[0] == (Window(480, 720), Window(780, 960))
    assert week[4] == (Window(480, 690),)
    assert week[5] == week[6] == ()


@pytest.mark.parametrize(
    "text",
    [
        "mon-fri 08:00-12:00 13:00-16:00",
        "MON-FRI 8:00 - 12:00 , 13:00-16:00;",
        "mon,tue, wed-fri 13:00-16:00,08:00-12:00",
    ],
)
def test_a_week_may_be_written_loosely(text: str) -> None:
    assert parse_weekly(text) == parse_weekly("mon-fri 08:00-12:00,13:00-16:00")


def test_a_range_may_wrap() -> None:
    week = parse_weekly("sun-thu 08:00-16:00")
    assert [bool(windows) for windows in week] == [True, True, True, True, False, False, True]


def test_touching_windows_join() -> None:
    assert parse_weekly("mon 08:00-12:00,12:00-16:00")[0] == (Window(480, 960),)
    assert calendar("mon 08:00-12:00,12:00-16:00") == calendar("mon 08:00-16:00")


def test_a_window_may_end_at_24_00() -> None:
    closing = calendar("mon-sun 00:00-24:00").closing_of(SATURDAY)
    assert iso(closing) == "2026-11-22T00:00:00+07:00"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("mon 08:00-12:00,11:00-16:00", OverlappingWindowsError),
        ("mon 08:00-16:00,08:00-16:00", OverlappingWindowsError),
        ("mon 16:00-08:00", ReversedWindowError),
        ("mon 22:00-06:00", ReversedWindowError),
        ("mon 22:00-00:00", ReversedWindowError),
        ("mon 08:00-08:00", EmptyWindowError),
        ("mon-wed 08:00-16:00; tue 08:00-12:00", WeekdayTwiceError),
        ("mon,mon 08:00-16:00", WeekdayTwiceError),
        ("", NoWindowsError),
        (" ; ", NoWindowsError),
        ("mon-fri", NoWindowsError),
        ("08:00-16:00", NoWindowsError),
        ("senin 08:00-16:00", WindowSyntaxError),
        ("mon 08:00-25:00", WindowSyntaxError),
        ("mon 08:00-24:01", WindowSyntaxError),
        ("mon 08:60-16:00", WindowSyntaxError),
        ("mon 24:00-24:00", WindowSyntaxError),
        ("mon 8-16", WindowSyntaxError),
        ("mon- 08:00-16:00; ", WindowSyntaxError),
    ],
)
def test_a_wrong_week_is_refused_by_name(text: str, error: type[CalendarError]) -> None:
    with pytest.raises(error):
        parse_weekly(text)


def test_a_calendar_without_any_window_is_refused() -> None:
    with pytest.raises(NoWindowsError):
        WorkCalendar("kota", 1, "Asia/Jakarta", ((),) * 7)


def test_a_calendar_checks_windows_that_did_not_come_from_text() -> None:
    week = ((Window(480, 720), Window(700, 960)), *((),) * 6)
    with pytest.raises(OverlappingWindowsError):
        WorkCalendar("kota", 1, "Asia/Jakarta", week)


@pytest.mark.parametrize("zone", ["Asia/Surabaya", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZoneError):
        calendar(zone=zone)


@pytest.mark.parametrize(
    "text", [OFFICE, "mon-fri 08:00-16:00", "mon 08:00-24:00; wed 00:00-01:00; sat-sun 09:00-10:00"]
)
def test_a_week_is_written_as_it_is_read(text: str) -> None:
    assert format_weekly(parse_weekly(text)) == text


def test_windows_alone_make_a_weekday_working_saturday_too() -> None:
    six_days = calendar("mon-sat 08:00-14:00")
    assert six_days.is_working(SATURDAY)
    assert six_days.why_free(date(2026, 11, 22)) == "weekend"


def test_a_free_day_has_the_first_reason_that_fits() -> None:
    friday, sunday = date(2026, 12, 25), date(2026, 12, 27)
    holidays = (Holiday(friday, "Natal", "Christmas"), Holiday(sunday, "Kirab", "Parade"))
    assert calendar("sun-thu 08:00-16:00", holidays=holidays).why_free(sunday) == "holiday:Kirab"
    assert calendar(holidays=holidays).why_free(sunday) == "weekend"
    assert calendar("sun-thu 08:00-16:00", holidays=holidays).why_free(friday) == "holiday:Natal"
    assert calendar("sun-thu 08:00-16:00").why_free(friday) == "no_window"
    assert calendar().why_free(friday) is None


def test_a_holiday_on_a_saturday_with_windows_is_a_holiday() -> None:
    free = calendar("mon-sat 08:00-14:00", holidays=(Holiday(SATURDAY, "Pilkada", "Election"),))
    assert free.why_free(SATURDAY) == "holiday:Pilkada"


def test_a_holiday_given_only_by_date_is_called_tambahan() -> None:
    free = calendar(holidays=(Holiday(CHRISTMAS_EVE),))
    assert free.why_free(CHRISTMAS_EVE) == "holiday:tambahan"
    assert free.holiday_name(CHRISTMAS_EVE, "en") == "additional"


def test_two_holidays_on_one_day_are_joined() -> None:
    holidays = (
        Holiday(CHRISTMAS_EVE, "Cuti bersama Natal", "Joint leave"),
        Holiday(CHRISTMAS_EVE, "Hari jadi kota", "City day"),
    )
    free = calendar(holidays=holidays)
    assert free.why_free(CHRISTMAS_EVE) == "holiday:Cuti bersama Natal; Hari jadi kota"
    assert free.holiday_name(CHRISTMAS_EVE, "en") == "Joint leave; City day"


def test_the_same_holiday_listed_twice_is_named_once() -> None:
    assert calendar(holidays=(Holiday(SATURDAY, "A"), Holiday(SATURDAY, "A"))).holiday_name(SATURDAY) == "A"


def test_names_do_not_say_that_they_were_estimated() -> None:
    holiday = Holiday(date(2027, 3, 10), "Hari Raya Idulfitri (perkiraan)", "Eid al-Fitr (estimated)")
    assert (holiday.name_id, holiday.name_en) == ("Hari Raya Idulfitri", "Eid al-Fitr")


def test_a_one_off_working_day_without_windows_takes_those_of_monday() -> None:
    assert calendar(extra_working_days=frozenset({SATURDAY})).windows_on(SATURDAY) == parse_weekly(OFFICE)[0]


def test_a_one_off_working_day_takes_the_first_weekday_when_monday_has_no_windows() -> None:
    special = calendar("wed 09:00-10:00; thu 08:00-16:00", extra_working_days=frozenset({SATURDAY}))
    assert special.windows_on(SATURDAY) == (Window(540, 600),)


def test_a_one_off_working_day_with_windows_keeps_its_own_and_wins_over_a_holiday() -> None:
    friday = date(2026, 12, 25)
    special = calendar(extra_working_days=frozenset({friday}), holidays=(Holiday(friday, "Natal"),))
    assert special.windows_on(friday) == (Window(480, 690),)
    assert special.why_free(friday) is None


def test_a_one_off_working_day_wins_over_a_holiday_on_a_weekend() -> None:
    special = calendar(extra_working_days=frozenset({SATURDAY}), holidays=(Holiday(SATURDAY, "X"),))
    assert special.is_working(SATURDAY)


def test_opening_and_closing_are_the_first_and_last_moment_of_the_day() -> None:
    monday = date(2026, 11, 23)
    assert iso(calendar().opening_of(monday)) == "2026-11-23T08:00:00+07:00"
    assert iso(calendar(zone="Asia/Jayapura").closing_of(monday)) == "2026-11-23T16:00:00+09:00"


def test_a_free_day_has_no_closing() -> None:
    with pytest.raises(NotWorkingDayError):
        calendar().closing_of(SATURDAY)


def test_an_opening_that_the_zone_skips_is_the_moment_of_the_change() -> None:
    berlin = calendar("sun 02:30-10:00", "Europe/Berlin")
    assert iso(berlin.opening_of(date(2026, 3, 29))) == "2026-03-29T03:00:00+02:00"


def test_a_closing_that_the_zone_skips_is_the_moment_of_the_change() -> None:
    berlin = calendar("sun 00:00-02:45", "Europe/Berlin")
    assert iso(berlin.closing_of(date(2026, 3, 29))) == "2026-03-29T03:00:00+02:00"


def test_an_opening_that_occurs_twice_is_the_first_and_a_closing_the_second() -> None:
    fall = date(2026, 10, 25)
    assert iso(calendar("sun 02:30-10:00", "Europe/Berlin").opening_of(fall)) == "2026-10-25T02:30:00+02:00"
    assert iso(calendar("sun 01:00-02:30", "Europe/Berlin").closing_of(fall)) == "2026-10-25T02:30:00+01:00"


def test_a_midnight_that_the_zone_skips_is_the_moment_of_the_change() -> None:
    cairo = calendar("sun-thu 08:00-24:00", "Africa/Cairo")
    assert iso(cairo.closing_of(date(2026, 4, 23))) == "2026-04-24T01:00:00+03:00"


def test_a_day_whose_only_window_is_skipped_is_not_a_working_day() -> None:
    berlin = calendar("mon 08:00-16:00; sun 02:10-02:50", "Europe/Berlin")
    assert not berlin.is_working(date(2026, 3, 29))
    assert berlin.is_working(date(2026, 4, 5))


def test_the_nth_working_day_is_found_forwards_and_backwards() -> None:
    assert calendar().nth_working_day_after(SATURDAY, 6) == date(2026, 11, 30)
    assert calendar().nth_working_day_after(SATURDAY, -6) == date(2026, 11, 13)


def test_400_free_days_in_a_row_are_an_error_not_an_endless_loop() -> None:
    first = date(2026, 1, 1).toordinal()
    free = calendar(holidays=tuple(Holiday(date.fromordinal(first + n)) for n in range(500)))
    with pytest.raises(NoWorkingDayError):
        free.nth_working_day_after(date(2026, 1, 1), 1)


def test_a_calendar_survives_its_stored_form() -> None:
    full = calendar(
        holidays=(
            Holiday(CHRISTMAS_EVE, "Cuti bersama Natal", "Christmas joint leave", HolidayKind.JOINT_LEAVE),
            Holiday(SATURDAY),
        ),
        extra_working_days=frozenset({date(2026, 11, 28), date(2026, 11, 22)}),
        years_decreed=frozenset({2026, 2025}),
    )
    stored = json.loads(json.dumps(full.to_json()))
    assert WorkCalendar.from_json(stored) == full
    assert stored["weekly"] == OFFICE
    assert stored["holidays"][0]["kind"] == "joint_leave"


def test_equal_calendars_are_equal_and_hash_alike() -> None:
    assert hash(calendar()) == hash(calendar())
    assert calendar() != calendar(zone="Asia/Makassar")
