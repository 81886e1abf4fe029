"""Brings recorded commands to their workflows and keeps what became of them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from domain.act.joining import adoption, disowning
from domain.case import Action
from domain.command import Command, Refusal, RefusalReason
from schemas.command import NoWorkflow, Outcome, Refused, Unknown

log = logging.getLogger(__name__)


class CommandBook(Protocol):
    """Where outcomes are kept."""

    def refuse(self, command_id: str, refusal: Refusal) -> None:
        """Keeps why nothing changed."""

    def queue(self, command: Command, case_id: int) -> None:
        """Adds a command that no person waits for."""

    def is_started(self, case_id: int) -> bool:
        """Whether the engine has ever taken the case."""

    def is_ended(self, case_id: int) -> bool:
        """Whether the case's life is over."""


class CaseSender(Protocol):
    """What brings one command to one case."""

    def send(self, code: str, command: Command) -> Outcome:
        """Safe to repeat: the id is applied once."""


class CommandDelivery:
    """Used by the web at once, and by the sweeper for what is still waiting."""

    def __init__(self, cases: CaseSender, book: CommandBook) -> None:
        self._cases = cases
        self._book = book

    def deliver(self, code: str, case_id: int, command: Command) -> Outcome:
        """Sends a command and keeps a refusal. An applied one is settled by `record`, with its event."""
        outcome = self._agreed(code, case_id, command) or self._send(code, case_id, command)
        if isinstance(outcome, Refused):
            self.refuse(code, case_id, command, outcome.refusal)
        return outcome

    def refuse(self, code: str, case_id: int, command: Command, refusal: Refusal) -> None:
        """Keeps a refusal; an elder case that had agreed to a merge is told that nothing comes of it."""
        elder = command.body.other
        if command.action is Action.MERGE and elder is not None:
            self._book.queue(disowning(command.id, case_id, code, command.recorded_at), elder.id)
        self._book.refuse(command.id, refusal)

    def _agreed(self, code: str, case_id: int, command: Command) -> Outcome | None:
        """Asks the elder case before a merge; None when it agrees, or when there is nothing to agree to."""
        elder = command.body.other
        if command.action is not Action.MERGE or elder is None:
            return None
        outcome = self._cases.send(elder.code, adoption(command, case_id, code))
        if isinstance(outcome, NoWorkflow):
            outcome = self._explain_missing(elder.id)
        if isinstance(outcome, Refused):
            return Refused(refusal=_about_elder(outcome.refusal))
        return outcome if isinstance(outcome, Unknown) else None

    def _send(self, code: str, case_id: int, command: Command) -> Outcome:
        outcome = self._cases.send(code, command)
        return self._explain_missing(case_id) if isinstance(outcome, NoWorkflow) else outcome

    def _explain_missing(self, case_id: int) -> Outcome:
        if self._book.is_ended(case_id):
            return Refused(refusal=Refusal(reason=RefusalReason.ENDED))
        if self._book.is_started(case_id):
            log.critical("case %s is open in the tables but has no workflow", case_id)
        return Unknown(problem="no_workflow")


def _about_elder(refusal: Refusal) -> Refusal:
    """What the elder case says of itself, in terms of the merge."""
    over = refusal.reason in {RefusalReason.WRONG_STAGE, RefusalReason.ENDED}
    return replace(refusal, reason=RefusalReason.ELDER_ENDED) if over else refusal
