"""While mails are held nothing leaves; a person sees what waits, and ends what is stale."""

from __future__ import annotations

from datetime import timedelta

from db.case_table import OutboxRow
from db.database import Database
from db.mail_hold import MailHoldStore
from db.operation_store import OperationStore
from db.outbox_store import GIVE_UP_AFTER
from tests.offices import Offices
from tests.outbox_rows import NOON, outbox_of, queued_row, recorded_case, states


def queued_at(database: Database, outbox_id: int, **changes: object) -> None:
    with database.write() as session:
        row = session.get_one(OutboxRow, outbox_id)
        for name, value in changes.items():
            setattr(row, name, value)


def test_nothing_is_due_and_nothing_can_be_claimed_until_mails_are_released(offices: Offices) -> None:
    row, outbox, brake = (
        queued_row(offices, recorded_case(offices)),
        outbox_of(offices),
        MailHoldStore(offices.database),
    )
    since = brake.hold()
    assert brake.hold() == since == brake.held_since()
    assert outbox.due(NOON, 10) == [] and outbox.claim_next([row], NOON)[0] is None
    assert OperationStore(offices.database).backlog()["mails_held"] is True
    brake.release()
    brake.release()
    assert brake.held_since() is None and outbox.due(NOON, 10) == [row]
    assert OperationStore(offices.database).backlog()["mails_held"] is False


def test_a_mail_that_is_held_is_not_given_up(offices: Offices) -> None:
    row, outbox = queued_row(offices, recorded_case(offices)), outbox_of(offices)
    queued_at(offices.database, row, deferred_at=NOON - GIVE_UP_AFTER)
    MailHoldStore(offices.database).hold()
    assert outbox.give_up(NOON) == 0 and states(offices, [row]) == ["pending"]
    MailHoldStore(offices.database).release()
    assert outbox.give_up(NOON) == 1


def test_what_waits_is_counted_by_template_and_by_when_it_was_queued(offices: Offices) -> None:
    case_id, brake = recorded_case(offices), MailHoldStore(offices.database)
    old, new = (queued_row(offices, case_id, template="closed") for _ in range(2))
    other = queued_row(offices, case_id, template="question")
    since = brake.hold()
    queued_at(offices.database, old, created_at=since - timedelta(hours=2))
    queued_at(offices.database, new, created_at=since + timedelta(hours=1))
    queued_at(offices.database, other, created_at=since - timedelta(hours=1))
    closed, question = brake.waiting()
    assert (closed.template, closed.count, closed.before) == ("closed", 2, 1)
    assert (closed.oldest_at, closed.newest_at) == (since - timedelta(hours=2), since + timedelta(hours=1))
    assert (question.template, question.count, question.before) == ("question", 1, 1)


def test_only_what_was_queued_until_then_and_is_of_that_kind_is_dropped(offices: Offices) -> None:
    case_id, brake = recorded_case(offices), MailHoldStore(offices.database)
    old, new = (queued_row(offices, case_id, template="closed") for _ in range(2))
    other = queued_row(offices, case_id, template="question")
    since = brake.hold()
    queued_at(offices.database, old, created_at=since)
    queued_at(offices.database, other, created_at=since)
    queued_at(offices.database, new, created_at=since + timedelta(seconds=1))
    assert brake.drop(since, "closed") == 1
    assert states(offices, [old, other, new]) == ["skipped", "pending", "pending"]
    assert brake.drop(since, None) == 1 and brake.drop(since, None) == 0
    assert states(offices, [old, other, new]) == ["skipped", "skipped", "pending"]
