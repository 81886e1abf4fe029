"""The one way in which a page acts on a case: record, send, wait a little, and tell the truth.

Source: ARCHITECTURE, "The life of a command"; CASE, "Version and instant".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import OperationalError

from db.command_store import OtherBodySentError, RecordedCommand
from domain.command import Refusal
from schemas.command import Applied, NewCommand, Refused, Sent
from web.repeat import sent_before
from web.services import Services, services

log = logging.getLogger(__name__)


class AnswerKind(StrEnum):
    """What can truthfully be said about an act at the end of its request."""

    DONE = "done"
    """Applied, and every page shows it. Also when this very act was applied before (`again`)."""
    FOLLOWS = "follows"
    """Applied; the tables show it in a moment."""
    WAITING = "waiting"
    """Recorded, not applied yet: the engine or the worker is away. It is sent again by itself. Status 202."""
    REFUSED = "refused"
    """Nothing changed; `refusal` says why. The next form needs a new id. Status 409."""
    CANCELLED = "cancelled"
    """Called back by its author before it came; it never will be applied. Status 409."""
    CANCELLING = "cancelling"
    """Its author has called it back, and that waits; it is not sent meanwhile. Status 409."""
    OTHER_BODY = "other_body"
    """The id has already carried other words; these were not sent. A new id is needed. Status 409."""
    SENT_BEFORE = "sent_before"
    """The same words came a moment ago under another id (a page restored by the back button): sent once."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How an act ended.

    Attributes:
        words: what the person wrote, to be shown again where it was not sent.
        at: when the act was recorded, aware UTC; None for `OTHER_BODY`.
        refusal: given exactly for `REFUSED`.
        again: the same had been sent before, and nothing was done a second time.
    """

    kind: AnswerKind
    words: str = ""
    at: datetime | None = None
    refusal: Refusal | None = None
    again: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the act is decided in the person's favour: time to redirect (303)."""
        return self.kind in {AnswerKind.DONE, AnswerKind.FOLLOWS, AnswerKind.SENT_BEFORE}


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a page waits for the tables to follow the engine, in seconds."""

    wait_seconds: float = 1.0
    poll_seconds: float = 0.025
    sleep: Callable[[float], None] = field(default=time.sleep)
    clock: Callable[[], float] = field(default=time.monotonic)

    def until(self, reached: Callable[[], bool]) -> bool:
        """Whether `reached` became true in time."""
        end = self.clock() + self.wait_seconds
        while not reached():
            if self.clock() >= end:
                return False
            self.sleep(self.poll_seconds)
        return True


def submit(new: NewCommand, patience: Patience | None = None) -> Answer:
    """Records an act, brings it to its case and waits up to a second for the tables.

    The caller has checked that the person may see the case and has worked out the actor. Safe to repeat:
    the same id with the same content gives the first answer again, whoever asked in between.

    Raises: TooManyMessagesError (only for messages), and SQLAlchemy's OperationalError if the database
    is away *before* the act was recorded; then nothing was kept. After that it never raises for an outage:
    what is recorded is `WAITING`.
    """
    before = sent_before(new)
    if before is not None:
        return Answer(kind=AnswerKind.SENT_BEFORE, words=new.words, at=before, again=True)
    try:
        recorded = services().commands.record(new)
    except OtherBodySentError:
        return Answer(kind=AnswerKind.OTHER_BODY, words=new.words)
    if recorded.outcome != "waiting":
        return _answer(new, recorded, _settled(recorded), recorded.refusal)
    try:
        kind, refusal = _deliver(services(), recorded, patience or Patience())
    except OperationalError:
        log.warning("the database went away after a command had been recorded; it waits for the sweeper")
        kind, refusal = AnswerKind.WAITING, None
    return _answer(new, recorded, kind, refusal)


_OUTCOMES = {
    "applied": AnswerKind.DONE,
    "cancelled": AnswerKind.CANCELLED,
    "cancelling": AnswerKind.CANCELLING,
    "refused": AnswerKind.REFUSED,
}


def _settled(recorded: RecordedCommand) -> AnswerKind:
    """What a form that is sent again is told: its first outcome. What was given up was never applied."""
    return _OUTCOMES[recorded.outcome]


def _deliver(
    given: Services, recorded: RecordedCommand, patience: Patience
) -> tuple[AnswerKind, Refusal | None]:
    outcome = given.delivery.deliver(recorded.code, recorded.case_id, recorded.command)
    if isinstance(outcome, Refused):
        return AnswerKind.REFUSED, outcome.refusal
    if isinstance(outcome, Applied):
        seq = outcome.seq
        shown = patience.until(lambda: given.reader.seq_of(recorded.case_id) >= seq)
        return (AnswerKind.DONE if shown else AnswerKind.FOLLOWS), None
    if isinstance(outcome, Sent):
        patience.until(lambda: _now(given, recorded).outcome != "waiting")
        found = _now(given, recorded)
        return (AnswerKind.WAITING if found.outcome == "waiting" else _settled(found)), found.refusal
    return AnswerKind.WAITING, None


def _now(given: Services, recorded: RecordedCommand) -> RecordedCommand:
    """The command as the tables know it now."""
    return given.commands.find(recorded.command.id) or recorded


def _answer(new: NewCommand, recorded: RecordedCommand, kind: AnswerKind, refusal: Refusal | None) -> Answer:
    return Answer(
        kind=kind,
        words=new.words,
        at=recorded.command.recorded_at,
        refusal=refusal,
        again=recorded.again,
    )
