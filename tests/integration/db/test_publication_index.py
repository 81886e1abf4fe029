"""What the index of the public search holds while cases change, and what a search costs; on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from db.comment_store import CommentStore
from db.database import Database
from db.publication_query import PublishedFilter, PublishedOrder, PublishedPlace
from db.publication_store import Edition
from db.publication_table import PublicationReplyRow, PublicationStemRow, PublicationWordRow
from db.rebuild_store import RebuildStore
from domain.case import Action, EndReason, Kind, Stage
from schemas.command import Applied
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.publications import Published, Publisher


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def indexed(publisher: Publisher) -> tuple[set[int], set[str]]:
    """The publications that the index holds, and its words."""
    with publisher.factory.offices.database.read() as session:
        return (
            set(session.scalars(select(PublicationStemRow.publication_id))),
            set(session.scalars(select(PublicationWordRow.word))),
        )


def act(publisher: Publisher, made: Published, login: str | None, action: Action, **fields: object) -> None:
    outcome = publisher.factory.act(made.case, login, action, words="Alasannya begini.", **fields)
    assert isinstance(outcome, Applied)


def test_a_case_that_turns_out_to_be_spam_leaves_the_index_at_once_and_comes_back_when_revived(
    publisher: Publisher,
) -> None:
    made, stays = publisher.publish("Xylofon rusak"), publisher.publish("Jalan rusak")
    assert "xylofon" in indexed(publisher)[1]
    act(publisher, made, "kota.atasan", Action.ARCHIVE, end_reason=EndReason.SPAM)
    found, words = indexed(publisher)
    assert found == {stays.publication.id} and "xylofon" not in words and "jalan" in words
    act(publisher, made, "kota.admin", Action.REVIVE)
    assert indexed(publisher)[0] == {made.publication.id, stays.publication.id}
    wanted = PublishedFilter(words="xylofon")
    assert [row.id for row in publisher.query.page(wanted).rows] == [made.publication.id]


def test_a_joined_case_and_one_that_its_reporter_withdrew_leave_the_index(publisher: Publisher) -> None:
    elder, joined = publisher.publish("Sampah menumpuk"), publisher.publish("Sampah menggunung")
    withdrawn = publisher.publish("Sampah berserakan")
    publisher.factory.merge(joined.case, elder.case, "pu.penghubung")
    act(publisher, withdrawn, None, Action.WITHDRAW)
    assert indexed(publisher)[0] == {elder.publication.id}


def test_what_staff_took_back_stays_out_whatever_happens_to_its_case(publisher: Publisher) -> None:
    made = publisher.publish("Xylofon rusak")
    publisher.take_back(made.case)
    publisher.factory.follow_up(made.case)
    assert indexed(publisher) == (set(), set())


def test_a_reply_that_was_taken_back_is_not_found_by_its_words(publisher: Publisher) -> None:
    case = publisher.allowed()
    publisher.factory.answer(case, words="Selesai.")
    answer = publisher.factory.reader.messages(case.id, for_reporter=True)[-1].id
    publisher.edit(case, Edition(title="Lampu", text="Padam.", replies={answer: "Gardu xylofon."}))
    act(publisher, publisher.of(case), "pu.penghubung", Action.TAKE_BACK)
    found, words = indexed(publisher)
    assert found and "xylofon" not in words and "lampu" in words
    with publisher.factory.offices.database.read() as session:
        assert list(session.scalars(select(PublicationReplyRow.text))) == []


def test_a_rebuilt_view_brings_the_index_along(publisher: Publisher) -> None:
    made = publisher.publish("Jalan rusak")
    with publisher.factory.offices.database.write() as session:
        for row in session.scalars(select(PublicationStemRow)):
            session.delete(row)
    store = RebuildStore(publisher.factory.offices.database)
    store.write_view(store.replayed(made.case.id))
    assert indexed(publisher)[0] == {made.publication.id}


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The queries that are sent, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if statement.lower().startswith("select"):
            sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_help_with_the_spelling_costs_three_queries_however_many_words_are_typed(
    publisher: Publisher,
) -> None:
    publisher.publish("Jembatan gantung rapuh", "Papan lapuk dekat puskesmas dan sekolah.")
    for typed, meant in (
        ("jembattan", "jembatan"),
        ("jembattan gantungg rapuuh puksesmas sekolahh", "jembatan gantung rapuh puskesmas sekolah"),
        ("jembattan gantung qqqqqqq", "jembatan gantung qqqqqqq"),
    ):
        with asked(publisher.factory.offices.database) as sent:
            assert publisher.query.spelled_right(typed) == meant
        assert len(sent) == 3, typed


def test_only_the_first_words_are_looked_at_for_a_slip(publisher: Publisher) -> None:
    publisher.publish("Jembatan gantung rapuh")
    strange = " ".join(f"qqqq{letter * 4}" for letter in "abcdefgh")
    assert publisher.query.spelled_right(f"{strange} jembattan") == ""
    assert publisher.query.spelled_right(f"jembattan {strange}") == f"jembatan {strange}"


def test_a_search_and_a_likeness_cost_as_much_for_many_words_as_for_few(publisher: Publisher) -> None:
    publisher.publish("Got mampet dan bau", "Air meluap tiap hujan.")
    many = "got mampet " + " ".join(f"kata{number}" for number in range(3_000))
    for words in ("got mampet", many):
        with asked(publisher.factory.offices.database) as sent:
            assert len(publisher.query.alike(words, None, 3)) == 1
        assert len(sent) == 3
        with asked(publisher.factory.offices.database) as sent:
            publisher.query.page(PublishedFilter(words=words))
        assert len(sent) == 2


def test_no_public_page_reads_a_table_from_end_to_end(sqlite_offices: Offices) -> None:
    publisher = Publisher(CaseFactory(sqlite_offices))
    made = publisher.publish("Jembatan gantung rapuh").publication
    narrowed: list[dict[str, Any]] = [
        {},
        {"kind": Kind.COMPLAINT, "stage": Stage.DISPOSED},
        {"agency_id": 2},
        {"category_id": 2, "region_code": "32.76"},
        {"words": "jembatan rapuh"},
    ]
    places = (None, PublishedPlace(supports=0, id=9), PublishedPlace(supports=0, id=0, backwards=True))
    with asked(sqlite_offices.database) as sent:
        for fields, order, place in product(narrowed, PublishedOrder, places):
            publisher.query.page(PublishedFilter(**fields, order=order), place)
        publisher.query.report(made.slug)
        publisher.query.replies(made.id)
        publisher.query.regions()
        publisher.query.alike("jembatan gantung", None, 3)
        CommentStore(sqlite_offices.database, sqlite_offices.keyring).approved(made.id)
    for statement, values in sent:
        with sqlite_offices.database.read() as session:
            explain = session.connection().exec_driver_sql(f"explain query plan {statement}", values)
            plan = [line[3] for line in explain]
        assert not [step for step in plan if step.startswith("SCAN") and not step.startswith(COUNTED)], plan


COUNTED = ("SCAN CONSTANT ROW", "SCAN anon_")
"""Steps of `frequencies`, which reads two thousand entries of an index at most."""
