"""All that the page of a case is made of, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from db import directory_store
from db.case_reader import CaseFile, CommandEntry, LogEntry, Message
from db.entry_store import Entry
from db.publication_store import PublicationEntry
from domain.case import ClockName
from domain.clock import RAISED_BY
from domain.event import Event
from web.desk.opened import OpenCase, desk_query
from web.desk.publish_page import publication_store
from web.desk.way import way_of
from web.presenter.clock import Running, due_of, running
from web.presenter.happening import units_of_log
from web.presenter.refusal import units_of_refusal
from web.services import services

REFUSED_SHOWN = 3
SHOWN_COMMANDS = {"waiting": 10, "refused": REFUSED_SHOWN, "cancelling": 10, "cancelled": REFUSED_SHOWN}
"""Commands without effect, and how many of each the page shows."""
UNSHOWN = frozenset({ClockName.OMBUDSMAN, *RAISED_BY})
"""Clocks that bind nobody who looks at them: they are said in words beside the ladder."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Material:
    """A case with its words, log, commands without effect, running clocks and names of units and people."""

    case: OpenCase
    messages: list[Message]
    log: list[LogEntry]
    waiting: list[CommandEntry]
    cancelling: list[CommandEntry]
    refused: list[CommandEntry]
    cancelled: list[CommandEntry]
    clocks: list[Running]
    names: Mapping[int, str]
    claimer: str
    way: Entry
    publication: list[PublicationEntry]
    now: datetime

    @property
    def file(self) -> CaseFile:
        """The case."""
        return self.case.file

    @property
    def holder(self) -> str:
        """The name of the unit that holds the case."""
        return self.names[self.file.state.holder.id]

    @property
    def events(self) -> list[Event]:
        """The log without its instants of writing."""
        return [row.event for row in self.log]


def material_of(case: OpenCase) -> Material:
    """The material as it stands now."""
    reader, case_id = services().reader, case.file.case_id
    log, derivations = reader.log(case_id), reader.derivations(case_id)
    commands = reader.commands_by_outcome(case_id, SHOWN_COMMANDS)
    waiting, refused = commands["waiting"], commands["refused"]
    publication = publication_store().changes(case_id)
    with services().database.read() as session:
        live = [clock for clock in case.state.live_clocks if clock.name not in UNSHOWN]
        clocks = [running(session, clock, derivations) for clock in live]
        publishers = {entry.unit_id or 0 for entry in publication}
        names = directory_store.unit_names(session, publishers | _unit_ids(case, log, [*waiting, *refused]))
    claimed_by = case.state.facts.claimed_by
    return Material(
        case=case,
        messages=reader.messages(case_id, for_reporter=False),
        log=log,
        waiting=waiting,
        cancelling=commands["cancelling"],
        refused=refused,
        cancelled=commands["cancelled"],
        clocks=sorted((clock for clock in clocks if clock is not None), key=_nearest),
        names=names,
        claimer="" if claimed_by is None else desk_query().people([claimed_by]).get(claimed_by, ""),
        way=way_of(case),
        publication=publication,
        now=services().now(),
    )


def _unit_ids(case: OpenCase, log: list[LogEntry], commands: list[CommandEntry]) -> set[int]:
    state = case.state
    ids = units_of_log([row.event for row in log]) | {state.holder.id, state.accused_unit_id or 0}
    ids |= set(state.facts.assisting)
    for entry in commands:
        ids |= {entry.command.actor.unit_id or 0}
        ids |= set() if entry.refusal is None else units_of_refusal(entry.refusal)
    return ids


def _nearest(given: Running) -> datetime:
    """What stands still comes last."""
    return due_of(given) or _NEVER
