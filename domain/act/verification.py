"""What a verifier does: sends a case to those who can solve it."""

from __future__ import annotations

from domain.act.change import event_of, moved_clock, recount_resolution, stop
from domain.case import ClockName, Stage, UnitLevel
from domain.clock import Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState


def dispose(state: CaseState, command: Command) -> Event:
    """To an agency the verification clock runs on; to a unit it stops and first follow-up starts."""
    unit = command.body.unit
    assert unit is not None  # noqa: S101  the rule has refused a disposal to nowhere
    kind = command.body.kind or state.kind
    resolution = recount_resolution(state, command, unit.id)
    if unit.level is UnitLevel.AGENCY:
        moved = moved_clock(state, ClockName.VERIFICATION, unit.id)
        return event_of(
            state,
            command,
            EventKind.DISPOSED,
            holder=unit,
            case_kind=kind,
            clocks=(*moved, *resolution),
            accused_unit_id=command.body.accused_unit_id,
        )
    follow_up = Clock(
        name=ClockName.FIRST_FOLLOW_UP,
        unit_id=unit.id,
        amount=state.policy.first_follow_up,
        started_at=command.recorded_at,
    )
    return event_of(
        state,
        command,
        EventKind.DISPOSED,
        stage=Stage.DISPOSED,
        holder=unit,
        case_kind=kind,
        clocks=(*stop(state, command, ClockName.VERIFICATION), follow_up, *resolution),
        accused_unit_id=command.body.accused_unit_id,
    )


def lacks_target(state: CaseState, command: Command) -> RefusalReason | None:
    """Disposal needs a unit below, and never the one that the report accuses."""
    unit = command.body.unit
    if unit is None or unit.level is UnitLevel.NATIONAL or unit.id == state.holder.id:
        return RefusalReason.INCOMPLETE
    if state.holder.level is UnitLevel.AGENCY and unit.agency_id != state.holder.agency_id:
        return RefusalReason.INCOMPLETE
    accused = command.body.accused_unit_id or state.accused_unit_id
    return RefusalReason.ACCUSED_UNIT if unit.id == accused else None
