"""Whether a case can still move by itself: the rule that no open case may stand still for ever."""

from __future__ import annotations

from dataclasses import replace

from domain.agenda import agenda
from domain.case import ClockName
from domain.facts import NO_FACTS
from domain.state import CaseState


def has_next_instant(state: CaseState) -> bool:
    """Whether time alone will do something to the case, or the case is over.

    A clock whose due is still being computed counts: its due comes with the record of its event. A pause has
    its limit on the agenda. Source: ARCHITECTURE, "Rules that must always hold", 5.
    """
    return state.ended or bool(agenda(state)) or any(clock.waits_for_due for clock in state.clocks)


def known_to_first(state: CaseState) -> CaseState:
    """The state without what version 0.1.0 did not know, to hold it against a copy that 0.1.0 wrote."""
    clocks = (
        replace(clock, moves=(), start_level=0, raised=(), warn_at=())
        for clock in state.clocks
        if clock.name is not ClockName.PROMISE
    )
    return replace(state, facts=NO_FACTS, secret=None, clocks=tuple(clocks))
