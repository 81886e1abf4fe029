"""When the acts of the demo happened: about as long ago as told, and at an hour at which people do so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
STEP = timedelta(minutes=15)
FARTHEST = timedelta(days=4)
APART = timedelta(minutes=20)


def in_office(at: datetime) -> bool:
    """Whether an office is open: Monday to Friday from 8 to 16."""
    local = at.astimezone(ZONE)
    return local.weekday() < 5 and 8 <= local.hour < 16


def by_day(at: datetime) -> bool:
    """Whether it is an hour of work, on whatever day."""
    return 8 <= at.astimezone(ZONE).hour < 16


def awake(at: datetime) -> bool:
    """Whether a citizen would write."""
    return 6 <= at.astimezone(ZONE).hour < 21


def placed(
    at: datetime, earliest: datetime, latest: datetime, *fitting: Callable[[datetime], bool]
) -> datetime:
    """The instant nearest to `at` between two others that is fitting, by the first rule that any fits.

    Where none does, `at` as far as it lies between them.
    """
    steps = [step * STEP for step in range(FARTHEST // STEP)]
    for fits in fitting:
        for away in steps:
            for near in (at - away, at + away):
                if earliest <= near <= latest and fits(near):
                    return near
    return min(max(at, earliest), latest)
