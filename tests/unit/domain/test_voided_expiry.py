"""An act counts when it was recorded: an expiry that it precedes never was.

Source: CASE, "Version and instant".
"""

from __future__ import annotations

from domain.agenda import agenda
from domain.case import Action, ClockName
from domain.fire import fire
from domain.state import CaseState
from tests.case_factory import VERIFY, act, clock_of, event_of, minute, new_case, settle


def late_case() -> CaseState:
    """A case whose verification ran out at its due minute."""
    state = new_case()
    return settle(state, fire(state, agenda(state)[0], minute(VERIFY)))


def test_an_act_recorded_before_the_due_instant_voids_the_expiry() -> None:
    state = late_case()
    event = event_of(state, Action.DISPOSE, VERIFY - 1)
    after = act(state, Action.DISPOSE, VERIFY - 1)
    assert event.voids == (2,)
    assert clock_of(after, ClockName.VERIFICATION).expired_at is None
    assert after.level == 0


def test_an_act_at_the_due_instant_is_in_time() -> None:
    assert event_of(late_case(), Action.DISPOSE, VERIFY).voids == (2,)


def test_an_act_after_the_due_instant_leaves_the_breach_on_record() -> None:
    state = late_case()
    event = event_of(state, Action.DISPOSE, VERIFY + 1)
    after = act(state, Action.DISPOSE, VERIFY + 1)
    assert event.voids == ()
    assert clock_of(after, ClockName.VERIFICATION).expired_at == minute(VERIFY)


def test_an_act_in_time_for_a_clock_that_never_expired_voids_nothing() -> None:
    assert event_of(new_case(), Action.DISPOSE, 1).voids == ()
