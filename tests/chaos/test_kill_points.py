"""kill -9 at chosen points: after the commit, before the engine has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import requests
from sqlalchemy import func, select

from db.case_table import CommandRow, ReportRow
from db.database import Database
from tests.chaos.checker import Checker
from tests.chaos.journal import Journal
from tests.chaos.story import Story
from tests.eventually import eventually_here
from tests.form_client import Form, Visitor
from tests.stack import Stack

pytestmark = [pytest.mark.chaos, pytest.mark.server]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A running copy of its own."""
    made = Stack(tmp_path / "home")
    made.start()
    yield made
    made.stop()


def send_into_the_void(visitor: Visitor, form: Form, words: dict[str, str]) -> None:
    """Sends a form to a web that will not live to answer."""
    try:
        visitor.send(form, **words)
    except requests.RequestException:
        return


def kill_web_once(
    stack: Stack, committed: object, visitor: Visitor, form: Form, words: dict[str, str]
) -> None:
    """Freezes the engine, sends, and kills the web as soon as the database holds what was sent."""
    engine = stack.freeze("engine")
    sending = Thread(target=send_into_the_void, args=(visitor, form, words))
    sending.start()
    eventually_here(committed, "what was sent is committed")  # type: ignore[arg-type]
    stack.kill("web")
    sending.join()
    stack.thaw(engine)
    stack.wait_until_whole()


def test_a_report_whose_web_died_between_commit_and_start_is_started_once(
    stack: Stack, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    database = Database(stack.settings.database_url)
    story = Story(stack.url, journal, 1)
    form, words = story.fill()

    def committed() -> bool:
        with database.read() as session:
            mine = ReportRow.intake_id == form.values["intake_id"]
            return (
                session.scalars(select(ReportRow.id).where(mine, ReportRow.started_at.is_(None))).first()
                is not None
            )

    kill_web_once(stack, committed, story.citizen, form, words)
    story.send_until_received(form, words)
    assert Checker(stack.settings, journal).findings() == []
    with database.read() as session:
        mine = ReportRow.intake_id == form.values["intake_id"]
        assert session.scalar(select(func.count()).select_from(ReportRow).where(mine)) == 1


def test_a_command_whose_web_died_before_sending_is_applied_once(stack: Stack, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    database = Database(stack.settings.database_url)
    story = Story(stack.url, journal, 2)
    story.file()
    admin = story.staff("kota")
    page = story.page_with(admin, "dispose")
    form = page.form("/dispose")
    words = {"unit": story.option(admin, "unit", "Dinas Pekerjaan Umum"), "note": "Mohon ditindaklanjuti."}

    def committed() -> bool:
        with database.read() as session:
            return session.get(CommandRow, form.values["command_id"]) is not None

    kill_web_once(stack, committed, admin, form, words)
    story.page_with(story.staff("pu"), "follow_up")
    assert Checker(stack.settings, journal).findings() == []
