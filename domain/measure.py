"""What is measured of a case: each promise and whether it was kept, each answer and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.calendar import WorkCalendar
from domain.case import ClockName
from domain.clock import Clock
from domain.duration import Pause
from domain.event import Event, EventKind
from domain.instant import civil_day
from domain.state import CaseState

ZONE = ZoneInfo("Asia/Jakarta")
"""One month for the whole country, whatever the zone of the unit: figures are compared and published."""


class Measure(StrEnum):
    """What a row is about."""

    FOLLOW_UP = "follow_up"
    """A unit was given the case, and promised a first follow-up."""
    RESOLUTION = "resolution"
    """The reporter was promised a final answer."""
    VERDICT = "verdict"
    """An answer, and how the reporter took it."""


class Outcome(StrEnum):
    """How it stands."""

    OPEN = "open"
    """Not done yet; once its due has passed it is a broken promise."""
    KEPT = "kept"
    LATE = "late"
    """Done, after its due."""
    BROKEN = "broken"
    """It ended without having been done, after its due."""
    VOID = "void"
    """It ended before its due without having been done: nobody's fault, and counted nowhere."""
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SILENCE = "silence"
    REOPENED = "reopened"
    """Closed first, and opened again by the reporter or a supervisor."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One promise of a case, or the verdict on one answer.

    Attributes:
        round: 1, 2, 3 … for each time that it was promised, or answered.
        unit_id: the unit to which it counts: whoever had to do it, or did it.
        counted_at: the instant that decides in which month it counts: the due of a promise, the day of a
            verdict. None while nobody can know the due.
        seq: the event that found the promise broken, or that was the verdict.
        first: nothing of the kind had been done before, so that it is what the reporter waits for.
        days: working days from the receipt until it was done, if it is the first; pauses do not count.
    """

    measure: Measure
    round: int
    unit_id: int
    started_at: datetime
    outcome: Outcome = Outcome.OPEN
    counted_at: datetime | None = None
    done_at: datetime | None = None
    seq: int | None = None
    first: bool = True
    days: int | None = None
    rating: int | None = None

    @property
    def month(self) -> int | None:
        """The month in which it counts, as 202611."""
        return None if self.counted_at is None else month_of(self.counted_at)


Rows = tuple[Measured, ...]

PROMISES = {ClockName.FIRST_FOLLOW_UP: Measure.FOLLOW_UP, ClockName.RESOLUTION: Measure.RESOLUTION}
_CLOCKS = {measure: name for name, measure in PROMISES.items()}
_DONE_BY = {
    Measure.FOLLOW_UP: frozenset({EventKind.FOLLOWED_UP, EventKind.ANSWERED}),
    Measure.RESOLUTION: frozenset({EventKind.ANSWERED}),
}
_VERDICTS = {
    EventKind.CONFIRMED: Outcome.CONFIRMED,
    EventKind.DISPUTED: Outcome.DISPUTED,
    EventKind.CLOSED_BY_SILENCE: Outcome.SILENCE,
}
_FORGIVING = frozenset({EventKind.CLOCKS_RECOUNTED, EventKind.OUTAGE_SHIFTED, EventKind.RECLASSIFIED})
"""What shows that a promise was not late after all. More time does not: "a breach stays recorded"."""


def month_of(at: datetime) -> int:
    """The civil month of an instant, as 202611."""
    on = civil_day(at, ZONE)
    return on.year * 100 + on.month


