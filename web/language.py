"""Indonesian and English: which one a visitor reads, and how instants and days are written in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale  # type: ignore[import-untyped]

from domain.explain import format_due
from domain.wording import format_day
from web.text import speak_in_templates

LANGUAGES = ("id", "en")
ZONE = "Asia/Jakarta"

LocaleOfPerson = Callable[[], str | None]


def speak(app: Flask, locale_of_person: LocaleOfPerson) -> None:
    """Sets up translations and the filters `moment` and `day`.

    `locale_of_person` gives the language that a logged-in person has chosen, else None.
    """
    app.config.update(BABEL_DEFAULT_LOCALE=LANGUAGES[0], BABEL_DEFAULT_TIMEZONE=ZONE)
    app.before_request(remember_language)
    Babel(app, locale_selector=lambda: _chosen(locale_of_person))
    speak_in_templates(app)
    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.context_processor(lambda: {"lang": language()})


def language() -> str:
    """The language of the page being written: "id" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "id"


def moment(at: datetime) -> str:
    """`Selasa, 24 November 2026, 16.00 WIB`: in the instant's own zone if it names one, else in Jakarta's.

    Midnight is written as 23.59 of the day that it ends.
    """
    zone = at.tzinfo.key if isinstance(at.tzinfo, ZoneInfo) else ZONE
    return format_due(at, zone, language())


def day(on: date) -> str:
    """`Selasa, 24 November 2026`; of an aware datetime the civil day in Jakarta."""
    if isinstance(on, datetime):
        on = on.astimezone(ZoneInfo(ZONE)).date()
    return format_day(on, language())


def today(now: datetime) -> date:
    """The civil day of an aware instant, as people here see it."""
    return now.astimezone(ZoneInfo(ZONE)).date()


def remember_language() -> None:
    """`?lang=` on any page switches it for the visits that follow."""
    asked = request.args.get("lang")
    if asked in LANGUAGES and session.get("lang") != asked:
        session["lang"] = asked


def is_switching() -> bool:
    """Whether a form was posted by the button that switches its page's language: nothing is sent by that."""
    return request.method == "POST" and request.args.get("lang") in LANGUAGES


def _chosen(locale_of_person: LocaleOfPerson) -> str:
    if not has_request_context():
        return LANGUAGES[0]
    chosen = session.get("lang") or locale_of_person()
    return chosen if chosen in LANGUAGES else LANGUAGES[0]
