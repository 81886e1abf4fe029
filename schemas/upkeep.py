"""What the engine tells of a case from outside: whether its workflow lives, and its whole history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from domain.state import CaseState


class Life(Enum):
    """Where the newest run of a case's workflow stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    """It came to its own end."""
    BROKEN_OFF = "broken_off"
    """Somebody or something ended it before its end."""
    NONE = "none"
    """The engine knows no such workflow."""
    SILENT = "silent"
    """The engine gave no answer."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing will ever act for the case unless it is started again."""
        return self in {Life.BROKEN_OFF, Life.NONE}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A look at one workflow; `state` is None where there is none or no worker answered for it."""

    life: Life
    state: CaseState | None = None


@dataclass(frozen=True, kw_only=True)
class FetchedRun:
    """One run; `history` is as the engine's own tools write and read it."""

    run_id: str
    event_count: int
    history: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FetchedHistory:
    """All runs that the engine still has of one workflow, oldest first.

    Attributes:
        whole: whether the beginning of its last chain of runs is among them.
    """

    workflow_id: str
    runs: tuple[FetchedRun, ...]
    whole: bool

    @property
    def event_count(self) -> int:
        """The engine's events in all runs."""
        return sum(run.event_count for run in self.runs)


class FindingKind(StrEnum):
    """What must always hold and does not."""

    LOST_CASE = "lost_case"
    """A report with neither workflow nor view."""
    LOST_WORKFLOW = "lost_workflow"
    """An open case that no workflow runs."""
    VIEW_DIFFERS = "view_differs"
    """The row of the lists is not what the workflow says."""
    LOG_GAP = "log_gap"
    """Numbers are missing in the log, or its end is."""
    CHAIN_BROKEN = "chain_broken"
    """A row of the log is not what its hash was made of."""
    STANDS_STILL = "stands_still"
    """An open case that time alone will never move."""
    MAIL_STUCK = "mail_stuck"
    """A message that has been in sending past its lease."""
    COMMAND_STUCK = "command_stuck"
    """A command that waits beyond its 72 hours."""
    HEAD_DIFFERS = "head_differs"
    """The logs of a day are no longer those that its head was made of."""


NEEDS_ENGINE = frozenset({FindingKind.LOST_CASE, FindingKind.LOST_WORKFLOW, FindingKind.VIEW_DIFFERS})
"""What cannot be told while the engine is silent."""
