"""Reads one run of a case's workflow: what each event of the engine says, in order, without any words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from domain.case import SIGNALLED
from domain.command import Command
from domain.event import Event
from engine.digest_timer import TimerBook
from schemas.inspection import Entry, EntryKind, RunDigest

EVENTS = TypeAdapter(tuple[Event, ...])
COMMAND = TypeAdapter(Command)
RECORD = "record"
_TYPE_PREFIX = "EVENT_TYPE_"
_TYPE_NAME = re.compile(r"[A-Za-z_][\w.]{0,80}")
"""What a type of a failure looks like; anything else might be a sentence."""

PLAIN: dict[str, EntryKind] = {
    "WORKFLOW_TASK_SCHEDULED": EntryKind.TASK_SCHEDULED,
    "WORKFLOW_TASK_STARTED": EntryKind.TASK_STARTED,
    "WORKFLOW_TASK_COMPLETED": EntryKind.TASK_DONE,
    "WORKFLOW_TASK_TIMED_OUT": EntryKind.TASK_FAILED,
    "WORKFLOW_EXECUTION_STARTED": EntryKind.RUN_STARTED,
    "WORKFLOW_EXECUTION_COMPLETED": EntryKind.RUN_COMPLETED,
    "WORKFLOW_EXECUTION_CONTINUED_AS_NEW": EntryKind.RUN_CONTINUED,
    "WORKFLOW_EXECUTION_FAILED": EntryKind.RUN_BROKEN_OFF,
    "WORKFLOW_EXECUTION_TIMED_OUT": EntryKind.RUN_BROKEN_OFF,
    "WORKFLOW_EXECUTION_CANCELED": EntryKind.RUN_BROKEN_OFF,
    "WORKFLOW_EXECUTION_TERMINATED": EntryKind.RUN_BROKEN_OFF,
    "WORKFLOW_EXECUTION_CANCEL_REQUESTED": EntryKind.CANCEL_REQUESTED,
    "ACTIVITY_TASK_CANCEL_REQUESTED": EntryKind.RECORD_FAILED,
    "ACTIVITY_TASK_CANCELED": EntryKind.RECORD_FAILED,
    "ACTIVITY_TASK_COMPLETED": EntryKind.RECORD_DONE,
    "ACTIVITY_TASK_FAILED": EntryKind.RECORD_FAILED,
    "ACTIVITY_TASK_TIMED_OUT": EntryKind.RECORD_FAILED,
    "WORKFLOW_EXECUTION_UPDATE_ADMITTED": EntryKind.COMMAND_TAKEN,
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": EntryKind.DISPLAYED,
    "WORKFLOW_PROPERTIES_MODIFIED": EntryKind.DISPLAYED,
    "WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY": EntryKind.DISPLAYED,
    "ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY": EntryKind.OPTIONS_CHANGED,
    "MARKER_RECORDED": EntryKind.MARKED,
    "WORKFLOW_EXECUTION_OPTIONS_UPDATED": EntryKind.OPTIONS_CHANGED,
    "WORKFLOW_EXECUTION_PAUSED": EntryKind.OPTIONS_CHANGED,
    "WORKFLOW_EXECUTION_UNPAUSED": EntryKind.OPTIONS_CHANGED,
    "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED": EntryKind.OPTIONS_CHANGED,
}
"""Types of which no more is said than what they are, when, and the type of a failure."""
CLOSES = {EntryKind.RUN_COMPLETED, EntryKind.RUN_CONTINUED, EntryKind.RUN_BROKEN_OFF}


@dataclass
class _Reading:
    """What later events refer to."""

    carried: frozenset[int]
    timers: TimerBook
    records: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    """By the number of its scheduling: id, first and last event of an activity."""
    updates: dict[str, tuple[str, Command | None]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)


Reader = Callable[[HistoryEvent, Entry, _Reading], list[Entry]]


def digest(run_id: str, events: Iterable[HistoryEvent]) -> RunDigest:
    """The run in order, every event of the engine in at least one entry. Raises: IndexError for no events."""
    given = list(events)
    started = given[0].workflow_execution_started_event_attributes
    previous = started.continued_execution_run_id
    reading = _Reading(carried=_carried(given[-1]), timers=TimerBook(continued=bool(previous)))
    entries = [entry for event in given for entry in _read(event, reading)]
    entries = [_unless_brief(entry, reading.timers.brief) for entry in entries]
    closed = entries[-1].kind in CLOSES
    return RunDigest(
        run_id=run_id,
        previous_run_id=previous,
        started_at=instant(given[0].event_time),
        closed_at=entries[-1].at if closed else None,
        event_count=len(given),
        entries=tuple(entries),
        timers=() if closed else reading.timers.waiting,
        activities=()
        if closed
        else tuple(reading.records[n] for n in sorted(reading.records.keys() - reading.done)),
    )


def type_of(event: HistoryEvent) -> str:
    """The type in the engine's words, such as `TIMER_STARTED`."""
    try:
        return EventType.Name(event.event_type).removeprefix(_TYPE_PREFIX)
    except ValueError:
        return str(int(event.event_type))


