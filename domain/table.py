"""What can happen to a case, as a table: from which stages, by whom, needing what, with which effect.

Source: CASE of the founding documents, "Who" and the table of actions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.act import asking, ending, handling, handover, joining, raising, steering, verdict
from domain.act.change import lacks_words, nothing_bars, nothing_lacks
from domain.actor import Actor
from domain.case import OPEN_STAGES, REPORTER_STAGES, Action, Relation, Stage
from domain.command import Command, RefusalReason
from domain.event import Event
from domain.state import CaseState

Who = dict[Stage, frozenset[Relation]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of the table.

    Attributes:
        who: the relations that may, by the stage from which the action starts.
        effect: the event that it becomes.
        bars: why it cannot be done now by such an actor, whatever the form says; pages do not offer it then.
        lacks: what the form lacks.
        versioned: whether a form made from an older version is refused.
    """

    who: Who
    effect: Callable[[CaseState, Command], Event]
    bars: Callable[[CaseState, Actor], RefusalReason | None] = nothing_bars
    lacks: Callable[[CaseState, Command], RefusalReason | None] = nothing_lacks
    versioned: bool = True


REPORTER, SYSTEM = frozenset({Relation.REPORTER}), frozenset({Relation.SYSTEM})
VERIFIER, LIAISON = frozenset({Relation.VERIFIER}), frozenset({Relation.LIAISON})
SUPERVISOR, ASSISTANT = frozenset({Relation.SUPERVISOR}), frozenset({Relation.ASSISTANT})
HOLDER_UNIT = frozenset({Relation.LIAISON, Relation.OPERATOR})
DECIDERS = frozenset({Relation.SUPERVISOR, Relation.ARBITER})
HANDLERS = HOLDER_UNIT | VERIFIER | SUPERVISOR
STAFF = HANDLERS | DECIDERS | ASSISTANT
ANYBODY = frozenset(Relation)

AWAITING_REPORTER = frozenset({Stage.AWAITING_REPORTER})
AWAITING_CONFIRMATION = frozenset({Stage.AWAITING_CONFIRMATION})
VERIFICATION, DISPOSED = frozenset({Stage.VERIFICATION}), frozenset({Stage.DISPOSED})
CLOSED, ARCHIVED = frozenset({Stage.CLOSED}), frozenset({Stage.ARCHIVED})
IN_HAND = frozenset({Stage.DISPOSED, Stage.IN_PROGRESS})


def _in(stages: frozenset[Stage], relations: frozenset[Relation]) -> Who:
    return dict.fromkeys(stages, relations)


