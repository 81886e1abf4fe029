"""Copies cases a thousandfold: every row that belongs to one, under a new code, with words of its own.

What tells copies apart (codes, keys, seals, words, dates of the lists) is made anew; the hashes of the copied
logs are not, so the doctor would find fault with them. JSON and stems are worked out once for all copies.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Table, func, select
from sqlalchemy.orm import Session

from bench import words
from bench.loader import Loader, loader_of
from db.category_table import CategoryRow
from db.database import Base, Database
from db.keyring import CaseSeal, Keyring, key_hash
from db.publication_index import roots, written
from db.publication_table import PublicationWordRow
from db.region_table import RegionRow
from db.search_store import SearchWords
from db.search_text import STOP_WORDS
from domain.code import RANDOM_BYTES, code_from_random, mask_from_random
from schemas.report import ReportWords

Row = dict[str, Any]
AT_ONCE = 500
SPREAD = timedelta(days=700)
NUMBERED = ("report", "message", "outbox", "publication")
"""Tables whose rows have numbers of their own."""
LEFT_OUT = frozenset({"file", "upkeep_place", "search_token", "subscription"})
"""What no list reads, and what is made from the words of each copy."""
INDEXES = ("search_token", "publication_stem", "publication_word")
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
        self._known: dict[str, list[int]] = {}
        with database.read() as session:
            self._categories = list(
                session.scalars(select(CategoryRow.id).where(CategoryRow.parent_id.is_not(None)))
            )
            self._regions = list(session.scalars(select(RegionRow.code).limit(REGIONS_USED)))

    def grow(self, originals: Sequence[tuple[int, int]], total: int) -> None:
        """Copies until there are so many cases, each original as often as its share says."""
        with self._database.read() as session:
            known = session.scalar(select(func.count()).select_from(Base.metadata.tables["report"])) or 0
            models = [self._read(session, case_id) for case_id, _ in originals]
            numbers = Numbers(next={name: _last(session, name) for name in NUMBERED})
            said = set(session.scalars(select(PublicationWordRow.word)))
        shares, loader = [share for _, share in originals], loader_of(self._database)
        with ThreadPoolExecutor(1) as writer:
            last = writer.submit(lambda: None)
            for begun in range(known, total, AT_ONCE):
                chosen = self._chance.choices(models, shares, k=min(AT_ONCE, total - begun))
                copies = [self._copy(model, numbers) for model in chosen]
                last.result()
                last = writer.submit(self._write, loader, copies, said)
            last.result()
        loader.settle(NUMBERED)

    def _write(self, loader: Loader, copies: Sequence[dict[str, list[Row]]], said: set[str]) -> None:
        """While the next are made. `said`: the words of the public search that are known, and grow."""
        for table in (*self._tables, *(Base.metadata.tables[name] for name in INDEXES)):
            rows = [row for copy in copies for row in copy.get(table.name, ())]
            if table.name == PublicationWordRow.__tablename__:
                fresh = {row["word"]: row for row in rows if row["word"] not in said}
                said.update(fresh)
                rows = list(fresh.values())
            if rows:
                loader.add(table, rows)

    def _read(self, session: Session, case_id: int) -> Original:
        rows = {table.name: _rows(session, table, case_id) for table in self._tables}
        (report,) = rows["report"]
        code = report["code"]
        seal = self._keyring.case_seal(report["wrapped_key"], code)
        opened = {row["id"]: seal.open(row["sealed"], f"message.sealed:{code}") for row in rows["message"]}
        said = [opened[row["id"]].decode() for row in rows["message"] if row["kind"] != "report"]
        return Original(
            code=code,
            rows=rows,
            opened=opened,
            replies=" ".join(said),
            identity=seal.open(rows["identity"][0]["sealed"], f"identity.sealed:{code}"),
        )

    def _copy(self, original: Original, numbers: Numbers) -> dict[str, list[Row]]:
        """All rows of one copy, by table."""
        code, case_id = code_from_random(secrets.token_bytes(RANDOM_BYTES)), numbers.take("report")
        later = timedelta(seconds=self._chance.randint(-int(SPREAD.total_seconds()), 0))
        copied = {
            name: [
                {key: _moved(key, value, later) for key, value in row.items()} | {"case_id": case_id}
                for row in rows
            ]
            for name, rows in original.rows.items()
        }
        said = self._words()
        seal = self._name(copied, original, code)
        self._seal(copied, original, seal, (code, said))
        self._number(copied, numbers)
        about = {
            "category_id": self._chance.choice(self._categories),
            "region_code": self._chance.choice(self._regions),
        }
        for row in (*copied["report"], *copied["case_view"]):
            row |= about
        tokens = self._tokens(said.title, said.text, said.place, original.replies)
        copied["search_token"] = [{"token": token, "case_id": case_id} for token in tokens]
        for row in copied["publication"]:
            public = {"title": said.title, "text": said.text, "place": said.place}
            row |= public | {"id": numbers.take("publication"), "slug": secrets.token_hex(6)}
            row["supports"] = self._chance.randint(0, 300)
            copied |= _stems(row["id"], list(public.values()))
        return copied

    def _name(self, copied: dict[str, list[Row]], original: Original, code: str) -> CaseSeal:
        """Gives the case its code, number and keys; its seal."""
        old_id = original.rows["report"][0]["id"]
        wrapped, seal = self._keyring.new_case_key(code)
        for row in copied["report"]:
            intake_id, case_id = str(uuid4()), row.pop("case_id")
            row |= {
                "id": case_id,
                "intake_id": intake_id,
                "code": code,
                "key_hash": key_hash(self._keyring.reporter_key(intake_id)),
                "mask": mask_from_random(secrets.token_bytes(3)),
                "wrapped_key": wrapped,
                "start": _renamed(row["start"], original.code, code, old_id, case_id),
            }
        for row in copied["case_view"]:
            row["code"] = code
            row["state"] = _renamed(row["state"], original.code, code, old_id, row["case_id"])
        return seal

    def _seal(
        self, copied: dict[str, list[Row]], original: Original, seal: CaseSeal, named: tuple[str, ReportWords]
    ) -> None:
        code, said = named
        report = said.model_dump_json().encode()
        for row in copied["message"]:
            content = report if row["kind"] == "report" else original.opened[row["id"]]
            row["sealed"] = seal.seal(content, f"message.sealed:{code}")
        for row in copied["identity"]:
            row["sealed"] = seal.seal(original.identity, f"identity.sealed:{code}")

    def _number(self, copied: dict[str, list[Row]], numbers: Numbers) -> None:
        """What is numbered across cases, and what names it."""
        commands = {row["id"]: str(uuid4()) for row in copied["command"]}
        for row in copied["command"]:
            row["id"] = commands[row["id"]]
        for row in copied["message"]:
            row["id"] = numbers.take("message")
            row["command_id"] = commands.get(row["command_id"], row["command_id"])
        for row in copied["outbox"]:
            row["id"], row["carried_by"] = numbers.take("outbox"), None

    def _words(self) -> ReportWords:
        chance = self._chance
        return ReportWords(title=words.title(chance), text=words.text(chance), place=words.place(chance))

    def _tokens(self, *texts: str) -> list[int]:
        """As `SearchWords.tokens`, each word worked out once."""
        found = {word: self._known[word] for word in _meant(texts) if word in self._known}
        for word in _meant(texts) - found.keys():
            found[word] = self._known[word] = self._search.tokens(word)
        return sorted({token for tokens in found.values() for token in tokens})


def _stems(publication_id: int, texts: list[str]) -> dict[str, list[Row]]:
    """The rows of the public search for one publication."""
    meant = sorted(_meant(texts))
    stems = sorted({root for word in meant for root in _roots(word)})
    return {
        "publication_stem": [{"stem": stem, "publication_id": publication_id} for stem in stems],
        "publication_word": [{"word": said, "stem": stem} for word in meant for said, stem in _written(word)],
    }


def _meant(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in text.casefold().replace(".", " ").split()} - STOP_WORDS


@cache
def _roots(word: str) -> list[str]:
    return roots(word)


@cache
def _written(word: str) -> list[tuple[str, str]]:
    return list(written([word]).items())


def _is_of_case(table: Table) -> bool:
    belongs = table.name == "report" or "case_id" in table.columns
    return belongs and table.name not in LEFT_OUT


def _rows(session: Session, table: Table, case_id: int) -> list[Row]:
    """The rows of a case; JSON as it is written."""
    column = table.c.id if table.name == "report" else table.c.case_id
    written_out = {each.name for each in table.columns if isinstance(each.type, JSON)}
    return [
        {key: json.dumps(value) if key in written_out else value for key, value in row.items()}
        for row in session.execute(select(table).where(column == case_id)).mappings()
    ]


def _last(session: Session, name: str) -> int:
    return session.scalar(select(func.max(Base.metadata.tables[name].c.id))) or 0


def _moved(key: str, value: Any, later: timedelta) -> Any:
    return value + later if key in MOVED and value is not None else value


MOVED = frozenset({"received_at", "created_at", "due_at", "last_at", "recorded_at", "at", "started_at"})
"""Instants by which lists are sorted."""


def _renamed(content: str, old_code: str, code: str, old_id: int, case_id: int) -> str:
    """A JSON object in which a case has another name."""
    named = content.replace(f'"{old_code}"', f'"{code}"')
    return named.replace(f'"case_id": {old_id},', f'"case_id": {case_id},')
