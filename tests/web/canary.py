"""Canaries: words that would show if a page took them for markup, for a template or for a line of a header.

Each is made once, for one field, and registered; wherever it turns up later it must turn up as it was typed.
"""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as Tree
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import html5lib
from werkzeug.test import TestResponse

from tests.web.page_checks import parse

MARKUP = "<svg onload=k()>"
TEMPLATE = "{{7*7}}{%k%}${7*7}{0.__class__}"
LINE = "\r\nX-Kenari: 1"
MARK = re.compile(r"kn(\d+)q")
SHORTENED = re.compile(r"…|\.\.\.")
UNFIT = re.compile(r'[<>:"/\\|?*]')
"""What the name of a file cannot hold everywhere; such signs become low lines."""
ADDRESSES = {"href", "src", "action", "formaction", "poster", "cite", "data", "ping", "srcset", "background"}
SOURCES = "/dev/outbox"
"""Where the demo shows the very source of mails."""
SCHEMES = {"", "http", "https", "mailto", "tel"}
OURS = ("/", "?", "#", "http://127.0.0.1", "http://localhost")
"""How addresses of our own pages begin; a canary may be a value in one, never the address itself."""


class LooseCanaryError(AssertionError):
    """A canary was taken for something other than words."""


@dataclass
class Aviary:
    """All canaries that were made.

    Attributes:
        words: number → how they may be read: as typed, as the name of a file, in the source of a mail.
        field_of: number → "endpoint.field" into which they were typed.
        seen: the fields whose canaries some answer has shown.
        readings: how many of these readings are right now.
    """

    words: dict[int, tuple[str, ...]] = field(default_factory=dict)
    field_of: dict[int, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    readings: int = 2

    def words_for(self, name: str) -> str:
        """Words of at most 60 letters that try markup, attributes and three languages of templates."""
        return self._made(name, f"'\">{MARKUP}{TEMPLATE}")

    def address_for(self, name: str) -> str:
        """The same as far as the address of a mail allows."""
        return self._made(name, "'{{7*7}}{%k%}${7*7}") + "@contoh.example"

    def file_name_for(self, name: str, ending: str) -> str:
        """The same as far as the name of a file goes through the test client, which quotes nothing."""
        return self._made(name, f"'>{MARKUP}{TEMPLATE}{ending}")

    def reply_for(self, name: str) -> str:
        """Words for a text in which places are filled in, and one such place."""
        return self._made(name, f"'\">{MARKUP}") + "{judul}"

    def check(self, answer: TestResponse) -> None:
        """Raises: LooseCanaryError."""
        self.readings = 3 if answer.request.path.startswith(SOURCES) else 2
        problems = list(self._problems(answer))
        if problems:
            raise LooseCanaryError(f"{answer.request.method} {answer.request.path}: " + "\n".join(problems))

    def check_text(self, text: str) -> None:
        """The same for words alone. Raises: LooseCanaryError."""
        problems = list(self._loose(text))
        if problems:
            raise LooseCanaryError("\n".join(problems))

    def check_markup(self, markup: str) -> None:
        """The same for HTML. Raises: LooseCanaryError."""
        problems = list(self._in_markup(markup))
        if problems:
            raise LooseCanaryError("\n".join(problems))

    def _made(self, name: str, rest: str) -> str:
        number = len(self.words) + 1
        self.field_of[number] = name
        typed = f"kn{number}q{rest}"
        self.words[number] = (typed, UNFIT.sub("_", typed), html.escape(typed, quote=False))
        return typed

    def _problems(self, answer: TestResponse) -> Iterator[str]:
        yield from _in_headers(answer)
        if answer.location is not None:
            yield from self._loose(unquoted(answer.location))
            yield from self._unescaped(answer.get_data(as_text=True))
        elif answer.mimetype == "text/html":
            yield from self._in_markup(answer.get_data(as_text=True))
        elif answer.mimetype == "application/json":
            for text in _strings(json.loads(answer.get_data(as_text=True))):
                yield from self._loose(text)
        elif answer.mimetype == "application/atom+xml":
            for element in Tree.fromstring(answer.data).iter():  # noqa: S314
                for text in (element.text or "", *element.attrib.values()):
                    yield from self._loose(unquote_plus(text) if "href" in element.attrib else text)
        elif answer.mimetype == "text/plain":
            yield from self._loose(answer.get_data(as_text=True))

    def _in_markup(self, markup: str) -> Iterator[str]:
        yield from self._unescaped(markup)
        tree = parse(markup) if "/static/css/tuntas.css" in markup else html5lib.parse(markup)
        for element in tree.iter():
            for name, value in element.attrib.items():
                yield from self._in_attribute(str(element.tag), str(name), value)
        yield from self._loose("".join(tree.itertext()))

    def _unescaped(self, markup: str) -> Iterator[str]:
        """Even where a parser reads words only: in titles, text areas and comments."""
        if MARKUP in markup:
            yield f"markup of {self._owner(markup[: markup.index(MARKUP)])} is not escaped"

    def _in_attribute(self, tag: str, name: str, value: str) -> Iterator[str]:
        if name.startswith("on") or MARK.search(name):
            yield f"<{tag}> has an attribute {name}"
        if name not in ADDRESSES:
            yield from self._loose(value)
            return
        if urlsplit(value).scheme not in SCHEMES and not value.startswith("data:image/"):
            yield f"<{tag} {name}> leads to {value}"
        if MARK.search(value) and not value.startswith(OURS):
            yield f"<{tag} {name}> is a canary: {value}"
        yield from self._loose(unquoted(value))

    def _loose(self, text: str) -> Iterator[str]:
        """Canaries that were changed: whatever reads a template or eats a sign does that."""
        for found in MARK.finditer(text):
            number = int(found[1])
            readings = self.words.get(number, ("",))[: self.readings]
            after = text[found.start() : found.start() + len(readings[0])]
            self.seen.add(self.field_of.get(number, ""))
            if not any(words.startswith(SHORTENED.split(after)[0]) for words in readings):
                yield f"{self.field_of.get(number)} reads {after!r}"

    def _owner(self, before: str) -> str:
        found = list(MARK.finditer(before))
        return self.field_of.get(int(found[-1][1]), "?") if found else "?"


def unquoted(address: str) -> str:
    """An address as it reads, however often it was quoted on its way into another one."""
    while (plain := unquote_plus(address)) != address:
        address = plain
    return address


def _in_headers(answer: TestResponse) -> Iterator[str]:
    if "X-Kenari" in answer.headers:
        yield "a header was made by a canary"
    for name, value in answer.headers.items():
        if any(ord(sign) < 32 or sign in "<>" for sign in value):
            yield f"{name} holds signs that end it: {value!r}"
    if answer.location is not None and not answer.location.startswith(OURS):
        yield f"leads away to {answer.location}"
    if answer.location is not None and answer.location.startswith(("//", "/\\")):
        yield f"leads away to {answer.location}"
    if answer.mimetype in {"application/json", "text/plain"} and (
        answer.headers.get("X-Content-Type-Options") != "nosniff"
    ):
        yield "a browser may guess what this is"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _strings(key)
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
