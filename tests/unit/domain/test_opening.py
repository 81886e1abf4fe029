"""CLOCKS, Warnings: openings and the instant of a warning."""

from datetime import UTC, date, datetime

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.opening import WarningDistanceError, open_moment, opening_after, warning_at

JAKARTA = WorkCalendar(
    "kota",
    1,
    "Asia/Jakarta",
    parse_weekly("mon-fri 08:00-12:00,13:00-16:00"),
    (Holiday(date(2026, 11, 26), "Libur"),),
)
START = "2026-11-20T10:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T08:01", "2026-11-23T13:00"),
        ("2026-11-23T12:30", "2026-11-23T13:00"),
        ("2026-11-23T13:01", "2026-11-24T08:00"),
        ("2026-11-25T20:00", "2026-11-27T08:00"),
        ("2026-11-27T16:00", "2026-11-30T08:00"),
    ],
)
def test_the_next_opening_is_at_or_after_the_instant(moment: str, opening: str) -> None:
    assert opening_after(JAKARTA, at(moment)) == at(opening)


def test_a_message_may_go_out_at_once_while_the_office_is_open() -> None:
    assert open_moment(JAKARTA, at("2026-11-23T09:00")) == at("2026-11-23T09:00")
    assert open_moment(JAKARTA, at("2026-11-23T16:00")) == at("2026-11-24T08:00")
    assert open_moment(JAKARTA, at("2026-11-22T09:00")) == at("2026-11-23T08:00")


def test_an_opening_is_given_in_the_zone_of_the_calendar() -> None:
    opening = opening_after(JAKARTA, datetime(2026, 11, 22, 20, tzinfo=UTC))
    assert opening.isoformat() == "2026-11-23T08:00:00+07:00"


@pytest.mark.parametrize(
    ("before", "opening"), [(1, "2026-11-25T08:00"), (2, "2026-11-24T08:00"), (3, "2026-11-23T08:00")]
)
def test_a_warning_is_at_the_opening_of_the_nth_working_day_before_the_due_day(
    before: int, opening: str
) -> None:
    assert warning_at(JAKARTA, at("2026-11-27T16:00"), at(START), before) == at(opening)


def test_the_due_day_of_a_due_at_midnight_is_the_day_that_ends_then() -> None:
    assert warning_at(JAKARTA, at("2026-11-26T00:00"), at(START), 1) == at("2026-11-24T08:00")


def test_no_warning_at_or_before_the_start() -> None:
    due_at = at("2026-11-24T16:00")
    assert warning_at(JAKARTA, due_at, at("2026-11-23T07:59"), 1) == at("2026-11-23T08:00")
    assert warning_at(JAKARTA, due_at, at("2026-11-23T08:00"), 1) is None
    assert warning_at(JAKARTA, due_at, at("2026-11-23T09:00"), 1) is None


def test_no_warning_that_is_already_past() -> None:
    due_at = at("2026-11-24T16:00")
    assert warning_at(JAKARTA, due_at, at(START), 1, now=at("2026-11-23T08:00")) == at("2026-11-23T08:00")
    assert warning_at(JAKARTA, due_at, at(START), 1, now=at("2026-11-23T08:01")) is None


def test_no_warning_while_paused_and_due_unknown() -> None:
    assert warning_at(JAKARTA, None, at(START), 1) is None


@pytest.mark.parametrize("before", [0, -1, True])
def test_a_warning_is_at_least_one_working_day_before(before: int) -> None:
    with pytest.raises(WarningDistanceError):
        warning_at(JAKARTA, at("2026-11-27T16:00"), at(START), before)
