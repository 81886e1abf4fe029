"""No open case may stand still for ever."""

from __future__ import annotations

from dataclasses import replace

from domain.health import has_next_instant
from domain.state import CaseState
from tests.case_factory import minute, new_case


def test_a_case_whose_clocks_run_has_a_next_instant() -> None:
    assert has_next_instant(new_case())


def test_a_clock_that_waits_for_its_date_will_have_one() -> None:
    undated = tuple(replace(clock, due_at=None) for clock in new_case().clocks)
    assert has_next_instant(replace(new_case(), clocks=undated))


def test_an_open_case_whose_clocks_have_all_stopped_stands_still() -> None:
    assert not has_next_instant(_stopped(new_case()))


def test_a_case_that_is_over_needs_no_instant() -> None:
    assert has_next_instant(replace(_stopped(new_case()), ended=True))


def _stopped(state: CaseState) -> CaseState:
    clocks = tuple(replace(clock, stopped_at=minute(1)) for clock in state.clocks)
    return replace(state, clocks=clocks)
