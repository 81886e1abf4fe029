"""Reports about the same thing: the younger case follows the elder one, and can be parted from it.

The elder agrees first (`adopt`), then the younger one ends (`merge`). As a case joins only an elder one, two
cases cannot join each other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.act.change import quiet_event_of
from domain.act.ending import archived, brought_back
from domain.actor import SYSTEM_ACTOR, Actor
from domain.case import Action, EndReason, Relation, UnitLevel
from domain.command import Body, Command, OtherCase, RefusalReason
from domain.event import Event, EventKind
from domain.state import CaseState


def merge(state: CaseState, command: Command) -> Event:
    """The younger case ends as a duplicate; its reporters hear of the elder one."""
    elder = _other(command)
    event = archived(state, command, EventKind.MERGED, EndReason.DUPLICATE)
    assert event.facts is not None  # noqa: S101  an end always remembers what was before
    return replace(event, other_id=elder.id, facts=replace(event.facts, merged_into=elder.id))


def bars_merging(state: CaseState, actor: Actor) -> RefusalReason | None:
    """The holder's own: an agency does not merge what one of its units holds."""
    office = state.holder.level is UnitLevel.DEPARTMENT
    mine = Relation.LIAISON if office else Relation.VERIFIER
    return None if mine in actor.relations else RefusalReason.NOT_YOURS


def lacks_elder(state: CaseState, command: Command) -> RefusalReason | None:
    """An elder case of the same secrecy."""
    elder = command.body.other
    if elder is None:
        return RefusalReason.INCOMPLETE
    if elder.id >= state.case_id:
        return RefusalReason.NOT_ELDER
    return None if state.secret in {None, elder.secret} else RefusalReason.OTHER_SECRECY


def adopt(state: CaseState, command: Command) -> Event:
    """The elder case will be followed by a younger one."""
    younger = _other(command)
    followers = (*(one for one in state.facts.followers if one != younger.id), younger.id)
    return quiet_event_of(
        state,
        command,
        EventKind.FOLLOWER_JOINED,
        other_id=younger.id,
        facts=replace(state.facts, followers=followers),
    )


def lacks_younger(state: CaseState, command: Command) -> RefusalReason | None:
    """A younger case of the same secrecy."""
    younger = command.body.other
    if younger is None:
        return RefusalReason.INCOMPLETE
    if younger.id <= state.case_id:
        return RefusalReason.NOT_ELDER
    return None if state.secret in {None, younger.secret} else RefusalReason.OTHER_SECRECY


def disown(state: CaseState, command: Command) -> Event:
    """The younger case goes its own way."""
    younger = _other(command)
    followers = tuple(one for one in state.facts.followers if one != younger.id)
    return quiet_event_of(
        state,
        command,
        EventKind.FOLLOWER_LEFT,
        other_id=younger.id,
        facts=replace(state.facts, followers=followers),
    )


def lacks_follower(state: CaseState, command: Command) -> RefusalReason | None:
    """Only one that follows can leave."""
    other = command.body.other
    return None if other is not None and other.id in state.facts.followers else RefusalReason.ALREADY_DONE


def unmerge(state: CaseState, command: Command) -> Event:
    """The younger case is a case of its own again; the time between is a pause."""
    event = brought_back(state, command, EventKind.UNMERGED)
    return replace(event, other_id=state.facts.merged_into)


def bars_unmerging(state: CaseState, actor: Actor) -> RefusalReason | None:
    """Only what was joined can be parted."""
    return RefusalReason.WRONG_STAGE if state.facts.merged_into is None else None


def adoption(merge_command: Command, case_id: int, code: str) -> Command:
    """What the elder case is asked before a merge: the same id always asks the same."""
    elder = _other(merge_command)
    younger = OtherCase(id=case_id, code=code, secret=elder.secret)
    return Command(
        id=f"{merge_command.id}:adopt",
        action=Action.ADOPT,
        actor=SYSTEM_ACTOR,
        recorded_at=merge_command.recorded_at,
        body=Body(other=younger),
    )


def disowning(because_of: str, case_id: int, code: str, at: datetime) -> Command:
    """What the elder case is told when a younger one does not follow it after all, or not any more.

    `because_of`: the id of the merge that failed, or of the act that parted them.
    """
    return Command(
        id=f"d-{because_of.replace('-', '')}",
        action=Action.DISOWN,
        actor=SYSTEM_ACTOR,
        recorded_at=at,
        body=Body(other=OtherCase(id=case_id, code=code, secret=False)),
    )


def _other(command: Command) -> OtherCase:
    other = command.body.other
    assert other is not None  # noqa: S101  the rule has refused it without one
    return other
