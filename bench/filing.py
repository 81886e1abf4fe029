"""Many reports at once, by the stores and the client of the web, without its pages: to fill a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from db.case_table import CaseLogRow
from db.database import Database
from db.directory_table import UnitRow
from db.file_place import FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from domain.case import Kind
from domain.event import EventKind
from engine.bridge import Bridge
from engine.case_client import CaseClient
from ops.seed_case import CITY
from schemas.report import Identity, NewReport, ReportWords
from settings import Settings
from tests.eventually import eventually_here

PATIENCE = 3600.0
T = TypeVar("T")


class Filing:
    """Files reports to the demo's city, each with a workflow of its own."""

    def __init__(self, settings: Settings) -> None:
        assert settings.master_key is not None  # noqa: S101  a copy that runs has one
        self.database = Database(settings.database_url)
        self.intakes = IntakeStore(
            self.database, Keyring(settings.master_key), FolderPlace(settings.files_folder)
        )
        self._cases = CaseClient(
            Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
        )
        with self.database.read() as session:
            self._city_id = session.scalars(select(UnitRow.id).where(UnitRow.name == CITY)).one()

    def file(self, count: int, at_once: int) -> range:
        """So many reports, until each has its first event; their numbers."""
        filed = together(at_once, [self._file] * count)
        numbers = range(min(one.case_id for one in filed), max(one.case_id for one in filed) + 1)
        self.happened(numbers, count, EventKind.RECEIVED)
        return numbers

    def receive(self) -> Intake:
        """A report that is safe, and not started yet."""
        report = NewReport(
            intake_id=str(uuid4()),
            kind=Kind.COMPLAINT,
            words=ReportWords(title="Lampu padam", text="Lampu jalan padam sejak seminggu lalu."),
            identity=Identity(),
            agency_id=self._city_id,
        )
        return patiently(lambda: self.intakes.receive(report))

    def happened(self, numbers: range, count: int, kind: EventKind) -> None:
        """Waits until so many of these cases have an event of that kind."""
        those = (CaseLogRow.case_id.between(numbers[0], numbers[-1]), CaseLogRow.kind == kind.value)
        query = select(func.count(func.distinct(CaseLogRow.case_id))).where(*those)

        def all_have() -> bool:
            with self.database.read() as session:
                return session.scalar(query) == count

        eventually_here(all_have, f"{kind.value} of {count} cases", PATIENCE, 0.5)

    def _file(self) -> Intake:
        intake = self.receive()
        if self._cases.start(intake.start):
            patiently(lambda: self.intakes.mark_started(intake.case_id))
        return intake


def together(at_once: int, tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The answers of all tasks, of which some run at once."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda task: task(), tasks))


def patiently(write: Callable[[], T]) -> T:
    """SQLite has one writer and no queue: who is turned away tries again, as people and the worker do."""
    while True:
        try:
            return write()
        except OperationalError:
            continue
