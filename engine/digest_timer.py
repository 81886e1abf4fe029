"""The timers of a run: for what each was set, whether it was moved, and whether it fired when planned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from temporalio.api.history.v1 import HistoryEvent

from domain.agenda import AgendaKind
from domain.case import ClockName
from schemas.inspection import Entry, EntryKind, Timer, TimerPurpose

SUMMARY = re.compile(
    r"(?P<grace>grace before )?(?P<kind>\w+) (?P<clock>\w+) (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d)Z"
)
"""What `workflows.case_display.timer_summary` writes."""
TO_THE_MINUTE = timedelta(minutes=1)
BRIEFLY = timedelta(seconds=2)
"""A timer that is taken back within it never mattered to anybody."""


@dataclass(frozen=True, kw_only=True)
class _Set:
    """A timer that waits, and what was known before it was set."""

    timer: Timer
    at: datetime
    last: Timer | None
    continued: bool


class TimerBook:
    """The timers of one run as its events are read in order. A case has one at a time."""

    def __init__(self, *, continued: bool) -> None:
        self._open: dict[int, _Set] = {}
        self._last: Timer | None = None
        self._continued = continued
        self.brief: set[int] = set()
        """Events that set a timer which was taken back at once, while dates were still being computed."""

    @property
    def waiting(self) -> tuple[Timer, ...]:
        """Those that have neither fired nor been taken back."""
        return tuple(one.timer for one in self._open.values())

    def read(self, event: HistoryEvent, base: Entry, summary: object) -> Entry:
        """The entry of a timer's event."""
        if event.HasField("timer_started_event_attributes"):
            return self._started(event, base, summary)
        if event.HasField("timer_canceled_event_attributes"):
            number = event.timer_canceled_event_attributes.started_event_id
            return replace(base, kind=EntryKind.TIMER_CANCELED, timer=self._canceled(number, base.at))
        found = self._open.pop(event.timer_fired_event_attributes.started_event_id, None)
        self._last, self._continued = None, False
        return replace(base, kind=EntryKind.TIMER_FIRED, timer=None if found is None else found.timer)

    def _started(self, event: HistoryEvent, base: Entry, summary: object) -> Entry:
        length = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        purpose = purpose_of(summary)
        timer = Timer(planned_at=_planned(base.at + length, purpose), purpose=purpose)
        before, continued = self._last, self._continued
        self._open[event.event_id] = _Set(timer=timer, at=base.at, last=before, continued=continued)
        self._last, self._continued = timer, False
        if before is None:
            kind = EntryKind.TIMER_KEPT if continued else EntryKind.TIMER_SET
            return replace(base, kind=kind, timer=timer)
        if before.purpose == purpose and purpose is not None:
            return replace(base, kind=EntryKind.TIMER_KEPT, timer=timer)
        return replace(base, kind=EntryKind.TIMER_MOVED, timer=timer, before=before)

    def _canceled(self, number: int, at: datetime) -> Timer | None:
        found = self._open.pop(number, None)
        if found is None:
            return None
        if at - found.at < BRIEFLY:
            self.brief.add(number)
            self._last, self._continued = found.last, found.continued
        return found.timer


def purpose_of(summary: object) -> TimerPurpose | None:
    """What a timer's summary says; None for one that says nothing we know."""
    found = SUMMARY.fullmatch(summary) if isinstance(summary, str) else None
    if found is None:
        return None
    try:
        return TimerPurpose(
            kind=AgendaKind(found["kind"]),
            clock=ClockName(found["clock"]),
            at=datetime.strptime(found["at"], "%Y-%m-%dT%H:%M").replace(tzinfo=UTC),
            grace=found["grace"] is not None,
        )
    except ValueError:
        return None


def _planned(ends_at: datetime, purpose: TimerPurpose | None) -> datetime:
    """The summary's instant knows no seconds, and a timer that is set too late knows not the plan."""
    if purpose is None or purpose.grace or abs(ends_at - purpose.at) < TO_THE_MINUTE:
        return ends_at
    return purpose.at
