"""Drafts are kept for a day, sealed, and grow step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.database import Database
from db.draft_store import KEPT_FOR, DraftStore, sweep_drafts
from db.draft_table import ReportDraftRow
from db.keyring import Keyring

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = "Lampu padam di depan rumah saya"


@pytest.fixture
def drafts(database: Database) -> DraftStore:
    """The store, with a key of its own."""
    return DraftStore(database, Keyring(bytes(range(32))))


def test_answers_of_later_steps_are_added_to_earlier_ones(drafts: DraftStore) -> None:
    form = str(uuid4())
    drafts.keep(form, {"text": WORDS, "secret": False}, AT)
    drafts.keep(form, {"place": "Pasar", "secret": True}, AT + timedelta(hours=1))
    found = drafts.newest([form], AT + timedelta(hours=2))
    assert found is not None and found.changed_at == AT + timedelta(hours=1)
    assert found.answers == {"text": WORDS, "place": "Pasar", "secret": True}


def test_the_draft_that_was_changed_last_is_the_one(drafts: DraftStore) -> None:
    first, second, foreign = (str(uuid4()) for _ in range(3))
    for hours, form in enumerate((second, foreign, first)):
        drafts.keep(form, {"text": form}, AT + timedelta(hours=hours))
    found = drafts.newest([first, second], AT + timedelta(hours=3))
    assert found is not None and found.intake_id == first
    assert drafts.newest([], AT) is None


def test_after_a_day_a_draft_is_gone_and_its_words_do_not_come_back(
    drafts: DraftStore, database: Database
) -> None:
    form = str(uuid4())
    drafts.keep(form, {"text": WORDS}, AT)
    assert drafts.newest([form], AT + KEPT_FOR) is None
    drafts.keep(form, {"place": "Pasar"}, AT + KEPT_FOR)
    found = drafts.newest([form], AT + KEPT_FOR)
    assert found is not None and found.answers == {"place": "Pasar"}
    assert sweep_drafts(database, AT + KEPT_FOR) == 0
    assert sweep_drafts(database, AT + 2 * KEPT_FOR) == 1
    assert sweep_drafts(database, AT + 2 * KEPT_FOR) == 0


def test_a_discarded_draft_is_gone_and_may_be_discarded_again(drafts: DraftStore) -> None:
    form = str(uuid4())
    drafts.keep(form, {"text": WORDS}, AT)
    drafts.discard(form)
    drafts.discard(form)
    assert drafts.newest([form], AT) is None


def test_no_word_of_a_draft_can_be_read_in_the_table_or_moved_to_another_form(
    drafts: DraftStore, database: Database
) -> None:
    form = str(uuid4())
    drafts.keep(form, {"text": WORDS}, AT)
    with database.write() as session:
        row = session.scalars(select(ReportDraftRow)).one()
        assert WORDS.encode() not in row.sealed
        session.add(ReportDraftRow(intake_id="other", sealed=row.sealed, changed_at=AT))
    assert drafts.newest(["other"], AT) is None
    drafts.keep("other", {"title": "Baru"}, AT)
    found = drafts.newest(["other"], AT)
    assert found is not None and found.answers == {"title": "Baru"}
