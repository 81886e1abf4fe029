"""Keeps the folder of attachments tidy: uploads that have expired, and files that no row names."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from db.file_sweep import FileSweep
from db.upload_store import UploadStore
from ops.lease import Lease, LeaseLostError

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
ORPHANS_EVERY = timedelta(hours=12)


class FileKeeper:
    """Works in small pieces under a lease; all of it is safe to repeat."""

    def __init__(
        self, uploads: UploadStore, files: FileSweep, lease: Lease, clock: Callable[[], datetime]
    ) -> None:
        self._uploads = uploads
        self._files = files
        self._lease = lease
        self._clock = clock
        self._orphans_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until told to stop; a database that is away is tried again."""
        while not stop.is_set():
            try:
                self.run_once()
            except (SQLAlchemyError, OSError) as problem:
                log.warning("the keeping of files waits: %s", type(problem).__name__)
            stop.wait(EVERY_SECONDS)

    def run_once(self) -> None:
        """All that is due, if nobody else does it."""
        try:
            self._lease.hold()
            while self._uploads.sweep():
                self._lease.hold()
            self._sweep_orphans()
        except LeaseLostError:
            log.debug("another worker keeps the files")

    def _sweep_orphans(self) -> None:
        at = self._clock()
        if self._orphans_at is None or at >= self._orphans_at:
            gone = self._files.run(at)
            self._orphans_at = at + ORPHANS_EVERY
            if gone:
                log.info("%d files that no row named are set aside or gone", gone)
