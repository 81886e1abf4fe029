"""What those above and around the holder do: grant time, classify, claim, take notes, call back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.act.change import event_of, moved_resolution, quiet_event_of
from domain.actor import Actor
from domain.case import ClockName, Relation, Stage
from domain.command import Command, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState

CANCELLED_KEPT = 50


def extend(state: CaseState, command: Command) -> Event:
    """More time for the resolution, once; what was late by then stays in the log.

    What is so late that even then its time has passed stays late.
    """
    facts = replace(state.facts, extended=True)
    clock = state.clock(ClockName.RESOLUTION)
    assert clock is not None  # noqa: S101  barred without one
    amount = state.policy.resolution_amount(state.kind, extended=True)
    changed_at = command.recorded_at if clock.expired_at is None else clock.changed_at
    longer = clock.recount(amount=amount, changed_at=changed_at)
    return event_of(state, command, EventKind.EXTENDED, clocks=(longer,), facts=facts)


def bars_extending(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Once, while the resolution runs or is late, and if the policy grants time in its unit."""
    if state.facts.extended:
        return RefusalReason.ALREADY_DONE
    clock = state.clock(ClockName.RESOLUTION)
    runs = clock is not None and clock.live
    granted = state.policy.resolution[state.kind].unit is state.policy.extension.unit
    return None if runs and granted else RefusalReason.NOT_RUNNING


def reclassify(state: CaseState, command: Command) -> Event:
    """Another kind or category: same start, same pauses, the kind's amount."""
    body = command.body
    kind = body.kind or state.kind
    return event_of(
        state,
        command,
        EventKind.RECLASSIFIED,
        case_kind=kind,
        clocks=moved_resolution(state, command.recorded_at, _calendar_of_resolution(state), kind),
        facts=replace(state.facts, category_id=body.category_id or state.facts.category_id),
    )


def _calendar_of_resolution(state: CaseState) -> int:
    clock = state.clock(ClockName.RESOLUTION)
    return state.holder.id if clock is None else clock.unit_id


def lacks_other_class(state: CaseState, command: Command) -> RefusalReason | None:
    """Something must be different afterwards."""
    body = command.body
    new_kind = body.kind is not None and body.kind is not state.kind
    new_category = body.category_id is not None and body.category_id != state.facts.category_id
    return None if new_kind or new_category else RefusalReason.INCOMPLETE


def claim(state: CaseState, command: Command) -> Event:
    """Shows who is on it; nobody is kept from acting. Whoever was on it before hears of it."""
    before, by = state.facts.claimed_by, command.actor.person_id
    facts = replace(state.facts, claimed_by=by)
    if before in {None, by}:
        return quiet_event_of(state, command, EventKind.CLAIMED, facts=facts)
    return quiet_event_of(state, command, EventKind.TAKEN_OVER, facts=facts, taken_from=before)


def release(state: CaseState, command: Command) -> Event:
    """Nobody is on it any more."""
    return quiet_event_of(state, command, EventKind.RELEASED, facts=replace(state.facts, claimed_by=None))


def bars_releasing(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Somebody must be on it."""
    return RefusalReason.NOT_CLAIMED if state.facts.claimed_by is None else None


def nudge(state: CaseState, command: Command) -> Event:
    """The reporter asks how it stands."""
    facts = replace(state.facts, nudged_at=command.recorded_at)
    return quiet_event_of(state, command, EventKind.NUDGED, facts=facts)


def lacks_patience(state: CaseState, command: Command) -> RefusalReason | None:
    """One nudge a day is heard; more would only be noise."""
    return _too_soon(state, state.facts.nudged_at, command)


def urge(state: CaseState, command: Command) -> Event:
    """Those above remind the holder; nothing else changes."""
    return quiet_event_of(
        state, command, EventKind.URGED, facts=replace(state.facts, urged_at=command.recorded_at)
    )


def bars_urging(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Who must act next reminds nobody."""
    own = state.stage is Stage.VERIFICATION and Relation.VERIFIER in actor.relations
    return RefusalReason.NOT_YOURS if own else None


def lacks_restraint(state: CaseState, command: Command) -> RefusalReason | None:
    """As seldom as the reporter may ask, and apart from that."""
    return _too_soon(state, state.facts.urged_at, command)


def _too_soon(state: CaseState, last: datetime | None, command: Command) -> RefusalReason | None:
    if last is None:
        return None
    again = last + timedelta(hours=state.policy.nudge_every_hours)
    return RefusalReason.TOO_SOON if command.recorded_at < again else None


def note(state: CaseState, command: Command) -> Event:
    """Words that only staff read."""
    return quiet_event_of(state, command, EventKind.NOTED)


def contribute(state: CaseState, command: Command) -> Event:
    """What an assisting unit has to say for the holder's answer."""
    return quiet_event_of(state, command, EventKind.CONTRIBUTED)


def cancel(state: CaseState, command: Command) -> Event:
    """A command that has not come yet will be refused when it comes."""
    cancelled = command.body.cancels
    assert cancelled is not None  # noqa: S101  the rule has refused it without one
    kept = (*state.facts.cancelled, cancelled)[-CANCELLED_KEPT:]
    facts = replace(state.facts, cancelled=kept)
    return quiet_event_of(state, command, EventKind.COMMAND_CANCELLED, cancels=cancelled, facts=facts)


def lacks_waiting_command(state: CaseState, command: Command) -> RefusalReason | None:
    """What has been applied cannot be called back."""
    if command.body.cancels is None:
        return RefusalReason.INCOMPLETE
    return RefusalReason.APPLIED if command.body.cancels in state.done else None
