"""Who acts, and in what relation to the case."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Channel, Relation, Role, UnitLevel


@dataclass(frozen=True, kw_only=True)
class UnitRef:
    """A unit as the rules need it: its rank and the agency it belongs to (itself for an agency)."""

    id: int
    level: UnitLevel
    agency_id: int


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who did something, resolved when the command was accepted; ids only, never names.

    Attributes:
        person_id: the staff account; None for the reporter and for the system.
        role: the role that gave the right; None for the reporter and for the system.
        unit_id: the unit of that role.
        relations: how the person stands to the case while `holder_id` holds it.
    """

    person_id: int | None = None
    role: Role | None = None
    unit_id: int | None = None
    channel: Channel
    relations: frozenset[Relation]
    holder_id: int | None = None


REPORTER = frozenset({Relation.REPORTER})
SYSTEM_ACTOR = Actor(channel=Channel.SYSTEM, relations=frozenset({Relation.SYSTEM}))


def reporter_actor(channel: Channel) -> Actor:
    """The holder of the case key, on some channel."""
    return Actor(channel=channel, relations=REPORTER)
