"""A visitor without a browser: reads pages, fills in the forms that it finds there, and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
import requests

TIMEOUT_SECONDS = 15.0


@dataclass
class Form:
    """A form as a page offers it; `values` holds what it would send."""

    url: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """An answer with its forms."""

    url: str
    status: int
    text: str
    tree: Element

    def form(self, ending: str) -> Form:
        """The form whose action ends like that."""
        found = [form for form in self.forms() if form.url.split("?")[0].endswith(ending)]
        assert found, f"{self.url} ({self.status}) has no form to {ending}"
        return found[0]

    def forms(self) -> list[Form]:
        """All forms of the page."""
        return [self._form(element) for element in self.tree.iter("form")]

    def has_form(self, ending: str) -> bool:
        """Whether the page offers a form whose action ends like that."""
        return any(form.url.split("?")[0].endswith(ending) for form in self.forms())

    def _form(self, element: Element) -> Form:
        url = urljoin(self.url, element.get("action") or self.url)
        form = Form(url=url, method=(element.get("method") or "get").lower())
        for control in element.iter():
            name = control.get("name")
            if name is None or control.tag not in {"input", "select", "textarea", "button"}:
                continue
            value = _value(control)
            if value is not None:
                form.values[name] = value
        return form


class Visitor:
    """A person with cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()

    def get(self, path: str) -> Page:
        """The page at a path; redirects are followed."""
        return _page(self.session.get(urljoin(self.base, path), timeout=TIMEOUT_SECONDS))

    def send(self, form: Form, **values: str) -> Page:
        """The answer to a filled form; redirects are followed."""
        content = form.values | values
        return _page(self.session.post(form.url, data=content, timeout=TIMEOUT_SECONDS))

    def log_in(self, login: str, password: str) -> None:
        """Logs in; fails if it is refused. Raises: requests.RequestException if nobody answers now."""
        page = self.get("/masuk")
        if page.status >= 500:
            raise requests.RequestException(f"no page to log in: {page.status}")
        if not page.has_form("/masuk"):
            return  # an earlier attempt succeeded, and only its answer was lost
        answer = self.send(page.form("/masuk"), login=login, password=password)
        if answer.status >= 500:
            raise requests.RequestException(f"log-in not answered: {answer.status}")
        assert answer.status == 200 and not answer.has_form("/masuk"), f"log-in refused: {answer.status}"


def _value(control: Element) -> str | None:
    kind = control.get("type")
    if control.tag == "button" or kind in {"submit", "file"}:
        return None
    if kind in {"checkbox", "radio"}:
        return (control.get("value") or "on") if control.get("checked") is not None else None
    if control.tag == "textarea":
        return control.text or ""
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return (chosen[0].get("value") or "") if chosen else None
    return control.get("value") or ""


def _page(answer: requests.Response) -> Page:
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    return Page(url=answer.url, status=answer.status_code, text=answer.text, tree=tree)