def instant(given: Timestamp) -> datetime:
    """An aware UTC instant."""
    return given.ToDatetime(tzinfo=UTC)


def failure_type(failure: Failure) -> str:
    """The type of what failed, its innermost cause first; "" for nothing. Never a sentence."""
    while failure.HasField("cause"):
        failure = failure.cause
    info = failure.WhichOneof("failure_info")
    if info is None:
        return ""
    named = failure.application_failure_info.type if info == "application_failure_info" else ""
    found = named or info.removesuffix("_failure_info")
    return found if _TYPE_NAME.fullmatch(found) else "other"


def content_of(payload: Payload) -> Any:
    """The value of a payload; None for one that is not plain JSON."""
    if payload.metadata.get("encoding") != b"json/plain":
        return None
    try:
        return json.loads(payload.data)
    except ValueError:
        return None


def _unless_brief(entry: Entry, brief: set[int]) -> Entry:
    is_brief = entry.number in brief and entry.kind in {EntryKind.TIMER_SET, EntryKind.TIMER_MOVED}
    return replace(entry, kind=EntryKind.TIMER_BRIEF) if is_brief else entry


def _read(event: HistoryEvent, reading: _Reading) -> list[Entry]:
    name = type_of(event)
    base = Entry(
        number=event.event_id,
        type=name,
        at=instant(event.event_time),
        kind=PLAIN.get(name, EntryKind.UNKNOWN),
    )
    return READERS.get(name, _plain)(event, base, reading)


