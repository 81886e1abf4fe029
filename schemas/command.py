"""A person's act on its way from a form to a workflow, and what became of it."""

from __future__ import annotations

from domain.actor import Actor
from domain.case import Action
from domain.command import NO_BODY, Body, Refusal
from schemas.case import Wire
from schemas.report import NewFile


class NewCommand(Wire):
    """A checked form of an act, before it is recorded.

    Attributes:
        id: UUID made with the form.
        words: what the person wrote; sealed in SQL, and only its id travels.
        files: what goes with the words; sealed too.
    """

    id: str
    case_id: int
    action: Action
    actor: Actor
    version: int | None = None
    words: str = ""
    body: Body = NO_BODY
    files: tuple[NewFile, ...] = ()


class Applied(Wire):
    """The workflow has decided; `seq` is the event, which the tables may show a moment later."""

    seq: int


class Refused(Wire):
    """Nothing changed, and why."""

    refusal: Refusal


class Sent(Wire):
    """The engine has the message; nobody waits for what becomes of it."""


class Unknown(Wire):
    """No answer: the act is recorded and will be sent again under the same id."""

    problem: str


class NoWorkflow(Wire):
    """The engine knows no running workflow of that case."""


Outcome = Applied | Refused | Sent | Unknown | NoWorkflow
