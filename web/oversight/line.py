"""Items of a history as the lines of its page: who or what, when it was planned and when it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from db.case_reader import CommandEntry
from db.identity_store import Opening
from domain.case import ClockName, Relation
from domain.clock import REPORTER_CLOCKS, STAFF_CLOCKS, Clock
from domain.event import Event, EventKind
from schemas.inspection import Entry, EntryKind
from web.oversight.delivered import Delivered, summary
from web.oversight.item import Item
from web.oversight.wording import entry_label
from web.presenter.happening import event_label
from web.presenter.labels import ACTIONS, CLOCKS, actor_label
from web.presenter.opening import opening_lines
from web.presenter.refusal import refusal_sentence
from web.text import LazyText, gettext, lazy_gettext

LATER = timedelta(minutes=1)
"""What comes within it came when it was planned."""


class Group(StrEnum):
    """What a reader may want to see alone."""

    PEOPLE = "orang"
    TIME = "waktu"
    MESSAGE = "pesan"
    TIMER = "pewaktu"
    DELIVERY = "kiriman"
    COMMAND = "tertahan"
    FAULT = "gangguan"
    MACHINE = "mesin"


OF_MACHINES = frozenset({Group.TIMER, Group.MACHINE})


class Tone(StrEnum):
    """How loud a line is."""

    LOUD = "loud"
    QUIET = "quiet"
    LATE = "late"
    WAITING = "waiting"
    MACHINE = "machine"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What was planned beside what came; either may be missing. `verdict` in words, "" for none."""

    label: str
    planned: datetime | None
    actual: datetime | None
    verdict: str = ""
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class DateLine:
    """A date that an event gave a clock, and how it came about."""

    label: str
    due_at: datetime | None
    lines: list[str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """The view model of one line in `oversight/timeline.html`.

    Attributes:
        at: when it counts; `decided_at` when it was decided or written, None where that is the same.
        unrecorded: decided, but the tables do not have it yet.
        seq: of the case's event, 0 for what is none; `number` and `type` of the engine's event.
    """

    item: Item
    at: datetime
    text: str
    tone: Tone
    groups: frozenset[Group]
    decided_at: datetime | None = None
    who: str = ""
    words: str = ""
    pairs: list[Pair] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    dates: list[DateLine] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    unrecorded: bool = False
    seq: int = 0
    number: int = 0
    type: str = ""

    @property
    def of_machine(self) -> bool:
        """Whether the engine alone did it, as it should: no event of the case, nobody's command, no fault."""
        return self.groups <= OF_MACHINES and self.tone is not Tone.LATE

    @property
    def told(self) -> str:
        """How many were told, and how many were not reached."""
        return summary(self.delivered)

    @property
    def searched(self) -> str:
        """Everything that a search looks at."""
        told = [one.searched for one in self.delivered]
        return " ".join([self.text, self.who, self.words, self.type, *self.facts, *told]).casefold()


@dataclass(frozen=True, kw_only=True)
class Material:
    """What the lines of a window are written with."""

    names: Mapping[int, str]
    words: Mapping[int, str]
    delivered: Mapping[int, list[Delivered]]
    recorded_seq: int


VISIBLE = frozenset(
    {
        EntryKind.RUN_COMPLETED,
        EntryKind.RUN_CONTINUED,
        EntryKind.RUN_BROKEN_OFF,
        EntryKind.CANCEL_REQUESTED,
        EntryKind.TIMER_SET,
        EntryKind.TIMER_MOVED,
        EntryKind.TIMER_FIRED,
        EntryKind.COMMAND_REFUSED,
        EntryKind.RECORD_FAILED,
        EntryKind.TASK_FAILED,
        EntryKind.UNKNOWN,
    }
)
"""Engine events that stand by themselves; all others are folded."""
FAULTS = frozenset(
    {EntryKind.RUN_BROKEN_OFF, EntryKind.CANCEL_REQUESTED, EntryKind.RECORD_FAILED, EntryKind.TASK_FAILED}
)
TIMERS = frozenset({EntryKind.TIMER_SET, EntryKind.TIMER_MOVED, EntryKind.TIMER_FIRED})
MESSAGES = frozenset(
    {
        EventKind.MESSAGE_RECEIVED,
        EventKind.NUDGED,
        EventKind.URGED,
        EventKind.NOTED,
        EventKind.CONTRIBUTED,
        EventKind.ASKED,
        EventKind.COMPLETED,
        EventKind.ANSWERED,
        EventKind.FOLLOWED_UP,
        EventKind.REPLY_CORRECTED,
    }
)
OUTCOMES: Mapping[str, LazyText] = {
    "waiting": lazy_gettext("Menunggu diterapkan"),
    "cancelling": lazy_gettext("Sedang dibatalkan"),
    "cancelled": lazy_gettext("Dibatalkan pengirimnya"),
    "refused": lazy_gettext("Ditolak"),
}


def lines_of(items: Sequence[Item], given: Material) -> list[Line]:
    """The lines, in the order of the items."""
    return [_line(item, given) for item in items]


def _line(item: Item, given: Material) -> Line:
    if item.command is not None:
        return _command(item, item.command, given)
    if item.event is not None:
        return _event(item, item.event, given)
    if item.opening is not None:
        return _opening(item, item.opening)
    assert item.entry is not None  # noqa: S101  an item is one of the four
    return _entry(item, item.entry)


def _opening(item: Item, opening: Opening) -> Line:
    """Who opened the reporter's identity: a role and a unit, and why in their own words."""
    told = opening_lines([opening])[0]
    return Line(
        item=item,
        at=told.at,
        text=gettext("Identitas pelapor dibuka: %(reason)s", reason=str(told.reason)),
        who=told.who,
        tone=Tone.LOUD,
        groups=frozenset({Group.PEOPLE}),
        words=told.words,
    )


def _event(item: Item, event: Event, given: Material) -> Line:
    delivered = given.delivered.get(event.seq, [])
    late = event.kind is EventKind.CLOCK_EXPIRED
    by_time = Relation.SYSTEM in event.actor.relations
    groups = {Group.TIME if by_time else Group.PEOPLE}
    groups |= {Group.MESSAGE} if event.kind in MESSAGES else set()
    groups |= {Group.DELIVERY} if delivered else set()
    groups |= {Group.FAULT} if any(one.failed for one in delivered) or _told_of_fault(event) else set()
    apart = abs(item.at - event.at) >= LATER
    return Line(
        item=item,
        at=event.at,
        decided_at=item.at if apart else None,
        text=event_label(event, given.names),
        who=actor_label(event.actor, given.names),
        tone=Tone.LATE if late else Tone.QUIET if by_time else Tone.LOUD,
        groups=frozenset(groups),
        words=given.words.get(event.message_id or 0, ""),
        pairs=_pairs(event),
        delivered=delivered,
        unrecorded=event.seq > given.recorded_seq,
        seq=event.seq,
        number=item.entry.number if item.entry else 0,
    )


def _told_of_fault(event: Event) -> bool:
    return event.kind in {EventKind.MAIL_FAILED, EventKind.OUTAGE_SHIFTED}


def _pairs(event: Event) -> list[Pair]:
    """For every clock that this event ran out or stopped: when it was due, and when that came."""
    if event.kind is EventKind.CLOCK_EXPIRED:
        expired = [clock for clock in event.clocks if _dated(clock) and clock.expired_at is not None]
        return [
            replace(_pair(clock, event.at), verdict=gettext("terlewati tanpa tindakan")) for clock in expired
        ]
    stopped = [clock for clock in event.clocks if clock.stopped_at == event.at and _dated(clock)]
    return [_pair(clock, event.at) for clock in stopped]


def _dated(clock: Clock) -> bool:
    """Clocks of the ladder, windows and offers are plans of nobody's."""
    return clock.due_at is not None and clock.name in STAFF_CLOCKS | REPORTER_CLOCKS | {ClockName.PROMISE}


def _pair(clock: Clock, at: datetime) -> Pair:
    assert clock.due_at is not None  # noqa: S101  the caller has looked
    late = at > clock.due_at or clock.expired_at is not None
    verdict = gettext("terlambat") if late else gettext("tepat waktu")
    return Pair(label=str(CLOCKS[clock.name]), planned=clock.due_at, actual=at, verdict=verdict, late=late)


def _entry(item: Item, entry: Entry) -> Line:
    again = entry.kind is EntryKind.RECORD_STARTED and entry.attempt > 1
    fault = entry.kind in FAULTS or again
    pair = _timer_pair(entry)
    late = pair is not None and pair.late
    group = Group.TIMER if entry.kind in TIMERS else Group.FAULT if fault else Group.MACHINE
    shown = entry.kind in VISIBLE or again
    return Line(
        item=item,
        at=entry.at,
        text=entry_label(entry),
        tone=Tone.LATE if late or fault else Tone.QUIET if shown else Tone.MACHINE,
        groups=frozenset({group, Group.FAULT} if late else {group}),
        pairs=[] if pair is None else [pair],
        facts=_facts(entry),
        number=entry.number,
        type=entry.type,
    )


def _timer_pair(entry: Entry) -> Pair | None:
    if entry.timer is None or entry.kind not in TIMERS:
        return None
    planned = entry.timer.planned_at
    if entry.kind is EntryKind.TIMER_MOVED and entry.before is not None:
        return Pair(label="", planned=entry.before.planned_at, actual=planned)
    if entry.kind is not EntryKind.TIMER_FIRED:
        return Pair(label="", planned=planned, actual=None)
    late = entry.at - planned >= LATER
    verdict = gettext("lewat dari rencana") if late else gettext("tepat waktu")
    return Pair(label="", planned=planned, actual=entry.at, verdict=verdict, late=late)


def _facts(entry: Entry) -> list[str]:
    """Counts, types and ids; no text of a failure."""
    facts = []
    if entry.attempt > 1:
        facts.append(gettext("percobaan ke-%(num)d", num=entry.attempt))
    if entry.failure:
        facts.append(gettext("jenis kegagalan: %(type)s", type=entry.failure))
    if entry.command is not None:
        facts.append(gettext("perintah %(id)s", id=entry.command.id))
    return facts


def _command(item: Item, given: CommandEntry, material: Material) -> Line:
    command = given.command
    label, outcome = str(ACTIONS[command.action]), OUTCOMES.get(given.outcome, OUTCOMES["refused"])
    reason = "" if given.refusal is None else refusal_sentence(given.refusal, material.names)
    return Line(
        item=item,
        at=command.recorded_at,
        text=f"{outcome}: {label}",
        who=actor_label(command.actor, material.names),
        tone=Tone.WAITING,
        groups=frozenset({Group.COMMAND}),
        words=given.text,
        facts=[one for one in (reason, gettext("perintah %(id)s", id=command.id)) if one],
    )
