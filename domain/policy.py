"""How long each clock runs and what an outage does to it: data with a version, never constants in code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.case import ClockName, Kind
from domain.duration import Amount, Ends, Unit

COMPLETION = Amount(10, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT)
EXTENSION = Amount(7, Unit.WORKING_DAYS)
REVIVE_WINDOW = Amount(180, Unit.CALENDAR_DAYS)
OMBUDSMAN = Amount(60, Unit.CALENDAR_DAYS)
TOP_AGAIN = Amount(10, Unit.WORKING_DAYS)


class OutagePolicy(StrEnum):
    """What happens to clocks whose due passed while nothing of ours ran."""

    FIRE = "fire"
    GRACE = "grace"
    SHIFT = "shift"


def _warnings() -> dict[ClockName, tuple[int, ...]]:
    return {ClockName.VERIFICATION: (1,), ClockName.FIRST_FOLLOW_UP: (1,), ClockName.RESOLUTION: (3, 1)}


def _reminders() -> dict[ClockName, tuple[int, ...]]:
    return {ClockName.COMPLETION: (5, 9), ClockName.CONFIRMATION: (5, 9)}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The amounts that a case is promised at intake.

    Attributes:
        name: stable name, `standard` for instance.
        version: counts published changes of that name.
        rework_minimum: what is left at least on the resolution clock after a dispute.
        min_after_resume: a clock ends no sooner than the closing of this many working days after a pause.
        extension: what `extend` adds, in the unit of the resolution.
        level: how long each rung of the ladder has before the next one hears of it; None: no next one.
        top_again: how often the top of the ladder is told again.
        arbiter_after_disputes: the dispute that goes to the arbiter; None: each goes back to the same unit.
        warn_days_before: staff are warned at the opening of these working days before the due day.
        remind_on_days: the reporter is reminded at the opening of these working days after the start.
        outage_grace: under `grace`, the working time after an outage before missed clocks expire.
        operators_publish: whether operators may publish answers and plans.
        acknowledgement_counts: whether an acknowledgement stops the first follow-up clock.
    Source: defaults from DOMAIN.md, section Clocks, and CASE.md.
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
    completion: Amount = COMPLETION
    extension: Amount = EXTENSION
    revive_window: Amount = REVIVE_WINDOW
    ombudsman: Amount = OMBUDSMAN
    level: Amount | None = None
    top_again: Amount = TOP_AGAIN
    max_asks: int = 2
    bounce_limit: int = 2
    arbiter_after_disputes: int | None = None
    take_back_seconds: int = 60
    nudge_every_hours: int = 24
    warn_days_before: dict[ClockName, tuple[int, ...]] = field(default_factory=_warnings)
    remind_on_days: dict[ClockName, tuple[int, ...]] = field(default_factory=_reminders)
    outage_grace: Amount | None = None
    operators_publish: bool = False
    acknowledgement_counts: bool = False

    def amount(self, clock: ClockName, kind: Kind) -> Amount:
        """How long a clock of that name runs, without extension. A promise ends by its date alone.

        Those of the ladder have no amount of their own name.
        """
        if clock is ClockName.RESOLUTION:
            return self.resolution[kind]
        if clock is ClockName.PROMISE:
            return self.first_follow_up
        amount: Amount = getattr(self, clock.value)
        return amount

    def resolution_amount(self, kind: Kind, *, extended: bool) -> Amount:
        """The amount of the resolution clock, with the extension if it was granted."""
        amount = self.resolution[kind]
        if not extended or amount.unit is not self.extension.unit:
            return amount
        return Amount(amount.value + self.extension.value, amount.unit, amount.roll_forward, amount.ends)
