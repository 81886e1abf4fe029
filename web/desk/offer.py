"""Which acts a page offers: what the rules allow, less what would only be refused, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from db.case_reader import CommandEntry
from domain.case import Action, Relation, Stage
from domain.decide import allowed_actions
from domain.table import RULES
from web.desk.choice import sub_units, targets
from web.desk.opened import ROLES_OF, OpenCase, rung_above
from web.text import LazyText, lazy_gettext

MAIN = frozenset({Action.DISPOSE, Action.FOLLOW_UP, Action.ANSWER, Action.CONTRIBUTE, Action.REVIVE})
"""Acts that can be what a person came for; all others wait folded."""
BUTTONS = frozenset({Action.CLAIM, Action.RELEASE})
"""Acts that are one button and no form."""
GROUPS: Mapping[LazyText, tuple[Action, ...]] = {
    lazy_gettext("Kepada pelapor"): (
        Action.FOLLOW_UP,
        Action.ANSWER,
        Action.ASK,
        Action.TAKE_BACK,
        Action.CORRECT_REPLY,
    ),
    lazy_gettext("Serahkan"): (
        Action.DISPOSE,
        Action.REDISPOSE,
        Action.NOT_OURS,
        Action.RETURN_CASE,
        Action.REASSIGN,
    ),
    lazy_gettext("Atur"): (
        Action.RECLASSIFY,
        Action.URGE,
        Action.RAISE_CASE,
        Action.EXTEND,
        Action.MERGE,
        Action.UNMERGE,
        Action.ARCHIVE,
        Action.REVIVE,
        Action.REOPEN,
    ),
    lazy_gettext("Di antara petugas"): (Action.CONTRIBUTE, Action.NOTE),
}
"""The folded acts under the words that tell them apart."""


def offered(case: OpenCase, waiting: list[CommandEntry], now: datetime) -> list[Action]:
    """What the person may do now, the likeliest first.

    While an act of the staff waits that would change the version, there is no second form of that sort.
    """
    allowed = set(allowed_actions(case.state, case.actor))
    blocked = any(_blocks(entry) for entry in waiting)
    found: list[Action] = [
        action
        for action in ROLES_OF
        if action in allowed
        and action is not Action.CANCEL
        and not (blocked and RULES[action].versioned)
        and _makes_sense(case, action, now)
    ]
    if case.state.stage is Stage.IN_PROGRESS:
        found.sort(key=lambda action: action is not Action.ANSWER)
    return found


def prepares(case: OpenCase, offered_now: list[Action]) -> list[Action]:
    """What an operator may write for the liaison officer, who alone publishes it. Source: CASE, "Who"."""
    in_hand = case.state.stage in {Stage.DISPOSED, Stage.IN_PROGRESS}
    operator = Relation.OPERATOR in case.actor.relations
    return [Action.ANSWER] if in_hand and operator and Action.ANSWER not in offered_now else []


def main_of(actions: list[Action]) -> Action | None:
    """The one that stands open and filled; None if nobody came for any of these."""
    return next((action for action in actions if action in MAIN), None)


def _blocks(entry: CommandEntry) -> bool:
    by_staff = Relation.REPORTER not in entry.command.actor.relations
    return by_staff and RULES[entry.command.action].versioned


def _makes_sense(case: OpenCase, action: Action, now: datetime) -> bool:
    """Whether the form could succeed: there is something to choose, and it is not too late."""
    facts, me = case.state.facts, case.person.id
    if action is Action.CLAIM:
        return facts.claimed_by != me
    if action is Action.RELEASE:
        return facts.claimed_by == me
    if action is Action.REDISPOSE:
        return bool(sub_units(case))
    if action is Action.DISPOSE:
        return bool(targets(case))
    if action is Action.RAISE_CASE:
        return rung_above(case) is not None
    if action is Action.TAKE_BACK and facts.answer is not None:
        return now <= facts.answer.at + timedelta(seconds=case.state.policy.take_back_seconds)
    if action is Action.URGE and facts.urged_at is not None:
        return now >= facts.urged_at + timedelta(hours=case.state.policy.nudge_every_hours)
    return True
