"""Mails that waited under the first version go on waiting under this one, and back; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from db.database import Database
from db.migrate import FOLDER
from tests.offices import Offices
from tests.outbox_rows import queued_row, recorded_case

CREATED_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
COLUMNS = {"digest_key", "carried_by", "deferred_at"}


def config(database: Database) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = database.engine.url.render_as_string(hide_password=False)
    return made


def columns(database: Database) -> set[str]:
    return {column["name"] for column in inspect(database.engine).get_columns("outbox")}


def test_waiting_mails_survive_the_way_back_and_forth(offices: Offices) -> None:
    case_id = recorded_case(offices)
    rows = {
        "tried": queued_row(offices, case_id, attempts=2, created_at=CREATED_AT),
        "new": queued_row(offices, case_id),
        "staff": queued_row(offices, case_id, recipient="person:7", template="staff_message"),
        "assigned": queued_row(offices, case_id, recipient="person:7", template="staff_assigned"),
        "sent": queued_row(offices, case_id, recipient="person:7", template="staff_late", state="sent"),
    }
    command.downgrade(config(offices.database), "0001")
    offices.database.engine.dispose()
    assert not columns(offices.database) & COLUMNS
    command.upgrade(config(offices.database), "head")
    offices.database.engine.dispose()
    with offices.database.read() as session:
        kept = session.execute(text("select id, digest_key, deferred_at is not null from outbox"))
        found = {row[0]: (row[1], bool(row[2])) for row in kept}
    assert {name: found[row] for name, row in rows.items()} == {
        "tried": (None, True),
        "new": (None, False),
        "staff": ("person:7", False),
        "assigned": (None, False),
        "sent": (None, False),
    }
