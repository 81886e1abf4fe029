"""The way of a case as a row of steps with dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.case import EndReason, Stage
from domain.event import Event
from domain.state import CaseState
from web.text import LazyText, lazy_gettext


class StepState(StrEnum):
    """Whether a step is behind, at hand, standing still or ahead."""

    DONE = "done"
    CURRENT = "current"
    WAITING = "waiting"
    """At hand, but the reporter was asked first."""
    TODO = "todo"


@dataclass(frozen=True, kw_only=True)
class Step:
    """The view model of one step in `macros/stepper.html`; `day_only`: no hour is known of `at`."""

    label: LazyText
    state: StepState
    at: datetime | None
    day_only: bool = False


ORDER = (
    (Stage.VERIFICATION, lazy_gettext("Verifikasi")),
    (Stage.DISPOSED, lazy_gettext("Disposisi")),
    (Stage.IN_PROGRESS, lazy_gettext("Ditindaklanjuti")),
    (Stage.AWAITING_CONFIRMATION, lazy_gettext("Konfirmasi Anda")),
    (Stage.CLOSED, lazy_gettext("Selesai")),
)


_OF_ANOTHER = {lazy_gettext("Konfirmasi Anda"): lazy_gettext("Konfirmasi pelapor")}
LAST: Mapping[EndReason, LazyText] = {
    EndReason.WITHDRAWN: lazy_gettext("Dicabut"),
    EndReason.TRANSFERRED_TO_OMBUDSMAN: lazy_gettext("Diserahkan ke Ombudsman"),
}
"""Ends that are not the one that every case sets out for."""


def steps(
    state: CaseState, events: list[Event], received_at: datetime, *, own: bool = True, by_hand: bool = False
) -> list[Step]:
    """All stages in order, the reached ones with the date of the last entry into them.

    A case that ended before its time shows how far it came, and its end. `own`: its reporter looks at it;
    `by_hand`: staff wrote the report down, and of its receipt the day is told.
    """
    found = [
        replace(step, day_only=by_hand and step.at == received_at)
        for step in _steps(state, events, received_at)
    ]
    return found if own else [replace(step, label=_OF_ANOTHER.get(step.label, step.label)) for step in found]


def _steps(state: CaseState, events: list[Event], received_at: datetime) -> list[Step]:
    entered = {Stage.VERIFICATION: received_at} | _entries(events)
    if state.stage is Stage.ARCHIVED or state.end_reason in LAST:
        return _ended_early(state, entered)
    asked = state.stage is Stage.AWAITING_REPORTER
    at_hand = _return_stage(state) if asked else state.stage
    current = _number(at_hand)
    return [
        Step(
            label=label,
            state=_state(number, current, asked),
            at=entered.get(one) if number <= current else None,
        )
        for number, (one, label) in enumerate(ORDER)
    ]


def _ended_early(state: CaseState, entered: Mapping[Stage, datetime]) -> list[Step]:
    ending = state.facts.ending
    stage = Stage.VERIFICATION if ending is None else ending.stage
    came_to = _number(_return_stage(state) if stage is Stage.AWAITING_REPORTER else stage)
    gone = [
        Step(label=label, state=StepState.DONE, at=entered.get(one))
        for number, (one, label) in enumerate(ORDER)
        if number <= came_to
    ]
    end = LAST.get(state.end_reason) if state.end_reason else None
    last = Step(
        label=end or lazy_gettext("Diarsipkan"),
        state=StepState.DONE,
        at=None if ending is None else ending.at,
    )
    return [*gone, last]


def _return_stage(state: CaseState) -> Stage:
    return state.facts.return_stage or Stage.VERIFICATION


def _number(stage: Stage) -> int:
    return [one for one, _ in ORDER].index(stage)


def _entries(events: list[Event]) -> dict[Stage, datetime]:
    """A question and its answer are no way back and forth."""
    found: dict[Stage, datetime] = {}
    before = Stage.VERIFICATION
    for event in events:
        if event.stage is Stage.AWAITING_REPORTER:
            continue
        if event.stage is not before:
            found[event.stage] = event.at
        before = event.stage
    return found


def _state(number: int, current: int, asked: bool) -> StepState:
    if number < current or number == current == len(ORDER) - 1:
        return StepState.DONE
    if number > current:
        return StepState.TODO
    return StepState.WAITING if asked else StepState.CURRENT
