"""What should be reached, and where that comes from, in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from domain.figure import Target
from web.presenter.number import percent
from web.text import LazyText, lazy_gettext

SOURCES: Mapping[str, LazyText] = {
    "Target nasional laporan yang ditangani, sebagaimana dikutip sebuah pemerintah kota: 90 %.": lazy_gettext(
        "target nasional laporan yang ditangani, sebagaimana dikutip sebuah pemerintah kota."
    ),
}
"""The sources with which an installation begins, as they are stored; any other stands as it was written."""


def target_text(target: Target) -> str:
    """`90%`."""
    return percent(Fraction(target.percent, 100))


def source_text(target: Target) -> str:
    """Where the target comes from."""
    return str(SOURCES.get(target.source, target.source))
