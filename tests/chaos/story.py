"""The main path as stubborn people walk it: they send the same form again until they know."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable

import requests

from settings import DEMO_PASSWORD
from tests.chaos.journal import Journal
from tests.eventually import eventually_here
from tests.form_client import Form, Page, Visitor

PATIENCE = 300.0
A_BREATH = 0.3
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{2})\b")
KEY = re.compile(r"/l/([0-9a-f]{32})")


class Story:
    """One report from the form to the confirmation, on one of several paths."""

    def __init__(self, base: str, journal: Journal, number: int) -> None:
        self.base = base
        self.journal = journal
        self.number = number
        self.citizen = Visitor(base)
        self.code = ""

    def run(self) -> None:
        """Walks one of the paths to its end; fails if any step is not reached in time."""
        self.file()
        admin, liaison = self.staff("kota"), self.staff("pu")
        unit = self.option(admin, "unit", "Dinas Pekerjaan Umum")
        self.act(admin, "dispose", "follow_up", liaison, unit=unit, note="Mohon ditindaklanjuti.")
        PATHS[self.number % len(PATHS)](self, liaison)
        self.act(self.citizen, "konfirmasi", None, self.citizen, rating="5", words="Terima kasih.")

    def straight(self, liaison: Visitor) -> None:
        """Followed up and answered."""
        self.act(liaison, "follow_up", "answer", liaison, type="action", words="Sudah ditinjau.")
        self.act(liaison, "answer", "konfirmasi", self.citizen, words="Sudah diperbaiki.")

    def with_question(self, liaison: Visitor) -> None:
        """The reporter is asked, completes, and gets the answer."""
        self.act(liaison, "ask", "jawaban", self.citizen, words="Di sebelah mana tepatnya?")
        self.act(self.citizen, "jawaban", "answer", liaison, text="Di depan pasar.")
        self.act(liaison, "answer", "konfirmasi", self.citizen, words="Sudah diperbaiki.")

    def with_dispute(self, liaison: Visitor) -> None:
        """The first answer is disputed, the second one holds."""
        self.act(liaison, "answer", "sanggahan", self.citizen, words="Sudah diperbaiki.")
        self.act(self.citizen, "sanggahan", "answer", liaison, reason="Masih padam.")
        self.act(liaison, "answer", "konfirmasi", self.citizen, words="Sekarang sungguh diperbaiki.")

    def with_words_between(self, liaison: Visitor) -> None:
        """A message, an internal note, a claim, and an extension that nobody needed."""
        self.act(self.citizen, "pesan", "note", liaison, text="Masih gelap.")
        self.act(liaison, "note", "claim", liaison, words="Tim malam sudah dihubungi.")
        self.act(liaison, "claim", "answer", liaison)
        self.act(liaison, "answer", "konfirmasi", self.citizen, words="Sudah diperbaiki.")

    def file(self) -> None:
        """Sends the report form until a receipt comes."""
        form, words = self.fill()
        self.send_until_received(form, words)

    def fill(self) -> tuple[Form, dict[str, str]]:
        """The report form and what is typed into it."""
        page = self.insist(lambda: self.citizen.get("/lapor/semua"))
        form = page.form("/reports")
        words = {
            "kind": "complaint",
            "title": f"Lampu padam {self.number}",
            "text": "Lampu jalan padam sejak seminggu lalu.",
            "agency": _option_value(page, "agency", "Pemerintah Kota Contoh"),
            "email": f"pelapor{self.number}@contoh.example",
        }
        self.journal.note("sending", intake_id=form.values["intake_id"])
        return form, words

    def send_until_received(self, form: Form, words: dict[str, str]) -> None:
        """Sends one filled form again and again until a receipt shows the code and the key."""
        receipt = self.insist(lambda: self.citizen.send(form, **words), lambda page: CODE.search(page.text))
        self.read_receipt(receipt.text)
        self.journal.note("received", intake_id=form.values["intake_id"], code=self.code)

    def read_receipt(self, receipt: str) -> None:
        """Keeps the code and opens the case with the key."""
        code, key = CODE.search(receipt), KEY.search(receipt)
        assert code is not None and key is not None, "the receipt shows no code or no key"
        self.code = "".join(code.groups())
        self.insist(lambda: self.citizen.get(f"/l/{key.group(1)}"))

    def staff(self, login: str) -> Visitor:
        """A member of staff, logged in."""
        visitor = Visitor(self.base)
        eventually_here(
            lambda: _worked(lambda: visitor.log_in(login, DEMO_PASSWORD)),
            f"{login} logs in",
            PATIENCE,
            A_BREATH,
        )
        return visitor

    def act(
        self, visitor: Visitor, action: str, then: str | None, next_visitor: Visitor, **words: str
    ) -> None:
        """Fills the form of an action until it is done, and waits until the next action is offered."""
        page = self.page_with(visitor, action)
        form = page.form(f"/{action}")
        self.journal.note("acting", action=action, command_id=form.values["command_id"])
        answer = self.insist(lambda: visitor.send(form, **words), lambda page: page.status in {200, 202, 409})
        if answer.status == 200:
            self.journal.note("done", action=action, command_id=form.values["command_id"])
        if then is not None:
            self.page_with(next_visitor, then)

    def page_with(self, visitor: Visitor, action: str) -> Page:
        """The case's page once it offers an action."""
        path = f"/lacak/{self.code}" if visitor is self.citizen else f"/desk/{self.code}"
        return self.insist(lambda: visitor.get(path), lambda page: page.has_form(f"/{action}"))

    def option(self, visitor: Visitor, field: str, label: str) -> str:
        """The value behind a choice in the dispose form."""
        return _option_value(self.page_with(visitor, "dispose"), field, label)

    def insist(self, ask: Callable[[], Page], enough: Callable[[Page], object] = bool) -> Page:
        """Asks until there is an answer that is enough."""
        kept: list[Page] = []

        def attempt() -> bool:
            try:
                page = ask()
            except requests.RequestException:
                return False
            if page.status >= 500 or page.status == 429 or not enough(page):
                return False
            kept.append(page)
            return True

        eventually_here(attempt, f"story {self.number} goes on", PATIENCE, A_BREATH)
        return kept[0]


PATHS = (Story.straight, Story.with_question, Story.with_dispute, Story.with_words_between)


def walk_together(base: str, journal: Journal, people: int, enough: threading.Event) -> list[str]:
    """Several people walk one story after another until it is enough; what went wrong.

    Everybody walks at least one, and ends the one that was begun.
    """
    problems: list[str] = []
    numbers = itertools.count()

    def walk() -> None:
        while True:
            number = next(numbers)
            try:
                Story(base, journal, number).run()
            except AssertionError as problem:
                problems.append(f"story {number}: {problem}")
            if enough.is_set():
                return

    threads = [threading.Thread(target=walk) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def _worked(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except requests.RequestException:
        return False
    return True


def _option_value(page: Page, field: str, label: str) -> str:
    for select in page.tree.iter("select"):
        if select.get("name") == field:
            for option in select.iter("option"):
                if "".join(option.itertext()).strip() == label:
                    return option.get("value") or ""
    raise AssertionError(f"{page.url} offers no {label}")
