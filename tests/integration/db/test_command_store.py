"""Commands before their outcome, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from db.command_store import OtherBodySentError
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
    assert [record.command.id for record in waiting] == [old.command.id, young.command.id]
    assert offices.commands.waiting(at - timedelta(seconds=90), 10)[0].command == old.command


def test_a_refusal_is_kept_and_no_longer_waits(offices: Offices) -> None:
    record = offices.commands.record(new_dispose(offices, offices.report().case_id))
    refusal = Refusal(reason=RefusalReason.CHANGED, at=datetime(2026, 11, 21, tzinfo=UTC))
    offices.commands.refuse(record.command.id, refusal)
    kept = offices.commands.find(record.command.id)
    assert kept is not None and (kept.outcome, kept.refusal) == ("refused", refusal)
    assert offices.commands.waiting(datetime.now(UTC) + timedelta(minutes=1), 10) == []
