"""The timers of a run: for what each was set, whether it was moved, and whether it fired when planned."""

from __future__ import annotations

import re
from dataclasses import replace
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


class TimerBook:
    """The timers of one run as its events are read in order. A case has one at a time."""

    def __init__(self, *, continued: bool) -> None:
        self._open: dict[int, Timer] = {}
        self._last: Timer | None = None
        self._continued = continued

    @property
    def waiting(self) -> tuple[Timer, ...]:
        """Those that have neither fired nor been taken back."""
        return tuple(self._open.values())

    def read(self, event: HistoryEvent, base: Entry, summary: object) -> Entry:
        """The entry of a timer's event."""
        if event.HasField("timer_started_event_attributes"):
            return self._started(event, base, summary)
        if event.HasField("timer_canceled_event_attributes"):
            timer = self._open.pop(event.timer_canceled_event_attributes.started_event_id, None)
            return replace(base, kind=EntryKind.TIMER_CANCELED, timer=timer)
        timer, self._last = self._open.pop(event.timer_fired_event_attributes.started_event_id, None), None
        self._continued = False
        return replace(base, kind=EntryKind.TIMER_FIRED, timer=timer)

    def _started(self, event: HistoryEvent, base: Entry, summary: object) -> Entry:
        length = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        purpose = purpose_of(summary)
        timer = Timer(planned_at=_planned(base.at + length, purpose), purpose=purpose)
        before, self._last = self._last, timer
        self._open[event.event_id] = timer
        if before is None:
            kind = EntryKind.TIMER_KEPT if self._continued else EntryKind.TIMER_SET
            self._continued = False
            return replace(base, kind=kind, timer=timer)
        if before.purpose == purpose and purpose is not None:
            return replace(base, kind=EntryKind.TIMER_KEPT, timer=timer)
        return replace(base, kind=EntryKind.TIMER_MOVED, timer=timer, before=before)


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
