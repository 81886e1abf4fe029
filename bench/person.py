"""Somebody at a page: reads it, fills in the form found there, sends it and reads the answer."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from settings import DEMO_PASSWORD

TIMEOUT_SECONDS = 60.0
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r"<input\b[^>]*\btype=\"hidden\"[^>]*>")
OPTION = re.compile(r"<option\b[^>]*\bvalue=\"([^\"]*)\"[^>]*>\s*([^<]*?)\s*</option>")
NOT_HERE, BUSY = 404, 503
"""Not for those who ask, or not yet; and: send it again."""


class BusyError(Exception):
    """The copy asks to send the same again."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page as it was answered, at the address where redirects ended; `seconds` to the first answer."""

    url: str
    text: str
    seconds: float

    def offers(self, ending: str) -> bool:
        """Whether there is a form whose address ends so."""
        return any(_sent_to(attributes).endswith(ending) for attributes, _ in FORM.findall(self.text))

    def form(self, ending: str) -> tuple[str, dict[str, str]]:
        """Where the form whose address ends so is sent, and what it holds unseen. Raises: LookupError."""
        for attributes, content in FORM.findall(self.text):
            if _sent_to(attributes).endswith(ending):
                action = _attribute(attributes, "action")
                tags = HIDDEN.findall(content)
                fields = {_attribute(tag, "name"): _attribute(tag, "value") for tag in tags}
                return urljoin(self.url, action), fields
        raise LookupError(f"{ending} is not offered")

    def option(self, label: str) -> str:
        """The value of a choice that reads so. Raises: LookupError."""
        for value, text in OPTION.findall(self.text):
            if html.unescape(text) == label:
                return html.unescape(value)
        raise LookupError(f"{label} cannot be chosen")


class Person:
    """Keeps cookies and one connection, from an address of the loopback: limits count by address."""

    def __init__(self, base: str, address: str) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", _From(address))

    def read(self, path: str) -> Sheet:
        """The page at a path; redirects are followed. Raises: BusyError."""
        return _sheet(self._session.get(urljoin(self._base, path), timeout=TIMEOUT_SECONDS))

    def send(self, to: str, fields: dict[str, str]) -> Sheet:
        """What a filled form is answered; redirects are followed. Raises: BusyError."""
        return _sheet(self._session.post(to, data=fields, timeout=TIMEOUT_SECONDS))

    def log_in(self, login: str) -> None:
        """As an account of the demo."""
        to, fields = self.read("/masuk").form("/masuk")
        self.send(to, fields | {"login": login, "password": DEMO_PASSWORD})

    def leave(self) -> None:
        """Closes the connection."""
        self._session.close()


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs, source_address=(self._address, 0))  # type: ignore[arg-type]


def _sent_to(attributes: str) -> str:
    return _attribute(attributes, "action").partition("?")[0]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""


def _sheet(answer: requests.Response) -> Sheet:
    if answer.status_code == BUSY:
        raise BusyError
    if answer.status_code not in {requests.codes.ok, requests.codes.accepted, NOT_HERE}:
        raise RuntimeError(f"{answer.url} answers {answer.status_code}")
    first = (*answer.history, answer)[0]
    return Sheet(url=answer.url, text=answer.text, seconds=first.elapsed.total_seconds())
