"""Files that are sent ahead of their form, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from db.database import now
from db.upload_store import (
    FOLDER,
    MAX_OF_OWNER,
    MAX_STAGED_BYTES,
    SPENT_FOR,
    Piece,
    StagedFile,
    StagingFullError,
    UnknownUploadError,
    UploadOwner,
    UploadStore,
)
from db.upload_table import UploadRow
from domain.case import Action
from schemas.report import NewFile
from tests.databases import migrated, sqlite_url
from tests.offices import Offices, open_offices

CONTENT = b"kenari" * 500
OWNER = UploadOwner(browser="b" * 64, form_id=str(uuid4()))


def store_of(offices: Offices) -> UploadStore:
    return UploadStore(offices.database, offices.keyring, offices.place)


@pytest.fixture
def store(offices: Offices) -> UploadStore:
    return store_of(offices)


def piece(upload_id: str, start: int, end: int, size: int = len(CONTENT)) -> Piece:
    return Piece(upload_id=upload_id, name="kenari.pdf", size=size, offset=start, content=CONTENT[start:end])


def whole() -> NewFile:
    return NewFile(
        name="kenari.pdf",
        media_type="application/pdf",
        content=CONTENT,
        served_type="application/pdf",
        thumbnail=b"small kenari",
    )


def sent(store: UploadStore, upload_id: str) -> StagedFile:
    for start in range(0, len(CONTENT), 1000):
        store.take(OWNER, piece(upload_id, start, start + 1000))
    return store.finish(OWNER, upload_id, whole())


def test_pieces_become_the_file_that_was_sent(store: UploadStore) -> None:
    upload_id = str(uuid4())
    assert [store.take(OWNER, piece(upload_id, at, at + 1000)).received for at in (0, 1000, 2000)] == [
        1000,
        2000,
        3000,
    ]
    assert store.content(OWNER, upload_id) == CONTENT
    assert store.finish(OWNER, upload_id, whole()).ready
    opened = store.open(OWNER, upload_id)
    assert (opened.name, opened.content, opened.thumbnail) == ("kenari.pdf", CONTENT, b"small kenari")
    assert opened.upload_id == upload_id


def test_what_lies_on_the_disk_and_in_the_table_is_sealed(offices: Offices, store: UploadStore) -> None:
    unfinished, finished = str(uuid4()), str(uuid4())
    store.take(OWNER, piece(unfinished, 0, 1000))
    sent(store, finished)
    stored = [path.read_bytes() for path in (offices.files / FOLDER).iterdir()]
    assert len(stored) == 3 and not [one for one in stored if b"kenari" in one]
    with offices.database.read() as session:
        assert b"kenari" not in b"".join(session.scalars(select(UploadRow.sealed_name)))


@pytest.mark.parametrize(
    "order", [(0, 2000, 1000, 2000), (0, 0, 1000, 1000, 2000, 2000), (1000, 0, 1000, 2000)]
)
def test_a_piece_that_is_not_the_next_one_is_told_where_to_go_on(
    store: UploadStore, order: tuple[int, ...]
) -> None:
    upload_id, received = str(uuid4()), 0
    for start in order:
        expected = received + 1000 if start == received else received
        received = store.take(OWNER, piece(upload_id, start, start + 1000)).received
        assert received == expected
    assert store.content(OWNER, upload_id) == CONTENT


def test_a_piece_that_was_written_and_not_noted_is_written_again(
    offices: Offices, store: UploadStore
) -> None:
    upload_id = str(uuid4())
    store.take(OWNER, piece(upload_id, 0, 1000))
    with offices.database.write() as session:
        session.get_one(UploadRow, upload_id).received = 0
    for start, end in ((0, 1500), (1500, 3000)):
        store.take(OWNER, piece(upload_id, start, end))
    assert store.content(OWNER, upload_id) == CONTENT


def test_the_same_piece_sent_by_many_at_once_counts_once(store: UploadStore) -> None:
    upload_id = str(uuid4())
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: store.take(OWNER, piece(upload_id, 0, 1000)).received, range(12)))
    assert set(found) <= {0, 1000}
    assert store.find(OWNER, upload_id).received == 1000


def test_more_than_was_announced_is_refused(store: UploadStore) -> None:
    with pytest.raises(ValueError, match="announced"):
        store.take(OWNER, piece(str(uuid4()), 0, 1000, size=999))


@pytest.mark.parametrize(
    "other", [replace(OWNER, browser="c" * 64), replace(OWNER, form_id=str(uuid4()))], ids=["browser", "form"]
)
@pytest.mark.parametrize("ask", ["take", "content", "finish", "open", "find"])
def test_to_another_browser_or_form_an_upload_does_not_exist(
    store: UploadStore, other: UploadOwner, ask: str
) -> None:
    upload_id = str(uuid4())
    sent(store, upload_id)
    questions: dict[str, Callable[[], object]] = {
        "take": lambda: store.take(other, piece(upload_id, 0, 10)),
        "content": lambda: store.content(other, upload_id),
        "finish": lambda: store.finish(other, upload_id, whole()),
        "open": lambda: store.open(other, upload_id),
        "find": lambda: store.find(other, upload_id),
    }
    with pytest.raises(UnknownUploadError):
        questions[ask]()
    store.drop(other, [upload_id])
    assert store.of_form(other) == []
    assert store.thumbnail("c" * 64, upload_id) is None
    assert [one.id for one in store.of_form(OWNER)] == [upload_id]


def test_what_has_not_come_wholly_cannot_be_opened(store: UploadStore) -> None:
    upload_id = str(uuid4())
    store.take(OWNER, piece(upload_id, 0, 1000))
    with pytest.raises(UnknownUploadError):
        store.open(OWNER, upload_id)


def test_a_dropped_upload_leaves_nothing(offices: Offices, store: UploadStore) -> None:
    for upload_id in (first := str(uuid4()), second := str(uuid4())):
        store.take(OWNER, piece(upload_id, 0, 1000))
    store.drop(OWNER, [first, second, str(uuid4())])
    assert list((offices.files / FOLDER).iterdir()) == [] and store.of_form(OWNER) == []


def test_what_has_expired_goes_and_what_has_not_stays(offices: Offices, store: UploadStore) -> None:
    old, young = str(uuid4()), str(uuid4())
    sent(store, old)
    sent(store, young)
    with offices.database.write() as session:
        session.get_one(UploadRow, old).expires_at = now(session) - timedelta(seconds=1)
    assert [one.id for one in store.of_form(OWNER)] == [young]
    assert (store.sweep(), store.sweep()) == (1, 0)
    assert {path.name[:36] for path in (offices.files / FOLDER).iterdir()} == {young}


def test_a_file_that_is_finished_twice_is_there_once_and_whole(offices: Offices, store: UploadStore) -> None:
    upload_id = str(uuid4())
    sent(store, upload_id)
    assert store.finish(OWNER, upload_id, whole()) == store.find(OWNER, upload_id)
    assert store.open(OWNER, upload_id).content == CONTENT
    assert len(list((offices.files / FOLDER).iterdir())) == 2


def test_a_file_that_is_discarded_while_it_is_finished_leaves_nothing(
    offices: Offices, store: UploadStore
) -> None:
    upload_id = str(uuid4())
    store.take(OWNER, piece(upload_id, 0, 3000))
    with ThreadPoolExecutor(2) as pool:
        finishing = pool.submit(store.finish, OWNER, upload_id, whole())
        store.drop(OWNER, [upload_id])
    assert finishing.exception() is None or isinstance(finishing.exception(), UnknownUploadError)
    assert list((offices.files / FOLDER).iterdir()) == [] and store.of_form(OWNER) == []


def test_pieces_that_come_while_their_file_is_discarded_leave_nothing(
    offices: Offices, store: UploadStore
) -> None:
    upload_id = str(uuid4())
    store.take(OWNER, piece(upload_id, 0, 10))
    with ThreadPoolExecutor(2) as pool:
        sending = pool.submit(store.take, OWNER, piece(upload_id, 10, 3000))
        store.drop(OWNER, [upload_id])
    assert sending.exception() is None or isinstance(sending.exception(), UnknownUploadError)
    store.drop(OWNER, [upload_id])
    assert list((offices.files / FOLDER).iterdir()) == [] and store.of_form(OWNER) == []


def test_nobody_writes_over_what_another_has_sent(store: UploadStore) -> None:
    upload_id = str(uuid4())
    sent(store, upload_id)
    with pytest.raises(UnknownUploadError):
        store.finish(
            replace(OWNER, browser="c" * 64), upload_id, whole().model_copy(update={"content": b"x"})
        )
    assert store.open(OWNER, upload_id).content == CONTENT


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"torn")], ids=["gone", "torn"])
def test_bytes_that_are_lost_make_an_upload_unknown(
    offices: Offices, store: UploadStore, spoil: Callable[[Path], object]
) -> None:
    unfinished, finished = str(uuid4()), str(uuid4())
    store.take(OWNER, piece(unfinished, 0, 3000))
    sent(store, finished)
    for path in (offices.files / FOLDER).iterdir():
        spoil(path)
    for ask in (store.open, store.content):
        with pytest.raises(UnknownUploadError):
            ask(OWNER, finished if ask == store.open else unfinished)
    assert store.thumbnail(OWNER.browser, finished) is None


def test_an_upload_whose_name_cannot_be_opened_is_unknown_and_hides_no_other(
    offices: Offices, store: UploadStore
) -> None:
    broken, whole_one = str(uuid4()), str(uuid4())
    sent(store, broken)
    sent(store, whole_one)
    with offices.database.write() as session:
        session.get_one(UploadRow, broken).sealed_name = b"torn"
    assert [one.id for one in store.of_form(OWNER)] == [whole_one]
    for ask in (store.open, store.find):
        with pytest.raises(UnknownUploadError):
            ask(OWNER, broken)


def test_a_browser_may_keep_only_so_many(store: UploadStore) -> None:
    for _ in range(MAX_OF_OWNER):
        store.take(OWNER, piece(str(uuid4()), 0, 10))
    with pytest.raises(StagingFullError):
        store.take(OWNER, piece(str(uuid4()), 0, 10))
    assert store.take(replace(OWNER, browser="c" * 64), piece(str(uuid4()), 0, 10)).received == 10


def test_all_browsers_together_may_keep_only_so_much(offices: Offices, store: UploadStore) -> None:
    upload_id = str(uuid4())
    store.take(OWNER, piece(upload_id, 0, 10))
    with offices.database.write() as session:
        session.execute(update(UploadRow).values(received=MAX_STAGED_BYTES - 2000))
    with pytest.raises(StagingFullError):
        store.add(OWNER, str(uuid4()), whole())


def test_what_is_only_announced_takes_nobodys_place(offices: Offices, store: UploadStore) -> None:
    store.take(OWNER, piece(str(uuid4()), 0, 10))
    with offices.database.write() as session:
        session.execute(update(UploadRow).values(size=MAX_STAGED_BYTES - 1))
    assert store.add(OWNER, str(uuid4()), whole()).ready


def test_a_file_that_a_report_has_taken_expires_soon(offices: Offices, store: UploadStore) -> None:
    upload_id = str(uuid4())
    sent(store, upload_id)
    intake_id, file = str(uuid4()), store.open(OWNER, upload_id)
    first = offices.report(intake_id=intake_id, files=(file,))
    again = offices.report(intake_id=intake_id, files=(store.open(OWNER, upload_id),))
    assert (first.code, again.again) == (again.code, True)
    with offices.database.read() as session:
        assert session.get_one(UploadRow, upload_id).expires_at <= now(session) + SPENT_FOR


def test_a_file_that_an_act_has_taken_expires_soon(offices: Offices, store: UploadStore) -> None:
    upload_id = str(uuid4())
    sent(store, upload_id)
    intake = offices.report()
    file = store.open(OWNER, upload_id)
    offices.command(intake, Action.MESSAGE, offices.reporter(), files=(file,))
    with offices.database.read() as session:
        soon = select(func.count()).where(UploadRow.expires_at <= now(session) + SPENT_FOR)
        assert session.scalar(soon.select_from(UploadRow)) == 1


@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, len(CONTENT) - 1), max_size=8))
def test_wherever_a_file_is_cut_it_comes_together(shared_offices: Offices, cuts: set[int]) -> None:
    store, upload_id = store_of(shared_offices), str(uuid4())
    owner = replace(OWNER, browser=uuid4().hex)
    edges = [0, *sorted(cuts), len(CONTENT)]
    for start, end in pairwise(edges):
        store.take(owner, piece(upload_id, start, end))
        store.take(owner, piece(upload_id, start, end))
    assert store.content(owner, upload_id) == CONTENT


@pytest.fixture(scope="module")
def shared_offices(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    folder = tmp_path_factory.mktemp("shared")
    return open_offices(migrated(sqlite_url(folder)), folder)
