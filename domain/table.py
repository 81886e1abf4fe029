"""What can happen to a case, as a table: from which stages, by whom, needing what, with which effect.

Source: CASE of the founding documents, "Who" and the table of actions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.act import handling, reporter, verification
from domain.act.change import lacks_words
from domain.case import OPEN_STAGES, Action, Relation, Stage
from domain.command import Command, RefusalReason
from domain.event import Event
from domain.state import CaseState

HOLDER_UNIT = frozenset({Relation.LIAISON, Relation.OPERATOR})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of the table: where an action starts from, who may, what it needs and what it does."""

    stages: frozenset[Stage]
    relations: frozenset[Relation]
    effect: Callable[[CaseState, Command], Event]
    lacks: Callable[[CaseState, Command], RefusalReason | None]
    versioned: bool = True


IN_HAND = frozenset({Stage.DISPOSED, Stage.IN_PROGRESS})

RULES: dict[Action, Rule] = {
    Action.DISPOSE: Rule(
        stages=frozenset({Stage.VERIFICATION}),
        relations=frozenset({Relation.VERIFIER}),
        effect=verification.dispose,
        lacks=verification.lacks_target,
    ),
    Action.FOLLOW_UP: Rule(
        stages=IN_HAND, relations=HOLDER_UNIT, effect=handling.follow_up, lacks=handling.lacks_follow_up
    ),
    Action.ANSWER: Rule(
        stages=IN_HAND,
        relations=frozenset({Relation.LIAISON}),
        effect=handling.answer,
        lacks=lacks_words,
    ),
    Action.CONFIRM: Rule(
        stages=frozenset({Stage.AWAITING_CONFIRMATION}),
        relations=frozenset({Relation.REPORTER}),
        effect=reporter.confirm,
        lacks=reporter.lacks_valid_rating,
    ),
    Action.DISPUTE: Rule(
        stages=frozenset({Stage.AWAITING_CONFIRMATION}),
        relations=frozenset({Relation.REPORTER}),
        effect=reporter.dispute,
        lacks=lacks_words,
    ),
    Action.MESSAGE: Rule(
        stages=OPEN_STAGES,
        relations=frozenset({Relation.REPORTER}),
        effect=reporter.message,
        lacks=lacks_words,
        versioned=False,
    ),
}
"""The table of CASE.md, as far as it is built."""
