"""The vault is opened with a reason on the record, for a short while, and for who opened it alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from db.identity_store import SHOWN_FOR, IdentityStore, NewOpening
from db.identity_table import IdentityOpeningRow
from domain.case import Role
from domain.identity import OpeningReason
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def opening(factory: CaseFactory, case: MadeCase, login: str = "pu.penghubung") -> NewOpening:
    return NewOpening(
        id=str(uuid4()),
        case_id=case.id,
        person_id=factory.offices.people[login],
        unit_id=factory.offices.units["pu"],
        role=Role.LIAISON,
        reason=OpeningReason.CALL,
        words="Menanyakan letak tiang.",
    )


def test_nothing_is_shown_before_an_opening_and_to_nobody_else_after_it(factory: CaseFactory) -> None:
    offices, case = factory.offices, factory.report()
    store, new = IdentityStore(offices.database, offices.keyring), opening(factory, case)
    assert store.opened(case.id, new.person_id) is None
    store.record(new)
    shown = store.opened(case.id, new.person_id)
    assert shown is not None and shown.identity.email == "pelapor@contoh.example"
    assert store.opened(case.id, offices.people["pu.atasan"]) is None


def test_the_same_form_counts_once_and_the_record_tells_who_and_why(factory: CaseFactory) -> None:
    offices, case = factory.offices, factory.report()
    store, new = IdentityStore(offices.database, offices.keyring), opening(factory, case)
    store.record(new)
    store.record(new)
    (kept,) = store.openings(case.id)
    assert (kept.unit, kept.role, kept.reason) == ("Dinas pu", Role.LIAISON, OpeningReason.CALL)
    assert kept.words == "Menanyakan letak tiang."
    (told,) = store.told(case.id)
    assert told.words == "" and told.opened_at == kept.opened_at


def test_after_a_while_it_takes_another_opening(factory: CaseFactory) -> None:
    offices, case = factory.offices, factory.report()
    store, new = IdentityStore(offices.database, offices.keyring), opening(factory, case)
    store.record(new)
    long_ago = datetime.now(UTC) - SHOWN_FOR - timedelta(seconds=1)
    with offices.database.write() as session:
        session.execute(update(IdentityOpeningRow).values(opened_at=long_ago))
    assert store.opened(case.id, new.person_id) is None
    assert len(store.openings(case.id)) == 1


def test_the_words_of_a_reason_are_sealed(factory: CaseFactory) -> None:
    offices, case = factory.offices, factory.report()
    IdentityStore(offices.database, offices.keyring).record(opening(factory, case))
    with offices.database.read() as session:
        row = session.query(IdentityOpeningRow).one()
        assert b"tiang" not in row.sealed
