"""Several messages to one member of staff in one mail, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from db.directory_table import PersonRow
from db.outbox_store import LEASE
from db.outgoing_mail import LISTED
from schemas.mail import (
    Deferred,
    Delivered,
    Delivery,
    MailTemplate,
    News,
    ProviderEvent,
    Sent,
    Undeliverable,
    UnknownOutcome,
)
from tests.offices import Offices
from tests.outbox_rows import NOON, digested_row, outbox_of, queued_row, recorded_case, states, stored

LATER = NOON + timedelta(minutes=10)
OUTCOMES: dict[str, Delivery] = {
    "sent": Delivered(provider_id="x"),
    "pending": Deferred(problem="busy", not_before=LATER),
    "failed": Undeliverable(problem="refused"),
    "unknown": UnknownOutcome(problem="timed_out"),
}


def three_rows(offices: Offices) -> list[int]:
    first, second = recorded_case(offices), recorded_case(offices)
    return [
        digested_row(offices, first),
        digested_row(offices, second, template="staff_late", due_at=NOON),
        digested_row(offices, first, template="staff_nudged"),
    ]


def test_all_that_is_due_for_a_person_goes_in_one_mail_that_the_first_row_carries(offices: Offices) -> None:
    rows = three_rows(offices)
    mail = outbox_of(offices).claim_next([rows[1]], NOON)[0]
    assert mail is not None
    assert (mail.outbox_id, mail.template, mail.to_reporter) == (rows[0], MailTemplate.STAFF_DIGEST, False)
    assert mail.to_address == "pu.penghubung@contoh.example"
    assert mail.digest is not None
    assert [line.template for line in mail.digest.lines] == ["staff_message", "staff_late", "staff_nudged"]
    assert (mail.digest.lines[1].due_at, mail.digest.reports, mail.digest.unlisted) == (NOON, 2, 0)
    assert states(offices, rows) == ["sending"] * 3
    assert [stored(offices, row).carried_by for row in rows] == [None, rows[0], rows[0]]
    assert outbox_of(offices).due(NOON, 50) == []


def test_what_is_for_others_or_not_yet_due_or_at_once_stays_out_of_a_digest(offices: Offices) -> None:
    rows, case_id = three_rows(offices), recorded_case(offices)
    recipient = f"person:{offices.people['pu.penghubung']}"
    others = [
        digested_row(offices, case_id, person="pu.atasan"),
        digested_row(offices, case_id, not_before=LATER),
        queued_row(offices, case_id, template="staff_assigned", recipient=recipient),
        queued_row(offices, case_id),
    ]
    mail = outbox_of(offices).claim_next([rows[0]], NOON)[0]
    assert mail is not None
    assert mail.digest is not None
    assert len(mail.digest.lines) == 3
    assert states(offices, others) == ["pending"] * 4


def test_a_digest_of_one_is_the_mail_of_its_row(offices: Offices) -> None:
    row = digested_row(offices, recorded_case(offices))
    mail = outbox_of(offices).claim_next([row], NOON)[0]
    assert mail is not None
    assert (mail.template, mail.digest) == (MailTemplate.STAFF_MESSAGE, None)


@pytest.mark.parametrize("state", OUTCOMES)
def test_every_row_of_a_digest_shares_its_outcome(offices: Offices, state: str) -> None:
    rows, store = three_rows(offices), outbox_of(offices)
    mail = store.claim_next([rows[2]], NOON)[0]
    assert mail is not None
    store.settle(Sent(outbox_id=mail.outbox_id, delivery=OUTCOMES[state], at=NOON))
    assert states(offices, rows) == [state] * 3
    assert {(stored(offices, row).attempts, stored(offices, row).lease_until) for row in rows} == {(1, None)}


def test_a_digest_that_was_put_off_takes_along_what_came_meanwhile(offices: Offices) -> None:
    rows, store = three_rows(offices), outbox_of(offices)
    assert store.claim_next([rows[0]], NOON)[0] is not None
    store.settle(Sent(outbox_id=rows[0], delivery=OUTCOMES["pending"], at=NOON))
    assert store.claim_next([rows[0]], NOON)[0] is None
    rows.append(digested_row(offices, recorded_case(offices)))
    mail = store.claim_next([rows[3]], LATER)[0]
    assert mail is not None
    assert (mail.outbox_id, mail.attempts) == (rows[0], 1)
    assert states(offices, rows) == ["sending"] * 4


def test_a_crash_between_claim_and_outcome_leaves_all_unknown_until_the_provider_tells(
    offices: Offices,
) -> None:
    rows, store = three_rows(offices), outbox_of(offices)
    assert store.claim_next([rows[0]], NOON)[0] is not None
    assert store.release_expired(NOON + LEASE * 2) == 3
    assert states(offices, rows) == ["unknown"] * 3
    store.hear([ProviderEvent(outbox_id=rows[0], news=News.TAKEN)], LATER)
    assert states(offices, rows) == ["sent"] * 3


def test_a_digest_that_bounces_fails_all_its_rows(offices: Offices) -> None:
    rows, store = three_rows(offices), outbox_of(offices)
    assert store.claim_next([rows[0]], NOON)[0] is not None
    store.settle(Sent(outbox_id=rows[0], delivery=OUTCOMES["sent"], at=NOON))
    store.hear([ProviderEvent(outbox_id=rows[0], news=News.BOUNCED)], LATER)
    assert states(offices, rows) == ["failed"] * 3


def test_of_many_relays_one_gets_the_digest_and_nobody_waits_in_a_circle(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    rows = [digested_row(offices, case_id) for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda row: store.claim_next([row], NOON)[0], reversed(rows)))
    (mail,) = [mail for mail in claimed if mail is not None]
    assert mail.digest is not None
    assert len(mail.digest.lines) == 24
    assert mail.outbox_id == rows[0]


def test_a_row_that_cannot_be_read_does_not_hold_the_digest_back(offices: Offices) -> None:
    rows = three_rows(offices)
    broken = digested_row(offices, recorded_case(offices), template="no_such_template")
    mail = outbox_of(offices).claim_next([broken], NOON)[0]
    assert mail is not None
    assert states(offices, [*rows, broken]) == ["sending"] * 3 + ["failed"]
    assert stored(offices, broken).problem == "unreadable"


def test_who_has_left_gets_no_digest_and_nothing_waits(offices: Offices) -> None:
    rows = three_rows(offices)
    with offices.database.write() as session:
        session.get_one(PersonRow, offices.people["pu.penghubung"]).active = False
    assert outbox_of(offices).claim_next([rows[0]], NOON)[0] is None
    assert states(offices, rows) == ["skipped"] * 3


def test_a_digest_lists_so_many_and_counts_the_rest(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    rows = [digested_row(offices, case_id) for _ in range(LISTED + 2)]
    mail = store.claim_next([rows[0]], NOON)[0]
    assert mail is not None
    assert mail.digest is not None
    assert (len(mail.digest.lines), mail.digest.unlisted, mail.digest.reports) == (LISTED, 2, 1)


def test_a_reminder_of_a_date_that_has_passed_is_not_sent(offices: Offices) -> None:
    case_id, store = recorded_case(offices), outbox_of(offices)
    passed = queued_row(offices, case_id, template="question_reminder", due_at=NOON)
    to_come = queued_row(offices, case_id, template="question_reminder", due_at=LATER)
    late = queued_row(offices, case_id, template="staff_late", due_at=NOON)
    assert store.claim_next([passed], NOON)[0] is None
    assert (stored(offices, passed).state, stored(offices, passed).problem) == ("skipped", "stale")
    assert store.claim_next([to_come], NOON)[0] is not None
    assert store.claim_next([late], NOON)[0] is not None
