"""Messages to send, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Delete, Update, delete, select, update
from sqlalchemy import event as happening

from db.case_record import SqlCaseRecorder
from db.case_table import IdentityRow, OutboxRow
from db.mail_hold import MailHoldStore
from db.mail_preference_store import MailPreferenceStore
from db.outbox_store import LEASE, LOOKED_AT, OutboxStore
from domain.decide import begin
from domain.state import evolve
from schemas.case import RecordInput
from schemas.mail import Deferred, Delivered, Delivery, Sent, Undeliverable, UnknownOutcome
from tests.offices import Offices


def queued(offices: Offices, **report: object) -> int:
    """The id of the reporter's first message, queued by a real record."""
    intake = offices.report(**report)
    state = intake.start.state
    event = begin(state, intake.start.clocks, state.received_at)
    record = RecordInput(events=(event,), state=evolve(state, event))
    SqlCaseRecorder(offices.database).record(record)
    with offices.database.read() as session:
        mine = OutboxRow.case_id == intake.case_id
        return session.scalars(select(OutboxRow.id).where(mine, OutboxRow.recipient == "reporter")).one()


def state_of(offices: Offices, outbox_id: int) -> str:
    with offices.database.read() as session:
        return session.get_one(OutboxRow, outbox_id).state


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def test_of_many_senders_one_gets_the_message(offices: Offices) -> None:
    outbox_id = queued(offices)
    store = OutboxStore(offices.database, offices.keyring)
    at = soon()
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: store.claim_next([outbox_id], at)[0], range(16)))
    mails = [mail for mail in claimed if mail is not None]
    assert len(mails) == 1
    assert mails[0].to_address == "pelapor@contoh.example"
    assert mails[0].to_reporter


@pytest.mark.parametrize("next_one", ["claimed", "taken by another", "held"])
def test_a_claim_keeps_the_outcome_of_the_mail_before_whatever_becomes_of_it(
    offices: Offices, next_one: str
) -> None:
    first, second = queued(offices), queued(offices)
    store = OutboxStore(offices.database, offices.keyring)
    assert store.claim_next([first], soon())[0] is not None
    if next_one == "taken by another":
        assert store.claim_next([second], soon())[0] is not None
    if next_one == "held":
        MailHoldStore(offices.database).hold()
    sent = Sent(outbox_id=first, delivery=Delivered(provider_id="x"), at=soon())
    assert (store.claim_next([second], soon(), sent)[0] is not None) == (next_one == "claimed")
    assert state_of(offices, first) == "sent"
    assert state_of(offices, second) == ("pending" if next_one == "held" else "sending")


def unwanted(offices: Offices) -> int:
    """A message whose reader has chosen meanwhile to get none."""
    outbox_id = queued(offices)
    with offices.database.read() as session:
        case_id = session.get_one(OutboxRow, outbox_id).case_id
    MailPreferenceStore(offices.database).stop(case_id)
    return outbox_id


def test_one_claim_ends_all_that_nobody_is_to_get_before_the_first_mail(offices: Offices) -> None:
    silent = [unwanted(offices) for _ in range(3)]
    first, second = queued(offices), queued(offices)
    store, commits = OutboxStore(offices.database, offices.keyring), []
    happening.listen(offices.database.engine, "commit", commits.append)
    mail, left = store.claim_next([*silent, first, second], soon())
    assert (mail and mail.outbox_id, list(left), len(commits)) == (first, [second], 1)
    assert [state_of(offices, each) for each in silent] == ["skipped"] * 3
    assert [state_of(offices, each) for each in (first, second)] == ["sending", "pending"]


def test_a_claim_looks_at_some_messages_at_most(offices: Offices) -> None:
    silent = [unwanted(offices) for _ in range(LOOKED_AT + 1)]
    mail, left = OutboxStore(offices.database, offices.keyring).claim_next(silent, soon())
    assert (mail, list(left)) == (None, silent[LOOKED_AT:])


def test_a_message_to_a_reporter_without_an_address_is_kept_and_never_waits(offices: Offices) -> None:
    outbox_id = queued(offices, identity={})
    store = OutboxStore(offices.database, offices.keyring)
    assert state_of(offices, outbox_id) == "skipped"
    assert outbox_id not in store.due(soon(), 50)
    assert store.claim_next([outbox_id], soon())[0] is None


def test_each_outcome_leaves_its_state(offices: Offices) -> None:
    later = soon() + timedelta(hours=1)
    outcomes: dict[str, Delivery] = {
        "sent": Delivered(provider_id="x"),
        "pending": Deferred(problem="busy", not_before=later),
        "failed": Undeliverable(problem="rejected"),
        "unknown": UnknownOutcome(problem="reset"),
    }
    store = OutboxStore(offices.database, offices.keyring)
    for state, outcome in outcomes.items():
        outbox_id = queued(offices)
        store.claim_next([outbox_id], soon())[0]
        store.settle(Sent(outbox_id=outbox_id, delivery=outcome, at=soon()))
        assert state_of(offices, outbox_id) == state
    with offices.database.read() as session:
        reporters = set(session.scalars(select(OutboxRow.id).where(OutboxRow.recipient == "reporter")))
    assert not reporters & set(store.due(soon(), 50))
    assert reporters & set(store.due(later, 50))


def test_a_message_whose_sender_died_is_unknown_and_never_sent_again_blindly(offices: Offices) -> None:
    outbox_id = queued(offices)
    store = OutboxStore(offices.database, offices.keyring)
    at = soon()
    store.claim_next([outbox_id], at)[0]
    assert store.release_expired(at + LEASE / 2) == 0
    assert store.release_expired(at + LEASE * 2) == 1
    assert state_of(offices, outbox_id) == "unknown"
    assert store.claim_next([outbox_id], at + LEASE * 3)[0] is None


DAMAGE = {
    "seal": update(IdentityRow).values(sealed=b"\x01" + bytes(40)),
    "template": update(OutboxRow).values(template="no_such_template"),
    "recipient": update(OutboxRow).values(recipient="person:seven"),
    "vault": delete(IdentityRow),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_row_that_cannot_be_read_has_failed_and_is_no_longer_due(
    offices: Offices, damage: Update | Delete, caplog: pytest.LogCaptureFixture
) -> None:
    outbox_id = queued(offices)
    mine = {"identity": IdentityRow.case_id, "outbox": OutboxRow.case_id}[damage.table.name]
    with offices.database.write() as session:
        case_id = session.get_one(OutboxRow, outbox_id).case_id
        session.execute(damage.where(mine == case_id))
    good = queued(offices)
    store = OutboxStore(offices.database, offices.keyring)
    assert store.claim_next([outbox_id], soon())[0] is None
    with offices.database.read() as session:
        row = session.get_one(OutboxRow, outbox_id)
        assert (row.state, row.problem, row.lease_until) == ("failed", "unreadable", None)
    assert [record.levelname for record in caplog.records if str(outbox_id) in record.message] == ["CRITICAL"]
    assert store.claim_next([good], soon())[0] is not None
