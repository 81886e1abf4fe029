"""Months of the figures in words."""

from __future__ import annotations

from collections.abc import Sequence

from domain.wording import MONTHS
from web.language import language


def month_name(month: int) -> str:
    """`November 2026` of 202611."""
    return f"{MONTHS[language()][month % 100 - 1]} {month // 100}"


def month_sign(month: int) -> str:
    """`N`."""
    return MONTHS[language()][month % 100 - 1][0]


def months_name(months: Sequence[int]) -> str:
    """`September–November 2026`, `Desember 2025–Februari 2026`, or the one month."""
    first, last = months[0], months[-1]
    if first == last:
        return month_name(first)
    if first // 100 == last // 100:
        return f"{MONTHS[language()][first % 100 - 1]}–{month_name(last)}"
    return f"{month_name(first)}–{month_name(last)}"
