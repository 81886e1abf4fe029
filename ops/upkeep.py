"""What is not urgent, apart from the sweeper: doctor, exports, daily heads, villages, old drafts, figures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from db.database import Database
from db.desk_draft_store import sweep_desk_drafts
from db.draft_store import sweep_drafts
from db.measure_fill import MeasureFill
from db.operation_store import OperationStore
from db.subscription_store import sweep_subscriptions
from db.upkeep_chart import ChartStore
from db.upkeep_export import ExportStore
from db.upkeep_finding import FindingStore
from db.upkeep_head import HeadStore
from engine.bridge import Bridge
from engine.history import HistoryClient
from engine.probe import CaseProbe
from ops.doctor import Doctor, DoctorStores
from ops.history_export import HistoryExporter
from ops.lease import Lease, LeaseLostError
from ops.regions import add_villages

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
EXPORT_EVERY = timedelta(seconds=10)
HEAD_EVERY = timedelta(minutes=5)
MEASURED_AT_ONCE = 50

Clock = Callable[[], datetime]
Chore = Callable[[], object]


class Upkeep:
    """Slow kinds of work, each in small pieces; all are safe to repeat.

    `chores`: short pieces of work that are tried in every round.
    """

    def __init__(
        self,
        doctor: Doctor,
        exporter: HistoryExporter,
        heads: HeadStore,
        lease: Lease,
        clock: Clock,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._doctor = doctor
        self._exporter = exporter
        self._heads = heads
        self._lease = lease
        self._clock = clock
        self._chores = chores
        self._exports_at: datetime | None = None
        self._heads_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until told to stop; a database that is away is tried again."""
        while not stop.is_set():
            try:
                self.run_once()
            except SQLAlchemyError as problem:
                log.warning("upkeep waits for the database: %s", type(problem).__name__)
            stop.wait(EVERY_SECONDS)

    def run_once(self) -> None:
        """A piece of what is due, if nobody else does it; the lease is held before each piece."""
        try:
            self._lease.hold()
            self._doctor.walk()
            self._export()
            self._make_heads()
            for chore in self._chores:
                self._lease.hold()
                chore()
        except LeaseLostError:
            log.debug("another worker does the upkeep")

    def _export(self) -> None:
        at = self._clock()
        if self._exports_at is None or at >= self._exports_at:
            self._exporter.run(self._lease.hold)
            self._exports_at = at + EXPORT_EVERY

    def _make_heads(self) -> None:
        at = self._clock()
        if self._heads_at is None or at >= self._heads_at:
            while self._heads.add_next():
                self._lease.hold()
            self._heads_at = at + HEAD_EVERY


def upkeep_of(database: Database, bridge: Bridge, histories_folder: Path, clock: Clock) -> Upkeep:
    """The upkeep of one installation."""
    exporter = HistoryExporter(ExportStore(database), HistoryClient(bridge), histories_folder)
    doctor = Doctor(doctor_stores(database), CaseProbe(bridge), clock)
    lease = Lease(OperationStore(database), "upkeep", clock)
    measures = MeasureFill(database)
    chores: tuple[Chore, ...] = (
        lambda: sweep_drafts(database, clock()),
        lambda: sweep_desk_drafts(database, clock()),
        lambda: sweep_subscriptions(database, clock()),
        lambda: add_villages(database),
        lambda: measures.fill(MEASURED_AT_ONCE),
    )
    return Upkeep(doctor, exporter, HeadStore(database), lease, clock, chores)


def doctor_stores(database: Database) -> DoctorStores:
    """What a doctor reads and writes."""
    return DoctorStores(
        charts=ChartStore(database), findings=FindingStore(database), heads=HeadStore(database)
    )
