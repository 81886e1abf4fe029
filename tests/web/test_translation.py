"""English is equal to Indonesian: every sentence has its twin, with the same places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).resolve().parents[2] / "web"
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\(\w+\)[sd]")


def sentences() -> set[str]:
    """Every sentence of templates and code; of a plural its first form."""
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS)
    return {words if isinstance(words, str) else words[0] for _, _, words, _, _ in found}


def messages() -> Iterator[Message]:
    """Every entry of the catalogue but its header."""
    with CATALOGUE.open("rb") as text:
        yield from (message for message in read_po(text, locale="en") if message.id)


def test_every_sentence_has_an_english_twin_and_no_twin_is_left_over() -> None:
    known = {str(message.id if isinstance(message.id, str) else message.id[0]) for message in messages()}
    assert sentences() - known == set(), "add these to the catalogue"
    assert known - sentences() == set(), "take these out of the catalogue"


def test_every_twin_says_something_and_fills_in_the_same_places() -> None:
    for message in messages():
        ours = [message.id] if isinstance(message.id, str) else list(message.id)
        theirs = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for one in theirs:
            assert one and sorted(PLACE.findall(one)) == sorted(PLACE.findall(ours[0])), ours
        assert not message.fuzzy
