"""What the reporter may do now, and what of theirs is still under way."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.case_reader import CommandEntry
from db.command_store import MAX_MESSAGES
from db.standing_store import StandingStore
from db.vault_store import Gate
from domain.actor import reporter_actor
from domain.case import REPORTER_STAGES, Action, Channel, Relation, Stage
from domain.decide import allowed_actions
from domain.state import CaseState
from domain.table import RULES
from web.services import services

SHOWN, MOST = ("waiting", "cancelling", "refused", "cancelled"), 10
"""Outcomes of which the page of a case tells, and how many acts with each."""
ONCE = frozenset({Action.COMPLETE, Action.NUDGE})
"""Acts that are not offered again while one of them waits."""


def own_commands(gate: Gate, outcome: str) -> list[CommandEntry]:
    """The reporter's own acts with that outcome; what staff have under way is not theirs to see."""
    entries = services().reader.commands_by_outcome(gate.case_id, dict.fromkeys(SHOWN, MOST))[outcome]
    return [entry for entry in entries if Relation.REPORTER in entry.command.actor.relations]


def offered(state: CaseState, waiting: list[CommandEntry]) -> frozenset[Action]:
    """What the reporter may do now. While a verdict waits there is no second one.

    A message to whoever has asked something is the answer, so there is one box for both.
    """
    allowed = frozenset(allowed_actions(state, reporter_actor(Channel.WEB))) - {Action.CANCEL}
    actions = {entry.command.action for entry in waiting}
    if any(RULES[action].versioned for action in actions):
        allowed -= {action for action in allowed if RULES[action].versioned}
    if state.stage is Stage.AWAITING_REPORTER:
        allowed -= {Action.MESSAGE}
    if state.stage in REPORTER_STAGES:
        allowed -= {Action.NUDGE}
    return allowed - (ONCE & actions)


def offers(gate: Gate, action: Action) -> bool:
    """Whether the page has the form of that act now."""
    state = StandingStore(services().database).of(gate.case_id).state
    return action in offered(state, own_commands(gate, "waiting"))


def messages_left(gate: Gate) -> int:
    """How many more messages the case takes."""
    return max(0, MAX_MESSAGES - services().reader.message_count(gate.case_id))


def nudge_again_at(state: CaseState, now: datetime) -> datetime | None:
    """When the reporter can ask again how it stands; None if at once."""
    last = state.facts.nudged_at
    if last is None:
        return None
    again_at = last + timedelta(hours=state.policy.nudge_every_hours)
    return again_at if again_at > now else None
