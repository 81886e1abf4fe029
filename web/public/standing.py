"""What a tracking page reads of a case before it is put into words; not a word of it is unsealed for this."""

from __future__ import annotations

from dataclasses import dataclass

from db import directory_store
from db.standing_store import Standing, StandingStore
from db.vault_store import Gate
from domain.case import ClockName, Stage
from domain.event import Event
from domain.state import CaseState
from web.presenter.clock import Running, running
from web.presenter.happening import units_of_log
from web.services import services


@dataclass(frozen=True, kw_only=True)
class Known:
    """A case as its log and clocks tell it; `due` binds whoever must act, `promise` concerns the reporter."""

    found: Standing
    events: list[Event]
    names: dict[int, str]
    due: Running | None
    promise: Running | None

    @property
    def state(self) -> CaseState:
        """The state as recorded."""
        return self.found.state

    @property
    def holder(self) -> str:
        """The name of the unit that has the case."""
        return self.names.get(self.state.holder.id, "")


def know(case_id: int) -> Known:
    """A case that is there."""
    reader, found = services().reader, StandingStore(services().database).of(case_id)
    events = [entry.event for entry in reader.log(case_id)]
    derivations = reader.derivations(case_id)
    with services().database.read() as session:
        names = directory_store.unit_names(session, units_of_log(events) | {found.state.holder.id})
        due = running(session, found.state.due, derivations)
        promise = running(session, found.state.clock(_promised(found.state)), derivations)
    return Known(found=found, events=events, names=names, due=due, promise=promise)


def holder_name(gate: Gate) -> str:
    """The unit that now has the case."""
    return know(gate.case_id).holder


def elder_of(known: Known) -> Known | None:
    """The case that a merged one follows, to the last; each is older than the one before it."""
    elder = known
    while elder.state.facts.merged_into is not None:
        elder = know(elder.state.facts.merged_into)
    return None if elder is known else elder


def _promised(state: CaseState) -> ClockName:
    """The date that concerns the reporter: the answer, or their own to say whether it is done."""
    awaiting = state.stage is Stage.AWAITING_CONFIRMATION
    return ClockName.CONFIRMATION if awaiting else ClockName.RESOLUTION
