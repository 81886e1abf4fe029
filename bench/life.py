"""Whole lives of cases in a running copy, by its pages alone: filed, sent on, answered, confirmed."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

from sqlalchemy import func, select

from bench.filing import PATIENCE, together
from bench.person import BusyError, Person, Sheet
from db.case_table import CaseViewRow, ReportRow
from db.database import Database
from settings import Settings
from tests.eventually import eventually_here

AGENCY, OFFICE = "Pemerintah Kota Contoh", "Dinas Pekerjaan Umum"
ADMIN, LIAISON = "kota", "pu"
ACTS = 4
"""Of people, after the report."""
EVENTS = 1 + ACTS
"""Of a life, with its receipt."""
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b")
KEY = re.compile(r"/l/([0-9a-f]{32})")
LOOKS = 1000
LOOK_AGAIN_SECONDS = 0.05
STEP = 500
ADDRESSES = (f"127.1.{number // 250 % 250}.{1 + number % 250}" for number in itertools.count())


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds: of everything, of each report and of each act until its answer.

    Attributes:
        busy: when a page asked to send the same again.
    """

    total: float = 0.0
    reports: list[float] = field(default_factory=list)
    acts: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def patiently(self, ask: Callable[[], Sheet]) -> Sheet:
        """SQLite has one writer and no queue: who is turned away sends again, as people do."""
        while True:
            try:
                return ask()
            except BusyError:
                self.busy.append(time.perf_counter())


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Two people at work: who sends reports to offices, and who handles them there."""

    admin: Person
    liaison: Person


class Lives:
    """Files and handles reports as the demo's staff and their reporters would."""

    def __init__(self, settings: Settings, base: str) -> None:
        self.database = Database(settings.database_url)
        self._base = base
        self._desks: SimpleQueue[Desk] = SimpleQueue()

    def live(self, count: int, at_once: int) -> tuple[Times, list[str]]:
        """So many lives, some at once, until all is recorded; and the codes."""
        for _ in range(at_once - self._desks.qsize()):
            self._desks.put(Desk(admin=self._staff(ADMIN), liaison=self._staff(LIAISON)))
        times, begun = Times(), time.perf_counter()
        codes = together(at_once, [lambda: self._whole(times)] * count)
        self._recorded(codes, EVENTS)
        return _ended(times, begun), codes

    def burst(self, count: int, at_once: int) -> tuple[Times, float, range]:
        """So many reports until all are acknowledged; the seconds until all are recorded; their numbers."""
        times, begun = Times(), time.perf_counter()
        codes = together(at_once, [lambda: self._filed_alone(times)] * count)
        acknowledged = _ended(times, begun)
        self._recorded(codes, 1)
        return acknowledged, time.perf_counter() - begun, self._numbers(codes)

    def _whole(self, times: Times) -> str:
        with self._reporter() as reporter, self._at_a_desk() as desk:
            code, key = _file(reporter, times)
            page = _page(desk.admin, f"/desk/{code}", "/dispose", times)
            content = {"kind": "complaint", "unit": page.option(OFFICE), "note": "Mohon ditindaklanjuti."}
            _act(desk.admin, page, "/dispose", content, times)
            page = _page(desk.liaison, f"/desk/{code}", "/follow_up", times)
            content = {"type": "action", "words": "Sudah ditinjau."}
            page = _act(desk.liaison, page, "/follow_up", content, times)
            page = _offering(page, desk.liaison, "/answer", times)
            _act(desk.liaison, page, "/answer", {"words": "Sudah diperbaiki."}, times)
            page = times.patiently(lambda: reporter.read(f"/l/{key}"))
            page = _offering(page, reporter, "/konfirmasi", times)
            _act(reporter, page, "/konfirmasi", {"rating": "5", "words": "Terima kasih."}, times)
            return code

    def _filed_alone(self, times: Times) -> str:
        with self._reporter() as reporter:
            return _file(reporter, times)[0]

    def _staff(self, login: str) -> Person:
        person = Person(self._base, next(ADDRESSES))
        person.log_in(login)
        return person

    @contextmanager
    def _reporter(self) -> Iterator[Person]:
        person = Person(self._base, next(ADDRESSES))
        yield person
        person.leave()

    @contextmanager
    def _at_a_desk(self) -> Iterator[Desk]:
        desk = self._desks.get()
        yield desk
        self._desks.put(desk)

    def _recorded(self, codes: Sequence[str], seq: int) -> None:
        def all_are() -> bool:
            with self.database.read() as session:
                found = (
                    session.scalar(
                        select(func.count()).where(CaseViewRow.code.in_(some), CaseViewRow.seq >= seq)
                    )
                    for some in _in_steps(codes)
                )
                return sum(count or 0 for count in found) == len(codes)

        eventually_here(all_are, f"event {seq} of {len(codes)} cases", PATIENCE, 0.1)

    def _numbers(self, codes: Sequence[str]) -> range:
        with self.database.read() as session:
            ids = [
                case_id
                for some in _in_steps(codes)
                for case_id in session.scalars(select(ReportRow.id).where(ReportRow.code.in_(some)))
            ]
        return range(min(ids), max(ids) + 1)


def _file(reporter: Person, times: Times) -> tuple[str, str]:
    """The code and the key of a new report."""
    page = times.patiently(lambda: reporter.read("/lapor/semua"))
    content = {
        "kind": "complaint",
        "title": "Lampu padam",
        "text": "Lampu jalan padam sejak seminggu lalu.",
        "agency": page.option(AGENCY),
    }
    receipt = _sent(reporter, page, "/reports", content, times)
    times.reports.append(receipt.seconds)
    code, key = CODE.search(receipt.text), KEY.search(receipt.text)
    if code is None or key is None:
        raise RuntimeError("the receipt shows no code or no key")
    return code.group(), key.group(1)


def _act(person: Person, page: Sheet, ending: str, content: dict[str, str], times: Times) -> Sheet:
    answer = _sent(person, page, ending, content, times)
    times.acts.append(answer.seconds)
    return answer


def _sent(person: Person, page: Sheet, ending: str, content: dict[str, str], times: Times) -> Sheet:
    to, hidden = page.form(ending)
    return times.patiently(lambda: person.send(to, hidden | content))


def _page(person: Person, path: str, ending: str, times: Times) -> Sheet:
    """A page once it offers a form."""
    return _offering(times.patiently(lambda: person.read(path)), person, ending, times)


def _offering(page: Sheet, person: Person, ending: str, times: Times) -> Sheet:
    for _ in range(LOOKS):
        if page.offers(ending):
            return page
        time.sleep(LOOK_AGAIN_SECONDS)
        page = times.patiently(lambda was=page: person.read(was.url))  # type: ignore[misc]
    raise RuntimeError(f"{page.url} never offers {ending}")


def _in_steps(codes: Sequence[str]) -> Iterator[list[str]]:
    """Codes as the tables have them, some hundred at a time."""
    plain = [code.replace("-", "") for code in codes]
    return (plain[begun : begun + STEP] for begun in range(0, len(plain), STEP))


def _ended(times: Times, begun: float) -> Times:
    return replace(times, total=time.perf_counter() - begun)
