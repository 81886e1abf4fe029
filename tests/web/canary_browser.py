"""A visitor who types canaries into every field, sends every form four times, and checks every answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.pictures import jpeg, pdf
from tests.web.browser import Browser
from tests.web.canary import LINE, Aviary
from tests.web.page_checks import HTML, parse
from web.public.trap import FIELD as TRAP

MAILS = ("/dev/mails/", "/dev/outbox/")
"""Where mails are shown as they look: they are no pages of ours and carry their styles in themselves."""
TRAPS = {TRAP}
ENGINE_AWAY = 503
"""Fields for machines: who fills one in is not taken seriously."""
TYPED = {"text", "search", "email", "tel", "url", "textarea", "password", "date", "number", "file"}
TOO_LONG = "x" * 20_001
PLAIN = {"tel": "0812 3456 7890", "number": "1"}
HEADERS = ("User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "Accept-Language", "X-Real-Ip")


@dataclass(frozen=True, kw_only=True)
class Control:
    """A field of a form as a browser knows it."""

    name: str
    kind: str
    value: str
    checked: bool = False


@dataclass
class Book:
    """What was done so far, by endpoint: pages read, forms sent with success, fields seen and filled in."""

    read: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)
    planted: set[tuple[str, str]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    """Fields whose canaries were sent in a form as it should be, as "endpoint.field"."""
    spoiled: set[tuple[str, str]] = field(default_factory=set)
    """Endpoint and address of the forms that were sent wrongly."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Endpoint and name of the query parameters that forms and links of our pages use."""


