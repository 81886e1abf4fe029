"""The one sign of how urgent a case is: colour, icon and words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.case import REPORTER_STAGES, Stage
from web.presenter.labels import STAGES
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


def stage_chip(stage: Stage, *, for_reporter: bool) -> Chip | None:
    """The chip of a case whose stage says more than its clock; None: ask the clock."""
    if stage is Stage.CLOSED:
        return Chip(ChipStatus.CLOSED, gettext("selesai"))
    if stage is Stage.ARCHIVED:
        return Chip(ChipStatus.CLOSED, str(STAGES[Stage.ARCHIVED]).lower())
    if stage in REPORTER_STAGES:
        return Chip(
            ChipStatus.WAITING, gettext("menunggu Anda") if for_reporter else gettext("menunggu pelapor")
        )
    return None


def undated_chip() -> Chip:
    """While a due date is being computed."""
    return Chip(ChipStatus.ON_TIME, gettext("tanggal sedang dihitung"))
