"""Commands before their outcome, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from db.case_table import CommandRow
from db.command_store import NotYourCommandError, OtherBodySentError
from domain.act.joining import disowning
from domain.case import Action, Kind
from domain.command import Refusal, RefusalReason
from schemas.command import NewCommand
from tests.bodies import nested
from tests.offices import Offices


def new_dispose(offices: Offices, case_id: int, **changes: object) -> NewCommand:
    fields = {
        "id": str(uuid4()),
        "case_id": case_id,
        "action": Action.DISPOSE,
        "actor": offices.actor("kota.admin", "kota"),
        "version": 1,
        "words": "Mohon ditindaklanjuti.",
        "unit": offices.unit("pu"),
    }
    return NewCommand.model_validate(nested(fields | changes))


def test_the_same_id_with_the_same_body_is_recorded_once(offices: Offices) -> None:
    new = new_dispose(offices, offices.report().case_id)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: offices.commands.record(new), range(16)))
    assert sum(not record.again for record in made) == 1
    assert len({record.command.recorded_at for record in made}) == 1
    assert len({record.command.message_id for record in made}) == 1


@pytest.mark.parametrize(
    "change",
    [{"words": "Lain."}, {"version": 2}, {"kind": Kind.ASPIRATION}],
    ids=["words", "version", "kind"],
)
def test_the_same_id_with_another_body_is_refused(offices: Offices, change: dict[str, object]) -> None:
    case_id = offices.report().case_id
    new = new_dispose(offices, case_id)
    offices.commands.record(new)
    with pytest.raises(OtherBodySentError):
        offices.commands.record(new_dispose(offices, case_id, id=new.id, **change))


def test_the_same_id_from_another_person_is_refused(offices: Offices) -> None:
    case_id = offices.report().case_id
    new = new_dispose(offices, case_id)
    offices.commands.record(new)
    other = new_dispose(offices, case_id, id=new.id, actor=offices.actor("nasional.admin", "kota"))
    with pytest.raises(OtherBodySentError):
        offices.commands.record(other)


def test_waiting_commands_come_oldest_first(offices: Offices) -> None:
    case_id = offices.report().case_id
    at = datetime.now(UTC)
    young = offices.commands.record(new_dispose(offices, case_id), recorded_at=at - timedelta(minutes=1))
    old = offices.commands.record(new_dispose(offices, case_id), recorded_at=at - timedelta(minutes=2))
    waiting = offices.commands.waiting(at, 10)
    assert [each.id for each in waiting] == [old.command.id, young.command.id]
    assert [each.command for each in offices.commands.waiting(at - timedelta(seconds=90), 10)] == [
        old.command
    ]
    assert waiting[0].code == old.code


def pause_after_try(offices: Offices, command_id: str) -> float:
    """Seconds between a try and the next."""
    offices.commands.put_off(command_id)
    with offices.database.read() as session:
        row = session.get_one(CommandRow, command_id)
        assert row.tried_at is not None
        return (row.next_try_at - row.tried_at).total_seconds()


def test_a_command_without_an_answer_is_tried_ever_more_rarely(offices: Offices) -> None:
    command_id = offices.commands.record(new_dispose(offices, offices.report().case_id)).command.id
    pauses = [pause_after_try(offices, command_id) for _ in range(10)]
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_a_stuck_command_lets_newer_ones_of_other_cases_go_first(offices: Offices) -> None:
    at = datetime.now(UTC)
    stuck, newer = (
        offices.commands.record(
            new_dispose(offices, offices.report().case_id), recorded_at=at - timedelta(minutes=number)
        )
        for number in (2, 1)
    )
    offices.commands.put_off(stuck.command.id)
    assert [each.id for each in offices.commands.waiting(at, 10)] == [newer.command.id]
    later = at + timedelta(minutes=1)
    assert [each.id for each in offices.commands.waiting(later, 1)] == [newer.command.id]


def test_a_later_command_never_overtakes_an_earlier_one_of_its_case(offices: Offices) -> None:
    case_id, at = offices.report().case_id, datetime.now(UTC)
    first, second = (
        offices.commands.record(new_dispose(offices, case_id), recorded_at=at - timedelta(minutes=number))
        for number in (2, 1)
    )
    offices.commands.put_off(first.command.id)
    assert offices.commands.waiting(at, 10) == []
    later = at + timedelta(minutes=1)
    assert [each.id for each in offices.commands.waiting(later, 1)] == [first.command.id]
    found = [each.id for each in offices.commands.waiting(later, 10)]
    assert found == [first.command.id, second.command.id]


def test_waiting_commands_are_found_by_one_query_however_many_they_are(offices: Offices) -> None:
    for _ in range(3):
        offices.commands.record(new_dispose(offices, offices.report().case_id))
    asked: list[str] = []
    event.listen(offices.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert len(offices.commands.waiting(datetime.now(UTC) + timedelta(minutes=1), 10)) == 3
    assert len([query for query in asked if "select" in query.lower()]) == 1


def test_a_command_that_cannot_be_read_hides_no_other(offices: Offices) -> None:
    bad, good = (offices.commands.record(new_dispose(offices, offices.report().case_id)) for _ in range(2))
    with offices.database.write() as session:
        session.get_one(CommandRow, bad.command.id).content = {"id": 1}
    found = offices.commands.waiting(datetime.now(UTC) + timedelta(minutes=1), 10)
    assert [(each.id, each.command) for each in found] == [
        (bad.command.id, None),
        (good.command.id, good.command),
    ]


def test_a_refusal_is_kept_and_no_longer_waits(offices: Offices) -> None:
    record = offices.commands.record(new_dispose(offices, offices.report().case_id))
    refusal = Refusal(reason=RefusalReason.CHANGED, at=datetime(2026, 11, 21, tzinfo=UTC))
    offices.commands.refuse(record.command.id, refusal)
    kept = offices.commands.find(record.command.id)
    assert kept is not None and (kept.outcome, kept.refusal) == ("refused", refusal)
    assert offices.commands.waiting(datetime.now(UTC) + timedelta(minutes=1), 10) == []


def calling_back(offices: Offices, new: NewCommand) -> NewCommand:
    """What somebody sends who thinks better of it."""
    fields = {"id": str(uuid4()), "case_id": new.case_id, "action": Action.CANCEL, "actor": new.actor}
    return NewCommand.model_validate(nested(fields | {"cancels": new.id}))


def test_a_command_that_is_called_back_is_not_sent_and_goes_on_if_that_is_refused(offices: Offices) -> None:
    new = new_dispose(offices, offices.report().case_id)
    offices.commands.record(new)
    cancel = calling_back(offices, new)
    offices.commands.record(cancel)
    held = [waiting.id for waiting in offices.commands.waiting(datetime.now(UTC) + timedelta(hours=1), 10)]
    offices.commands.refuse(cancel.id, Refusal(reason=RefusalReason.APPLIED))
    free = [waiting.id for waiting in offices.commands.waiting(datetime.now(UTC) + timedelta(hours=1), 10)]
    assert (held, free) == ([cancel.id], [new.id])


def test_only_its_author_calls_a_command_back_and_nobody_a_cancel(offices: Offices) -> None:
    new = new_dispose(offices, offices.report().case_id)
    offices.commands.record(new)
    cancel = calling_back(offices, new)
    stranger = cancel.model_copy(update={"actor": offices.actor("nasional.admin", "kota")})
    with pytest.raises(NotYourCommandError):
        offices.commands.record(stranger)
    offices.commands.record(cancel)
    with pytest.raises(NotYourCommandError):
        offices.commands.record(calling_back(offices, cancel))


def test_what_cases_tell_each_other_counts_from_when_it_is_queued(offices: Offices) -> None:
    """Else it would be given up before it was ever sent."""
    case_id, long_ago = offices.report().case_id, datetime.now(UTC) - timedelta(days=4)
    told = disowning("a-merge", 99, "0000000000", long_ago)
    offices.commands.queue(told, case_id)
    offices.commands.queue(told, case_id)
    (waiting,) = offices.commands.waiting(datetime.now(UTC) + timedelta(seconds=1), 10)
    assert waiting.recorded_at > datetime.now(UTC) - timedelta(minutes=1)
