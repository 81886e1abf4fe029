"""Sentences in the visitor's language. The Indonesian sentence itself is the key of its translation."""

from __future__ import annotations

from dataclasses import dataclass

import flask_babel  # type: ignore[import-untyped]


@dataclass(frozen=True)
class LazyText:
    """A sentence of a table, translated when it is shown: `str(text)`."""

    source: str

    def __str__(self) -> str:
        return gettext(self.source)


def gettext(source: str, **values: object) -> str:
    """The sentence, with `%(name)s` filled in."""
    return str(flask_babel.gettext(source, **values))


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The sentence for that many; `%(num)d` is filled in."""
    return str(flask_babel.ngettext(singular, plural, num, **values))


def lazy_gettext(source: str) -> LazyText:
    """A sentence for a table that is made before anybody asks for a page."""
    return LazyText(source)
