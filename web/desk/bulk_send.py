"""Brings the commands of one bulk to their cases, several at a time and for a bounded while."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from sqlalchemy.exc import OperationalError

from db.command_store import RecordedCommand
from schemas.command import Unknown
from web.act import Patience
from web.services import Services

log = logging.getLogger(__name__)

SEND_SECONDS = 5.0
"""After that the sweeper brings what is left; it begins a second later."""
SHOW_SECONDS = 2.0
AT_ONCE = 4
NO_WORKFLOW = "no_workflow"
"""Something is wrong with one case, and not with the engine."""


def send_all(given: Services, bulk_id: str, commands: Iterable[RecordedCommand]) -> None:
    """Sends until all are sent, the time is over or the engine is away; then waits a little for the tables.

    What has no outcome by then waits for the sweeper. Never raises for an outage.
    """
    end, away = time.monotonic() + SEND_SECONDS, Event()
    queue = _Queue(commands)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(AT_ONCE):
            pool.submit(_send, given, queue, end, away)
    if away.is_set():
        return
    try:
        Patience(wait_seconds=SHOW_SECONDS).until(lambda: given.bulks.waiting_count(bulk_id) == 0)
    except OperationalError:
        log.warning("the database went away after a bulk had been recorded; it waits for the sweeper")


class _Queue:
    """Hands out each command once, to whichever thread asks."""

    def __init__(self, commands: Iterable[RecordedCommand]) -> None:
        self._commands: Iterator[RecordedCommand] = iter(list(commands))
        self._lock = Lock()

    def next(self) -> RecordedCommand | None:
        with self._lock:
            return next(self._commands, None)


def _send(given: Services, queue: _Queue, end: float, away: Event) -> None:
    while not away.is_set() and time.monotonic() < end:
        recorded = queue.next()
        if recorded is None:
            return
        try:
            outcome = given.delivery.deliver(recorded.code, recorded.case_id, recorded.command)
        except OperationalError:
            away.set()
            return
        if isinstance(outcome, Unknown) and outcome.problem != NO_WORKFLOW:
            away.set()
