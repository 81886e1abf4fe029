"""Mails as people read them: neutral subject, plain text and HTML that say the same.

A mail names the case by its code and says what changed. It never carries words of a report, its kind or
the name of a person: it passes through strangers' hands. To subscribers it names the title that was made
public, and no code. Source: UI.md, "Words".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from css_inline import CSSInliner, InlineError
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from domain.code import show_code
from domain.explain import format_due
from schemas.mail import Digest, MailTemplate, OutgoingMail

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = ("id", "en")
UNIT_NAME_LIMIT = 120
"""Characters of a unit's name that a mail shows."""


class UnrenderableMailError(Exception):
    """A mail's template or time zone is missing or wrong. Trying again is useless."""


@dataclass(frozen=True)
class RenderedMail:
    """A mail ready to send; `subject` is one line, and `stop_link` where one post ends mails like it."""

    subject: str
    text: str
    html: str
    stop_link: str = ""


def render(mail: OutgoingMail, link: str, preference_link: str = "", stop_link: str = "") -> RenderedMail:
    """The mail in the language of its reader, with `link` behind its one button.

    With a `preference_link` its last line leads to where its reader chooses which mails come.
    Raises: UnrenderableMailError.
    """
    try:
        return replace(_render(mail, link, preference_link), stop_link=stop_link)
    except (TemplateError, ZoneInfoNotFoundError, InlineError, ValueError) as problem:
        raise UnrenderableMailError(f"{mail.template} for row {mail.outbox_id}") from problem


def language_of(locale: str) -> str:
    """The language of a locale such as `en` or `en-GB` as far as we write it, else Indonesian."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def one_line(text: str) -> str:
    """A text without line breaks, control or direction characters, so that it cannot leave its place."""
    plain = "".join(" " if unicodedata.category(letter).startswith(("C", "Z")) else letter for letter in text)
    return " ".join(plain.split())


def _render(mail: OutgoingMail, link: str, preference_link: str) -> RenderedMail:
    language = language_of(mail.locale)
    values: dict[str, Any] = {
        "code": show_code(mail.code),
        "due": format_due(mail.due_at, mail.zone, language) if mail.due_at else "",
        "language": language,
        "link": link,
        "preference_link": preference_link,
        "stage": mail.stage,
        "subscribed": mail.subscription_id is not None,
        "title": one_line(mail.title),
        "to_reporter": mail.to_reporter,
        "unit": one_line(mail.unit_name)[:UNIT_NAME_LIMIT],
    }
    if mail.digest is not None:
        values |= _digest_values(mail.digest, mail.zone, language)

    def part(name: str) -> str:
        return _part(language, mail.template, name, values)

    subject = one_line(part("subject.txt"))
    values["subject"] = subject
    return RenderedMail(subject=subject, text=_tidy(part("body.txt")), html=_inlined(part("body.html")))


def _digest_values(digest: Digest, zone: str, language: str) -> dict[str, Any]:
    """Each message of a digest by the subject of its own mail and its date."""
    lines = [
        {
            "news": one_line(_part(language, line.template, "subject.txt", {"code": show_code(line.code)})),
            "due": format_due(line.due_at, zone, language) if line.due_at else "",
        }
        for line in digest.lines
    ]
    return {"lines": lines, "reports": digest.reports, "unlisted": digest.unlisted}


def _part(language: str, template: MailTemplate, name: str, values: dict[str, Any]) -> str:
    return _environment().get_template(f"{language}/{template}/{name}").render(values)


def _tidy(text: str) -> str:
    """Paragraphs with one empty line between them, however many a template's conditions left."""
    return re.sub(r"\n\s*\n", "\n\n", text).strip() + "\n"


def _inlined(html: str) -> str:
    """The same mail with its rules at each element, as mail programs want it; nothing is fetched for it."""
    return CSSInliner(load_remote_stylesheets=False).inline(html)


@cache
def _environment() -> Environment:
    """HTML is escaped, text is not; a value that a template names and nobody gives is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
    )
