"""Copies cases a thousandfold: every row that belongs to one, under a new code, with words of its own.

What tells copies apart (codes, keys, seals, words, dates of the lists) is made anew; the hashes of the copied
logs are not, so the doctor would find fault with them.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bench import words
from db.category_table import CategoryRow
from db.database import Base, Database
from db.keyring import Keyring, key_hash
from db.publication_index import roots, written
from db.publication_table import PublicationStemRow, PublicationWordRow
from db.region_table import RegionRow
from db.search_store import SearchWords
from domain.code import RANDOM_BYTES, code_from_random, mask_from_random
from schemas.report import ReportWords
from tests.factories import MadeCase

Row = dict[str, Any]
AT_ONCE = 500
SPREAD = timedelta(days=700)
NUMBERED = ("report", "message", "outbox", "publication")
"""Tables whose rows have numbers of their own."""
LEFT_OUT = frozenset({"file", "upkeep_place", "search_token", "subscription"})
"""What no list reads, and what is made from the words of each copy."""
REGIONS_USED = 400


@dataclass(frozen=True, kw_only=True)
class Original:
    """A case to copy: its rows by table, and its words as they were before they were sealed."""

    code: str
    rows: dict[str, list[Row]]
    opened: dict[int, bytes]
    identity: bytes
    replies: str


@dataclass(kw_only=True)
class Numbers:
    """The next free number of each table that counts."""

    next: dict[str, int] = field(default_factory=dict)

    def take(self, table: str) -> int:
        """One of them."""
        self.next[table] += 1
        return self.next[table]


class Crowd:
    """Fills a database with copies."""

    def __init__(self, database: Database, keyring: Keyring, seed: int = 1) -> None:
        self._database = database
        self._keyring = keyring
        self._chance = random.Random(seed)  # noqa: S311  the same crowd each time
        self._tables = [table for table in Base.metadata.sorted_tables if _is_of_case(table)]
        self._search = SearchWords(keyring)
        with database.read() as session:
            self._categories = list(
                session.scalars(select(CategoryRow.id).where(CategoryRow.parent_id.is_not(None)))
            )
            self._regions = list(session.scalars(select(RegionRow.code).limit(REGIONS_USED)))

    def grow(self, originals: Sequence[tuple[MadeCase, int]], total: int) -> None:
        """Copies until there are so many cases, each original as often as its share says."""
        with self._database.read() as session:
            known = session.scalar(select(func.count()).select_from(Base.metadata.tables["report"])) or 0
            models = [self._read(session, case) for case, _ in originals]
            numbers = Numbers(next={name: _last(session, name) for name in NUMBERED})
        shares = [share for _, share in originals]
        for begun in range(known, total, AT_ONCE):
            chosen = self._chance.choices(models, shares, k=min(AT_ONCE, total - begun))
            self._write([self._copy(model, numbers) for model in chosen])
        self._settle()

    def _read(self, session: Session, case: MadeCase) -> Original:
        rows = {table.name: _rows(session, table, case.id) for table in self._tables}
        (report,) = rows["report"]
        seal = self._keyring.case_seal(report["wrapped_key"], case.code)
        opened = {
            row["id"]: seal.open(row["sealed"], f"message.sealed:{case.code}") for row in rows["message"]
        }
        said = [opened[row["id"]].decode() for row in rows["message"] if row["kind"] != "report"]
        return Original(
            code=case.code,
            rows=rows,
            opened=opened,
            replies=" ".join(said),
            identity=seal.open(rows["identity"][0]["sealed"], f"identity.sealed:{case.code}"),
        )

    def _copy(self, original: Original, numbers: Numbers) -> dict[str, list[Row]]:
        """All rows of one copy, by table."""
        code, case_id = code_from_random(secrets.token_bytes(RANDOM_BYTES)), numbers.take("report")
        wrapped, seal = self._keyring.new_case_key(code)
        later = timedelta(seconds=self._chance.randint(-int(SPREAD.total_seconds()), 0))
        messages = {number: numbers.take("message") for number in original.opened}
        commands = {row["id"]: str(uuid4()) for row in original.rows["command"]}
        old_id = original.rows["report"][0]["id"]
        copied: dict[str, list[Row]] = {}
        for name, rows in original.rows.items():
            copied[name] = [
                {key: _moved(key, value, later) for key, value in row.items()} | {"case_id": case_id}
                for row in rows
            ]
        copied["report"] = [self._report(row, code, case_id, wrapped) for row in copied["report"]]
        said = self._words()
        about = {
            "category_id": self._chance.choice(self._categories),
            "region_code": self._chance.choice(self._regions),
        }
        for row in copied["message"]:
            content = (
                said.model_dump_json().encode() if row["kind"] == "report" else original.opened[row["id"]]
            )
            row["sealed"] = seal.seal(content, f"message.sealed:{code}")
            row["command_id"] = commands.get(row["command_id"], row["command_id"])
            row["id"] = messages[row["id"]]
        for row in copied["command"]:
            row["id"] = commands[row["id"]]
        for row in copied["outbox"]:
            row["id"], row["carried_by"] = numbers.take("outbox"), None
        for row in copied["identity"]:
            row["sealed"] = seal.seal(original.identity, f"identity.sealed:{code}")
        for row in copied["case_view"]:
            row["code"], row["state"] = code, _renamed(row["state"], original.code, code, old_id, case_id)
        for row in (*copied["report"], *copied["case_view"]):
            row |= about
        tokens = self._search.tokens(said.title, said.text, said.place, original.replies)
        copied["search_token"] = [{"token": token, "case_id": case_id} for token in tokens]
        for row in copied["publication"]:
            public = {"title": said.title, "text": said.text, "place": said.place}
            row |= public | {"id": numbers.take("publication"), "slug": secrets.token_hex(6)}
            row["supports"] = self._chance.randint(0, 300)
            copied |= _stems(row["id"], list(public.values()))
        return copied

    def _report(self, row: Row, code: str, case_id: int, wrapped: bytes) -> Row:
        intake_id, old_id = str(uuid4()), row["id"]
        row.pop("case_id")
        return row | {
            "id": case_id,
            "intake_id": intake_id,
            "code": code,
            "key_hash": key_hash(self._keyring.reporter_key(intake_id)),
            "mask": mask_from_random(secrets.token_bytes(3)),
            "wrapped_key": wrapped,
            "start": _renamed(row["start"], row["code"], code, old_id, case_id),
        }

    def _words(self) -> ReportWords:
        chance = self._chance
        return ReportWords(title=words.title(chance), text=words.text(chance), place=words.place(chance))

    def _write(self, copies: Sequence[dict[str, list[Row]]]) -> None:
        with self._database.write() as session:
            for table in (*self._tables, *(Base.metadata.tables[name] for name in INDEXES)):
                rows = [row for copy in copies for row in copy.get(table.name, ())]
                if rows:
                    session.execute(_insert_new(session, table), rows)

    def _settle(self) -> None:
        """Counters and statistics as a database has them that grew by itself."""
        with self._database.write() as session:
            if session.get_bind().dialect.name == "postgresql":
                for name in NUMBERED:
                    last = _last(session, name)
                    counter = func.pg_get_serial_sequence(name, "id")
                    session.execute(select(func.setval(counter, last)))
            session.execute(text("analyze"))


INDEXES = ("search_token", "publication_stem", "publication_word")


def _stems(publication_id: int, texts: list[str]) -> dict[str, list[Row]]:
    """The rows of the public search for one publication."""
    stems = sorted({root for text in texts for root in roots(text)})
    found = written(texts).items()
    return {
        PublicationStemRow.__tablename__: [
            {"stem": stem, "publication_id": publication_id} for stem in stems
        ],
        PublicationWordRow.__tablename__: [{"word": word, "stem": stem} for word, stem in found],
    }


def _insert_new(session: Session, table: Table) -> Any:
    """An insert that leaves known words alone."""
    if table.name not in INDEXES:
        return insert(table)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def _is_of_case(table: Table) -> bool:
    belongs = table.name == "report" or "case_id" in table.columns
    return belongs and table.name not in LEFT_OUT


def _rows(session: Session, table: Table, case_id: int) -> list[Row]:
    column = table.c.id if table.name == "report" else table.c.case_id
    return [dict(row) for row in session.execute(select(table).where(column == case_id)).mappings()]


def _last(session: Session, name: str) -> int:
    return session.scalar(select(func.max(Base.metadata.tables[name].c.id))) or 0


def _moved(key: str, value: Any, later: timedelta) -> Any:
    return value + later if key in MOVED and value is not None else value


MOVED = frozenset({"received_at", "created_at", "due_at", "last_at", "recorded_at", "at", "started_at"})
"""Instants by which lists are sorted."""


def _renamed(content: Row, old_code: str, code: str, old_id: int, case_id: int) -> Row:
    """A JSON object in which a case has another name."""
    written = json.dumps(content).replace(f'"{old_code}"', f'"{code}"')
    renamed: Row = json.loads(written.replace(f'"case_id": {old_id},', f'"case_id": {case_id},'))
    return renamed