def _plain(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    attributes = getattr(event, event.WhichOneof("attributes") or "", None)
    number = getattr(attributes, "scheduled_event_id", 0)
    if number in reading.records and base.kind in {EntryKind.RECORD_DONE, EntryKind.RECORD_FAILED}:
        reading.done.add(number)
        _, first, last = reading.records[number]
        base = replace(base, first_seq=first, last_seq=last, name=RECORD)
    failure = getattr(attributes, "failure", None)
    found = failure_type(failure) if isinstance(failure, Failure) else ""
    return [replace(base, failure=found or _by_itself(base))]


def _by_itself(base: Entry) -> str:
    """A failure whose type is that of its event."""
    return base.type if base.kind in {EntryKind.TASK_FAILED, EntryKind.RUN_BROKEN_OFF} else ""


def _task_failed(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    failed = event.workflow_task_failed_event_attributes
    return [replace(base, kind=EntryKind.TASK_FAILED, failure=failure_type(failed.failure) or base.type)]


def _scheduled(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    """The activity, and every event that it was given to record unless the next run gives it again."""
    attributes = event.activity_task_scheduled_event_attributes
    told = _events(attributes.input)
    first, last = (told[0].seq, told[-1].seq) if told else (0, 0)
    reading.records[event.event_id] = (attributes.activity_id, first, last)
    name = attributes.activity_type.name
    own = replace(base, kind=EntryKind.RECORD_SCHEDULED, name=name, first_seq=first, last_seq=last)
    happened = [
        replace(base, kind=EntryKind.HAPPENED, event=one, first_seq=one.seq, last_seq=one.seq)
        for one in told
        if one.seq not in reading.carried
    ]
    return [*happened, own]


def _started(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    attributes = event.activity_task_started_event_attributes
    _, first, last = reading.records.get(attributes.scheduled_event_id, ("", 0, 0))
    return [
        replace(
            base,
            kind=EntryKind.RECORD_STARTED,
            attempt=attributes.attempt,
            failure=failure_type(attributes.last_failure),
            first_seq=first,
            last_seq=last,
        )
    ]


def _signaled(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    attributes = event.workflow_execution_signaled_event_attributes
    name = attributes.signal_name
    command = _command(attributes.input) if name in {action.value for action in SIGNALLED} else None
    return [replace(base, kind=EntryKind.SIGNALED, name=name, command=command)]


def _accepted(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    request = event.workflow_execution_update_accepted_event_attributes.accepted_request
    command = _command(request.input.args)
    reading.updates[request.meta.update_id] = (request.input.name, command)
    return [replace(base, kind=EntryKind.COMMAND_TAKEN, name=request.input.name, command=command)]


def _completed(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    attributes = event.workflow_execution_update_completed_event_attributes
    name, command = reading.updates.get(attributes.meta.update_id, ("", None))
    if attributes.outcome.HasField("failure"):
        kind, found = EntryKind.COMMAND_REFUSED, failure_type(attributes.outcome.failure)
        return [replace(base, kind=kind, name=name, command=command, failure=found)]
    answer = [content_of(one) for one in attributes.outcome.success.payloads]
    seq = answer[0].get("seq", 0) if answer and isinstance(answer[0], dict) else 0
    return [
        replace(base, kind=EntryKind.COMMAND_DONE, name=name, command=command, first_seq=seq, last_seq=seq)
    ]


def _rejected(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    attributes = event.workflow_execution_update_rejected_event_attributes
    name = attributes.rejected_request.input.name
    return [
        replace(base, kind=EntryKind.COMMAND_REFUSED, name=name, failure=failure_type(attributes.failure))
    ]


def _timer(event: HistoryEvent, base: Entry, reading: _Reading) -> list[Entry]:
    return [reading.timers.read(event, base, content_of(event.user_metadata.summary))]


READERS: dict[str, Reader] = {
    "ACTIVITY_TASK_SCHEDULED": _scheduled,
    "ACTIVITY_TASK_STARTED": _started,
    "WORKFLOW_TASK_FAILED": _task_failed,
    "WORKFLOW_EXECUTION_SIGNALED": _signaled,
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED": _accepted,
    "WORKFLOW_EXECUTION_UPDATE_COMPLETED": _completed,
    "WORKFLOW_EXECUTION_UPDATE_REJECTED": _rejected,
    "TIMER_STARTED": _timer,
    "TIMER_CANCELED": _timer,
    "TIMER_FIRED": _timer,
}


def _carried(last: HistoryEvent) -> frozenset[int]:
    """The events that a run hands to the next one, which gives them to be recorded (again)."""
    payloads = last.workflow_execution_continued_as_new_event_attributes.input.payloads
    given = content_of(payloads[0]) if payloads else None
    pending = given.get("pending", []) if isinstance(given, dict) else []
    return frozenset(one["seq"] for one in pending if isinstance(one, dict) and "seq" in one)


def _events(given: Payloads) -> tuple[Event, ...]:
    """What an activity is to record; nothing of one that is given something else."""
    content = content_of(given.payloads[0]) if given.payloads else None
    try:
        return EVENTS.validate_python(content.get("events", ()) if isinstance(content, dict) else ())
    except ValidationError:
        return ()


def _command(given: Payloads) -> Command | None:
    content = content_of(given.payloads[0]) if given.payloads else None
    try:
        return None if content is None else COMMAND.validate_python(content)
    except ValidationError:
        return None
