"""Categories: a curated list that can be seeded again, and what becomes of a chosen one."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import update

from db.category_store import categories, category
from db.category_table import CategoryRow
from db.database import Database
from ops.categories import SUBJECTS, seed_categories
from tests.factories import CaseFactory
from tests.offices import Offices


def test_the_list_is_complete_in_both_languages_and_its_codes_are_unique() -> None:
    parts = [part for group in SUBJECTS for part in group.parts]
    every = [*SUBJECTS, *parts]
    assert len(SUBJECTS) >= 14 and 75 <= len(parts) <= 95
    assert max(Counter(each.code for each in every).values()) == 1
    assert all(each.name and each.name_en and len(each.code) <= 40 for each in every)
    assert all(part.code.startswith(f"{group.code}.") for group in SUBJECTS for part in group.parts)


def test_seeding_again_adds_nothing_and_keeps_what_was_changed(offices: Offices) -> None:
    database = offices.database
    with database.write() as session:
        session.execute(update(CategoryRow).where(CategoryRow.code == "jalan.lampu").values(active=False))
    seed_categories(database)
    with database.read() as session:
        offered, every = categories(session), categories(session, active_only=False)
    assert len(every) == sum(len(group.parts) for group in SUBJECTS) == len(offered) + 1
    assert "jalan.lampu" not in {each.code for each in offered}
    assert [each.group for each in offered] == sorted(
        (each.group for each in offered), key=[group.name for group in SUBJECTS].index
    )


def test_a_chosen_category_and_region_are_in_report_state_and_list(offices: Offices) -> None:
    factory = CaseFactory(offices)
    with offices.database.read() as session:
        lamp = next(each for each in categories(session) if each.code == "jalan.lampu")
        assert category(session, lamp.id) == lamp and category(session, None) is None
    case = factory.report(category_id=lamp.id, region_code="32.71")
    found, view = factory.reader.by_code(case.code), factory.view(case)
    assert found is not None and found.state.facts.category_id == lamp.id and found.category == lamp
    assert (view.category_id, view.region_code) == (lamp.id, "32.71") and found.region == ""


def test_without_a_choice_there_is_none(database: Database, offices: Offices) -> None:
    factory = CaseFactory(offices)
    view = factory.view(factory.report())
    assert view.category_id is None and view.region_code is None
