"""While the database is being written nothing is sealed, opened or hashed: others wait for its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, delete, event, text

from db.bulk_store import BulkStore, NewBulk, NewItem
from db.database import WRITE
from db.desk_draft_store import DeskDraftStore
from db.keyring import CaseSeal, Keyring
from db.search_store import SearchStore
from db.search_table import SearchedCaseRow
from db.upload_store import Piece, UploadOwner, UploadStore
from domain.case import Action
from schemas.command import NewCommand
from schemas.report import NewFile
from tests.offices import Offices

PDF = NewFile(name="a.pdf", media_type="application/pdf", content=b"%PDF")
OWNER = UploadOwner(browser="b" * 64, form_id=str(uuid4()))
Check = Callable[[], None]


class WatchedSeal(CaseSeal):
    """A seal that looks at the database whenever it is used."""

    check: Check

    def seal(self, content: bytes, place: str) -> bytes:
        self.check()
        return super().seal(content, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        self.check()
        return super().open(sealed, place)


class WatchedKeyring(Keyring):
    """A keyring that does so too; all that hashes or seals asks it for a secret."""

    def __init__(self, check: Check) -> None:
        super().__init__(bytes(range(32)))
        self._check = check

    def secret(self, purpose: str) -> bytes:
        self._check()
        return super().secret(purpose)

    def seal(self, purpose: str) -> CaseSeal:
        return self._watched(super().seal(purpose))

    def new_case_key(self, code: str) -> tuple[bytes, CaseSeal]:
        wrapped, seal = super().new_case_key(code)
        return wrapped, self._watched(seal)

    def case_seal(self, wrapped_key: bytes, code: str) -> CaseSeal:
        return self._watched(super().case_seal(wrapped_key, code))

    def _watched(self, seal: CaseSeal) -> CaseSeal:
        watched = WatchedSeal(seal._key)
        object.__setattr__(watched, "check", self._check)
        return watched


@pytest.fixture
def watched(sqlite_offices: Offices) -> Iterator[Offices]:
    """Offices whose keyring fails while a transaction that writes is open."""
    writing: set[Connection] = set()
    engine: Any = sqlite_offices.database.engine

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITE):
            writing.add(connection)

    def check() -> None:
        assert not writing, "the database waits for this"

    for name, hook in (("begin", begin), ("commit", writing.discard), ("rollback", writing.discard)):
        event.listen(engine, name, hook)
    yield replace(sqlite_offices, keyring=WatchedKeyring(check))
    assert not writing


def message(offices: Offices, case_id: int) -> NewCommand:
    return NewCommand(
        id=str(uuid4()),
        case_id=case_id,
        action=Action.MESSAGE,
        actor=offices.reporter(),
        words="Lampu masih padam.",
        files=(PDF,),
    )


def test_the_watch_sees_what_it_is_for(watched: Offices) -> None:
    with watched.database.write() as session:
        session.execute(text("select 1"))
        with pytest.raises(AssertionError, match="waits"):
            watched.keyring.fingerprint("a")


def test_a_report_and_its_twin_are_ready_before_they_are_written(watched: Offices) -> None:
    intake_id = str(uuid4())
    watched.report(intake_id=intake_id, files=(PDF,))
    assert watched.report(intake_id=intake_id, files=(PDF,)).again


def test_words_of_an_act_are_ready_before_they_are_written(watched: Offices) -> None:
    new = message(watched, watched.report().case_id)
    assert not watched.commands.record(new).again
    assert watched.commands.record(new).again


def test_words_of_many_acts_are_ready_before_they_are_written(watched: Offices) -> None:
    cases = [watched.report().case_id for _ in range(3)]
    items = tuple(
        NewItem(case_id=case_id, command=message(watched, case_id).model_copy(update={"files": ()}))
        for case_id in cases
    )
    person_id = watched.people["pu.penghubung"]
    new = NewBulk(id=str(uuid4()), person_id=person_id, action=Action.NOTE, body_hash="a", items=items)
    bulks = BulkStore(watched.database, watched.commands)
    assert (len(bulks.record(new)), bulks.record(new)) == (3, [])


def test_the_search_is_filled_in_short_transactions(watched: Offices) -> None:
    watched.report()
    with watched.database.write() as session:
        session.execute(delete(SearchedCaseRow))
    assert SearchStore(watched.database, watched.keyring).fill(10)


def test_drafts_are_sealed_before_they_are_written(watched: Offices) -> None:
    drafts, author = DeskDraftStore(watched.database, watched.keyring), watched.actor("pu.penghubung", "pu")
    drafts.save(watched.report().case_id, Action.NOTE, author, {"words": "Draf."})
    drafts.save_entry(watched.people["pu.operator"], str(uuid4()), {"title": "Draf."})


def test_names_of_uploads_are_sealed_before_they_are_written(watched: Offices) -> None:
    store = UploadStore(watched.database, watched.keyring, watched.place)
    piece = Piece(upload_id=str(uuid4()), name="a.pdf", size=4, offset=0, content=b"%PDF")
    store.take(OWNER, piece)
    store.finish(OWNER, piece.upload_id, PDF)
    store.add(OWNER, str(uuid4()), PDF)
