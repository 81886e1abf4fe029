"""How long something takes, is left or is late, in the largest unit in which people would say it."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from domain.duration import Unit
from domain.wording import format_figure
from web.language import language
from web.presenter.number import tenths
from web.text import gettext

IN_HOURS_BEYOND = 120
"""Minutes."""
IN_DAYS_BEYOND = 48
"""Hours."""
MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60}
"""Elapsed time; days and hours of work are no part of it."""


def duration(value: Decimal | int, unit: Unit) -> str:
    """`14 hari kerja`, `90 menit`, `5,5 jam`, `3,4 hari`.

    Elapsed minutes beyond two hours are said in hours, hours beyond two days in days, cut after the tenth.
    Else a started day or minute counts, and a started tenth of an hour.
    """
    minutes = Fraction(Decimal(value)) * MINUTES.get(unit, 0)
    if minutes > IN_DAYS_BEYOND * 60:
        return gettext("%(number)s hari", number=tenths(minutes / (24 * 60)))
    if unit is Unit.MINUTES and minutes > IN_HOURS_BEYOND:
        return gettext("%(number)s jam", number=tenths(minutes / 60))
    step = Decimal("0.1") if unit in {Unit.HOURS, Unit.WORKING_HOURS} else Decimal(1)
    started = Decimal(value).quantize(step, rounding=ROUND_CEILING)
    return format_figure(int(started) if started == int(started) else started, unit, language())
