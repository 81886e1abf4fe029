from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from db.bulk_store import BulkStore, LeftOut, NewBulk, NewItem
from db.case_table import CommandRow
from db.command_store import OtherBodySentError
from domain.case import Action
from schemas.command import NewCommand
from tests.factories import CaseFactory
from tests.offices import Offices


def test_a_bulk_is_recorded_whole_and_once_and_tells_what_became_of_each_case(offices: Offices) -> None:
    factory, store = CaseFactory(offices), BulkStore(offices.database, offices.commands)
    asked, left_out = factory.report("Satu"), factory.report("Dua")
    person_id = offices.people["kota.admin"]
    claim = NewCommand(
        id=str(uuid4()), case_id=asked.id, action=Action.CLAIM, actor=factory.actor(asked, "kota.admin")
    )
    items = (
        NewItem(case_id=asked.id, command=claim),
        NewItem(case_id=left_out.id, left_out=LeftOut.ALREADY),
    )
    new = NewBulk(id=str(uuid4()), person_id=person_id, action=Action.CLAIM, body_hash="a", items=items)
    (recorded,) = store.record(new)
    assert store.record(new) == [] and store.came_before(new.id, person_id, "a")
    assert store.waiting_count(new.id) == 1
    factory.cases.send(asked.code, recorded.command)
    assert store.waiting_count(new.id) == 0
    found = store.find(new.id, person_id)
    assert found is not None
    assert [(line.code, line.outcome, line.left_out) for line in found.lines] == [
        (asked.code, "applied", None),
        (left_out.code, None, LeftOut.ALREADY),
    ]
    assert store.find(new.id, offices.people["kota.atasan"]) is None
    with pytest.raises(OtherBodySentError):
        store.record(replace(new, body_hash="b"))
    with offices.database.read() as session:
        assert session.scalars(select(func.count(CommandRow.id))).one() == 1
