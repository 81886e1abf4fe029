"""Background work under a lease: starts what was committed but not started, sends what was not answered."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow
from db.command_store import CommandStore, RecordedCommand
from db.database import Database
from db.intake_store import IntakeStore
from db.operation_store import OperationStore
from domain.access import staff_actor
from domain.actor import Actor
from domain.case import Action, Stage
from domain.command import Refusal, RefusalReason
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from schemas.command import Unknown

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
LEASE_FOR = timedelta(seconds=30)
SETTLED_AFTER = timedelta(seconds=6)
"""Younger rows may still be in the hands of the web, whose own attempt lasts five seconds."""
OUTAGE_GAP = timedelta(seconds=60)
BATCH = 50


@dataclass(frozen=True, kw_only=True)
class SweptStores:
    """What the sweeper reads and marks."""

    database: Database
    intakes: IntakeStore
    commands: CommandStore
    operation: OperationStore


class Sweeper:
    """One of them is active at a time; losing it costs at most its lease."""

    def __init__(
        self, stores: SweptStores, cases: CaseClient, delivery: CommandDelivery, clock: Callable[[], datetime]
    ) -> None:
        self._stores = stores
        self._cases = cases
        self._delivery = delivery
        self._clock = clock
        self._owner = f"{socket.gethostname()}:{os.getpid()}"

    def run(self, stop: threading.Event) -> None:
        """Sweeps until told to stop; a database or engine that is away is tried again."""
        while not stop.is_set():
            try:
                self.run_once()
            except SQLAlchemyError as problem:
                log.warning("sweeper waits for the database: %s", type(problem).__name__)
            stop.wait(EVERY_SECONDS)

    def run_once(self) -> None:
        """One round, if nobody else does it."""
        operation = self._stores.operation
        if operation.beat(OUTAGE_GAP):
            log.warning("nothing of ours ran for a while; open cases are told")
        if operation.take_lease("sweeper", self._owner, LEASE_FOR):
            self._tell_outage()
            self._start_intakes()
            self._send_commands()

    def _tell_outage(self) -> None:
        found = self._stores.operation.outage_to_tell(BATCH)
        if found is None:
            return
        outage, cases = found
        for case_id, code in cases:
            if not self._cases.tell_outage(code, outage):
                return
            self._stores.operation.mark_told(outage.id, case_id)
        if len(cases) < BATCH:
            self._stores.operation.mark_told(outage.id, None)

    def _start_intakes(self) -> None:
        before = self._clock() - SETTLED_AFTER
        for start in self._stores.intakes.not_started(before, BATCH):
            if not self._cases.start(start):
                return
            self._stores.intakes.mark_started(start.state.case_id)

    def _send_commands(self) -> None:
        """Oldest first; when one gets no answer, later ones of the same case must not overtake it."""
        held_back: set[str] = set()
        for waiting in self._stores.commands.waiting(self._clock() - SETTLED_AFTER, BATCH):
            if waiting.code in held_back:
                continue
            reason = self._why_pointless(waiting)
            if reason is not None:
                self._stores.commands.refuse(waiting.command.id, Refusal(reason=reason))
                continue
            outcome = self._delivery.deliver(waiting.code, waiting.case_id, waiting.command)
            if isinstance(outcome, Unknown):
                held_back.add(waiting.code)

    def _why_pointless(self, waiting: RecordedCommand) -> RefusalReason | None:
        """Why a command need not be sent any more: the right to it is lost, or nobody would answer it."""
        with self._stores.database.read() as session:
            view = session.get(CaseViewRow, waiting.case_id)
            if view is None:
                return None
            if waiting.command.action is Action.MESSAGE:
                return RefusalReason.WRONG_STAGE if view.stage == Stage.CLOSED.value else None
            return RefusalReason.NOT_YOURS if _has_lost_right(session, view, waiting.command.actor) else None


def _has_lost_right(session: Session, view: CaseViewRow, actor: Actor) -> bool:
    """Whether the person no longer stands to the case as when they acted. A moved case refuses by itself."""
    if actor.person_id is None or view.holder_id != actor.holder_id:
        return False
    holding = directory_store.holding(session, view.holder_id, secret=view.secret, level=view.level)
    roles = directory_store.active_memberships(session, actor.person_id)
    return not actor.relations <= staff_actor(actor.person_id, roles, holding).relations
