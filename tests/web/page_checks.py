"""What every HTML page of ours must be, whoever asks for it and whatever its status."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"
FIELDS = ("input", "select", "textarea")
IDS = re.compile(r'(name="(?:csrf_token|command_id|intake_id)" value=")[\w.-]+(?=")')
UNLABELLED = {"hidden", "submit", "button"}

_passed: set[bytes] = set()


class PageError(AssertionError):
    """A page breaks one of our rules; the message lists all that it breaks."""


def check_page(markup: str, csp: str) -> None:
    """A page that differs from one that passed only in the values of its ids is known. Raises: PageError."""
    known = sha256((csp + IDS.sub(r"\1", markup)).encode()).digest()
    if known in _passed:
        return
    problems = list(_problems(markup, csp))
    if problems:
        raise PageError("\n".join(problems))
    _passed.add(known)


def _problems(markup: str, csp: str) -> Iterator[str]:
    page = parse(markup)
    yield from _headings(page)
    yield from _scripts(page)
    yield from _ids(page)
    yield from _labels(page)
    yield from _forms(page)
    if "default-src 'self'" not in csp or "unsafe" in csp:
        yield f"weak content security policy: {csp!r}"


@lru_cache(maxsize=8)
def parse(markup: str) -> Tree.Element:
    """The page as a tree. Raises: html5lib's ParseError for a page that is not valid HTML."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True)
    page: Tree.Element = parser.parse(markup)
    return page


def _headings(page: Tree.Element) -> Iterator[str]:
    count = len(list(page.iter(f"{HTML}h1")))
    if count != 1:
        yield f"{count} first headings"
    if not (page.findtext(f".//{HTML}title") or "").strip(" –").removesuffix("Tuntas"):
        yield "no title"
    if page.get("lang") not in {"id", "en"}:
        yield "no language"


def _scripts(page: Tree.Element) -> Iterator[str]:
    for element in page.iter():
        if any(str(name).startswith("on") or name == "style" for name in element.attrib):
            yield f"inline script or style on {element.tag}"
    if any((script.text or "").strip() for script in page.iter(f"{HTML}script")):
        yield "inline script"
    if list(page.iter(f"{HTML}style")):
        yield "inline style"


def _ids(page: Tree.Element) -> Iterator[str]:
    seen: set[str] = set()
    for element in page.iter():
        one = element.get("id")
        if one is not None and one in seen:
            yield f"id twice: {one}"
        seen.add(one or "")
    for element in page.iter():
        for wanted in (element.get("aria-describedby") or "").split():
            if wanted not in seen:
                yield f"described by what is not there: {wanted}"


def _labels(page: Tree.Element) -> Iterator[str]:
    labelled = {label.get("for") for label in page.iter(f"{HTML}label")}
    for name in FIELDS:
        for field in page.iter(HTML + name):
            if field.get("type") not in UNLABELLED and field.get("id") not in labelled:
                yield f"no label: {field.get('name')}"


def _forms(page: Tree.Element) -> Iterator[str]:
    for form in page.iter(f"{HTML}form"):
        names = {field.get("name") for field in form.iter(f"{HTML}input")}
        if form.get("method", "get").lower() == "post" and "csrf_token" not in names:
            yield f"no CSRF token: {form.get('action')}"