def months_until(month: int, count: int) -> list[int]:
    """So many months up to and with this one, oldest first."""
    number = month // 100 * 12 + month % 100 - 1
    return [one // 12 * 100 + one % 12 + 1 for one in range(number - count + 1, number + 1)]


def is_measured(event: Event) -> bool:
    """Whether an event can change anything that is measured."""
    clocks = any(clock.name in PROMISES for clock in event.clocks)
    return clocks or event.kind in _VERDICTS or event.kind is EventKind.REOPENED


def measure(rows: Rows, event: Event) -> Rows:
    """What is measured after an event; the same event again changes nothing more."""
    forgiven = _without_voided(_with_verdict(rows, event), event)
    for clock in event.clocks:
        if clock.name in PROMISES:
            forgiven = _with_clock(forgiven, clock, event)
    return forgiven


def settle(rows: Rows, state: CaseState, events: Iterable[Event]) -> Rows:
    """The open promises with the due dates that were computed after the events."""
    forgives = any(event.kind in _FORGIVING for event in events)
    return tuple(_settled(row, state, forgives=forgives) for row in rows)


def clock_of(row: Measured, state: CaseState) -> Clock | None:
    """The clock of a promise, if the state still has it."""
    clock = state.clock(_CLOCKS[row.measure]) if row.measure in _CLOCKS else None
    return clock if clock is not None and clock.started_at == row.started_at else None


def working_days(
    calendar: WorkCalendar, start_at: datetime, end_at: datetime, pauses: Sequence[Pause]
) -> int:
    """The working days after the civil day of the start, up to and with that of the end.

    A day at whose closing the clock stood still does not count. Source: CLOCKS, Units.
    """
    on, last = civil_day(start_at, calendar.tz), civil_day(end_at, calendar.tz)
    count = 0
    while on < last:
        on += timedelta(days=1)
        count += calendar.is_working(on) and not _is_paused(calendar.closing_of(on), pauses)
    return count


def _is_paused(closes_at: datetime, pauses: Sequence[Pause]) -> bool:
    return any(
        pause.start_at < closes_at and (pause.end_at is None or closes_at <= pause.end_at) for pause in pauses
    )


def _with_clock(rows: Rows, clock: Clock, event: Event) -> Rows:
    measured = PROMISES[clock.name]
    known = _last(rows, measured)
    if known is None or known.started_at != clock.started_at:
        known = Measured(
            measure=measured,
            round=1 if known is None else known.round + 1,
            unit_id=clock.unit_id,
            started_at=clock.started_at,
            first=known is None or (known.first and known.done_at is None),
        )
    done = not clock.live and event.kind in _DONE_BY[measured]
    expires = event.kind is EventKind.CLOCK_EXPIRED and event.clock is clock.name
    changed = replace(
        known,
        unit_id=event.holder.id if clock.live or done else known.unit_id,
        counted_at=clock.due_at,
        done_at=event.at if done else None,
        days=known.days if done else None,
        seq=known.seq or (event.seq if expires else None),
    )
    return _put(rows, replace(changed, outcome=_outcome(changed, clock, event)))


def _outcome(row: Measured, clock: Clock, event: Event) -> Outcome:
    if clock.live:
        return Outcome.OPEN
    past = clock.due_at is not None and event.at > clock.due_at
    late = row.seq is not None or clock.expired_at is not None or past
    if row.done_at is not None:
        return Outcome.LATE if late else Outcome.KEPT
    return Outcome.BROKEN if late else Outcome.VOID


def _with_verdict(rows: Rows, event: Event) -> Rows:
    """An answer has one verdict: one that was closed and is opened again was not good enough."""
    last = _last(rows, Measure.VERDICT)
    if event.kind is EventKind.REOPENED and last is not None:
        closed = last.outcome in {Outcome.CONFIRMED, Outcome.SILENCE}
        return _put(rows, replace(last, outcome=Outcome.REOPENED)) if closed else rows
    if event.kind not in _VERDICTS:
        return rows
    answered = _last(rows, Measure.RESOLUTION)
    number = 0 if last is None else last.round
    voided = last is not None and last.seq in event.voids
    said = Measured(
        measure=Measure.VERDICT,
        round=number if voided else number + 1,
        unit_id=event.holder.id if answered is None else answered.unit_id,
        started_at=event.at,
        outcome=_VERDICTS[event.kind],
        counted_at=event.at,
        done_at=event.at,
        seq=event.seq,
        rating=event.rating,
    )
    return _put(rows, said)


def _without_voided(rows: Rows, event: Event) -> Rows:
    """An expiry that an act precedes never was."""
    voided = {row for row in rows if row.measure in _CLOCKS and row.seq in event.voids}
    return tuple(replace(row, seq=None) if row in voided else row for row in rows)


def _settled(row: Measured, state: CaseState, *, forgives: bool) -> Measured:
    clock = clock_of(row, state)
    if row.outcome is not Outcome.OPEN or clock is None or not clock.live:
        return row
    forgiven = forgives and clock.expired_at is None
    return replace(row, counted_at=clock.due_at, seq=None if forgiven else row.seq)


def _last(rows: Rows, measured: Measure) -> Measured | None:
    return max((row for row in rows if row.measure is measured), key=lambda row: row.round, default=None)


def _put(rows: Rows, row: Measured) -> Rows:
    others = (one for one in rows if (one.measure, one.round) != (row.measure, row.round))
    return (*others, row)
