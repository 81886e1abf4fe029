"""Whether a case can still move by itself: the rule that no open case may stand still for ever."""

from __future__ import annotations

from domain.agenda import agenda
from domain.state import CaseState


def has_next_instant(state: CaseState) -> bool:
    """Whether time alone will do something to the case, or the case is over.

    A clock whose due is still being computed counts: its due comes with the record of its event. A pause has
    its limit on the agenda. Source: ARCHITECTURE, "Rules that must always hold", 5.
    """
    return state.ended or bool(agenda(state)) or any(clock.waits_for_due for clock in state.clocks)
