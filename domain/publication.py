"""Who makes a case public, and when it may be: never a secret one, and only after somebody allowed it."""

from __future__ import annotations

from enum import StrEnum

from domain.actor import Actor
from domain.case import EndReason, Relation
from domain.state import CaseState

TITLE_MOST, PLACE_MOST, TEXT_MOST, REPLY_MOST = 150, 200, 10_000, 5_000
COMMENT_MOST, NAME_MOST = 1_000, 60

PUBLISHERS = frozenset({Relation.LIAISON, Relation.VERIFIER, Relation.SUPERVISOR})
"""The holder's liaison officer, the admin who verifies for its agency, and the supervisors in line."""
HIDING_ENDS = frozenset({EndReason.SPAM, EndReason.DUPLICATE, EndReason.WITHDRAWN})
"""Ends after which nobody is shown the report: what its reporter took back, and what was none."""


class PublicationAct(StrEnum):
    """What was done to a publication."""

    PUBLISHED = "published"
    CHANGED = "changed"
    UNPUBLISHED = "unpublished"
    COMMENT_APPROVED = "comment_approved"
    COMMENT_REJECTED = "comment_rejected"


class WithdrawalReason(StrEnum):
    """Why a publication was taken off the list."""

    PERSONAL_DATA = "personal_data"
    REPORTER_ASKED = "reporter_asked"
    WRONG_CONTENT = "wrong_content"
    NOT_FOR_PUBLIC = "not_for_public"


class RejectionReason(StrEnum):
    """Why a comment is not shown."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISEMENT = "advertisement"
    OFF_TOPIC = "off_topic"


def may_publish(actor: Actor) -> bool:
    """Whether somebody decides what of a case is public."""
    return bool(actor.relations & PUBLISHERS)


def is_publishable(state: CaseState, *, secret: bool) -> bool:
    """Whether a redacted version may be shown now. Source: DOMAIN, "Kinds, privacy, publication"."""
    hidden = state.end_reason in HIDING_ENDS or state.facts.merged_into is not None
    return state.facts.publish and not secret and not hidden
