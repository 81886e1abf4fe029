"""Drafts of the desk, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, update

from db.case_desk_table import DeskDraftRow, EntryDraftRow
from db.case_table import CaseViewRow
from db.desk_draft_store import KEPT_FOR, SWEPT_AT_ONCE, DeskDraftStore, sweep_desk_drafts
from db.saved_reply_store import SavedReplyStore
from domain.actor import Actor
from domain.case import Action
from tests.factories import CaseFactory
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
    drafts.save_entry(offices.people["pu.operator"], str(uuid4()), {"title": CANARY})
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


def test_each_form_of_a_person_has_its_own_report_in_the_making(offices: Offices) -> None:
    drafts, mine, first, second = store(offices), offices.people["pu.operator"], str(uuid4()), str(uuid4())
    drafts.save_entry(mine, first, {"title": "Satu"})
    drafts.save_entry(mine, second, {"title": "Dua"})
    drafts.save_entry(mine, second, {"title": "Dua lagi"})
    kept = drafts.entry(mine)
    assert kept is not None and (kept.intake_id, kept.fields) == (second, {"title": "Dua lagi"})
    assert drafts.entry(offices.people["pu.penghubung"]) is None
    drafts.discard_entry(mine, second)
    drafts.discard_entry(mine, second)
    left = drafts.entry(mine)
    assert left is not None and (left.intake_id, left.fields) == (first, {"title": "Satu"})


def test_a_report_in_the_making_that_cannot_be_opened_hides_no_other(offices: Offices) -> None:
    drafts, mine, first, second = store(offices), offices.people["pu.operator"], str(uuid4()), str(uuid4())
    drafts.save_entry(mine, first, {"title": "Satu"})
    drafts.save_entry(mine, second, {"title": "Dua"})
    with offices.database.write() as session:
        session.get_one(EntryDraftRow, (mine, second)).sealed = b"torn"
    left = drafts.entry(mine)
    assert left is not None and left.intake_id == first


def aged(offices: Offices, case_id: int, saved_at: datetime) -> None:
    """Both kinds of drafts, changed last at that instant."""
    drafts, author = store(offices), person(offices, "pu.operator")
    drafts.save(case_id, Action.NOTE, author, {"words": "Draf."})
    drafts.save_entry(offices.people["pu.operator"], str(uuid4()), {"title": "Draf."})
    with offices.database.write() as session:
        for table in (DeskDraftRow, EntryDraftRow):
            session.execute(update(table).values(saved_at=saved_at))


def left_of_drafts(offices: Offices) -> tuple[int, int]:
    with offices.database.read() as session:
        desk = session.scalar(select(func.count()).select_from(DeskDraftRow)) or 0
        return desk, session.scalar(select(func.count()).select_from(EntryDraftRow)) or 0


def test_drafts_go_thirty_days_after_their_last_change_and_not_before(offices: Offices) -> None:
    saved_at = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    aged(offices, offices.report().case_id, saved_at)
    assert sweep_desk_drafts(offices.database, saved_at + KEPT_FOR - timedelta(seconds=1)) == 0
    assert left_of_drafts(offices) == (1, 1)
    assert sweep_desk_drafts(offices.database, saved_at + KEPT_FOR) == 2
    assert sweep_desk_drafts(offices.database, saved_at + KEPT_FOR) == 0
    assert left_of_drafts(offices) == (0, 0)


def test_drafts_of_a_case_whose_life_is_over_go_at_once(offices: Offices) -> None:
    factory = CaseFactory(offices)
    over, open_case = factory.report(), factory.report()
    for case in (over, open_case):
        store(offices).save(case.id, Action.NOTE, person(offices, "pu.operator"), {"words": "Draf."})
    with offices.database.write() as session:
        session.get_one(CaseViewRow, over.id).ended = True
    assert sweep_desk_drafts(offices.database, datetime.now(UTC)) == 1
    assert store(offices).of_case(over.id) == [] and len(store(offices).of_case(open_case.id)) == 1


def test_many_old_drafts_go_some_at_a_time(offices: Offices) -> None:
    mine, at = offices.people["pu.operator"], datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    with offices.database.write() as session:
        for _ in range(SWEPT_AT_ONCE + 3):
            session.add(EntryDraftRow(person_id=mine, intake_id=str(uuid4()), sealed=b"", saved_at=at))
    later = at + KEPT_FOR
    assert [sweep_desk_drafts(offices.database, later) for _ in range(3)] == [SWEPT_AT_ONCE, 3, 0]


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
