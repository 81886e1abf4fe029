"""Who may open a reporter's identity, and for what."""

from __future__ import annotations

from enum import StrEnum

from domain.actor import Actor
from domain.case import OPEN_STAGES, Relation, Stage

HANDLERS = frozenset({Relation.VERIFIER, Relation.LIAISON, Relation.OPERATOR, Relation.SUPERVISOR})
"""Those who answer for the case; who only helps, arbitrates or looks on has no need to call anybody."""


class OpeningReason(StrEnum):
    """What an identity is opened for; said together with words."""

    CALL = "call"
    LETTER = "letter"
    VISIT = "visit"
    CHECK = "check"
    OTHER = "other"


def may_open_identity(actor: Actor, stage: Stage, *, anonymous: bool) -> bool:
    """Whether this actor may open it now. That of an anonymous reporter is opened for nobody.

    Source: DOMAIN, "Kinds, privacy, publication".
    """
    return not anonymous and stage in OPEN_STAGES and bool(actor.relations & HANDLERS)
