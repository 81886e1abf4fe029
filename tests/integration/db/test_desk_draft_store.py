"""Drafts of the desk, on both databases."""

from __future__ import annotations

from sqlalchemy import select

from db.case_desk_table import DeskDraftRow, EntryDraftRow
from db.desk_draft_store import DeskDraftStore
from db.saved_reply_store import SavedReplyStore
from domain.actor import Actor
from domain.case import Action
from tests.offices import Offices

CANARY = "kenaridraf belum terkirim"


def store(offices: Offices) -> DeskDraftStore:
    return DeskDraftStore(offices.database, offices.keyring)


def person(offices: Offices, login: str) -> Actor:
    return offices.actor(login, "pu")


def test_a_draft_comes_back_as_it_was_and_the_newest_counts(offices: Offices) -> None:
    case_id, drafts = offices.report().case_id, store(offices)
    author = person(offices, "pu.penghubung")
    drafts.save(case_id, Action.ANSWER, author, {"words": "Yang lama."})
    saved_at = drafts.save(case_id, Action.ANSWER, author, {"words": "Yang baru.", "publish": True})
    (draft,) = drafts.of_case(case_id)
    assert draft.fields == {"words": "Yang baru.", "publish": True}
    assert (draft.action, draft.person_id, draft.saved_at) == (Action.ANSWER, author.person_id, saved_at)


def test_a_draft_lies_sealed_in_the_table(offices: Offices) -> None:
    intake, drafts = offices.report(), store(offices)
    drafts.save(intake.case_id, Action.NOTE, person(offices, "pu.operator"), {"words": CANARY})
    drafts.save_entry(offices.people["pu.operator"], {"title": CANARY})
    with offices.database.read() as session:
        sealed = [row.sealed for row in session.scalars(select(DeskDraftRow))]
        sealed += [row.sealed for row in session.scalars(select(EntryDraftRow))]
    assert len(sealed) == 2
    assert not [content for content in sealed if CANARY.encode() in content]


def test_a_draft_moved_to_another_person_does_not_open(offices: Offices) -> None:
    case_id, drafts = offices.report().case_id, store(offices)
    drafts.save(case_id, Action.NOTE, person(offices, "pu.operator"), {"words": CANARY})
    with offices.database.write() as session:
        session.scalars(select(DeskDraftRow)).one().person_id = offices.people["hub.penghubung"]
    assert drafts.of_case(case_id) == []


def test_sending_settles_ones_own_draft_and_those_of_the_units_operators(offices: Offices) -> None:
    case_id, drafts = offices.report().case_id, store(offices)
    mine, operator = person(offices, "pu.penghubung"), person(offices, "pu.operator")
    other = person(offices, "pu.atasan")
    for author in (mine, operator, other):
        drafts.save(case_id, Action.ANSWER, author, {"words": "Draf."})
    drafts.save(case_id, Action.NOTE, operator, {"words": "Catatan."})
    assert mine.person_id is not None
    drafts.discard(case_id, Action.ANSWER, mine.person_id, (offices.units["pu"],))
    left = {(draft.person_id, draft.action) for draft in drafts.of_case(case_id)}
    assert left == {(other.person_id, Action.ANSWER), (operator.person_id, Action.NOTE)}


def test_each_person_has_one_report_in_the_making(offices: Offices) -> None:
    drafts, mine = store(offices), offices.people["pu.operator"]
    drafts.save_entry(mine, {"title": "Satu"})
    drafts.save_entry(mine, {"title": "Dua"})
    kept = drafts.entry(mine)
    assert kept is not None and kept[0] == {"title": "Dua"}
    assert drafts.entry(offices.people["pu.penghubung"]) is None
    drafts.discard_entry(mine)
    assert drafts.entry(mine) is None


def test_a_saved_reply_is_found_by_its_own_unit_alone(offices: Offices) -> None:
    replies, author = SavedReplyStore(offices.database), offices.people["pu.penghubung"]
    reply_id = replies.add(offices.units["pu"], author, "Lampu", "Terima kasih, {kode}.")
    assert [one.title for one in replies.of_units({offices.units["pu"]})] == ["Lampu"]
    assert replies.find(reply_id, {offices.units["hub"]}) is None
    replies.change(reply_id, author, "Lampu jalan", "Baru.")
    found = replies.find(reply_id, {offices.units["pu"]})
    assert found is not None and (found.title, found.text) == ("Lampu jalan", "Baru.")
    replies.delete(reply_id)
    assert replies.of_units({offices.units["pu"]}) == []
