"""The demo acts by day, in its order and no longer ago than an act may wait, whenever it is seeded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ops.seed_case import LONGEST_AGO, OF_REPORTER, STORIES, instants
from ops.seed_hour import awake, by_day, in_office, placed

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOURS = [MONDAY + timedelta(hours=hour, minutes=33) for hour in range(0, 7 * 24, 5)]


@pytest.mark.parametrize("at", HOURS, ids=lambda at: f"{at:%a-%H}")
def test_staff_act_by_day_and_reporters_while_they_are_awake(at: datetime) -> None:
    for story in STORIES:
        received, steps = instants(story, at)
        assert awake(received) and received <= at, story.title
        for step, when in zip(story.steps, steps, strict=True):
            fits = awake if step.action in OF_REPORTER else by_day
            assert fits(when), (story.title, step.action, when)


@pytest.mark.parametrize("at", HOURS, ids=lambda at: f"{at:%a-%H}")
def test_acts_keep_their_order_and_are_young_enough_to_be_applied(at: datetime) -> None:
    for story in STORIES:
        received, steps = instants(story, at)
        told = [received, *steps]
        assert told == sorted(told) and len(set(told)) == len(told), story.title
        assert all(at - LONGEST_AGO <= when <= at for when in steps), story.title


def test_an_office_works_on_a_weekend_only_where_nothing_else_is_near() -> None:
    saturday = datetime(2026, 11, 28, 3, tzinfo=UTC)
    friday = placed(saturday, saturday - timedelta(days=2), saturday, in_office, by_day)
    assert friday.weekday() == 4 and in_office(friday)
    assert placed(saturday, saturday - timedelta(hours=1), saturday, in_office, by_day) == saturday


def test_where_no_hour_fits_the_instant_stays_between_the_two() -> None:
    night = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert placed(night, night, night + timedelta(hours=1), in_office, by_day) == night
