"""Sentences in the visitor's language. The Indonesian sentence itself is the key of its translation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flask_babel  # type: ignore[import-untyped]
from flask import Flask, g


@dataclass(frozen=True)
class LazyText:
    """A sentence of a table, translated when it is shown: `str(text)`."""

    source: str

    def __str__(self) -> str:
        return gettext(self.source)


def gettext(source: str, **values: object) -> str:
    """The sentence, with `%(name)s` filled in."""
    translated = str(_catalogue().ugettext(source))
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The sentence for that many; `%(num)d` is filled in."""
    translated = str(_catalogue().ungettext(singular, plural, num))
    return translated % {"num": num, **values}


def lazy_gettext(source: str) -> LazyText:
    """A sentence for a table that is made before anybody asks for a page."""
    return LazyText(source)


def speak_in_templates(app: Flask) -> None:
    """Gives templates the same sentences, after Babel has given them its own way to them."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda source: _catalogue().ugettext(source),
        ngettext=lambda singular, plural, num: _catalogue().ungettext(singular, plural, num),
        newstyle=True,
    )


def _catalogue() -> Any:
    """The translations of the page, looked up once: a page says some hundred sentences."""
    try:
        return g.catalogue
    except AttributeError:
        g.catalogue = flask_babel.get_translations()
        return g.catalogue
    except RuntimeError:  # nobody asks for a page
        return flask_babel.get_translations()
