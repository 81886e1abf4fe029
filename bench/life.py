"""Whole lives of cases in a running copy, by the stores and the client of the web, without its pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from db import directory_store
from db.case_table import CaseViewRow
from db.command_store import CommandStore
from db.database import Database
from db.directory_table import MembershipRow, UnitRow
from db.file_place import FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from domain.access import staff_actor
from domain.actor import Actor, reporter_actor
from domain.case import Action, Channel, FollowUp, Kind, Role
from domain.command import Body
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from ops.seed_case import CITY
from schemas.command import Applied, NewCommand
from schemas.report import Identity, NewReport, ReportWords
from settings import Settings
from tests.eventually import eventually_here

OFFICE = "Dinas Pekerjaan Umum"
ACTS = (Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.CONFIRM)
EVENTS = 1 + len(ACTS)
"""Of a life, with its receipt."""
PATIENCE = 1800.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds: of everything until it was recorded, of each start, and of each update.

    Attributes:
        turned_away: writes that the database would not take in time, and that were tried again at once.
    """

    total: float
    starts: list[float] = field(default_factory=list)
    updates: list[float] = field(default_factory=list)
    turned_away: int = 0


class Lives:
    """Files and handles reports as the demo's staff and their reporters would."""

    def __init__(self, settings: Settings) -> None:
        assert settings.master_key is not None  # noqa: S101  a copy that runs has one
        keyring = Keyring(settings.master_key)
        self.database = Database(settings.database_url)
        self._turned_away: list[float] = []
        self.bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
        self._intakes = IntakeStore(self.database, keyring, FolderPlace(settings.files_folder))
        self._commands = CommandStore(self.database, keyring)
        self._cases = CaseClient(self.bridge)
        self._delivery = CommandDelivery(self._cases, self._commands)
        self._people = {
            Action.DISPOSE: self._staff(CITY, Role.AGENCY_ADMIN),
            Action.FOLLOW_UP: self._staff(OFFICE, Role.LIAISON),
            Action.ANSWER: self._staff(OFFICE, Role.LIAISON),
            Action.CONFIRM: reporter_actor(Channel.WEB),
        }
        with self.database.read() as session:
            unit = directory_store.unit(session, self._unit_id(OFFICE))
            assert unit is not None  # noqa: S101  the demo has it
            self._office, self._city_id = unit.ref, self._unit_id(CITY)

    def live(self, count: int, at_once: int) -> tuple[Times, list[str]]:
        """So many lives, some at once, until all is recorded; and the codes."""
        starts, updates, begun = list[float](), list[float](), self._begin()
        filed = together(at_once, [lambda: self._whole(starts, updates)] * count)
        self._recorded([one.case_id for one in filed], EVENTS)
        total = time.perf_counter() - begun
        times = Times(total=total, starts=starts, updates=updates, turned_away=len(self._turned_away))
        return times, [one.code for one in filed]

    def burst(self, count: int, at_once: int) -> Times:
        """So many filings, until the first event of each is recorded."""
        starts, begun = list[float](), self._begin()
        filed = together(at_once, [lambda: self._file(starts)] * count)
        self._recorded([one.case_id for one in filed], 1)
        total = time.perf_counter() - begun
        return Times(total=total, starts=starts, turned_away=len(self._turned_away))

    def _begin(self) -> float:
        self._turned_away.clear()
        return time.perf_counter()

    def _patiently(self, write: Callable[[], T]) -> T:
        """SQLite has one writer and no queue: who is turned away tries again, as people and the worker do."""
        while True:
            try:
                return write()
            except OperationalError:
                self._turned_away.append(time.perf_counter())

    def _whole(self, starts: list[float], updates: list[float]) -> Intake:
        intake = self._file(starts)
        for version, action in enumerate(ACTS, start=1):
            self._act(intake, action, version, updates)
        return intake

    def _file(self, starts: list[float]) -> Intake:
        report = NewReport(
            intake_id=str(uuid4()),
            kind=Kind.COMPLAINT,
            words=ReportWords(title="Lampu padam", text="Lampu jalan padam.", place="Jalan Contoh"),
            identity=Identity(),
            agency_id=self._city_id,
        )
        intake = self._patiently(lambda: self._intakes.receive(report))
        if _timed(starts, lambda: self._cases.start(intake.start)):
            self._patiently(lambda: self._intakes.mark_started(intake.case_id))
        return intake

    def _act(self, intake: Intake, action: Action, version: int, updates: list[float]) -> None:
        new = NewCommand(
            id=str(uuid4()),
            case_id=intake.case_id,
            action=action,
            actor=self._people[action],
            version=version,
            words="Kata-kata.",
            body=self._body(action),
        )
        command = self._patiently(lambda: self._commands.record(new)).command
        outcome = _timed(updates, lambda: self._delivery.deliver(intake.code, intake.case_id, command))
        if not isinstance(outcome, Applied):
            raise RuntimeError(f"{action} came to {outcome}")

    def _body(self, action: Action) -> Body:
        if action is Action.DISPOSE:
            return Body(unit=self._office, kind=Kind.COMPLAINT)
        if action is Action.FOLLOW_UP:
            return Body(follow_up=FollowUp.ACTION)
        return Body(rating=5) if action is Action.CONFIRM else Body()

    def _recorded(self, case_ids: Sequence[int], seq: int) -> None:
        first, last = min(case_ids), max(case_ids)
        those = (CaseViewRow.case_id.between(first, last), CaseViewRow.seq >= seq)

        def all_are() -> bool:
            with self.database.read() as session:
                return session.scalar(select(func.count()).where(*those)) == len(case_ids)

        eventually_here(all_are, f"event {seq} of {len(case_ids)} cases", PATIENCE, 0.1)

    def _unit_id(self, name: str) -> int:
        with self.database.read() as session:
            return session.scalars(select(UnitRow.id).where(UnitRow.name == name)).one()

    def _staff(self, unit_name: str, role: Role) -> Actor:
        unit_id = self._unit_id(unit_name)
        of_unit = (MembershipRow.unit_id == unit_id, MembershipRow.role == role.value)
        with self.database.read() as session:
            person_id = session.scalars(select(MembershipRow.person_id).where(*of_unit)).one()
            holding = directory_store.holding(session, unit_id, secret=False, level=0)
            return staff_actor(person_id, directory_store.memberships(session, person_id), holding)


def together(at_once: int, tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The answers of all tasks, of which some run at once."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda task: task(), tasks))


def _timed(taken: list[float], ask: Callable[[], T]) -> T:
    begun = time.perf_counter()
    found = ask()
    taken.append(time.perf_counter() - begun)
    return found
