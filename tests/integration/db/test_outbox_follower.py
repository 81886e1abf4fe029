"""A mail to the reporter of a joined case is about that reporter's own report, on both databases."""

from __future__ import annotations

from db.case_table import ReportRow
from schemas.report import Identity
from tests.offices import Offices
from tests.outbox_rows import NOON, outbox_of, queued_row, recorded_case, stored


def follower_of(offices: Offices, elder: int, identity: Identity) -> tuple[int, int]:
    """The id of a joined case, and of a message about the elder one to its reporter."""
    younger = recorded_case(offices, identity=identity, locale="en")
    return younger, queued_row(offices, elder, recipient=f"follower:{younger}", due_at=NOON)


def test_a_follower_gets_the_news_under_the_code_language_and_link_of_their_own_report(
    offices: Offices,
) -> None:
    elder = recorded_case(offices)
    identity = Identity(name="Pengikut", email="pengikut@contoh.example")
    younger, row = follower_of(offices, elder, identity)
    mail = outbox_of(offices).claim_next([row], NOON)[0]
    assert mail is not None
    with offices.database.read() as session:
        codes = {each: session.get_one(ReportRow, each).code for each in (elder, younger)}
    assert (mail.case_id, mail.code) == (younger, codes[younger])
    assert (mail.to_address, mail.locale, mail.to_reporter) == ("pengikut@contoh.example", "en", True)
    assert (mail.unit_name, mail.due_at) == ("Instansi kota", NOON)
    spelled = mail.model_dump_json()
    assert codes[elder] not in spelled
    assert "pelapor@contoh.example" not in spelled


def test_a_follower_without_an_address_gets_nothing_and_not_the_elders_address(offices: Offices) -> None:
    _, row = follower_of(offices, recorded_case(offices), Identity())
    assert outbox_of(offices).claim_next([row], NOON)[0] is None
    assert stored(offices, row).state == "skipped"


def test_a_follower_that_does_not_exist_is_a_row_that_failed(offices: Offices) -> None:
    row = queued_row(offices, recorded_case(offices), recipient="follower:999999")
    assert outbox_of(offices).claim_next([row], NOON)[0] is None
    assert (stored(offices, row).state, stored(offices, row).problem) == ("failed", "unreadable")