RULES: dict[Action, Rule] = {
    Action.DISPOSE: Rule(
        who=_in(VERIFICATION, VERIFIER), effect=handover.dispose, lacks=handover.lacks_disposal
    ),
    Action.ASK: Rule(
        who=_in(VERIFICATION, VERIFIER | SUPERVISOR)
        | _in(IN_HAND, HOLDER_UNIT | SUPERVISOR)
        | _in(AWAITING_REPORTER, HANDLERS),
        effect=asking.ask,
        bars=asking.bars_asking,
        lacks=lacks_words,
    ),
    Action.COMPLETE: Rule(
        who=_in(AWAITING_REPORTER, REPORTER), effect=asking.complete, lacks=lacks_words, versioned=False
    ),
    Action.NOT_OURS: Rule(
        who=_in(VERIFICATION, VERIFIER),
        effect=handover.not_ours,
        bars=handover.bars_level_up,
        lacks=handover.lacks_level_up,
    ),
    Action.RETURN_CASE: Rule(
        who=_in(DISPOSED, LIAISON | SUPERVISOR) | _in(frozenset({Stage.IN_PROGRESS}), SUPERVISOR),
        effect=handover.return_case,
        bars=handover.bars_return,
        lacks=lacks_words,
    ),
    Action.REDISPOSE: Rule(
        who=_in(IN_HAND, LIAISON | SUPERVISOR), effect=handover.redispose, lacks=handover.lacks_sub_unit
    ),
    Action.FOLLOW_UP: Rule(
        who=_in(IN_HAND, HOLDER_UNIT | SUPERVISOR),
        effect=handling.follow_up,
        bars=handling.bars_following_up,
        lacks=handling.lacks_follow_up,
    ),
    Action.ANSWER: Rule(
        who=_in(IN_HAND, HOLDER_UNIT | SUPERVISOR),
        effect=handling.answer,
        bars=handling.bars_publishing,
        lacks=lacks_words,
    ),
    Action.TAKE_BACK: Rule(
        who=_in(AWAITING_CONFIRMATION, HOLDER_UNIT | SUPERVISOR),
        effect=handling.take_back,
        bars=handling.bars_taking_back,
        lacks=handling.lacks_haste,
    ),
    Action.CORRECT_REPLY: Rule(
        who=_in(frozenset(Stage), LIAISON | SUPERVISOR),
        effect=handling.correct_reply,
        bars=handling.bars_correcting,
        lacks=handling.lacks_correction,
        versioned=False,
    ),
    Action.CONFIRM: Rule(
        who=_in(AWAITING_CONFIRMATION, REPORTER), effect=verdict.confirm, lacks=verdict.lacks_valid_rating
    ),
    Action.DISPUTE: Rule(who=_in(AWAITING_CONFIRMATION, REPORTER), effect=verdict.dispute, lacks=lacks_words),
    Action.ARCHIVE: Rule(
        who=_in(OPEN_STAGES, SUPERVISOR) | _in(VERIFICATION, VERIFIER),
        effect=ending.archive,
        lacks=ending.lacks_archive_reason,
    ),
    Action.WITHDRAW: Rule(
        who=_in(OPEN_STAGES, REPORTER), effect=ending.withdraw, bars=ending.bars_withdrawing
    ),
    Action.MERGE: Rule(
        who=_in(OPEN_STAGES, VERIFIER | LIAISON),
        effect=joining.merge,
        bars=joining.bars_merging,
        lacks=joining.lacks_elder,
    ),
    Action.UNMERGE: Rule(who=_in(ARCHIVED, SUPERVISOR), effect=joining.unmerge, bars=joining.bars_unmerging),
    Action.REASSIGN: Rule(
        who=_in(OPEN_STAGES, DECIDERS), effect=handover.reassign, lacks=handover.lacks_new_holder
    ),
    Action.EXTEND: Rule(
        who=_in(OPEN_STAGES, SUPERVISOR),
        effect=steering.extend,
        bars=steering.bars_extending,
        lacks=lacks_words,
    ),
    Action.RECLASSIFY: Rule(
        who=_in(OPEN_STAGES, VERIFIER | SUPERVISOR),
        effect=steering.reclassify,
        lacks=steering.lacks_other_class,
    ),
    Action.CLAIM: Rule(who=_in(OPEN_STAGES, HANDLERS), effect=steering.claim, versioned=False),
    Action.RELEASE: Rule(
        who=_in(OPEN_STAGES, HANDLERS),
        effect=steering.release,
        bars=steering.bars_releasing,
        versioned=False,
    ),
    Action.NUDGE: Rule(
        who=_in(OPEN_STAGES, REPORTER),
        effect=steering.nudge,
        lacks=steering.lacks_patience,
        versioned=False,
    ),
    Action.URGE: Rule(
        who=_in(OPEN_STAGES - REPORTER_STAGES, DECIDERS),
        effect=steering.urge,
        bars=steering.bars_urging,
        lacks=steering.lacks_restraint,
        versioned=False,
    ),
    Action.RAISE_CASE: Rule(
        who=_in(OPEN_STAGES - REPORTER_STAGES, DECIDERS),
        effect=raising.raise_case,
        bars=raising.bars_raising,
        lacks=lacks_words,
        versioned=False,
    ),
    Action.NOTE: Rule(who=_in(OPEN_STAGES, STAFF), effect=steering.note, lacks=lacks_words, versioned=False),
    Action.CONTRIBUTE: Rule(
        who=_in(OPEN_STAGES, ASSISTANT), effect=steering.contribute, lacks=lacks_words, versioned=False
    ),
    Action.MESSAGE: Rule(
        who=_in(OPEN_STAGES, REPORTER), effect=asking.message, lacks=lacks_words, versioned=False
    ),
    Action.REOPEN: Rule(
        who=_in(CLOSED, REPORTER | SUPERVISOR),
        effect=ending.reopen,
        bars=ending.bars_reopening,
        lacks=lacks_words,
    ),
    Action.REVIVE: Rule(
        who=_in(ARCHIVED, REPORTER | VERIFIER),
        effect=ending.revive,
        bars=ending.bars_reviving,
        lacks=ending.lacks_missing_words,
    ),
    Action.TRANSFER_TO_OMBUDSMAN: Rule(
        who=_in(OPEN_STAGES, REPORTER),
        effect=ending.transfer_to_ombudsman,
        bars=ending.bars_transfer,
        lacks=ending.lacks_consent,
    ),
    Action.CANCEL: Rule(
        who=_in(frozenset(Stage), ANYBODY),
        effect=steering.cancel,
        lacks=steering.lacks_waiting_command,
        versioned=False,
    ),
    Action.ADOPT: Rule(
        who=_in(OPEN_STAGES, SYSTEM), effect=joining.adopt, lacks=joining.lacks_younger, versioned=False
    ),
    Action.DISOWN: Rule(
        who=_in(frozenset(Stage), SYSTEM),
        effect=joining.disown,
        lacks=joining.lacks_follower,
        versioned=False,
    ),
}
"""The table of CASE.md, row by row."""
