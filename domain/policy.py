"""How long each clock runs and what an outage does to it: data with a version, never constants in code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import Kind
from domain.duration import Amount


class OutagePolicy(StrEnum):
    """What happens to clocks whose due passed while nothing of ours ran."""

    FIRE = "fire"
    SHIFT = "shift"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The amounts that a case is promised at intake.

    Attributes:
        name: stable name, `standard` for instance.
        version: counts published changes of that name.
        rework_minimum: what is left at least on the resolution clock after a dispute.
        min_after_resume: a clock ends no sooner than the closing of this many working days after a pause.
    Source: defaults from DOMAIN.md, section Clocks.
    """

    name: str
    version: int
    verification: Amount
    first_follow_up: Amount
    resolution: dict[Kind, Amount]
    confirmation: Amount
    reopen_window: Amount
    rework_minimum: Amount
    min_after_resume: int
    outage: OutagePolicy