class CanaryBrowser(Browser):
    """Sends canaries in every header that people can set, and lets no answer pass unchecked."""

    aviary: Aviary
    book: Book
    thorough: bool = True
    """Whether each form is also sent wrongly, and each answer checked."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """An answer, checked twice."""
        if not self.thorough:
            return FlaskClient.open(self, *args, **kwargs)
        path = args[0] if args and isinstance(args[0], str) else ""
        opens = FlaskClient.open if path.startswith(MAILS) else Browser.open
        answer = opens(self, *args, **kwargs)
        assert answer.status_code < 500 or answer.status_code == ENGINE_AWAY, (
            answer.request.method,
            answer.request.path,
            answer.status_code,
        )
        self.aviary.check(answer)
        self._note(answer)
        return answer

    def plant(self, page_path: str, endpoint: str, **given: Any) -> TestResponse:
        """Sends a form as it should be, after all that can be wrong with it; the page that follows.

        Fields take canaries unless they are `given`.
        """
        target, controls = self._form(page_path, endpoint)
        if self.thorough and (endpoint, target) not in self.book.spoiled:
            self._spoil(endpoint, target, controls, given)
        answer = self._post(target, self.filled(endpoint, controls, given))
        assert answer.status_code in {200, 202, 303}, (endpoint, answer.status_code, errors_of(answer))
        self.book.sent.add(endpoint)
        return self.get(answer.location) if answer.status_code == 303 else answer

    def spoil(self, page_path: str, endpoint: str, **given: Any) -> None:
        """Sends the form of a page by its lesser buttons, and wrongly in three ways."""
        self._spoil(endpoint, *self._form(page_path, endpoint), given)

    def _spoil(self, endpoint: str, target: str, controls: list[Control], given: dict[str, Any]) -> None:
        self.book.spoiled.add((endpoint, target))
        for spoiled in self._spoiled(endpoint, controls):
            self._post(target, spoiled)
        for button in (one for one in controls if one.kind == "submit"):
            self._post(target, self.filled(endpoint, controls, given | {button.name: button.value}))

    def _form(self, page_path: str, endpoint: str) -> tuple[str, list[Control]]:
        page = self.get(page_path)
        assert page.status_code in {200, 202}, (page_path, page.status_code)
        form = next(one for one in forms_of(page) if self.endpoint_of(page, one) == endpoint)
        return urljoin(page.request.path, form.get("action") or page.request.path), list(controls_of(form))

    def filled(self, endpoint: str, controls: list[Control], given: dict[str, Any]) -> dict[str, Any]:
        """What somebody sends who fills in everything that is not given."""
        sent: dict[str, Any] = dict(given)
        for control in (one for one in controls if one.name not in given):
            value = self._value(endpoint, control, sent)
            if value is not None:
                sent[control.name] = value
        return sent

    def endpoint_of(self, page: TestResponse, form: Element) -> str:
        """Where a form goes; "" for a place that is not ours."""
        target = urljoin(page.request.path, form.get("action") or page.request.path)
        return matched(self.application, urlsplit(target).path, (form.get("method") or "get").upper())

    def _spoiled(self, endpoint: str, controls: list[Control]) -> Iterator[dict[str, Any]]:
        """A form too long and with choices nobody offers; one with strange ids; one without its token."""
        token = {one.name: one.value for one in controls if one.name == "csrf_token"}
        hidden = {one.name: one.value for one in controls if one.kind == "hidden"}
        shown = {one.name for one in controls if one.kind not in {"hidden", "submit", "file"}}
        strange = {name: self._words(endpoint, name) for name in sorted(shown)}
        if shown:
            yield hidden | {
                name: f"{words} {TOO_LONG}" for name, words in strange.items() if name not in TRAPS
            }
        if set(hidden) - set(token):
            yield {name: self._words(endpoint, name) for name in hidden} | strange | token
        yield hidden | strange | {"csrf_token": self._words(endpoint, "csrf_token")}

    def _value(self, endpoint: str, control: Control, sent: dict[str, Any]) -> Any:
        if control.kind == "file":
            return self._files(endpoint, control.name)
        if control.name in TRAPS or control.kind in {"submit", "button", "password"}:
            return None
        if control.kind == "checkbox":
            return control.value if control.checked else None
        if control.kind == "radio":
            return control.value if control.checked or control.name not in sent else sent[control.name]
        if control.kind in {"email", "text", "search", "textarea"}:
            self.book.told.add(f"{endpoint}.{control.name}")
        if control.kind == "email":
            self.book.planted.add((endpoint, control.name))
            return self.aviary.address_for(f"{endpoint}.{control.name}")
        if control.kind in {"text", "search", "textarea"}:
            return self._words(endpoint, control.name)
        if control.kind == "date":
            return datetime.now(UTC).astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
        return PLAIN.get(control.kind, control.value)

    def _files(self, endpoint: str, name: str) -> list[tuple[io.BytesIO, str]]:
        """A document and a photo."""
        self.book.planted.add((endpoint, name))
        self.book.told.add(f"{endpoint}.{name}")
        names = [self.aviary.file_name_for(f"{endpoint}.{name}", ending) for ending in (".pdf", ".jpg")]
        return [(io.BytesIO(content), name) for content, name in zip((pdf(), jpeg()), names, strict=True)]

    def _words(self, endpoint: str, name: str) -> str:
        self.book.planted.add((endpoint, name))
        return self.aviary.words_for(f"{endpoint}.{name}")

    def _post(self, target: str, values: dict[str, Any]) -> TestResponse:
        return self.post(target, data=values, content_type="multipart/form-data", buffered=True)

    def _note(self, answer: TestResponse) -> None:
        path, method = answer.request.path, answer.request.method
        if method == "GET" and answer.status_code in {200, 202, 303}:
            self.book.read.add(matched(self.application, path, "GET"))
        if answer.mimetype != "text/html" or path.startswith(MAILS):
            return
        for link in parse(answer.get_data(as_text=True)).iter(f"{HTML}a"):
            parts = urlsplit(urljoin(path, link.get("href", "")))
            endpoint = matched(self.application, parts.path, "GET") if parts.query else ""
            self.book.asked.update((endpoint, name) for name in parse_qs(parts.query) if endpoint)
        for form in forms_of(answer):
            endpoint = self.endpoint_of(answer, form)
            names = {(endpoint, one.name) for one in controls_of(form) if one.kind in TYPED}
            (self.book.asked if (form.get("method") or "get") == "get" else self.book.fields).update(names)


def visitor(app: Flask, aviary: Aviary, book: Book, *, thorough: bool) -> CanaryBrowser:
    """Somebody with a browser of their own, whose headers are canaries."""
    browser = CanaryBrowser(app, app.response_class)
    browser.aviary, browser.book, browser.thorough = aviary, book, thorough
    for name in HEADERS:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        browser.environ_base[key] = aviary.words_for(f"header.{name}") + LINE.replace("\r\n", " ")
    return browser


def matched(app: Flask, path: str, method: str) -> str:
    """The endpoint of an address; "" if none of ours."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method=method)
    except HTTPException:
        return ""
    return str(endpoint)


def forms_of(page: TestResponse) -> list[Element]:
    """The forms of a page."""
    return list(parse(page.get_data(as_text=True)).iter(f"{HTML}form"))


def controls_of(form: Element) -> Iterator[Control]:
    """The fields of a form that have a name."""
    for element in form.iter():
        name, tag = element.get("name"), str(element.tag).removeprefix(HTML)
        if name is None or tag not in {"input", "select", "textarea", "button"}:
            continue
        kind = {"button": "submit", "input": element.get("type", "text")}.get(tag, tag)
        yield Control(
            name=name,
            kind=kind,
            value=chosen_of(element) if tag == "select" else element.get("value") or element.text or "",
            checked=element.get("checked") is not None,
        )


def chosen_of(select: Element) -> str:
    """What is chosen of a list; where something must be and nothing is, the first of it."""
    options = list(select.iter(f"{HTML}option"))
    chosen = [option for option in options if option.get("selected") is not None]
    if select.get("required") is not None:
        chosen += [option for option in options if option.get("value")]
    return next((option.get("value") or "" for option in chosen), "")


def errors_of(page: TestResponse) -> list[str]:
    """What a page says is wrong with its form."""
    tree = parse(page.get_data(as_text=True))
    return [" ".join(one.itertext()) for one in tree.iter() if "error" in (one.get("class") or "")]
