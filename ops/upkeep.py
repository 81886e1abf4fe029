"""What the sweeper does beside its urgent work: the doctor's walk, exports of histories, daily heads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from db.database import Database
from db.upkeep_chart import ChartStore
from db.upkeep_export import ExportStore
from db.upkeep_finding import FindingStore
from db.upkeep_head import HeadStore
from engine.bridge import Bridge
from engine.history import HistoryClient
from engine.probe import CaseProbe
from ops.doctor import Doctor, DoctorStores
from ops.history_export import HistoryExporter

EXPORT_EVERY = timedelta(seconds=10)
HEAD_EVERY = timedelta(minutes=5)

Clock = Callable[[], datetime]


class Upkeep:
    """Three slow kinds of work, each in small pieces; all are safe to repeat."""

    def __init__(self, doctor: Doctor, exporter: HistoryExporter, heads: HeadStore, clock: Clock) -> None:
        self._doctor = doctor
        self._exporter = exporter
        self._heads = heads
        self._clock = clock
        self._exports_at: datetime | None = None
        self._heads_at: datetime | None = None

    def run(self, hold: Callable[[], None]) -> None:
        """A piece of what is due; `hold` comes before each piece and raises when the work is another's."""
        hold()
        self._doctor.walk()
        at = self._clock()
        if self._exports_at is None or at >= self._exports_at:
            self._exporter.run(hold)
            self._exports_at = at + EXPORT_EVERY
        if self._heads_at is None or at >= self._heads_at:
            while self._heads.add_next():
                hold()
            self._heads_at = at + HEAD_EVERY


def upkeep_of(database: Database, bridge: Bridge, histories_folder: Path, clock: Clock) -> Upkeep:
    """The upkeep of one installation."""
    exporter = HistoryExporter(ExportStore(database), HistoryClient(bridge), histories_folder)
    doctor = Doctor(doctor_stores(database), CaseProbe(bridge), clock)
    return Upkeep(doctor, exporter, HeadStore(database), clock)


def doctor_stores(database: Database) -> DoctorStores:
    """What a doctor reads and writes."""
    return DoctorStores(
        charts=ChartStore(database), findings=FindingStore(database), heads=HeadStore(database)
    )
