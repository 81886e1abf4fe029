"""The one sign of how urgent a case is: colour, icon and words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import Stage
from domain.state import CaseState
from web.text import gettext


class ChipStatus(StrEnum):
    """What the colour of a chip means."""

    ON_TIME = "on_time"
    SOON = "soon"
    LATE = "late"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True)
class Chip:
    """The view model of `macros/chip.html`."""

    status: ChipStatus
    text: str


def stage_chip(state: CaseState, *, for_reporter: bool) -> Chip | None:
    """The chip of a case whose stage says more than its clock; None: ask the clock."""
    if state.stage is Stage.CLOSED:
        return Chip(ChipStatus.CLOSED, gettext("selesai"))
    if state.stage is Stage.AWAITING_CONFIRMATION:
        return Chip(
            ChipStatus.WAITING, gettext("menunggu Anda") if for_reporter else gettext("menunggu pelapor")
        )
    return None


def undated_chip() -> Chip:
    """While a due date is being computed."""
    return Chip(ChipStatus.ON_TIME, gettext("tanggal sedang dihitung"))
