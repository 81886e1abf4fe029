"""CLOCKS, `days` in the JSON of a derivation, and the stored form as a whole."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit

HOLIDAYS = (
    Holiday(date(2026, 12, 24), "Cuti bersama Natal (perkiraan)", "Christmas joint leave (estimated)"),
    Holiday(date(2026, 12, 25), "Natal", "Christmas"),
    Holiday(date(2026, 12, 26), "Hari jadi", "City day"),
    Holiday(date(2026, 12, 28)),
)
JAKARTA = WorkCalendar(
    "nasional",
    3,
    "Asia/Jakarta",
    parse_weekly("mon-thu 08:00-16:00"),
    HOLIDAYS,
    frozenset(),
    frozenset({2026}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def derived(amount: Amount, *pauses: Pause, start: str = "2026-12-21T10:00") -> Derivation:
    return derive(JAKARTA, at(start), amount, pauses)


def stored(derivation: Derivation) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(derivation.to_json()))
    return data


def days(derivation: Derivation) -> list[tuple[str, bool, str | None]]:
    return [(day["date"][5:], day["counts"], day["reason"]) for day in stored(derivation)["days"]]


def test_days_are_contiguous_from_the_start_to_the_last_and_each_has_its_first_fitting_reason() -> None:
    pause = Pause(at("2026-12-22T15:00"), at("2026-12-27T09:00"))
    assert days(derived(Amount(2, Unit.WORKING_DAYS), pause)) == [
        ("12-21", False, "before_start"),
        ("12-22", False, "paused"),
        ("12-23", False, "paused"),
        ("12-24", False, "holiday:Cuti bersama Natal"),
        ("12-25", False, "holiday:Natal"),
        ("12-26", False, "weekend"),
        ("12-27", False, "weekend"),
        ("12-28", False, "holiday:tambahan"),
        ("12-29", True, None),
        ("12-30", True, None),
    ]


def test_another_weekday_without_windows_is_no_window() -> None:
    assert ("12-18", False, "no_window") in days(
        derived(Amount(2, Unit.WORKING_DAYS), start="2026-12-16T10:00")
    )


def test_the_day_of_the_start_is_before_start_even_on_a_holiday() -> None:
    assert days(derived(Amount(1, Unit.WORKING_DAYS), start="2026-12-25T10:00"))[0] == (
        "12-25",
        False,
        "before_start",
    )


def test_working_days_that_are_read_from_json_count_as_many_as_the_amount() -> None:
    assert sum(counts for _, counts, _ in days(derived(Amount(40, Unit.WORKING_DAYS)))) == 40


def test_days_of_a_calendar_count_include_free_ones() -> None:
    pause = Pause(at("2026-12-24T15:00"), at("2026-12-25T09:00"))
    assert days(derived(Amount(3, Unit.CALENDAR_DAYS), pause)) == [
        ("12-21", False, "before_start"),
        ("12-22", True, None),
        ("12-23", True, None),
        ("12-24", False, "paused"),
        ("12-25", True, None),
    ]


def test_the_last_day_of_a_rolled_count_is_the_working_day_that_counts() -> None:
    rolled = days(derived(Amount(3, Unit.CALENDAR_DAYS, roll_forward=True)))
    assert [day for day, counts, _ in rolled if counts] == ["12-22", "12-23", "12-29"]
    assert rolled[-1] == ("12-29", True, None)
    assert rolled[3] == ("12-24", False, "holiday:Cuti bersama Natal")


def test_days_have_minutes_only_in_units_of_time() -> None:
    assert "minutes" not in stored(derived(Amount(2, Unit.WORKING_DAYS)))["days"][0]
    assert "minutes" not in stored(derived(Amount(2, Unit.CALENDAR_DAYS)))["days"][0]


def test_working_hours_count_minutes_on_days_on_which_any_time_counted() -> None:
    pause = Pause(at("2026-12-22T09:00"), at("2026-12-29T09:30"))
    data = stored(derived(Amount(8, Unit.WORKING_HOURS), pause))["days"]
    assert [day["minutes"] for day in data] == [360, 60, 0, 0, 0, 0, 0, 0, 60]
    assert [day["counts"] for day in data] == [minutes > 0 for minutes in (360, 60, 0, 0, 0, 0, 0, 0, 60)]
    assert data[2]["reason"] == "paused" and data[3]["reason"] == "holiday:Cuti bersama Natal"


def test_a_start_after_closing_counts_no_minutes_and_is_before_start() -> None:
    first = stored(derived(Amount(1, Unit.WORKING_HOURS), start="2026-12-21T17:00"))["days"][0]
    assert first == {"date": "2026-12-21", "counts": False, "reason": "before_start", "minutes": 0}


def test_hours_that_end_at_midnight_end_on_the_day_that_people_see() -> None:
    data = stored(derived(Amount(14, Unit.HOURS)))["days"]
    assert data == [{"date": "2026-12-21", "counts": True, "reason": None, "minutes": 840}]


def test_parts_of_minutes_are_kept() -> None:
    derivation = derived(Amount(Decimal("0.51"), Unit.HOURS), start="2026-12-21T23:59:59.999999")
    assert [day.counted_for for day in derivation.days] == [
        timedelta(microseconds=1),
        timedelta(minutes=30, seconds=36) - timedelta(microseconds=1),
    ]
    assert Derivation.from_json(stored(derivation)) == derivation


def test_with_an_open_pause_the_days_end_with_the_one_in_which_it_began() -> None:
    data = days(derived(Amount(5, Unit.WORKING_DAYS), Pause(at("2026-12-23T09:00"))))
    assert data == [("12-21", False, "before_start"), ("12-22", True, None), ("12-23", False, "paused")]


def test_an_open_pause_after_closing_leaves_that_day_counted() -> None:
    assert days(derived(Amount(5, Unit.WORKING_DAYS), Pause(at("2026-12-22T16:00"))))[-1] == (
        "12-22",
        True,
        None,
    )


@pytest.mark.parametrize(
    "amount",
    [
        Amount(14, Unit.WORKING_DAYS),
        Amount(10, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT),
        Amount(30, Unit.CALENDAR_DAYS, roll_forward=True),
        Amount(Decimal("2.5"), Unit.WORKING_HOURS),
        Amount(24, Unit.HOURS),
        Amount(90, Unit.MINUTES),
    ],
)
@pytest.mark.parametrize(
    "pauses", [(), (Pause(at("2026-12-22T09:00"), at("2026-12-23T09:00")),), (Pause(at("2026-12-21T10:30")),)]
)
def test_a_derivation_survives_its_stored_form(amount: Amount, pauses: tuple[Pause, ...]) -> None:
    derivation = derived(amount, *pauses)
    assert Derivation.from_json(stored(derivation)) == derivation


def test_the_stored_form_names_rule_calendar_zone_start_and_pauses() -> None:
    pause = Pause(at("2026-12-22T15:00"), at("2026-12-22T17:00"))
    data = stored(derived(Amount(Decimal("2.5"), Unit.WORKING_HOURS), pause, start="2026-12-22T14:00"))
    assert data["rule"] == {"unit": "working_hours", "value": "2.5", "roll_forward": False, "ends": "closing"}
    assert data["calendar"] == {"id": "nasional", "version": 3}
    assert data["zone"] == "Asia/Jakarta"
    assert data["start_at"] == "2026-12-22T14:00:00+07:00"
    assert data["due_at"] == "2026-12-23T09:30:00+07:00"
    assert data["pauses"] == [
        {"start_at": "2026-12-22T15:00:00+07:00", "end_at": "2026-12-22T17:00:00+07:00"}
    ]
