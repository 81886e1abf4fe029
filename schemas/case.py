"""What crosses the wire between web, engine and worker: frozen shapes of ids, enums, instants and counts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.agenda import AgendaItem
from domain.case import Action, MailProblem
from domain.clock import Clock, Due
from domain.command import Refusal
from domain.event import Event
from domain.state import CaseState

REFUSED = "Refused"
"""Type of the failure by which an update says no; its detail is a `Refused`."""


class Wire(BaseModel):
    """A frozen shape that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseInput(Wire):
    """What a case starts with, and what it hands on when its history is cut.

    Attributes:
        clocks: the clocks promised at intake, already dated; used by the first run only.
        pending: events decided but not yet recorded.
    """

    state: CaseState
    clocks: tuple[Clock, ...] = ()
    pending: tuple[Event, ...] = ()


class CommandResult(Wire):
    """The answer to an applied command: the number of the event that it became."""

    seq: int


class RecordInput(Wire):
    """Events in order, and the state after the last of them.

    Due dates of the clocks that the events started or moved are still unknown in it.
    """

    events: tuple[Event, ...]
    state: CaseState


class RecordResult(Wire):
    """Due dates computed for the clocks that the events started or moved."""

    dues: tuple[Due, ...] = ()


class CalendarChange(Wire):
    """A new version of a calendar, and the units that count by it."""

    unit_ids: tuple[int, ...]


class MailFailure(Wire):
    """A mail to the reporter that did not arrive; `id` is that of its row in the outbox."""

    id: int
    problem: MailProblem


class CaseAgenda(Wire):
    """What time alone will do to the case, earliest first."""

    items: tuple[AgendaItem, ...]


class AllowedActions(Wire):
    """What an actor may do now."""

    actions: tuple[Action, ...]


class Refused(Wire):
    """A refusal, as it travels in the details of a failed update."""

    refusal: Refusal
