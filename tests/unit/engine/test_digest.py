"""What the engine tells of a case is read whole, and none of its sentences are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import ActivityType
from temporalio.api.failure.v1 import Failure, TimeoutFailureInfo
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Input, Meta, Outcome, Request

from domain.agenda import AgendaKind
from domain.case import ClockName
from domain.event import EventKind
from engine.digest import digest, failure_type
from schemas.inspection import EntryKind, RunDigest
from tests.histories import CORPUS, SECRET, START, Made, failure, history, payloads


def kinds(made: Made) -> list[EntryKind]:
    return [entry.kind for entry in digest("r", made.events).entries]


def began(**attributes: object) -> Made:
    made = Made()
    made.add("WORKFLOW_EXECUTION_STARTED", **attributes)
    return made


def timer(made: Made, summary: str, seconds: float, after: timedelta | None = None) -> int:
    length = Duration()
    length.FromTimedelta(timedelta(seconds=seconds))
    event = made.add("TIMER_STARTED", after, start_to_fire_timeout=length)
    made.say(summary)
    return event.event_id


def recorded(made: Made, *seqs: int) -> HistoryEvent:
    """An activity that is to record events; their content is that of the corpus."""
    told = [event_of(seq) for seq in seqs]
    return made.add(
        "ACTIVITY_TASK_SCHEDULED",
        activity_id=str(seqs[0]),
        activity_type=ActivityType(name="record"),
        input=payloads({"events": told, "state": {}}),
    )


def event_of(seq: int) -> dict[str, object]:
    return {
        "seq": seq,
        "version": seq,
        "kind": "noted",
        "at": START.isoformat(),
        "actor": {"channel": "web", "relations": ["verifier"]},
        "stage": "verification",
        "holder": {"id": 2, "level": "agency", "agency_id": 2},
        "case_kind": "complaint",
    }


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_history_of_the_corpus_is_read_whole_without_an_unknown_line(file: Path) -> None:
    given = history(file)
    read = digest("r", given.events)
    assert {entry.number for entry in read.entries} == {event.event_id for event in given.events}
    assert not [entry.type for entry in read.entries if entry.kind is EntryKind.UNKNOWN]
    seqs = [entry.first_seq for entry in read.entries if entry.kind is EntryKind.HAPPENED]
    assert seqs == list(range(1, len(seqs) + 1)) and seqs
    assert (read.closed_at is None) is (not _ended(read))


def _ended(read: RunDigest) -> bool:
    return read.entries[-1].kind in {EntryKind.RUN_COMPLETED, EntryKind.RUN_CONTINUED}


def test_commands_of_the_corpus_are_named_with_their_id_and_become_their_event() -> None:
    file = next(one for one in CORPUS if one.stem.startswith("an_answer_taken_back"))
    read = digest("r", history(file).events)
    done = [entry for entry in read.entries if entry.kind is EntryKind.COMMAND_DONE]
    events = {entry.event.seq: entry.event for entry in read.entries if entry.event is not None}
    assert [entry.name for entry in done][:2] == ["dispose", "answer"]
    for entry in done:
        assert entry.command is not None and events[entry.first_seq].command_id == entry.command.id


def test_a_timer_that_fires_shows_what_was_planned_beside_what_came() -> None:
    made = began()
    number = timer(made, "expire verification 2026-11-02T04:00Z", 3598)
    made.add("TIMER_FIRED", timedelta(hours=2), started_event_id=number)
    fired = digest("r", made.events).entries[-1]
    assert fired.kind is EntryKind.TIMER_FIRED and fired.timer is not None and fired.timer.purpose is not None
    assert (fired.timer.purpose.kind, fired.timer.purpose.clock) == (
        AgendaKind.EXPIRE,
        ClockName.VERIFICATION,
    )
    assert fired.timer.planned_at == START + timedelta(hours=1)
    assert fired.at - fired.timer.planned_at == timedelta(hours=1, seconds=2)


def test_a_timer_set_too_late_keeps_its_plan() -> None:
    made = began()
    timer(made, "warn resolution 2026-10-20T01:00Z", 0.001)
    (waiting,) = digest("r", made.events).timers
    assert (waiting.planned_at.month, waiting.planned_at.day) == (10, 20)


def test_a_timer_that_is_set_again_is_moved_or_kept_and_a_brief_one_matters_to_nobody() -> None:
    made, minute = began(), timedelta(minutes=1)
    for summary in ("warn resolution 2026-11-09T01:00Z", "warn resolution 2026-11-09T01:00Z"):
        timer(made, summary, 600_000)
        made.add("TIMER_CANCELED", minute, started_event_id=made.events[-1].event_id)
    brief = timer(made, "expire completion 2026-11-08T01:00Z", 500_000)
    made.add("TIMER_CANCELED", started_event_id=brief)
    timer(made, "expire confirmation 2026-11-07T01:00Z", 400_000)
    told = [entry for entry in digest("r", made.events).entries if entry.kind is not EntryKind.TIMER_CANCELED]
    assert [entry.kind for entry in told[1:]] == [
        EntryKind.TIMER_SET,
        EntryKind.TIMER_KEPT,
        EntryKind.TIMER_BRIEF,
        EntryKind.TIMER_MOVED,
    ]
    assert told[-1].before is not None and told[-1].before.purpose is not None
    assert told[-1].before.purpose.clock is ClockName.RESOLUTION


def test_the_first_timer_of_a_run_that_goes_on_is_the_one_of_before() -> None:
    made = began(continued_execution_run_id="before")
    timer(made, "warn resolution 2026-11-09T01:00Z", 600_000)
    read = digest("r", made.events)
    assert (read.previous_run_id, read.entries[-1].kind) == ("before", EntryKind.TIMER_KEPT)


def test_what_a_run_hands_on_is_told_once_by_the_run_that_records_it() -> None:
    made = began()
    recorded(made, 1)
    recorded(made, 2, 3)
    handed = payloads({"state": {}, "clocks": [], "pending": [event_of(3)]})
    made.add("WORKFLOW_EXECUTION_CONTINUED_AS_NEW", input=handed)
    read = digest("r", made.events)
    assert [entry.first_seq for entry in read.entries if entry.kind is EntryKind.HAPPENED] == [1, 2]
    assert read.closed_at is not None and read.timers == ()


def test_failures_are_told_by_type_and_attempt_and_never_in_their_words() -> None:
    made = began()
    scheduled = recorded(made, 1)
    made.add(
        "ACTIVITY_TASK_STARTED", scheduled_event_id=scheduled.event_id, attempt=4, last_failure=failure()
    )
    made.add("WORKFLOW_TASK_SCHEDULED")
    made.add("WORKFLOW_TASK_FAILED", failure=failure(SECRET))
    made.add("WORKFLOW_TASK_TIMED_OUT")
    read = digest("r", made.events)
    started, failed, late = read.entries[3], read.entries[5], read.entries[6]
    assert (started.kind, started.attempt, started.failure) == (EntryKind.RECORD_STARTED, 4, "DatabaseGone")
    assert (failed.kind, failed.failure) == (EntryKind.TASK_FAILED, "other")
    assert (late.kind, late.failure) == (EntryKind.TASK_FAILED, "WORKFLOW_TASK_TIMED_OUT")
    assert "Kenari" not in repr(read)
    assert read.activities == (("1", 1, 1),)


def test_the_innermost_cause_names_a_failure() -> None:
    outer = Failure(message=SECRET, timeout_failure_info=TimeoutFailureInfo(), cause=failure("StoreAway"))
    assert failure_type(outer) == "StoreAway"
    assert failure_type(Failure(timeout_failure_info=TimeoutFailureInfo())) == "timeout"
    assert failure_type(Failure()) == ""


def test_an_update_that_fails_is_a_refusal() -> None:
    made = began()
    request = Request(meta=Meta(update_id="u"), input=Input(name="answer", args=payloads({"no": "command"})))
    made.add("WORKFLOW_EXECUTION_UPDATE_ACCEPTED", accepted_request=request)
    outcome = Outcome(failure=failure("Refused"))
    made.add("WORKFLOW_EXECUTION_UPDATE_COMPLETED", meta=Meta(update_id="u"), outcome=outcome)
    taken, refused = digest("r", made.events).entries[1:]
    assert (taken.kind, taken.name, taken.command) == (EntryKind.COMMAND_TAKEN, "answer", None)
    assert (refused.kind, refused.name, refused.failure) == (EntryKind.COMMAND_REFUSED, "answer", "Refused")


def test_an_event_of_a_later_version_is_told_as_unknown() -> None:
    made = began()
    made.events.append(HistoryEvent(event_id=2, event_type=9999))  # type: ignore[arg-type]
    last = digest("r", made.events).entries[-1]
    assert (last.kind, last.type) == (EntryKind.UNKNOWN, "9999")


def test_an_activity_that_records_nothing_readable_is_still_a_line() -> None:
    made = began()
    activity = ActivityType(name="record")
    broken = payloads({"events": [{"seq": "x"}]})
    made.add("ACTIVITY_TASK_SCHEDULED", activity_id="1", activity_type=activity, input=broken)
    assert kinds(made) == [EntryKind.RUN_STARTED, EntryKind.RECORD_SCHEDULED]


def test_each_event_of_one_record_is_a_line_of_its_own() -> None:
    made = began()
    recorded(made, 1, 2, 3)
    told = [entry.event for entry in digest("r", made.events).entries if entry.event is not None]
    assert [event.seq for event in told] == [1, 2, 3]
    assert {event.kind for event in told} == {EventKind.NOTED}
