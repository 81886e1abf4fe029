"""The way of a case as a row of steps with dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case import Stage
from domain.event import Event
from web.text import LazyText, lazy_gettext


class StepState(StrEnum):
    """Whether a step is behind, at hand or ahead."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


@dataclass(frozen=True, kw_only=True)
class Step:
    """The view model of one step in `macros/stepper.html`."""

    label: LazyText
    state: StepState
    at: datetime | None


ORDER = (
    (Stage.VERIFICATION, lazy_gettext("Verifikasi")),
    (Stage.DISPOSED, lazy_gettext("Disposisi")),
    (Stage.IN_PROGRESS, lazy_gettext("Ditindaklanjuti")),
    (Stage.AWAITING_CONFIRMATION, lazy_gettext("Konfirmasi Anda")),
    (Stage.CLOSED, lazy_gettext("Selesai")),
)


def steps(stage: Stage, events: list[Event], received_at: datetime) -> list[Step]:
    """All stages in order, the reached ones with the date of the last entry into them."""
    entered = {Stage.VERIFICATION: received_at} | _entries(events)
    current = [one for one, _ in ORDER].index(stage)
    return [
        Step(
            label=label,
            state=_state(number, current, last=len(ORDER) - 1),
            at=entered.get(one) if number <= current else None,
        )
        for number, (one, label) in enumerate(ORDER)
    ]


def _entries(events: list[Event]) -> dict[Stage, datetime]:
    found: dict[Stage, datetime] = {}
    before = Stage.VERIFICATION
    for event in events:
        if event.stage is not before:
            found[event.stage] = event.at
        before = event.stage
    return found


def _state(number: int, current: int, *, last: int) -> StepState:
    if number < current or number == current == last:
        return StepState.DONE
    return StepState.CURRENT if number == current else StepState.TODO
