"""Which failed mails a case has still to be told of, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, insert, select, text

from db.case_table import OutboxRow, ReportRow
from db.database import Database
from db.mail_failure_store import MailFailureStore
from db.migrate import FOLDER
from domain.case import MailProblem
from tests.offices import Offices
from tests.outbox_rows import NOON, queued_row, recorded_case, stored

MANY = 3_000


def failed_row(offices: Offices, case_id: int, **changes: Any) -> int:
    return queued_row(offices, case_id, **({"state": "failed", "problem": "bounced"} | changes))


def untold(offices: Offices, limit: int = 50) -> list[int]:
    return [each.failure.id for each in MailFailureStore(offices.database).untold(limit)]


def code_of(offices: Offices, case_id: int) -> str:
    with offices.database.read() as session:
        return session.scalars(select(ReportRow.code).where(ReportRow.id == case_id)).one()


def test_failures_come_oldest_first_until_each_is_marked(offices: Offices) -> None:
    case_id = recorded_case(offices)
    first, second, third = (failed_row(offices, case_id) for _ in range(3))
    assert untold(offices, 2) == [first, second]
    MailFailureStore(offices.database).mark_told(first)
    assert untold(offices) == [second, third]
    assert stored(offices, first).told_at is not None


@pytest.mark.parametrize("state", ["pending", "sending", "sent", "unknown", "skipped", "withdrawn"])
def test_what_has_not_failed_is_none(offices: Offices, state: str) -> None:
    queued_row(offices, recorded_case(offices), state=state)
    assert untold(offices) == []


def test_mails_to_staff_are_no_matter_of_a_case(offices: Offices) -> None:
    failed_row(offices, recorded_case(offices), recipient="person:7", template="staff_message")
    assert untold(offices) == []


def test_a_follower_s_failed_mail_belongs_to_their_own_case(offices: Offices) -> None:
    elder, younger = recorded_case(offices), recorded_case(offices)
    failed_row(offices, elder)
    failed_row(offices, elder, recipient=f"follower:{younger}")
    found = MailFailureStore(offices.database).untold(50)
    assert [(each.case_id, each.code) for each in found] == [
        (case_id, code_of(offices, case_id)) for case_id in (elder, younger)
    ]


@pytest.mark.parametrize("recipient", ["follower:999999", "follower:x", "?"])
def test_a_row_that_names_no_case_says_so(offices: Offices, recipient: str) -> None:
    failed_row(offices, recorded_case(offices), recipient=recipient)
    assert [each.code for each in MailFailureStore(offices.database).untold(50)] == [None]


@pytest.mark.parametrize(
    ("stored_as", "told_as"),
    [
        ("gave_up", MailProblem.GAVE_UP),
        ("refused", MailProblem.REFUSED),
        ("550 no such user canary@contoh.example", MailProblem.OTHER),
        (None, MailProblem.OTHER),
    ],
)
def test_only_a_problem_of_the_list_leaves_the_database(
    offices: Offices, stored_as: str | None, told_as: MailProblem
) -> None:
    failed_row(offices, recorded_case(offices), problem=stored_as)
    assert [each.failure.problem for each in MailFailureStore(offices.database).untold(50)] == [told_as]


def test_looking_costs_what_is_found_however_many_mails_have_failed(offices: Offices) -> None:
    case_id = recorded_case(offices)
    common = {"case_id": case_id, "template": "followed_up", "not_before": NOON, "created_at": NOON}
    told = {"recipient": "reporter", "state": "failed", "told_at": NOON, "attempts": 1, "channel": "mail"}
    staff = told | {"recipient": "person:7", "told_at": None}
    rows = [common | (staff if seq % 2 else told) | {"seq": 100_000 + seq} for seq in range(MANY)]
    with offices.database.write() as session:
        session.execute(insert(OutboxRow), rows)
    with offices.database.write() as session:
        session.execute(text("analyze"))
    wanted = failed_row(offices, case_id)
    statements = statements_of(offices)
    assert untold(offices) == [wanted]
    assert "ix_outbox_untold" in plan_of(offices, *statements[0])


def statements_of(offices: Offices) -> list[tuple[str, Any]]:
    """What is sent to the database from now on."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if "FROM outbox" in statement:
            sent.append((statement, values))

    event.listen(offices.database.engine, "before_cursor_execute", note)
    return sent


def plan_of(offices: Offices, statement: str, values: Any) -> str:
    sqlite = offices.database.engine.dialect.name == "sqlite"
    with offices.database.read() as session:
        explain = f"{'explain query plan' if sqlite else 'explain'} {statement}"
        return str(session.connection().exec_driver_sql(explain, values).all())


def config(database: Database) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = database.engine.url.render_as_string(hide_password=False)
    return made


def test_what_failed_before_the_upgrade_counts_as_told(offices: Offices) -> None:
    case_id = recorded_case(offices)
    old, waiting = failed_row(offices, case_id), queued_row(offices, case_id)
    command.downgrade(config(offices.database), "0004")
    offices.database.engine.dispose()
    command.upgrade(config(offices.database), "head")
    offices.database.engine.dispose()
    assert untold(offices) == []
    assert stored(offices, old).told_at == NOON
    assert stored(offices, waiting).told_at is None
