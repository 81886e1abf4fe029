"""How a case comes into other hands: disposed, sent up, sent back, passed down, given away."""

from __future__ import annotations

from dataclasses import replace

from domain.act.change import (
    event_of,
    lacks_words,
    moved,
    moved_resolution,
    resumed_resolution,
    stage_of_beginning,
    stop,
    working_clocks,
)
from domain.actor import Actor, UnitRef
from domain.case import ClockName, Relation, Role, Stage, UnitLevel
from domain.clock import Clock
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.facts import Facts
from domain.state import CaseState

HOLDERS_CLOCKS = (ClockName.VERIFICATION, ClockName.FIRST_FOLLOW_UP, ClockName.PROMISE)
"""What binds the holder alone and ends when the case leaves it."""


def dispose(state: CaseState, command: Command) -> Event:
    """To an agency the verification clock runs on; to a unit it stops and first follow-up starts.

    What an arbiter disposes cannot be returned.
    """
    unit, facts = _target(command), _disposal_facts(state, command)
    kind = command.body.kind or state.kind
    classified = replace(state, kind=kind)
    if unit.level is UnitLevel.DEPARTMENT:
        event = _hand_over(classified, command, EventKind.DISPOSED, unit, facts)
    else:
        event = _sent_on(classified, command, EventKind.DISPOSED, unit, facts)
    return replace(event, accused_unit_id=command.body.accused_unit_id)


def _disposal_facts(state: CaseState, command: Command) -> Facts:
    facts, body = state.facts, command.body
    return replace(
        facts,
        way_back=(*facts.way_back, state.holder),
        settled=facts.settled or facts.in_arbitration,
        in_arbitration=False,
        claimed_by=None,
        category_id=body.category_id or facts.category_id,
        accused_person_id=body.accused_person_id or facts.accused_person_id,
        assisting=body.assisting,
        publish=body.publish,
    )


def lacks_disposal(state: CaseState, command: Command) -> RefusalReason | None:
    """Disposal needs a unit below, and never the one that the report accuses."""
    unit = command.body.unit
    if unit is None or unit.level is UnitLevel.NATIONAL or unit.id == state.holder.id:
        return RefusalReason.INCOMPLETE
    if state.holder.level is UnitLevel.AGENCY and unit.agency_id != state.holder.agency_id:
        return RefusalReason.INCOMPLETE
    reached = (unit.id, *command.body.assisting)
    accused = command.body.accused_unit_id or state.accused_unit_id
    return RefusalReason.ACCUSED_UNIT if accused in reached else None


def not_ours(state: CaseState, command: Command) -> Event:
    """One level up, the same clock; the second bounce goes to the arbiter between agencies."""
    bounced = state.facts.bounce_count + 1
    arbitrated = bounced >= state.policy.bounce_limit
    unit = national(state) if arbitrated else _target(command)
    facts = replace(
        state.facts,
        bounce_count=bounced,
        crossed=True,
        in_arbitration=arbitrated,
        way_back=(),
        claimed_by=None,
        assisting=(),
    )
    return _sent_on(state, command, EventKind.NOT_OURS, unit, facts)


def lacks_level_up(state: CaseState, command: Command) -> RefusalReason | None:
    """Words that say why, and a unit that stands above the holder."""
    unit = command.body.unit
    if unit is None or unit.level is UnitLevel.DEPARTMENT or unit.id == state.holder.id:
        return RefusalReason.INCOMPLETE
    return _accused(state, unit) or lacks_words(state, command)


