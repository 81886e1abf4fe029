"""Background work under a lease: starts what was committed but not started, sends what was not answered.

What is not urgent has a thread of its own: `ops.upkeep`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from prometheus_client import Counter
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow
from db.command_store import CommandStore, WaitingCommand
from db.database import Database
from db.intake_store import IntakeStore, WaitingStart
from db.mail_failure_store import MailFailureStore
from db.operation_store import OperationStore
from db.wire import STATE
from domain.access import Holding, staff_actor
from domain.actor import Actor
from domain.case import SIGNALLED
from domain.command import Command, Refusal, RefusalReason
from domain.decide import refusal
from domain.state import CaseState
from engine.case_client import CaseClient, Reach
from engine.command_delivery import CommandDelivery
from ops.lease import Lease, LeaseLostError
from schemas.command import Outcome, Refused, Unknown

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
BEAT_EVERY_SECONDS = 5.0
SETTLED_AFTER = timedelta(seconds=6)
"""Younger reports may still be in the hands of the web, whose own attempt lasts five seconds."""
GIVE_UP_AFTER = timedelta(hours=72)
"""Until then an act counts at the instant at which it was made. Source: CASE.md, "Version and instant"."""
SHELVED_FOR = timedelta(minutes=5)
"""So long a report that nobody can start stands aside, so that many of them cannot fill every batch."""
ALIVE_WITHIN = timedelta(seconds=15)
"""Three beats: an older one may be followed by an outage that is not noted yet."""
OUTAGE_GAP = timedelta(seconds=60)
BATCH = 50
TOLD_A_ROUND = 200
"""Cases told of an outage before waiting commands have their turn; the next round then comes at once."""
OUTAGES = Counter("tuntas_outages", "Silences of all workers that were long enough to be told to cases")
SWEPT = Counter("tuntas_swept", "What the sweeper has done for those that could not wait", ["work"])
BROKEN_ROW = (NoResultFound, ValueError, LookupError)
"""What a damaged row raises; pydantic's errors are among them."""


class EngineAwayError(Exception):
    """The engine gives no answer: what is left waits for another round."""


class Heartbeat:
    """Says that a worker is alive, in a thread of its own: slow work beside it is no outage."""

    def __init__(self, operation: OperationStore, gap: timedelta = OUTAGE_GAP) -> None:
        self._operation = operation
        self._gap = gap

    def run(self, stop: threading.Event) -> None:
        """Beats until told to stop; a database that is away is tried again."""
        while not stop.is_set():
            try:
                self.beat()
            except SQLAlchemyError as problem:
                log.warning("the heartbeat waits for the database: %s", type(problem).__name__)
            stop.wait(BEAT_EVERY_SECONDS)

    def beat(self) -> None:
        """One beat; the first after a long silence makes the silence an outage."""
        if self._operation.beat(self._gap):
            OUTAGES.inc()
            log.warning("no worker was alive for a while; open cases are told")


@dataclass(frozen=True, kw_only=True)
class SweptStores:
    """What the sweeper reads and marks."""

    database: Database
    intakes: IntakeStore
    commands: CommandStore
    operation: OperationStore
    failures: MailFailureStore


