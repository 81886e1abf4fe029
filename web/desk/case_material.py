"""All that the page of a case is made of, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db import directory_store
from db.case_reader import CaseFile, CommandEntry, LogEntry, Message
from domain.event import Event
from web.desk.opened import OpenCase
from web.presenter.clock import Running, running
from web.presenter.labels import units_of_log, units_of_refusal
from web.services import services

REFUSED_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Material:
    """A case with its words, log, commands without effect, running clocks and names of units."""

    case: OpenCase
    messages: list[Message]
    log: list[LogEntry]
    waiting: list[CommandEntry]
    refused: list[CommandEntry]
    clocks: list[Running]
    names: Mapping[int, str]
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
    log = reader.log(case_id)
    waiting, refused = reader.commands(case_id, "waiting"), reader.commands(case_id, "refused", REFUSED_SHOWN)
    derivations = reader.derivations(case_id)
    with services().database.read() as session:
        clocks = [running(session, clock, derivations) for clock in case.state.live_clocks]
        names = directory_store.unit_names(session, _unit_ids(case, log, [*waiting, *refused]))
    return Material(
        case=case,
        messages=reader.messages(case_id, for_reporter=False),
        log=log,
        waiting=waiting,
        refused=refused,
        clocks=sorted((clock for clock in clocks if clock is not None), key=due_of),
        names=names,
        now=services().now(),
    )


def _unit_ids(case: OpenCase, log: list[LogEntry], commands: list[CommandEntry]) -> set[int]:
    ids = units_of_log([row.event for row in log]) | {case.state.holder.id}
    for entry in commands:
        ids |= {entry.command.actor.unit_id or 0}
        ids |= set() if entry.refusal is None else units_of_refusal(entry.refusal)
    return ids


def due_of(given: Running) -> datetime:
    """When a running clock is due."""
    assert given.derivation.due_at is not None  # noqa: S101  `running` gives only dated clocks
    return given.derivation.due_at
