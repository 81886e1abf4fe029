"""What makes words findable without keeping them: keyed hashes of their stems, one row a case and stem."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.case_table import MessageRow, ReportRow
from db.database import Database, now
from db.keyring import CaseSeal, Keyring, SealBrokenError
from db.search_table import SearchedCaseRow, SearchTokenRow
from db.search_text import stems
from schemas.report import ReportWords

log = logging.getLogger(__name__)

TOKEN_BYTES = 8
MOST_WORDS_ASKED = 12
"""So many words of a question count; nobody remembers more of a report."""


class SearchWords:
    """Turns words into the numbers under which cases are found."""

    def __init__(self, keyring: Keyring) -> None:
        self._secret = keyring.secret("search")

    def tokens(self, *texts: str) -> list[int]:
        """The number of each stem of these texts once, in ascending order."""
        return sorted({self._token(stem) for text in texts for stem in stems(text)})

    def of_report(self, words: ReportWords) -> list[int]:
        """The numbers of a report: of its title, text and place."""
        return self.tokens(words.title, words.text, words.place)

    def asked(self, text: str) -> tuple[int, ...]:
        """The numbers of the words of a question, in its order."""
        wanted = dict.fromkeys(stems(text))
        return tuple(self._token(stem) for stem in list(wanted)[:MOST_WORDS_ASKED])

    def _token(self, stem: str) -> int:
        digest = hmac.new(self._secret, stem.encode(), hashlib.sha256).digest()
        return int.from_bytes(digest[:TOKEN_BYTES], "big", signed=True)


def index_report(session: Session, case_id: int, tokens: Sequence[int]) -> None:
    """Makes a new report findable by the numbers of its words. Safe to repeat."""
    index_words(session, case_id, tokens)
    _insert(session, SearchedCaseRow.__table__, [{"case_id": case_id, "since": now(session)}])


def index_words(session: Session, case_id: int, tokens: Sequence[int]) -> None:
    """Makes a case findable by words that were written on it, from their draft on. Safe to repeat.

    Its page shows staff also what waits and what was refused, so the search finds it.
    """
    _insert(session, SearchTokenRow.__table__, [{"token": token, "case_id": case_id} for token in tokens])


class SearchStore:
    """Brings what was received before there was a search into it."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def fill(self, limit: int, after: int = 0) -> int | None:
        """Indexes so many of the cases beyond `after` that are not in the search yet. Safe to repeat.

        Returns: the last case that it looked at; None if there was none left. A case whose words cannot be
        opened is named in the log and left out.
        """
        unknown = ~exists().where(SearchedCaseRow.case_id == ReportRow.id)
        query = select(ReportRow.id).where(unknown, ReportRow.id > after).order_by(ReportRow.id).limit(limit)
        with self._database.read() as session:
            missing = list(session.scalars(query))
        for case_id in missing:
            try:
                self._fill(case_id)
            except (SealBrokenError, ValidationError) as problem:
                log.critical("case %s cannot be searched: %s", case_id, type(problem).__name__)
        return missing[-1] if missing else None

    def _fill(self, case_id: int) -> None:
        """What is written on the case meanwhile comes into the search by itself."""
        query = select(MessageRow.kind, MessageRow.sealed).where(MessageRow.case_id == case_id)
        with self._database.read() as session:
            report = session.get_one(ReportRow, case_id)
            code, wrapped = report.code, report.wrapped_key
            messages = session.execute(query).tuples().all()
        seal = self._keyring.case_seal(wrapped, code)
        texts = [_opened(kind, sealed, seal, code) for kind, sealed in messages]
        tokens = SearchWords(self._keyring).tokens(*texts)
        with self._database.write() as session:
            index_report(session, case_id, tokens)


def _opened(kind: str, sealed: bytes, seal: CaseSeal, code: str) -> str:
    text = seal.open(sealed, f"message.sealed:{code}").decode()
    if kind != "report":
        return text
    words = ReportWords.model_validate_json(text)
    return f"{words.title}\n{words.text}\n{words.place}"


def _insert(session: Session, table: Any, rows: list[dict[str, object]]) -> None:
    """Adds those of the rows that are not there."""
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
