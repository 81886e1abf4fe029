"""Reports in the making survive the way to drafts of forms, and back; on both databases."""

from __future__ import annotations

from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from db.desk_draft_store import DeskDraftStore
from db.migrate import FOLDER
from tests.offices import Offices

BEFORE = "0012"


def test_the_newest_draft_survives_the_way_back_and_forth(offices: Offices) -> None:
    mine, drafts = offices.people["pu.operator"], DeskDraftStore(offices.database, offices.keyring)
    for title in ("Satu", "Dua"):
        drafts.save_entry(mine, str(uuid4()), {"title": title})
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = offices.database.engine.url.render_as_string(hide_password=False)
    command.downgrade(config, BEFORE)
    offices.database.engine.dispose()
    with offices.database.read() as session:
        assert session.execute(text("select person_id from entry_draft")).scalars().all() == [mine]
    command.upgrade(config, "head")
    offices.database.engine.dispose()
    kept = drafts.entry(mine)
    assert kept is not None and kept.fields == {"title": "Dua"} and UUID(kept.intake_id)
