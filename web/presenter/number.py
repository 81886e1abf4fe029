"""Numbers as people here write them: 1.234 and 87,4% in Indonesian, 1,234 and 87.4% in English."""

from __future__ import annotations

from fractions import Fraction

from web.language import language


def whole(number: int) -> str:
    """`1.234`."""
    grouped = f"{number:,}"
    return grouped if language() == "en" else grouped.replace(",", ".")


def percent(share: Fraction) -> str:
    """`87,4%`; cut off, never rounded up: 89.96 is no 90."""
    return f"{tenths(share * 100)}%"


def tenths(number: Fraction) -> str:
    """`4,2`; without decimals where there are none to show."""
    cut = int(abs(number) * 10)
    sign = "−" if number < 0 and cut else ""
    units, rest = divmod(cut, 10)
    point = "." if language() == "en" else ","
    return f"{sign}{whole(units)}{point}{rest}" if rest else f"{sign}{whole(units)}"
