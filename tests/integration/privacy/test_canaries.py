"""Planted words and identities, searched for in everything that a running copy leaves behind."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from db.case_table import OutboxRow
from db.database import Database
from db.operation_table import DevMailRow
from tests.chaos.journal import Journal
from tests.chaos.story import Story
from tests.eventually import eventually_here
from tests.form_client import Visitor
from tests.stack import Stack

pytestmark = pytest.mark.server

NAME, PHONE, TEXT, PLACE = "Kenarisatu Namarahasia", "+62811555123987", "kenaritigaisi", "kenariempattempat"
EMAIL = "kenarilima@contoh.example"
FILE_NAME = "kenarienam.pdf"
ANSWER = "kenaritujuhjawaban"
PACKED = re.compile(r'"data":\s*"([A-Za-z0-9+/=]+)"')
SEALED = (NAME, PHONE, TEXT, PLACE, FILE_NAME, ANSWER)


MAILS_WITHIN = 60.0
"""Seconds until a mail that may go has gone."""


@dataclass
class Walked:
    """A copy through which one anonymous report with canaries has gone, and what others saw of it.

    Attributes:
        desk_page: what the office saw.
        engine_pages: what the engine's own pages were told.
    """

    stack: Stack
    code: str
    desk_page: str
    engine_pages: str


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """Everything is stopped again: what is left is what a thief would find."""
    made = Stack(tmp_path_factory.mktemp("canary") / "home")
    made.start()
    code, desk_page, engine_pages = walk(made)
    made.stop()
    return Walked(made, code, desk_page, engine_pages)


def walk(stack: Stack) -> tuple[str, str, str]:
    """Files with every field filled and an attachment; an office answers; the mails go out."""
    story = Story(stack.url, Journal(stack.home.parent / "journal"), 1)
    form, words = story.fill()
    words |= {"text": TEXT, "title": TEXT, "place": PLACE, "name": NAME, "phone": PHONE, "email": EMAIL}
    files = {"attachments": (FILE_NAME, b"%PDF-1.7\n" + TEXT.encode() + b"\n%%EOF\n", "application/pdf")}
    answer = story.citizen.session.post(
        form.url, data=form.values | words | {"anonymous": "1"}, files=files, timeout=30
    )
    assert "/tanda-terima/" in answer.url, answer.status_code
    story.read_receipt(answer.text)
    admin, liaison = story.staff("kota"), story.staff("pu")
    unit = story.option(admin, "unit", "Dinas Pekerjaan Umum")
    story.act(admin, "dispose", "answer", liaison, unit=unit, note=ANSWER)
    story.act(liaison, "answer", "konfirmasi", story.citizen, words=ANSWER)
    end_the_minute(stack)
    eventually_here(lambda: len(mails_to(stack, EMAIL)) >= 3, "the reporter's mails", MAILS_WITHIN, 0.3)
    desk_page = liaison.get(f"/desk/{story.code}").text
    return story.code, desk_page, told_of_workflow(story.staff("nasional"), story.code)


def told_of_workflow(admin: Visitor, code: str) -> str:
    """All that the engine's own pages are told of a case, packed and unpacked."""
    workflows = "/mesin/api/v1/namespaces/default/workflows"
    paths = (workflows, f"{workflows}/case-{code}", f"{workflows}/case-{code}/history")
    told = "".join(admin.get(path).text for path in paths)
    return told + "".join(base64.b64decode(data).decode() for data in PACKED.findall(told))


def end_the_minute(stack: Stack) -> None:
    """The minute in which an answer can be taken back, and its mail waits, is over."""
    database = Database(stack.settings.database_url)
    with database.write() as session:
        waiting = update(OutboxRow).where(OutboxRow.template == "answered", OutboxRow.state == "pending")
        session.execute(waiting.values(not_before=OutboxRow.created_at))
    database.dispose()


def mails_to(stack: Stack, address: str) -> list[str]:
    """The mails to one address, as the provider received them."""
    database = Database(stack.settings.database_url)
    with database.read() as session:
        payloads = [json.dumps(row.payload) for row in session.scalars(select(DevMailRow))]
    database.dispose()
    return [payload for payload in payloads if address in payload]


def left_behind(stack: Stack) -> dict[str, bytes]:
    """Every byte of the home, and what the processes have printed."""
    files = [path for path in stack.home.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in [*files, stack.home.parent / "home.log"]}


@pytest.mark.parametrize("canary", SEALED)
def test_what_people_wrote_lies_nowhere_in_clear(walked: Walked, canary: str) -> None:
    found = [path for path, content in left_behind(walked.stack).items() if canary.encode() in content]
    assert found == []


def test_an_address_is_known_to_the_provider_alone(walked: Walked) -> None:
    found = {
        Path(path).name for path, content in left_behind(walked.stack).items() if EMAIL.encode() in content
    }
    assert found <= {"tuntas.db", "tuntas.db-wal"}  # the demo's provider keeps its ledger there


def test_mails_hold_no_word_of_the_case(walked: Walked) -> None:
    mails = mails_to(walked.stack, EMAIL)
    assert len(mails) >= 3
    assert not [mail for mail in mails if any(canary in mail for canary in SEALED)]


def test_the_office_reads_the_words_and_not_who_wrote_them(walked: Walked) -> None:
    assert TEXT in walked.desk_page
    assert not [canary for canary in (NAME, PHONE, EMAIL) if canary in walked.desk_page]


def test_the_engines_own_pages_are_told_ids_and_states_and_no_word(walked: Walked) -> None:
    told = walked.engine_pages
    assert f"case-{walked.code}" in told and '"case_id"' in told and '"stage"' in told
    assert not [canary for canary in (*SEALED, EMAIL) if canary in told]
