"""Whole lives of cases in a running copy, by its pages alone: a report is filed, sent to an office, and closed."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TypeVar

from sqlalchemy import func, select

from bench.person import BusyError, Person, Sheet
from db.case_table import CaseViewRow
from db.database import Database
from settings import Settings
from tests.eventually import eventually_here

AGENCY, OFFICE = "Pemerintah Kota Contoh", "Dinas Pekerjaan Umum"
ADMIN, LIAISON = "kota", "pu"
ACTS = 4
"""Of people, after the report: sent to an office, followed up, answered, confirmed."""
EVENTS = 1 + ACTS
"""Of a life, with its receipt."""
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b")
KEY = re.compile(r"/l/([0-9a-f]{32})")
PATIENCE = 3600.0
LOOKS = 200
LOOK_AGAIN_SECONDS = 0.05
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds: of everything until it was recorded, of each report and of each act until its answer.

    Attributes:
        busy: how often a page asked to send the same again.
        looks: how often somebody looked again for what had not come yet.
    """

    total: float
    reports: list[float] = field(default_factory=list)
    acts: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Two people at work, each with a browser: who sends reports to offices, and who handles them there."""

    admin: Person
    liaison: Person


class Lives:
    """Files and handles reports as the demo's staff and their reporters would."""

    def __init__(self, settings: Settings, base: str) -> None:
        self.database = Database(settings.database_url)
        self._base = base
        self._addresses = (f"127.1.{number // 250 % 250}.{1 + number % 250}" for number in itertools.count())
        self._desks: SimpleQueue[Desk] = SimpleQueue()

    def live(self, count: int, at_once: int) -> tuple[Times, list[str]]:
        """So many lives, some at once, until all is recorded; and the codes."""
        for _ in range(at_once - self._desks.qsize()):
            self._desks.put(Desk(admin=self._staff(ADMIN), liaison=self._staff(LIAISON)))
        times, begun = Times(total=0), time.perf_counter()
        codes = together(at_once, [lambda: self._whole(times)] * count)
        self._recorded(codes, EVENTS)
        return _ended(times, begun), codes

    def burst(self, count: int, at_once: int) -> tuple[Times, Times, list[str]]:
        """So many reports: until all are acknowledged, and until the first event of each is recorded."""
        times, begun = Times(total=0), time.perf_counter()
        codes = together(at_once, [lambda: self._filed_alone(times)] * count)
        acknowledged = _ended(times, begun)
        self._recorded(codes, 1)
        return acknowledged, _ended(times, begun), codes

    def _whole(self, times: Times) -> str:
        with self._reporter() as reporter, self._at_a_desk() as desk:
            code, key = self._file(reporter, times)
            page = self._page(desk.admin, f"/desk/{code}", "/dispose", times)
            content = {"kind": "complaint", "unit": page.option(OFFICE), "note": "Mohon ditindaklanjuti."}
            self._act(desk.admin, page, "/dispose", content, times)
            page = self._page(desk.liaison, f"/desk/{code}", "/follow_up", times)
            page = self._act(
                desk.liaison, page, "/follow_up", {"type": "action", "words": "Sudah ditinjau."}, times
            )
            page = self._offering(page, desk.liaison, "/answer", times)
            self._act(desk.liaison, page, "/answer", {"words": "Sudah diperbaiki."}, times)
            reporter.read(f"/l/{key}")
            page = self._page(reporter, f"/lacak/{code}", "/konfirmasi", times)
            self._act(reporter, page, "/konfirmasi", {"rating": "5", "words": "Terima kasih."}, times)
            return code

    def _filed_alone(self, times: Times) -> str:
        with self._reporter() as reporter:
            return self._file(reporter, times)[0]

    def _file(self, reporter: Person, times: Times) -> tuple[str, str]:
        """The code and the key of a new report."""
        page = _patiently(lambda: reporter.read("/lapor/semua"), times)
        content = {
            "kind": "complaint",
            "title": "Lampu padam",
            "text": "Lampu jalan padam sejak seminggu lalu.",
            "agency": page.option(AGENCY),
        }
        receipt = self._send(reporter, page, "/reports", content, times, times.reports)
        code, key = CODE.search(receipt.text), KEY.search(receipt.text)
        if code is None or key is None:
            raise RuntimeError("the receipt shows no code or no key")
        return code.group(), key.group(1)

    def _act(self, person: Person, page: Sheet, ending: str, content: dict[str, str], times: Times) -> Sheet:
        return self._send(person, page, ending, content, times, times.acts)

    def _send(
        self, person: Person, page: Sheet, ending: str, content: dict[str, str], times: Times, taken: list[float]
    ) -> Sheet:
        to, hidden = page.form(ending)
        answer = _patiently(lambda: person.send(to, hidden | content), times)
        taken.append(answer.seconds)
        return answer

    def _page(self, person: Person, path: str, ending: str, times: Times) -> Sheet:
        """A page once it offers a form."""
        return self._offering(_patiently(lambda: person.read(path), times), person, ending, times)

    def _offering(self, page: Sheet, person: Person, ending: str, times: Times) -> Sheet:
        for _ in range(LOOKS):
            if page.offers(ending):
                return page
            time.sleep(LOOK_AGAIN_SECONDS)
            times.looks.append(LOOK_AGAIN_SECONDS)
            page = _patiently(lambda was=page: person.read(was.url), times)  # type: ignore[misc]
        raise RuntimeError(f"{ending} is never offered")

    def _staff(self, login: str) -> Person:
        person = Person(self._base, next(self._addresses))
        person.log_in(login)
        return person

    @contextmanager
    def _reporter(self) -> Iterator[Person]:
        person = Person(self._base, next(self._addresses))
        yield person
        person.leave()

    @contextmanager
    def _at_a_desk(self) -> Iterator[Desk]:
        desk = self._desks.get()
        yield desk
        self._desks.put(desk)

    def _recorded(self, codes: Sequence[str], seq: int) -> None:
        plain = [code.replace("-", "") for code in codes]
        with self.database.read() as session:
            first = session.scalar(select(func.min(CaseViewRow.case_id)).where(CaseViewRow.code.in_(plain[:1])))
        del first

        def all_are() -> bool:
            with self.database.read() as session:
                found = 0
                for begun in range(0, len(plain), 500):
                    those = CaseViewRow.code.in_(plain[begun : begun + 500])
                    found += session.scalar(select(func.count()).where(those, CaseViewRow.seq >= seq)) or 0
                return found == len(codes)

        eventually_here(all_are, f"event {seq} of {len(codes)} cases", PATIENCE, 0.1)


def together(at_once: int, tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The answers of all tasks, of which some run at once."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda task: task(), tasks))


def _patiently(ask: Callable[[], Sheet], times: Times) -> Sheet:
    """SQLite has one writer and no queue: who is turned away sends again, as people do."""
    while True:
        try:
            return ask()
        except BusyError:
            times.busy.append(time.perf_counter())


def _ended(times: Times, begun: float) -> Times:
    return Times(
        total=time.perf_counter() - begun,
        reports=list(times.reports),
        acts=list(times.acts),
        busy=list(times.busy),
        looks=list(times.looks),
    )
