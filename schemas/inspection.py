"""What the engine's own history of a case says: ids, enums, instants and counts, and no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.agenda import AgendaKind
from domain.case import ClockName
from domain.command import Command
from domain.event import Event


class EntryKind(StrEnum):
    """What one event of the engine, or one thing told in it, is about."""

    HAPPENED = "happened"
    """Something happened to the case: one event of its log, as the workflow gave it to be recorded."""
    RUN_STARTED = "run_started"
    RUN_COMPLETED = "run_completed"
    RUN_CONTINUED = "run_continued"
    """The history was cut; another run goes on with the state."""
    RUN_BROKEN_OFF = "run_broken_off"
    """The engine or somebody ended the run before its end."""
    CANCEL_REQUESTED = "cancel_requested"
    TIMER_SET = "timer_set"
    TIMER_MOVED = "timer_moved"
    TIMER_KEPT = "timer_kept"
    """Set again for the same instant."""
    TIMER_BRIEF = "timer_brief"
    """Set, and taken back at once."""
    TIMER_CANCELED = "timer_canceled"
    TIMER_FIRED = "timer_fired"
    COMMAND_TAKEN = "command_taken"
    COMMAND_DONE = "command_done"
    COMMAND_REFUSED = "command_refused"
    SIGNALED = "signaled"
    RECORD_SCHEDULED = "record_scheduled"
    RECORD_STARTED = "record_started"
    RECORD_DONE = "record_done"
    RECORD_FAILED = "record_failed"
    TASK_SCHEDULED = "task_scheduled"
    TASK_STARTED = "task_started"
    TASK_DONE = "task_done"
    TASK_FAILED = "task_failed"
    DISPLAYED = "displayed"
    """What the engine's own lists show of the case was changed."""
    MARKED = "marked"
    """A note of the workflow's code to itself: which version of a rule this history follows."""
    OPTIONS_CHANGED = "options_changed"
    UNKNOWN = "unknown"
    """An event of a type that this version does not know."""


@dataclass(frozen=True, kw_only=True)
class TimerPurpose:
    """What a timer waits for, as its summary says. `grace`: it is the time after an outage before that."""

    kind: AgendaKind
    clock: ClockName
    at: datetime
    grace: bool = False


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A timer; `planned_at` is the instant of the agenda that it stands for."""

    planned_at: datetime
    purpose: TimerPurpose | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a run: an engine event, or one of the events that it gave to be recorded.

    Attributes:
        number: of the engine's event within its run.
        type: of the engine's event, in the engine's words.
        at: the engine's instant of it.
        name: of a command, signal or activity.
        timer: set, moved, kept, canceled or fired; `before`: what it was moved from.
        first_seq, last_seq: the events that an activity records.
        attempt: of an activity or a task, 1 for the first.
        failure: the type of what failed; never its text.
        command: what a person or a machine asked for.
        event: for `HAPPENED`.
    """

    number: int
    type: str
    at: datetime
    kind: EntryKind
    name: str = ""
    timer: Timer | None = None
    before: Timer | None = None
    first_seq: int = 0
    last_seq: int = 0
    attempt: int = 1
    failure: str = ""
    command: Command | None = None
    event: Event | None = None


@dataclass(frozen=True, kw_only=True)
class RunDigest:
    """One run, read. `entries` are in the order of the engine's events.

    Attributes:
        previous_run_id: the run that continued into this one; "" for the first of a chain.
        closed_at: None while it runs.
        timers: those that still wait at its end.
        activities: by their id, the first and last event that those which still wait record.
    """

    run_id: str
    previous_run_id: str
    started_at: datetime
    closed_at: datetime | None
    event_count: int
    entries: tuple[Entry, ...]
    timers: tuple[Timer, ...] = ()
    activities: tuple[tuple[str, int, int], ...] = ()


class RunStatus(StrEnum):
    """How the engine says that a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    CONTINUED = "continued"
    BROKEN_OFF = "broken_off"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class PendingTask:
    """A decision of the workflow's code that is to be made; without `started_at` no worker has taken it."""

    scheduled_at: datetime
    started_at: datetime | None
    attempt: int


@dataclass(frozen=True, kw_only=True)
class PendingActivity:
    """An activity that has not come to its end; `failure` is the type of what failed last."""

    activity_id: str
    name: str
    attempt: int
    started: bool
    scheduled_at: datetime | None
    last_started_at: datetime | None
    next_attempt_at: datetime | None
    failure: str


@dataclass(frozen=True, kw_only=True)
class LiveRun:
    """What the engine says of a run from outside; needs no worker."""

    run_id: str
    status: RunStatus
    event_count: int
    size: int
    task: PendingTask | None
    activities: tuple[PendingActivity, ...]


@dataclass(frozen=True, kw_only=True)
class RunReading:
    """A run from the engine, inside and outside. `older_run_id`: where it goes on backwards, or ""."""

    digest: RunDigest
    live: LiveRun
    older_run_id: str


class Verdict(StrEnum):
    """What a replay check found."""

    EQUAL = "equal"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"


class Unchecked(StrEnum):
    """Why a history could not be checked, or not to its end."""

    BUSY = "busy"
    """Another check is being made in this process."""
    AWAY = "away"
    """The engine gave no answer and no exported history is there."""
    NONE = "none"
    """Neither the engine nor a file has it."""
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    TIME = "time"


@dataclass(frozen=True, kw_only=True)
class ReplayResult:
    """The outcome of a replay of all runs, newest first.

    Attributes:
        runs, events: replayed to their end.
        exported: the history came from a file.
        run_id, number, type: where it differs: the first event that today's code does not make so.
        failure: the type of what the code raised, where it is not just another decision.
        why: what kept the rest from being checked.
    """

    verdict: Verdict
    runs: int = 0
    events: int = 0
    exported: bool = False
    run_id: str = ""
    number: int = 0
    type: str = ""
    failure: str = ""
    why: Unchecked | None = None