class Sweeper:
    """One of them is active at a time; losing it costs at most its lease."""

    def __init__(
        self,
        stores: SweptStores,
        cases: CaseClient,
        delivery: CommandDelivery,
        clock: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._cases = cases
        self._delivery = delivery
        self._clock = clock
        self._lease = Lease(stores.operation, "sweeper", clock)
        self._shelf: dict[int, datetime] = {}

    def run(self, stop: threading.Event) -> None:
        """Sweeps until told to stop; a database or engine that is away is tried again."""
        while not stop.is_set():
            pressed = False
            try:
                pressed = self.run_once()
            except SQLAlchemyError as problem:
                log.warning("sweeper waits for the database: %s", type(problem).__name__)
            stop.wait(0 if pressed else EVERY_SECONDS)

    def run_once(self) -> bool:
        """One round, if nobody else does it and as long as the engine answers.

        True if open cases have still to be told of an outage: the next round should come at once.
        """
        try:
            self._lease.hold()
            self._start_intakes()
            pressed = self._tell_outage()
            self._send_commands()
            self._tell_failed_mails()
        except (EngineAwayError, LeaseLostError) as ended:
            log.debug("the round ends early: %s", ended)
            return False
        return pressed

    def _tell_outage(self) -> bool:
        """Only once every report from before its end has a case: what starts later would never hear of it.

        True if more cases, or another outage, may still have to be told.
        """
        found = self._stores.operation.outage_to_tell(TOLD_A_ROUND)
        if found is None:
            return False
        outage, cases = found
        if self._stores.intakes.not_started(outage.to_at, 1, but=frozenset(self._shelf)):
            return False
        self._lease.hold()
        reaches = self._cases.tell_outage(cases, outage)
        told = list(takewhile(lambda reach: reach is not Reach.AWAY, reaches))
        if cases and not told:
            raise EngineAwayError("the engine is away")
        if len(told) == len(cases) < TOLD_A_ROUND:
            self._stores.operation.mark_told(outage.id, None)
        else:
            self._stores.operation.mark_told(outage.id, cases[len(told) - 1][0])
        return True

    def _start_intakes(self) -> None:
        at = self._clock()
        self._shelf = {case_id: until for case_id, until in self._shelf.items() if until > at}
        for waiting in self._waiting_intakes():
            self._lease.hold()
            if self._start(waiting):
                self._stores.intakes.mark_started(waiting.case_id)
                SWEPT.labels("report_started").inc()
            else:
                self._shelf[waiting.case_id] = at + SHELVED_FOR

    def _waiting_intakes(self) -> list[WaitingStart]:
        before = self._clock() - SETTLED_AFTER
        return self._stores.intakes.not_started(before, BATCH, but=frozenset(self._shelf))

    def _start(self, waiting: WaitingStart) -> bool:
        """Whether the engine has the report now; if not, another try at once would not help."""
        if waiting.start is None:
            log.critical("the stored start of case %d is unreadable", waiting.case_id)
            return False
        try:
            return bool(_unless_away(self._cases.start(waiting.start)))
        except BROKEN_ROW as problem:
            log.critical("case %d cannot be started: %s", waiting.case_id, type(problem).__name__)
            return False

    def _send_commands(self) -> None:
        """The longest due first; when one gets no answer, later ones of its case must not overtake it."""
        held_back: set[int] = set()
        for waiting in self._stores.commands.waiting(self._clock(), BATCH):
            self._lease.hold()
            if waiting.case_id in held_back:
                continue
            try:
                outcome = self._send(waiting)
            except BROKEN_ROW as problem:
                log.critical("command %s cannot be sent: %s", waiting.id, type(problem).__name__)
                self._stores.commands.put_off(waiting.id)
                continue
            if isinstance(outcome, Unknown):
                held_back.add(waiting.case_id)

    def _send(self, waiting: WaitingCommand) -> Outcome:
        """What became of a command now. One without a final outcome is put off, unless the engine is away."""
        reason = self._why_pointless(waiting)
        if reason is not None:
            return self._refuse(waiting, Refusal(reason=reason))
        outcome = self._delivery.deliver(waiting.code, waiting.case_id, _read(waiting))
        SWEPT.labels("command_sent").inc()
        if isinstance(outcome, Unknown) and not self._cases.is_up():
            raise EngineAwayError("the engine is away")
        if not isinstance(outcome, Refused):
            self._stores.commands.put_off(waiting.id)
        return outcome

    def _refuse(self, waiting: WaitingCommand, refusal: Refusal) -> Outcome:
        if waiting.command is None:
            self._stores.commands.refuse(waiting.id, refusal)
        else:
            self._delivery.refuse(waiting.code, waiting.case_id, waiting.command, refusal)
        return Refused(refusal=refusal)

    def _why_pointless(self, waiting: WaitingCommand) -> RefusalReason | None:
        """Why a command need not be sent: too late, the right to it is lost, or nobody would answer it."""
        if self._clock() - waiting.recorded_at > GIVE_UP_AFTER:
            return RefusalReason.GIVEN_UP
        command = _read(waiting)
        with self._stores.database.read() as session:
            view = session.get(CaseViewRow, waiting.case_id)
            if view is None:
                return None
            state = STATE.validate_python(view.state, strict=False)
            if command.action in SIGNALLED:
                return _refused_by(state, command)
            held = directory_store.holding_of(session, state, secret=view.secret)
            return RefusalReason.NOT_YOURS if _has_lost_right(session, held, command.actor) else None

    def _tell_failed_mails(self) -> None:
        """Each until its case has it; whoever dies in between tells it again, and the case knows it."""
        for untold in self._stores.failures.untold(BATCH):
            self._lease.hold()
            if untold.code is None:
                log.critical("outbox row %d names no case to tell of its failure", untold.failure.id)
            else:
                _unless_away(self._cases.tell_mail_failed(untold.case_id, untold.code, untold.failure))
            self._stores.failures.mark_told(untold.failure.id)
            SWEPT.labels("mail_failure_told").inc()


def _refused_by(state: CaseState, command: Command) -> RefusalReason | None:
    """Nobody answers a signal: what the tables already rule out will never be applied."""
    refused = None if command.id in state.done else refusal(state, command)
    return None if refused is None else refused.reason


class UnreadableCommandError(ValueError):
    """What is stored of a command is none."""


def _read(waiting: WaitingCommand) -> Command:
    if waiting.command is None:
        raise UnreadableCommandError
    return waiting.command


def _unless_away(reach: Reach) -> Reach:
    if reach is Reach.AWAY:
        raise EngineAwayError("the engine is away")
    return reach


def _has_lost_right(session: Session, held: Holding, actor: Actor) -> bool:
    """Whether the person no longer stands to the case as when they acted. A moved case refuses by itself."""
    if actor.person_id is None or held.unit.id != actor.holder_id:
        return False
    roles = directory_store.active_memberships(session, actor.person_id)
    return not actor.relations <= staff_actor(actor.person_id, roles, held).relations