def bars_level_up(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Not above the highest level, and not against an arbiter."""
    if state.facts.settled:
        return RefusalReason.SETTLED
    return RefusalReason.NOWHERE_UP if state.holder.level is UnitLevel.NATIONAL else None


def return_case(state: CaseState, command: Command) -> Event:
    """Back to whoever disposed it; the second bounce goes to the arbiter instead."""
    bounced = state.facts.bounce_count + 1
    arbitrated = bounced >= state.policy.bounce_limit
    back = state.facts.way_back[-1] if state.facts.way_back else agency(state)
    unit = arbiter(state) if arbitrated else _unless_accused(state, back)
    facts = replace(
        state.facts,
        bounce_count=bounced,
        crossed=state.facts.crossed or unit.agency_id != state.holder.agency_id,
        in_arbitration=arbitrated,
        way_back=state.facts.way_back[:-1],
        claimed_by=None,
        assisting=(),
    )
    return _hand_over(state, command, EventKind.RETURNED, unit, facts)


def bars_return(state: CaseState, actor: Actor) -> RefusalReason | None:
    """What an arbiter has disposed stays."""
    return RefusalReason.SETTLED if state.facts.settled else None


def redispose(state: CaseState, command: Command) -> Event:
    """Down to a sub-unit, whose first follow-up starts anew; no bounce."""
    unit = _target(command)
    facts = replace(
        state.facts,
        way_back=(*state.facts.way_back, state.holder),
        claimed_by=None,
        assisting=_helpers(state, unit),
    )
    return _hand_over(state, command, EventKind.REDISPOSED, unit, facts)


def lacks_sub_unit(state: CaseState, command: Command) -> RefusalReason | None:
    """Another office of the same agency, and never the accused one."""
    unit = command.body.unit
    if unit is None or unit.level is not UnitLevel.DEPARTMENT or unit.id == state.holder.id:
        return RefusalReason.INCOMPLETE
    if unit.agency_id != state.holder.agency_id:
        return RefusalReason.INCOMPLETE
    return _accused(state, unit)


def reassign(state: CaseState, command: Command) -> Event:
    """To another unit in any open stage; the reporter's turn stays the reporter's, an answer is void.

    What an arbiter assigns cannot be returned.
    """
    unit = _target(command)
    by_arbiter = Relation.SUPERVISOR not in command.actor.relations
    facts = replace(
        state.facts,
        way_back=(agency_of(unit),),
        settled=state.facts.settled or by_arbiter,
        in_arbitration=False,
        claimed_by=None,
        assisting=_helpers(state, unit),
        answer=None,
    )
    if state.stage is Stage.AWAITING_REPORTER:
        return _hand_over_waiting(state, command, unit, facts)
    event = _hand_over(state, command, EventKind.REASSIGNED, unit, facts)
    if state.stage is not Stage.AWAITING_CONFIRMATION:
        return event
    at = command.recorded_at
    resolution = (one.move(unit.id, at) for one in resumed_resolution(state, at))
    confirmation = stop(state, at, ClockName.CONFIRMATION)
    return replace(event, clocks=(*event.clocks, *confirmation, *resolution))


def lacks_new_holder(state: CaseState, command: Command) -> RefusalReason | None:
    """Words that say why, and a unit within the reach of whoever decides; never the accused one."""
    unit = command.body.unit
    if unit is None or unit.id == state.holder.id or unit.level is UnitLevel.NATIONAL:
        return RefusalReason.INCOMPLETE
    if unit.agency_id != state.holder.agency_id and command.actor.role is not Role.NATIONAL_ADMIN:
        return RefusalReason.NOT_YOURS
    return _accused(state, unit) or lacks_words(state, command)


def agency(state: CaseState) -> UnitRef:
    """The agency of the holder."""
    holder = state.holder
    return holder if holder.level is UnitLevel.NATIONAL else agency_of(holder)


def agency_of(unit: UnitRef) -> UnitRef:
    """The agency that a unit belongs to."""
    return UnitRef(id=unit.agency_id, level=UnitLevel.AGENCY, agency_id=unit.agency_id)


def national(state: CaseState) -> UnitRef:
    """The highest level."""
    return UnitRef(id=state.national_id, level=UnitLevel.NATIONAL, agency_id=state.national_id)


def arbiter(state: CaseState) -> UnitRef:
    """Who decides for good: the agency among its own units, the national level between agencies."""
    return national(state) if state.facts.crossed else _unless_accused(state, agency(state))


def _unless_accused(state: CaseState, unit: UnitRef) -> UnitRef:
    """The unit, or the highest level in place of one that the report accuses."""
    return national(state) if unit.id == state.accused_unit_id else unit


def _sent_on(state: CaseState, command: Command, kind: EventKind, unit: UnitRef, facts: Facts) -> Event:
    """Between verifiers the same clock runs on."""
    at = command.recorded_at
    clocks = (
        *moved(state, at, unit.id, ClockName.VERIFICATION),
        *moved_resolution(state, at, unit.id, state.kind),
    )
    return event_of(state, command, kind, holder=unit, clocks=clocks, facts=facts)


def _hand_over(state: CaseState, command: Command, kind: EventKind, unit: UnitRef, facts: Facts) -> Event:
    """The new holder's own clock starts, the old one's ends, the resolution runs on."""
    at, given = command.recorded_at, replace(state, holder=unit)
    clocks = (
        *stop(state, at, *HOLDERS_CLOCKS),
        *working_clocks(given, at),
        *moved_resolution(state, at, unit.id, state.kind),
    )
    stage = stage_of_beginning(given)
    return event_of(state, command, kind, holder=unit, stage=stage, clocks=clocks, facts=facts)


def _hand_over_waiting(state: CaseState, command: Command, unit: UnitRef, facts: Facts) -> Event:
    """The reporter is still asked: the new holder's clock stands still from its start."""
    given = replace(state, holder=unit)
    facts = replace(facts, return_stage=stage_of_beginning(given))
    event = _hand_over(state, command, EventKind.REASSIGNED, unit, facts)
    return replace(
        event,
        stage=Stage.AWAITING_REPORTER,
        clocks=tuple(_still(clock, command) for clock in event.clocks)
        + moved(state, command.recorded_at, unit.id, ClockName.COMPLETION),
    )


def _still(clock: Clock, command: Command) -> Clock:
    starts = clock.live and clock.started_at == command.recorded_at
    return clock.pause(command.recorded_at) if starts else clock


def _helpers(state: CaseState, unit: UnitRef) -> tuple[int, ...]:
    """Who goes on helping a new holder: in the same agency, and not the new holder itself."""
    if unit.agency_id != state.holder.agency_id:
        return ()
    return tuple(helper for helper in state.facts.assisting if helper != unit.id)


def _target(command: Command) -> UnitRef:
    unit = command.body.unit
    assert unit is not None  # noqa: S101  the rule has refused a way to nowhere
    return unit


def _accused(state: CaseState, unit: UnitRef) -> RefusalReason | None:
    """Only a disposal names whom the report accuses."""
    return RefusalReason.ACCUSED_UNIT if unit.id == state.accused_unit_id else None
