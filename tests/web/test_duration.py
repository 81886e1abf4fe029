"""How long something takes is said in the unit in which people would say it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.duration import Unit
from tests.web.conftest import Site
from web.presenter.duration import duration


@pytest.mark.parametrize(
    ("value", "unit", "indonesian", "english"),
    [
        (1, Unit.MINUTES, "1 menit", "1 minute"),
        (Decimal("89.2"), Unit.MINUTES, "90 menit", "90 minutes"),
        (120, Unit.MINUTES, "120 menit", "120 minutes"),
        (121, Unit.MINUTES, "2 jam", "2 hours"),
        (150, Unit.MINUTES, "2,5 jam", "2.5 hours"),
        (2880, Unit.MINUTES, "48 jam", "48 hours"),
        (4897, Unit.MINUTES, "3,4 hari", "3.4 days"),
        (Decimal("5.01"), Unit.HOURS, "5,1 jam", "5.1 hours"),
        (Decimal(49), Unit.HOURS, "2 hari", "2 days"),
        (Decimal(60), Unit.WORKING_HOURS, "60 jam kerja", "60 working hours"),
        (14, Unit.WORKING_DAYS, "14 hari kerja", "14 working days"),
    ],
)
def test_long_times_are_said_in_hours_and_days(
    site: Site, value: Decimal | int, unit: Unit, indonesian: str, english: str
) -> None:
    with site.app.test_request_context("/"):
        assert duration(value, unit) == indonesian
    with site.app.test_request_context("/?lang=en"):
        site.app.preprocess_request()
        assert duration(value, unit) == english
