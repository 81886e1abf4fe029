"""Brings recorded commands to their workflows and keeps what became of them."""

from __future__ import annotations

import logging
from typing import Protocol

from domain.command import Command, Refusal, RefusalReason
from schemas.command import NoWorkflow, Outcome, Refused, Unknown

log = logging.getLogger(__name__)


class CommandBook(Protocol):
    """Where outcomes are kept."""

    def refuse(self, command_id: str, refusal: Refusal) -> None:
        """Keeps why nothing changed."""

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
        outcome = self._cases.send(code, command)
        if isinstance(outcome, NoWorkflow):
            outcome = self._explain_missing(case_id)
        if isinstance(outcome, Refused):
            self._book.refuse(command.id, outcome.refusal)
        return outcome

    def _explain_missing(self, case_id: int) -> Outcome:
        if self._book.is_ended(case_id):
            return Refused(refusal=Refusal(reason=RefusalReason.ENDED))
        if self._book.is_started(case_id):
            log.critical("case %s is open in the tables but has no workflow", case_id)
        return Unknown(problem="no_workflow")
